"""What is told of a period beside the one right before it."""

import pytest
from tests.insights.builders import (
    a_mixed_snapshot,
    a_ranked_snapshot,
    scene_of,
    some_blocks,
    some_discovery,
    some_repeats,
    some_sessions,
    some_totals,
)
from tests.insights.facts.weeks import (
    DAY,
    END,
    EVEN,
    WEEK,
    a_month,
    a_week,
    by_hours,
    told,
    values_of,
    weeks,
)

from spotify_insights.insights.facts import change
from spotify_insights.insights.facts.fact import Against, Says, Unit

KINDS = (
    *(change.time, change.plays, change.artists, change.discovery, change.night),
    *(change.skips, change.repeats, change.part, change.leader),
)


def test_twice_the_time_of_the_week_before_is_more():
    fact = told(change.time, by_hours(12, 6))

    assert (fact.id, fact.unit, values_of(fact)) == (
        "change.time",
        Unit.PERCENT,
        {"": 100, "now": 12.0, "before": 6.0},
    )
    assert fact.says == {Says.MORE}
    assert fact.against is Against.PREVIOUS
    assert fact.sample_size == 180


def test_half_the_time_is_less_and_the_size_of_the_change_has_no_sign():
    fact = told(change.time, by_hours(6, 12))

    assert values_of(fact) == {"": 50, "now": 6.0, "before": 12.0}
    assert fact.says == {Says.LESS}


def test_a_larger_change_is_more_interesting():
    interests = [told(change.time, by_hours(now, 10)).interest for now in (14, 20, 60)]

    assert interests == sorted(interests)
    assert interests[0] < interests[-1] <= 1


@pytest.mark.parametrize("hours", [9, 10, 11.4])
def test_time_that_hardly_changed_is_the_same(hours):
    fact = told(change.time, by_hours(hours, 10))

    assert (fact.id, fact.says) == ("change.steady", {Says.SAME})
    assert values_of(fact) == {"": hours, "before": 10.0}


def test_without_a_history_only_a_large_change_is_told_and_a_middling_one_is_not_the_same():
    assert told(change.time, by_hours(12.5, 10)) is None
    assert told(change.time, by_hours(13.5, 10)).says == {Says.MORE}


def test_with_a_history_of_ups_and_downs_it_takes_more_to_be_a_change():
    unsteady = (5, 20, 5, 20, 5, 20, 5, 20)

    assert told(change.time, by_hours(18, 10, *unsteady)) is None
    assert told(change.time, by_hours(18, 10, 10, 10, 11, 10, 9, 10, 10)).says == {Says.MORE}


def test_a_history_of_even_weeks_makes_a_small_change_one():
    even = (10, 10.2, 10, 9.9, 10, 10.1, 10, 10)

    assert told(change.time, by_hours(12, *even)).says == {Says.MORE}


def test_one_wild_week_does_not_move_what_is_ordinary():
    assert told(change.time, by_hours(12, 10, 10, 10, 80, 10, 10, 10, 10)) is not None


def test_silent_weeks_belong_to_the_ups_and_downs():
    scene = by_hours(18, 10, None, 10, None, 10, None, 10, None, 10)

    assert told(change.time, scene) is None


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_nothing_is_compared_without_the_period_right_before(kind):
    before = {"artists": {"Nyx": 30}, "listening_hours": EVEN | {"night": 9.0}}
    now = {"artists": {"Oster": 30}, "listening_hours": EVEN | {"morning": 9.0}}

    assert told(kind, weeks(now)) is None
    assert told(kind, weeks(now, None, before)) is None
    assert told(kind, weeks(now | {"counted": 19}, before)) is None
    assert told(kind, weeks(now, before | {"counted": 19})) is None


def test_a_week_that_may_be_known_in_part_is_never_told_to_be_less():
    ended = {"last": END - 3 * DAY}

    assert told(change.time, weeks({"hours": 5} | ended, {"hours": 10})) is None
    assert told(change.time, weeks({"hours": 10} | ended, {"hours": 10})) is None
    assert told(change.time, weeks({"hours": 20} | ended, {"hours": 10})).says == {Says.MORE}


def test_periods_of_different_sources_are_not_compared():
    scene = weeks({"hours": 20, "sources": ["api"]}, {"hours": 10, "sources": ["export"]})

    assert told(change.time, scene) is None


def test_a_comparison_names_the_sources_of_both_periods():
    scene = weeks({"hours": 20, "sources": ["export"]}, {"hours": 9, "sources": ["api", "export"]})

    assert told(change.time, scene).provenance == ("api", "export")


def test_of_what_was_given_alone_only_that_is_compared():
    totals = some_totals(ms_played=9_000_000, last_play_at=(END - DAY).isoformat())
    now, before = (
        a_mixed_snapshot(
            given=some_blocks(totals=totals | {"ms_played": hours * 3_600_000}),
            time_range="week",
            period_start=end - WEEK,
            period_end=end,
        )
        for end, hours in ((END, 8), (END - WEEK, 4))
    )

    fact = told(change.time, scene_of(now, [before], export_only=True))

    assert values_of(fact) == {"": 100, "now": 8.0, "before": 4.0}
    assert fact.provenance == ("export",)


def test_months_of_different_lengths_follow_one_another():
    scene = scene_of(a_month(0, hours=20), [a_month(1, hours=10), a_month(2, hours=10)])

    assert told(change.time, scene).says == {Says.MORE}


def test_plays_and_artists_are_told_like_time():
    now = {"counted": 200, "plays": 240, "distinct": 30}
    before = {"counted": 100, "plays": 120, "distinct": 12}

    scene = weeks(now, before)

    assert values_of(told(change.plays, scene)) == {"": 100, "now": 240, "before": 120}
    assert values_of(told(change.artists, scene)) == {"": 18, "now": 30, "before": 12}
    assert told(change.artists, scene).unit is Unit.ARTISTS


def test_a_share_that_grew_beyond_chance_is_told_with_its_interval():
    skips = [{"told": 100, "skipped": n} for n in (45, 20)]

    fact = told(change.skips, weeks(*({"skips": one} for one in skips)))

    assert values_of(fact) == {"": 25, "now": 45, "before": 20}
    assert fact.unit is Unit.POINTS
    assert fact.interval[0] <= 25 <= fact.interval[1]
    assert fact.interval[0] > 0
    assert (fact.says, fact.sample_size) == ({Says.MORE}, 200)


@pytest.mark.parametrize(
    ("now", "before", "size"),
    [(28, 20, 50), (524, 480, 1200), (0, 0, 100), (100, 100, 100)],
    ids=["chance", "too small to matter", "none", "all"],
)
def test_a_difference_that_chance_makes_or_nobody_notices_is_none(now, before, size):
    scene = weeks(*({"skips": {"told": size, "skipped": one}} for one in (now, before)))

    assert told(change.skips, scene) is None


def test_shares_of_discovery_repeats_and_night_are_told_as_well():
    def discovery(new):
        return {"artists": some_discovery(heard=40, new=4, plays_of_new=new, plays=100)}

    now = {
        "discovery": discovery(40),
        "repeats": some_repeats(plays=100, repeats=20),
        "sessions": some_sessions(count=40),
        "listening_hours": EVEN | {"night": 9.0},
    }
    before = {
        "discovery": discovery(5),
        "repeats": some_repeats(plays=100, repeats=70),
        "sessions": some_sessions(count=40),
        "listening_hours": EVEN | {"night": 0.0},
    }

    scene = weeks(now, before)

    assert values_of(told(change.discovery, scene)) == {"": 35, "now": 40, "before": 5}
    assert told(change.repeats, scene).says == {Says.LESS}
    assert values_of(told(change.night, scene)) == {"": 75, "now": 75, "before": 0}
    assert told(change.night, scene).sampled is Unit.SESSIONS


def test_a_long_night_of_few_sessions_is_no_change():
    now = {"listening_hours": EVEN | {"night": 3.0}, "sessions": some_sessions(count=6)}

    assert told(change.night, weeks(now, {"sessions": some_sessions(count=6)})) is None


def test_another_part_of_the_day_leads_only_where_both_lead_clearly():
    morning, evening = EVEN | {"morning": 4.0}, EVEN | {"evening": 4.0}
    barely = EVEN | {"evening": 1.2}

    fact = told(change.part, weeks({"listening_hours": morning}, {"listening_hours": evening}))

    assert values_of(fact) == {"": "morning", "before": "evening"}
    assert told(change.part, weeks(*2 * [{"listening_hours": morning}])) is None
    assert (
        told(change.part, weeks({"listening_hours": morning}, {"listening_hours": barely})) is None
    )


def test_another_artist_leads():
    scene = weeks({"artists": {"Nyx": 20, "Oster": 9}}, {"artists": {"Oster": 20, "Nyx": 9}})

    fact = told(change.leader, scene)

    assert values_of(fact) == {"": "Nyx", "before": "Oster"}
    assert Says.NEW in fact.says


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ({"Nyx": 20}, {"NYX": 20}),
        ({"Nyx": 20, "Lune": 20}, {"Oster": 20}),
        ({"Nyx": 4}, {"Oster": 20}),
        ({"\u200b": 20}, {"Oster": 20}),
        ({}, {"Oster": 20}),
    ],
    ids=["the same", "two lead", "few plays", "no name", "nobody"],
)
def test_no_new_leader_without_one_of_each_period(now, before):
    assert told(change.leader, weeks({"artists": now}, {"artists": before})) is None


def test_a_ranking_without_plays_is_compared_with_nothing():
    ranked = a_ranked_snapshot(time_range="week", period_start=END - WEEK, period_end=END)
    scene = scene_of(ranked, [a_week(1)])

    assert [fact for kind in KINDS for fact in kind(scene)] == []
