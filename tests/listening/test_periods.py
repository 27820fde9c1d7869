"""Weeks before a Sunday and months, as the listener's calendar and clock show them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.listening.stats.builders import EXAMPLES

from spotify_insights.listening import packed, periods
from spotify_insights.listening.periods import Period
from spotify_insights.listening.stats.clock import Clock
from spotify_insights.models.listening import TimeRange

DAY, HOUR = timedelta(days=1), timedelta(hours=1)

DAYS = st.dates(date(2006, 1, 1), date(2035, 12, 31))
# Zones whose clocks change by an hour, by half an hour, at midnight, by a whole day, or never.
ZONES = st.sampled_from(
    [
        *("UTC", "Europe/Berlin", "America/Sao_Paulo", "America/New_York", "Asia/Kolkata"),
        *("Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kiritimati", "Atlantic/Azores"),
    ]
)
CLOCKS = st.builds(Clock, ZONES, st.integers(0, 6), st.integers(1, 7))
MOMENTS = st.integers(1_150_000_000, 2_050_000_000).map(lambda s: datetime.fromtimestamp(s, UTC))


def week(first):
    day = date.fromisoformat(first)
    return Period(TimeRange.WEEK, day, day + 7 * DAY)


def month(first, end):
    return Period(TimeRange.MONTH, date.fromisoformat(first), date.fromisoformat(end))


def of(time_range, found):
    return [period for period in found if period.time_range is time_range]


def holding(day, found):
    return [period for period in found if period.first <= day < period.end]


# What a week and a month are


@pytest.mark.parametrize(
    ("day", "first"),
    [
        ("2024-05-04", "2024-04-28"),  # a Saturday
        ("2024-05-05", "2024-05-05"),  # a Sunday
        ("2024-05-06", "2024-05-05"),  # a Monday
        ("2024-02-29", "2024-02-25"),
        ("2023-12-31", "2023-12-31"),
        ("2025-01-01", "2024-12-29"),
    ],
)
def test_a_week_begins_on_a_sunday_and_is_over_before_the_next(day, first):
    assert periods.week_of(date.fromisoformat(day)) == week(first)


@pytest.mark.parametrize(
    ("day", "first", "end"),
    [
        ("2024-02-29", "2024-02-01", "2024-03-01"),
        ("2023-02-28", "2023-02-01", "2023-03-01"),
        ("2000-02-29", "2000-02-01", "2000-03-01"),
        ("2024-04-30", "2024-04-01", "2024-05-01"),
        ("2024-12-01", "2024-12-01", "2025-01-01"),
        ("2025-01-31", "2025-01-01", "2025-02-01"),
    ],
)
def test_a_month_is_that_of_the_calendar(day, first, end):
    assert periods.month_of(date.fromisoformat(day)) == month(first, end)


@pytest.mark.parametrize("weekday", range(7))
def test_the_last_week_that_is_over_ends_on_the_latest_sunday(weekday):
    sunday = date(2024, 5, 5)

    assert periods.last_week(sunday + weekday * DAY) == week("2024-04-28")


# Since a day


# On a clock


@pytest.mark.parametrize(
    ("period", "clock", "start", "end"),
    [
        (week("2024-04-28"), Clock(), "2024-04-28T00:00Z", "2024-05-05T00:00Z"),
        (week("2024-04-28"), Clock("UTC", 5), "2024-04-28T05:00Z", "2024-05-05T05:00Z"),
        (week("2024-04-28"), Clock("Asia/Kolkata"), "2024-04-27T18:30Z", "2024-05-04T18:30Z"),
        (week("2024-04-28"), Clock("Pacific/Midway"), "2024-04-28T11:00Z", "2024-05-05T11:00Z"),
        # Clocks go forward on the last day of March and back on the last Sunday of October.
        (week("2024-03-31"), Clock("Europe/Berlin"), "2024-03-30T23:00Z", "2024-04-06T22:00Z"),
        (week("2024-03-31"), Clock("Europe/Berlin", 5), "2024-03-31T03:00Z", "2024-04-07T03:00Z"),
        (week("2024-10-27"), Clock("Europe/Berlin"), "2024-10-26T22:00Z", "2024-11-02T23:00Z"),
        (week("2024-10-20"), Clock("Europe/Berlin", 3), "2024-10-20T01:00Z", "2024-10-27T02:00Z"),
        # This Sunday begins at one in the morning, as there is no midnight.
        (
            week("2017-10-15"),
            Clock("America/Sao_Paulo"),
            "2017-10-15T03:00Z",
            "2017-10-22T02:00Z",
        ),
        # The thirtieth of December was left out here.
        (
            month("2011-12-01", "2012-01-01"),
            Clock("Pacific/Apia"),
            "2011-12-01T10:00Z",
            "2011-12-31T10:00Z",
        ),
        (
            month("2024-02-01", "2024-03-01"),
            Clock("America/New_York", 4),
            "2024-02-01T09:00Z",
            "2024-03-01T09:00Z",
        ),
    ],
)
def test_a_period_starts_and_ends_when_days_begin_on_the_listeners_clock(period, clock, start, end):
    assert period.bounds(clock) == (datetime.fromisoformat(start), datetime.fromisoformat(end))


@pytest.mark.parametrize(
    ("first", "hours"), [("2024-03-24", 168), ("2024-03-31", 167), ("2024-10-27", 169)]
)
def test_a_week_in_which_clocks_change_is_an_hour_shorter_or_longer(first, hours):
    start, end = week(first).bounds(Clock("Europe/Berlin"))

    assert end - start == hours * HOUR


def test_the_first_weekday_of_a_listener_moves_no_week():
    starts = {week("2024-04-28").bounds(Clock("UTC", 0, weekday)) for weekday in range(1, 8)}

    assert len(starts) == 1


@EXAMPLES
@given(CLOCKS, MOMENTS)
def test_an_instant_lies_within_the_week_and_the_month_of_its_day(clock, moment):
    day = clock.day_of(moment)

    for period in (periods.week_of(day), periods.month_of(day)):
        start, end = period.bounds(clock)
        assert start <= moment < end


@EXAMPLES
@given(CLOCKS, DAYS, st.sampled_from([periods.week_of, periods.month_of]))
def test_periods_that_follow_one_another_join_without_a_gap(clock, day, period_of):
    one = period_of(day)
    then = period_of(one.end)

    assert one.bounds(clock)[1] == then.bounds(clock)[0]


# Of changed weeks


def test_the_periods_of_a_changed_week_are_those_it_has_a_part_in():
    # From Thursday, 25 April, to Wednesday, 1 May.
    changed = packed.week_of(datetime(2024, 4, 25, tzinfo=UTC))

    found = periods.finished([changed], Clock(), date(2024, 6, 2))

    assert found == [
        week("2024-04-21"),
        month("2024-04-01", "2024-05-01"),
        week("2024-04-28"),
        month("2024-05-01", "2024-06-01"),
    ]


def test_of_a_changed_week_only_what_is_over_is_listed():
    changed = packed.week_of(datetime(2024, 4, 25, tzinfo=UTC))

    assert periods.finished([changed], Clock(), date(2024, 4, 28)) == [week("2024-04-21")]
    assert periods.finished([changed], Clock(), date(2024, 4, 27)) == []
    assert periods.finished([], Clock(), date(2024, 4, 28)) == []


def test_a_period_of_two_changed_weeks_is_listed_once():
    first = packed.week_of(datetime(2024, 4, 25, tzinfo=UTC))

    found = periods.finished([first, first + 1, first], Clock(), date(2024, 6, 2))

    assert len(found) == len(set(found))
    assert week("2024-04-28") in found


@EXAMPLES
@given(CLOCKS, MOMENTS)
def test_whatever_changed_its_week_and_its_month_are_listed(clock, moment):
    day = clock.day_of(moment)

    found = periods.finished([packed.week_of(moment)], clock, day + 62 * DAY)

    assert {periods.week_of(day), periods.month_of(day)} <= set(found)


@EXAMPLES
@given(CLOCKS, MOMENTS)
def test_a_changed_week_lists_nothing_that_is_further_away_than_a_day(clock, moment):
    changed = packed.week_of(moment)
    begins = datetime.fromtimestamp(changed * packed.WEEK_S, UTC)

    found = periods.finished([changed], clock, clock.day_of(moment) + 62 * DAY)

    # A day lasts up to 25 hours, and two of them on an island that moved over the date line.
    for start, end in (period.bounds(clock) for period in found):
        assert start < begins + 9 * DAY
        assert end > begins


@given(st.dates(date(1975, 1, 1), date(2060, 1, 1)), st.integers(0, 400))
def test_every_day_that_is_over_lies_in_one_week_and_one_month(day, age):
    on, today = Clock(), day + age * DAY
    week = packed.week_of(on.start_of(day))

    found = [one for one in periods.finished([week], on, today) if one.first <= day < one.end]

    over = [one for one in (periods.week_of(day), periods.month_of(day)) if one.end <= today]
    assert found == sorted(over, key=lambda one: (one.end, one.first))


@pytest.mark.parametrize(
    ("time_range", "end", "first"),
    [
        (TimeRange.WEEK, date(2024, 5, 5), date(2024, 4, 28)),
        (TimeRange.MONTH, date(2024, 3, 1), date(2024, 2, 1)),
        (TimeRange.MONTH, date(2024, 1, 1), date(2023, 12, 1)),
    ],
)
def test_a_period_is_known_by_the_day_after_it(time_range, end, first):
    assert periods.ending(time_range, end) == Period(time_range, first, end)
