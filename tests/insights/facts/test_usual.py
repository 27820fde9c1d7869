"""A period beside the listener's own ordinary ones."""

import pytest
from tests.insights.builders import scene_of, some_discovery
from tests.insights.facts.weeks import (
    DAY,
    END,
    EVEN,
    a_month,
    a_week,
    by_hours,
    told,
    values_of,
    weeks,
)

from spotify_insights.insights.facts import usual
from spotify_insights.insights.facts.fact import Against, Says, Unit

ORDINARY = (6, 8, 10, 12, 14, 7, 9, 11, 13)


def test_ordinary_time_lies_between_the_tenth_and_the_ninetieth_percentile():
    fact = told(usual.time, by_hours(10, *ORDINARY))

    assert values_of(fact) == {"": 10.0, "low": 6.8, "high": 13.2, "periods": 9}
    assert fact.says == {Says.SAME}
    assert (fact.sample_size, fact.sampled) == (9, Unit.WEEKS)
    assert fact.against is Against.USUAL


@pytest.mark.parametrize(("hours", "says"), [(13.5, Says.MORE), (6.5, Says.LESS)])
def test_what_lies_outside_is_more_or_less(hours, says):
    assert told(usual.time, by_hours(hours, *ORDINARY)).says == {says}


def test_a_difference_that_cannot_be_read_is_none():
    just_above = told(usual.time, by_hours(13.22, *ORDINARY))

    assert just_above.says == {Says.SAME}


def test_fewer_than_eight_weeks_are_no_habit():
    assert told(usual.time, by_hours(30, *ORDINARY[:7])) is None
    assert told(usual.time, by_hours(30, *ORDINARY[:8])) is not None


def test_a_week_without_a_snapshot_was_a_silent_one():
    fact = told(usual.time, by_hours(10, 10, None, 10, None, 10, None, 10, 10))

    assert values_of(fact) == {"": 10.0, "low": 0, "high": 10.0, "periods": 8}


def test_where_no_source_covers_a_gap_what_lies_before_is_not_looked_at():
    newer = [{"hours": 10, "sources": ["api"]}] * 6
    older = [{"hours": 10, "sources": ["export"]}] * 6

    assert told(usual.time, weeks(*newer, None, *older)) is None


def test_a_week_that_may_be_known_in_part_is_more_or_nothing():
    before = [{"hours": one} for one in ORDINARY]
    ended = {"last": END - 3 * DAY}

    assert told(usual.time, weeks({"hours": 5} | ended, *before)) is None
    assert told(usual.time, weeks({"hours": 10} | ended, *before)) is None
    assert told(usual.time, weeks({"hours": 30} | ended, *before)).says == {Says.MORE}


def test_days_are_whole():
    days = (3, 4, 4, 5, 5, 5, 6, 6)

    fact = told(usual.days, weeks({"days": 7}, *({"days": one} for one in days)))

    assert values_of(fact) == {"": 7, "low": 4, "high": 6, "periods": 8}
    assert fact.says == {Says.MORE}


def test_months_are_counted_in_months():
    before = [a_month(back, hours=10) for back in range(1, 10)]

    fact = told(usual.time, scene_of(a_month(0, hours=10), before))

    assert fact.parts["periods"].unit is Unit.MONTHS
    assert fact.parts["periods"].value == 9


def test_shares_are_compared_with_those_of_weeks_with_enough_plays():
    def skipped(share, told=100):
        return {"skips": {"told": told, "skipped": round(share * told)}}

    before = [skipped(0.1 + n / 100) for n in range(8)]

    more = told(usual.skips, weeks(skipped(0.4), *before, skipped(1, told=10)))

    assert values_of(more) == {"": 40, "low": 11, "high": 16, "periods": 8}
    assert more.says == {Says.MORE}
    assert told(usual.skips, weeks(skipped(0), *before)).says == {Says.LESS}
    assert told(usual.skips, weeks(skipped(0.13), *before)).says == {Says.SAME}
    assert told(usual.skips, weeks(skipped(0.4), *before[:7])) is None


def test_night_and_discovery_are_shares_like_that():
    def new(plays):
        return {"artists": some_discovery(heard=20, new=3, plays_of_new=plays, plays=100)}

    now = {"listening_hours": EVEN | {"night": 9.0}, "discovery": new(60)}
    scene = weeks(now, *8 * [{"discovery": new(10)}])

    assert values_of(told(usual.night, scene)) == {"": 75, "low": 25, "high": 25, "periods": 8}
    assert values_of(told(usual.discovery, scene)) == {"": 60, "low": 10, "high": 10, "periods": 8}


def test_the_most_of_a_quarter_of_a_year_is_a_record():
    fact = told(usual.record, by_hours(20, *11 * [10]))

    assert values_of(fact) == {"": 20.0, "periods": 12}
    assert fact.says == {Says.RECORD, Says.MOST}
    assert told(usual.record, by_hours(20, *10 * [10])) is None


def test_the_least_is_told_where_no_week_was_silent():
    assert told(usual.record, by_hours(4, *11 * [10])).says == {Says.LEAST}
    assert told(usual.record, by_hours(4, 10, None, *9 * [10])) is None


def test_as_much_as_the_most_is_no_record():
    assert told(usual.record, by_hours(20, 20, *10 * [10])) is None
    assert told(usual.record, by_hours(20.02, 20, *10 * [10])) is None


def test_a_longer_record_is_more_interesting():
    short, long = (told(usual.record, by_hours(20, *n * [10])) for n in (11, 25))

    assert short.interest < long.interest


def test_periods_longer_than_a_month_have_no_usual():
    snapshots = [a_week(back, hours=10 if back else 90) for back in range(20)]
    for snapshot in snapshots:
        snapshot.time_range = "medium_term"
    scene = scene_of(snapshots[0], snapshots[1:])

    assert told(usual.time, scene) is None
    assert told(usual.record, scene) is None
