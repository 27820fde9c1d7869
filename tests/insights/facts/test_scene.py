from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.insights.builders import (
    a_mixed_snapshot,
    a_ranked_snapshot,
    a_scene,
    a_snapshot,
    an_empty_snapshot,
    scene_of,
    some_totals,
)

from spotify_insights.insights.facts.fact import Period, Quantity, Unit
from spotify_insights.insights.facts.scene import find_leader
from spotify_insights.models.listening import TimeRange


def test_a_period_has_the_days_of_the_listener_up_to_the_last_one():
    week = {
        "time_range": TimeRange.WEEK,
        "period_start": datetime(2025, 3, 2, 23, tzinfo=UTC),
        "period_end": datetime(2025, 3, 9, 23, tzinfo=UTC),
    }

    period = a_scene(zone="Europe/Berlin", **week).period

    assert (period.first, period.last) == (date(2025, 3, 3), date(2025, 3, 9))
    assert period.days == 7
    assert period.time_range is TimeRange.WEEK


def test_days_start_at_the_hour_the_listener_s_day_starts_at():
    night = {"period_start": datetime(2025, 3, 3, 3, tzinfo=UTC)}

    assert a_scene(**night).period.first == date(2025, 3, 3)
    assert a_scene(day_starts_at=4, **night).period.first == date(2025, 3, 2)


def test_an_instant_belongs_to_the_day_of_the_listener_s_clock():
    scene = a_scene(zone="Europe/Berlin", day_starts_at=4)

    assert scene.day_of(datetime(2025, 3, 8, 23, 30, tzinfo=UTC)) == date(2025, 3, 8)
    assert scene.day_of("2025-03-08T23:30:00Z") == date(2025, 3, 8)
    assert scene.day_of("2025-03-08T03:30:00+00:00") == date(2025, 3, 8)
    assert scene.day_of("2025-03-08T02:30:00+00:00") == date(2025, 3, 7)


def test_days_are_known_from_the_first_play_to_the_last():
    assert a_scene().known_span == (date(2025, 3, 3), date(2025, 3, 13))
    assert a_scene().known_days == 11


def test_days_are_known_from_the_beginning_where_plays_are_known_from_before():
    scene = a_scene(before=[a_snapshot()])

    assert scene.known_span == (date(2025, 2, 14), date(2025, 3, 13))


def test_without_plays_no_day_is_known():
    assert scene_of(an_empty_snapshot()).known_span is None
    assert scene_of(an_empty_snapshot()).known_days == 0


def test_of_an_export_everything_was_given_by_the_listener():
    scene = a_scene(sources=["export"], export_only=True)

    assert scene.blocks.provenance == ("export",)
    assert scene.total("plays") == 190


def test_of_several_sources_the_blocks_of_the_export_alone_are_read():
    mixed = a_mixed_snapshot(given={"totals": some_totals(plays=40)})

    whole, given = scene_of(mixed), scene_of(mixed, export_only=True)

    assert (whole.total("plays"), whole.blocks.provenance) == (190, ("api", "export"))
    assert (given.total("plays"), given.blocks.provenance) == (40, ("export",))


@pytest.mark.parametrize("sources", [["demo"], ["api"], ["api", "export"], []])
def test_there_is_no_scene_of_an_export_where_nothing_was_given(sources):
    assert a_scene(sources=sources, export_only=True) is None


def test_periods_before_without_a_part_in_the_export_are_left_out():
    before = [a_snapshot(sources=["export"]), a_snapshot(sources=["api"]), a_mixed_snapshot()]

    scene = scene_of(a_mixed_snapshot(), before, export_only=True)

    assert [one.provenance for one in scene.before] == [("export",), ("export",)]
    assert len(scene_of(a_mixed_snapshot(), before).before) == 3


def test_a_lifetime_begins_with_the_first_play_of_its_own_basis():
    lifetime = {"time_range": TimeRange.LIFETIME, "period_start": datetime(2020, 1, 5, tzinfo=UTC)}
    later = some_totals(first_play_at="2021-06-01T10:00:00+00:00")
    mixed = a_mixed_snapshot(
        given={"totals": later},
        totals=some_totals(first_play_at="2020-01-05T10:00:00+00:00"),
        **lifetime,
    )

    assert scene_of(mixed).period.first == date(2020, 1, 5)
    assert scene_of(mixed, export_only=True).period.first == date(2021, 6, 1)


def test_what_an_older_snapshot_lacks_reads_as_nothing():
    scene = a_scene(statistics={"skips": None, "repeats": {"plays": None}}, coverage=None)

    assert scene.statistic("skips") == scene.statistic("sessions") == {}
    assert scene.number("repeats", "plays") is scene.number("loyalty", "share") is None
    assert scene.count("skips", "told") == 0
    assert scene.items("top_albums") == []
    assert not scene.covers("genres")
    assert not scene.blocks.is_ranked_by_spotify


def test_a_fact_comes_with_the_period_and_the_sources():
    fact = a_scene(sources=["api", "export"]).fact("a.b", Quantity(3, Unit.DAYS), sample_size=9)

    assert fact.quantity == Quantity(3, Unit.DAYS)
    assert fact.period == a_scene().told_period
    assert fact.provenance == ("api", "export")


def test_days_before_the_first_play_known_are_not_told_of():
    known_from, whole = date(2025, 3, 3), a_scene().period

    alone, after_others = a_scene(), a_scene(before=[a_snapshot()])

    assert alone.told_period == Period(known_from, whole.last, whole.time_range)
    assert after_others.told_period == whole


def test_days_of_a_lifetime_after_its_last_play_are_not_told_of():
    scene = a_scene(time_range=TimeRange.LIFETIME)

    assert (scene.told_period.first, scene.told_period.last) == scene.known_span


def test_without_plays_it_is_the_whole_period_that_is_told_of():
    scene = scene_of(a_ranked_snapshot())

    assert scene.told_period == scene.period


def test_what_spotify_ranked_is_nothing_that_an_export_told():
    scene = scene_of(a_ranked_snapshot(sources=["api", "export"]))

    fact = scene.fact("a.b", Quantity(3, Unit.DAYS), sample_size=9, is_ranked=True)

    assert fact.provenance == ("api",)


@pytest.mark.parametrize(
    ("values", "leader"),
    [({"a": 2, "b": 1}, "a"), ({"a": 2, "b": 2}, None), ({"a": 0, "b": 0}, None), ({}, None)],
)
def test_a_leader_is_above_zero_and_alone(values, leader):
    assert find_leader(values) == leader


def test_a_week_that_ends_in_silence_is_known_where_the_history_goes_on():
    last_play_on, end = a_scene().known_span[1], a_scene().period.last
    assert last_play_on < end

    goes_on = replace(a_scene(), known_until=end + timedelta(days=9))
    stops = replace(a_scene(), known_until=last_play_on)

    assert goes_on.known_span[1] == end
    assert stops.known_span[1] == last_play_on
