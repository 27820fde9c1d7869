"""What holds of every fact that compares a period with those before it, whatever is known."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.insights.builders import some_coverage, some_discovery, some_repeats, some_sessions
from tests.insights.facts.weeks import END, EVEN, a_week, scene_of, weeks

from spotify_insights.insights.facts import anomalies, change, movers, past, usual
from spotify_insights.insights.facts.fact import Says, Unit
from spotify_insights.insights.languages import ENGLISH
from spotify_insights.insights.statements import statement

KINDS = (
    *(change.time, change.plays, change.artists, change.discovery, change.night),
    *(change.skips, change.repeats, change.part, change.leader),
    *(movers.rising_artist, movers.fading_artist, movers.newcomer, movers.returned),
    movers.rising_genre,
    *(usual.time, usual.days, usual.night, usual.skips, usual.discovery, usual.record),
    *(anomalies.day, anomalies.turning_point),
)
NAMES = ("Nyx", "Oster", "Lune", "Marrow Choir", "nyx", "\u200b", "Ister Parade")
MISSING = ("statistics", "coverage", "listening_hours", "genre_distribution", "totals")

shares = st.floats(0, 1).map(lambda value: round(value, 4))


@st.composite
def a_period(draw):
    """What one week had; some blocks are missing, as in snapshots of older versions."""
    artists = draw(st.dictionaries(st.sampled_from(NAMES), st.integers(1, 60)))
    counted = max(draw(st.sampled_from([1, 5, 20, 60, 200])), sum(artists.values()))
    part = st.integers(0, counted)
    new = draw(part)
    found = some_discovery(heard=20, new=min(new, 20), plays_of_new=new, plays=counted)
    days = draw(st.lists(st.integers(60_000, 20_000_000), min_size=7, max_size=7))
    start = END.date() - timedelta(days=7)
    items = [
        {"start": (start + timedelta(days=n)).isoformat(), "plays": 1, "ms_played": ms}
        for n, ms in enumerate(days)
    ]
    values = {
        "counted": counted,
        "hours": sum(days) / 3_600_000,
        "days": draw(st.integers(0, 7)),
        "artists": artists,
        "distinct": draw(st.integers(0, 80)),
        "skips": {"told": counted, "skipped": draw(part)},
        "discovery": {"artists": found},
        "repeats": some_repeats(plays=counted, repeats=draw(part)),
        "sessions": some_sessions(count=draw(st.integers(0, 30))),
        "timeline": {"bucket": draw(st.sampled_from(["day", "week", "month"])), "items": items},
        "listening_hours": {name: draw(st.floats(0, 9)) for name in EVEN},
        "genre_distribution": draw(
            st.dictionaries(st.sampled_from(["jazz", "folk", "techno"]), shares)
        ),
        "coverage": some_coverage(genres=draw(shares)),
        "sources": draw(st.sampled_from([["export"], ["api"], ["api", "export"]])),
    }
    missing = draw(st.lists(st.sampled_from(MISSING), max_size=1))
    return values, missing


def snapshot_of(back, values, missing):
    snapshot = a_week(back, **values)
    for name in missing:
        setattr(snapshot, name, {})
    return snapshot


@st.composite
def scenes(draw, *, export_only=False):
    """Weeks in which much is alike, so that what differs is told; some are missing."""
    drawn = draw(st.lists(a_period(), min_size=2, max_size=4))
    order = draw(st.lists(st.integers(0, len(drawn) - 1), min_size=1, max_size=16))
    gaps = draw(st.sets(st.integers(1, 15), max_size=3))
    snapshots = [
        snapshot_of(back, *drawn[which]) for back, which in enumerate(order) if back not in gaps
    ]
    return scene_of(snapshots[0], snapshots[1:], export_only=export_only)


def found_in(scene):
    return [fact for kind in KINDS for fact in kind(scene)] if scene else []


@settings(max_examples=150, deadline=None)
@given(scenes())
def test_whatever_is_known_facts_are_sound_and_can_be_said(scene):
    facts = found_in(scene)

    assert len({fact.id for fact in facts}) == len(facts)
    for fact in facts:
        assert 0 <= fact.interest <= 1
        assert fact.says
        assert fact.against
        assert fact.sample_size > 0
        assert statement(fact, ENGLISH).endswith(".")


@settings(max_examples=150, deadline=None)
@given(scenes())
def test_more_is_more_and_less_is_less(scene):
    for fact in found_in(scene):
        parts = {name: quantity.value for name, quantity in fact.parts.items()}
        if {"now", "before"} <= set(parts) and _are_of_one_unit(fact, "now", "before"):
            assert (parts["now"] > parts["before"]) == (Says.MORE in fact.says), fact
        if fact.unit is Unit.POINTS:
            assert fact.value == abs(parts["now"] - parts["before"]), fact
            assert 0 <= fact.interval[0] <= fact.interval[1]
        if fact.id.startswith("usual.") and fact.unit is Unit.PERCENT:
            is_usual = parts["low"] <= fact.value <= parts["high"]
            assert is_usual == (Says.SAME in fact.says), fact


def _are_of_one_unit(fact, *parts):
    return len({fact.parts[name].unit for name in parts}) == 1


@settings(max_examples=100, deadline=None)
@given(scenes(export_only=True))
def test_of_what_was_given_no_fact_has_another_source(scene):
    assert all(fact.provenance == ("export",) for fact in found_in(scene))


def test_silent_weeks_have_their_places_among_the_others():
    found = past.past_of(weeks({}, {"hours": 3}, None, None, {"hours": 7}))

    assert found.amounts(lambda one: one.total("ms_played") / 3_600_000) == [3, 0, 0, 7]
    assert len(found.known) == 2


def test_the_past_ends_at_a_gap_that_no_source_covers():
    found = past.past_of(weeks({"sources": ["api"]}, {"sources": ["api"]}, None, {}))

    assert len(found.periods) == 1


def test_of_two_periods_in_one_place_the_newer_counts():
    before = [a_week(1, hours=3), a_week(1, hours=9), a_week(2, hours=7)]

    found = past.past_of(scene_of(a_week(0), before))

    assert [one.total("ms_played") for one in found.known] == [3 * 3_600_000, 7 * 3_600_000]


def test_a_period_whose_last_play_is_not_known_may_be_known_in_part():
    scene = weeks({})
    scene.blocks.values["totals"]["last_play_at"] = None

    assert not past.reaches_its_end(scene)
    assert past.reaches_its_end(weeks({}))
