from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.insights.builders import (
    a_heatmap,
    a_scene,
    a_timeline,
    some_statistics,
    some_totals,
)

from spotify_insights.insights.facts import rhythm
from spotify_insights.insights.facts.fact import Against, Quantity, Says, Unit


def only(facts):
    (fact,) = facts
    return fact


def a_month(**statistics):
    """Four weeks from Saturday 1 March on."""
    totals = some_totals(
        first_play_at="2025-03-01T10:00:00+00:00", last_play_at="2025-03-28T10:00:00+00:00"
    )
    return a_scene(totals=totals, statistics=some_statistics(**statistics))


def by_hours(**hours):
    parts = {"morning": 0.0, "afternoon": 0.0, "evening": 0.0, "night": 0.0}
    return a_scene(listening_hours=parts | hours)


def test_a_part_of_the_day_leads_with_its_share_and_time():
    fact = only(rhythm.part(a_scene()))

    assert fact.quantity == Quantity("evening", Unit.PART_OF_DAY)
    assert fact.part("share").value == 55
    assert fact.part("time") == Quantity(5.9, Unit.HOURS)
    assert fact.says == {Says.MOST}
    assert fact.sample_size == 190


def test_two_parts_alike_have_no_leader():
    assert not list(rhythm.part(by_hours(morning=4.0, evening=4.0)))


def test_the_night_has_its_share_and_time():
    fact = only(rhythm.night(a_scene()))

    assert fact.quantity == Quantity(12, Unit.PERCENT)
    assert fact.part("time") == Quantity(1.3, Unit.HOURS)
    assert fact.says == set()


def test_a_night_without_music_is_told_as_none():
    fact = only(rhythm.night(by_hours(evening=4.0)))

    assert (fact.value, fact.says) == (0, {Says.NONE})


def test_next_to_nothing_at_night_is_not_told():
    assert not list(rhythm.night(by_hours(evening=4.0, night=0.019)))
    assert only(rhythm.night(by_hours(evening=4.0, night=0.021))).value == 1


def test_much_music_at_night_is_more_interesting_than_little():
    much, little = (only(rhythm.night(by_hours(evening=4.0, night=night))) for night in (2.2, 0.3))

    assert much.interest > 0.7
    assert little.interest < 0.3


def test_an_hour_leads_from_its_start_to_its_end():
    fact = only(rhythm.hour(a_scene()))

    assert fact.quantity == Quantity("21:00", Unit.CLOCK)
    assert fact.part("end").value == "22:00"
    assert fact.part("share").value == 45  # 294 of 648 minutes


def test_the_last_hour_of_the_day_ends_at_midnight():
    late = some_statistics(heatmap=a_heatmap({(5, 23): 60, (6, 9): 10}))

    assert only(rhythm.hour(a_scene(statistics=late))).part("end").value == "00:00"


def test_a_weekday_leads_once_each_has_come_three_times():
    fact = only(rhythm.weekday(a_month()))

    assert fact.quantity == Quantity("saturday", Unit.WEEKDAY)
    assert fact.part("share").value == 22  # 144 of 648 minutes
    assert not list(rhythm.weekday(a_scene()))


def test_a_weekend_is_told_where_it_clearly_has_more_than_its_days():
    fact = only(rhythm.weekend(a_scene()))

    assert fact.value == 39  # 252 of 648 minutes
    assert fact.part("expected").value == 18  # 2 of 11 days
    assert (fact.says, fact.against) == ({Says.MORE}, Against.REST)


def test_a_weekend_without_music_has_less_than_its_days():
    fact = only(rhythm.weekend(a_month(heatmap=a_heatmap({(1, 9): 50, (4, 9): 50}))))

    assert (fact.value, fact.part("expected").value) == (0, 29)
    assert fact.says == {Says.LESS}


def test_a_weekend_like_the_other_days_is_not_told():
    alike = a_heatmap({(day, 9): 50 for day in range(1, 8)})

    assert not list(rhythm.weekend(a_month(heatmap=alike)))


@pytest.mark.parametrize("first", [date(2025, 3, day) for day in range(1, 8)])
@pytest.mark.parametrize("days", range(1, 17))
def test_the_days_of_weekends_are_counted_from_the_first_to_the_last(first, days):
    last = first + timedelta(days=days - 1)
    number = sum((first + timedelta(n)).weekday() >= 5 for n in range(days))

    assert rhythm._weekend_of(first, last) == pytest.approx(number / days)


def test_the_same_hours_on_every_weekday_are_a_whole_routine():
    alike = a_heatmap({(day, hour): 30 + day for day in range(1, 8) for hour in (8, 18)})

    assert only(rhythm.routine(a_month(heatmap=alike))).quantity == Quantity(100, Unit.PERCENT)


def test_other_hours_on_every_weekday_are_no_routine():
    scattered = a_heatmap({(day, 2 * day): 30 for day in range(1, 8)})

    assert only(rhythm.routine(a_month(heatmap=scattered))).value == 0


def test_two_ways_to_spend_a_day_are_half_a_routine():
    """Of the 21 pairs of weekdays 6 + 3 are alike: 43 %."""
    hours = a_heatmap({(day, 8 if day <= 4 else 20): 30 for day in range(1, 8)})

    assert only(rhythm.routine(a_month(heatmap=hours))).value == 43


def test_over_years_alike_weekdays_are_less_of_a_finding():
    alike = a_heatmap({(day, 8): 30 + day for day in range(1, 8)} | {(1, 9): 20})
    years = some_totals(
        first_play_at="2020-03-01T10:00:00+00:00", last_play_at="2025-03-28T10:00:00+00:00"
    )
    over_years = a_scene(totals=years, statistics=some_statistics(heatmap=alike))

    in_a_month, later = (
        only(rhythm.routine(a_month(heatmap=alike))),
        only(rhythm.routine(over_years)),
    )

    assert in_a_month.value == later.value == 95  # 6 pairs of 0.84, 15 of 1
    assert in_a_month.interest > later.interest


def test_a_routine_needs_four_weeks_and_music_on_every_weekday():
    week = a_heatmap({(day, 8): 30 for day in range(1, 8)})
    no_sunday = a_heatmap({(day, 8): 30 for day in range(1, 7)})

    assert not list(rhythm.routine(a_scene(statistics=some_statistics(heatmap=week))))
    assert not list(rhythm.routine(a_month(heatmap=no_sunday)))


def test_a_day_leads_where_the_timeline_has_days():
    fact = only(rhythm.peak(a_scene()))

    assert fact.quantity == Quantity("2025-03-08", Unit.DATE)
    assert fact.part("time") == Quantity(2.4, Unit.HOURS)
    assert fact.part("share").value == 22
    assert (fact.sample_size, fact.sampled) == (11, Unit.DAYS)


def test_weeks_have_no_day_that_leads():
    weeks = some_statistics(timeline=a_timeline(date(2025, 3, 3), [50, 60, 70], bucket="week"))

    assert not list(rhythm.peak(a_scene(statistics=weeks)))


def test_two_days_are_too_few_for_one_to_lead():
    days = some_statistics(timeline=a_timeline(date(2025, 3, 3), [50, 0, 70]))

    assert not list(rhythm.peak(a_scene(statistics=days)))


@pytest.mark.parametrize("kind", [rhythm.part, rhythm.night, rhythm.hour, rhythm.weekend])
def test_with_few_counted_plays_there_are_no_shares(kind):
    assert not list(kind(a_scene(totals=some_totals(counted_plays=19))))
    assert list(kind(a_scene(totals=some_totals(counted_plays=20))))


@settings(deadline=None)
@given(st.lists(st.sampled_from([0, 0, 1, 7, 30, 59]), min_size=168, max_size=168))
def test_whatever_the_hours_are_they_are_told_as_they_can_be_computed_again(minutes):
    cells = {(n // 24 + 1, n % 24): value for n, value in enumerate(minutes)}
    scene = a_month(heatmap=a_heatmap(cells))
    week = np.array(minutes).reshape(7, 24)
    by_hour, by_day = week.sum(axis=0), week.sum(axis=1)

    hour, weekday, routine = (
        next(kind(scene), None) for kind in (rhythm.hour, rhythm.weekday, rhythm.routine)
    )

    assert (hour is None) == (np.count_nonzero(by_hour == by_hour.max()) > 1)
    assert (weekday is None) == (np.count_nonzero(by_day == by_day.max()) > 1)
    if hour:
        assert int(hour.value[:2]) == by_hour.argmax()
        assert hour.part("share").value == pytest.approx(100 * by_hour.max() / week.sum(), abs=0.5)
    if routine:
        lengths = np.linalg.norm(week, axis=1)
        alike = (week @ week.T) / np.outer(lengths, lengths)
        mean = alike[np.triu_indices(7, 1)].mean()
        assert routine.value == pytest.approx(100 * mean, abs=0.500001)
