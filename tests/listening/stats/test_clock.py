"""The listener's clock, held against zoneinfo one instant at a time."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from spotify_insights.listening.stats import clock
from spotify_insights.listening.stats.clock import Clock

STEADY = settings(derandomize=True, deadline=None)
SECOND = timedelta(seconds=1)
HOUR_S, DAY_S = 3_600, 86_400

ZONES = st.sampled_from(sorted(clock.zones()))
# Whole hours, halves and quarters off; either half of the earth; half an hour of summer; a summer
# that begins a minute after midnight; at midnight; by two hours; a day left out; none at all.
PECULIAR = [
    *("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu"),
    *("Australia/Lord_Howe", "America/St_Johns", "America/Sao_Paulo", "America/Havana"),
    *("Pacific/Apia", "Pacific/Chatham", "Antarctica/Troll", "Pacific/Kiritimati"),
    *("Africa/Casablanca", "Europe/Dublin", "America/Caracas"),
]
# What a packed play can say of its start, with a few months to spare.
INSTANTS = st.integers(-1_180_000_000, 3_080_000_000)
DAYS = st.dates(date(1940, 1, 1), date(2060, 12, 31))
HOURS = st.integers(0, 6)


def instant(iso):
    return int(datetime.fromisoformat(iso).timestamp())


def on_the_wall(zone, second):
    """What a clock shows at an instant, as seconds, by zoneinfo."""
    shown = datetime.fromtimestamp(second, UTC).astimezone(ZoneInfo(zone))
    return int(shown.replace(tzinfo=UTC).timestamp())


def local(zone, instants):
    return Clock(zone).local(np.array(instants, np.int64)).tolist()


# From instants to what the clock shows


@settings(STEADY, max_examples=300)
@given(ZONES, st.lists(INSTANTS, min_size=1, max_size=20).map(sorted))
def test_in_every_zone_the_clock_shows_what_zoneinfo_says(zone, instants):
    assert local(zone, instants) == [on_the_wall(zone, second) for second in instants]


@pytest.mark.parametrize("zone", PECULIAR)
@pytest.mark.parametrize("years", [(1988, 1991), (2009, 2013), (2016, 2026)])
def test_over_several_years_every_change_of_the_clock_is_seen(zone, years):
    first, last = (instant(f"{year}-01-01T00:00:00Z") for year in years)
    instants = list(range(first, last, 6 * HOUR_S + 7))

    assert local(zone, instants) == [on_the_wall(zone, second) for second in instants]


CHANGES = [
    ("Europe/Berlin", "2024-03-31T01:00:00Z", "01:59:59", "03:00:00"),
    ("Europe/Berlin", "2024-10-27T01:00:00Z", "02:59:59", "02:00:00"),
    ("America/New_York", "2024-11-03T06:00:00Z", "01:59:59", "01:00:00"),
    ("Australia/Lord_Howe", "2024-04-06T15:00:00Z", "01:59:59", "01:30:00"),
    ("Australia/Lord_Howe", "2024-10-05T15:30:00Z", "01:59:59", "02:30:00"),
    ("America/St_Johns", "1995-04-02T03:31:00Z", "00:00:59", "01:01:00"),
    ("America/St_Johns", "1995-10-29T02:31:00Z", "00:00:59", "23:01:00"),
    ("America/Sao_Paulo", "2017-10-15T03:00:00Z", "23:59:59", "01:00:00"),
    ("Antarctica/Troll", "2024-03-31T01:00:00Z", "00:59:59", "03:00:00"),
    ("Pacific/Apia", "2011-12-30T10:00:00Z", "23:59:59", "00:00:00"),
]


@pytest.mark.parametrize(("zone", "at", "before", "after"), CHANGES)
def test_clocks_change_at_the_second_they_are_meant_to(zone, at, before, after):
    change = instant(at)

    shown = local(zone, [change - 1, change])

    times = [str(datetime.fromtimestamp(second, UTC).time()) for second in shown]
    assert times == [before, after]


def test_no_instants_are_no_times():
    assert local("Europe/Berlin", []) == []


def test_the_same_instant_may_come_more_than_once():
    noon = instant("2024-07-01T12:00:00Z")

    assert local("Europe/Berlin", [noon] * 3) == [noon + 2 * HOUR_S] * 3


def test_the_instants_that_are_asked_for_stay_as_they_are():
    instants = np.array([instant("2024-07-01T12:00:00Z")])
    before = instants.copy()

    Clock("Asia/Tokyo").local(instants)

    assert instants.tolist() == before.tolist()


# Days, hours and weekdays


@STEADY
@given(ZONES, HOURS, st.lists(INSTANTS, min_size=1, max_size=9).map(sorted))
def test_a_day_is_named_after_the_date_on_which_it_starts(zone, day_starts_at, instants):
    listeners = Clock(zone, day_starts_at)
    moments = [datetime.fromtimestamp(second, UTC) for second in instants]
    shown = [moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for moment in moments]

    days = listeners.days(listeners.local(np.array(instants)))

    expected = [(one - timedelta(hours=day_starts_at)).date() for one in shown]
    assert [clock.named(day) for day in days] == expected
    assert [listeners.day_of(moment) for moment in moments] == expected


@STEADY
@given(ZONES, st.lists(INSTANTS, min_size=1, max_size=9).map(sorted))
def test_the_hour_is_the_one_on_the_wall_whenever_a_day_starts(zone, instants):
    shown = [datetime.fromtimestamp(s, UTC).astimezone(ZoneInfo(zone)) for s in instants]

    hours = clock.hours(Clock(zone, day_starts_at=5).local(np.array(instants)))

    assert hours.tolist() == [one.hour for one in shown]


@STEADY
@given(st.dates())
def test_a_date_and_its_number_stand_for_each_other(day):
    assert clock.named(clock.number(day)) == day
    assert clock.weekdays(np.array([clock.number(day)])).tolist() == [day.isoweekday()]


def test_days_are_counted_from_1970():
    assert (clock.number(date(1970, 1, 1)), clock.number(date(1969, 12, 31))) == (0, -1)
    assert clock.named(np.int64(365)) == date(1971, 1, 1)
    assert clock.instant(np.int64(90)) == datetime(1970, 1, 1, 0, 1, 30, tzinfo=UTC)


# From days to instants

CLOCK_CHANGES = [
    ("2024-03-31", 0, "2024-03-30T23:00:00Z", "2024-03-31T22:00:00Z"),
    ("2024-03-31", 2, "2024-03-31T01:00:00Z", "2024-04-01T00:00:00Z"),
    ("2024-03-31", 5, "2024-03-31T03:00:00Z", "2024-04-01T03:00:00Z"),
    ("2024-10-27", 0, "2024-10-26T22:00:00Z", "2024-10-27T23:00:00Z"),
    ("2024-10-27", 2, "2024-10-27T00:00:00Z", "2024-10-28T01:00:00Z"),
    ("2024-10-27", 5, "2024-10-27T04:00:00Z", "2024-10-28T04:00:00Z"),
]


@pytest.mark.parametrize(("day", "day_starts_at", "begins", "ends"), CLOCK_CHANGES)
def test_a_day_in_berlin_has_23_or_25_hours_when_clocks_change(day, day_starts_at, begins, ends):
    berlin = Clock("Europe/Berlin", day_starts_at)
    on_day = date.fromisoformat(day)

    assert berlin.start_of(on_day) == datetime.fromisoformat(begins)
    assert berlin.end_of(on_day) == datetime.fromisoformat(ends)


@pytest.mark.parametrize(
    ("zone", "day", "day_starts_at", "begins"),
    [
        ("America/Sao_Paulo", "2017-10-15", 0, "2017-10-15T03:00:00Z"),
        ("America/St_Johns", "2008-03-09", 1, "2008-03-09T03:31:00Z"),
        ("Antarctica/Troll", "2024-03-31", 2, "2024-03-31T01:00:00Z"),
        ("Pacific/Chatham", "2024-09-29", 3, "2024-09-28T14:00:00Z"),
        ("Pacific/Apia", "2011-12-30", 0, "2011-12-30T10:00:00Z"),
        ("Pacific/Apia", "2011-12-30", 5, "2011-12-30T10:00:00Z"),
    ],
)
def test_a_day_whose_first_hour_is_left_out_starts_when_the_clock_jumps_over_it(
    zone, day, day_starts_at, begins
):
    start = Clock(zone, day_starts_at).start_of(date.fromisoformat(day))

    assert start == datetime.fromisoformat(begins)


@settings(STEADY, max_examples=300)
@given(ZONES, HOURS, DAYS)
@example("America/St_Johns", 0, date(1995, 10, 29))
@example("America/Havana", 0, date(2024, 11, 3))
@example("Australia/Lord_Howe", 2, date(2024, 4, 7))
def test_a_day_starts_with_the_first_instant_that_belongs_to_it(zone, day_starts_at, day):
    listeners = Clock(zone, day_starts_at)

    start = listeners.start_of(day)

    assert listeners.day_of(start) >= day > listeners.day_of(start - SECOND)


@STEADY
@given(ZONES, HOURS, DAYS)
def test_a_day_ends_where_the_next_one_starts(zone, day_starts_at, day):
    listeners = Clock(zone, day_starts_at)

    assert listeners.end_of(day) == listeners.start_of(day + timedelta(days=1))


@STEADY
@given(
    st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe"]),
    HOURS,
    INSTANTS,
)
def test_every_instant_lies_on_the_day_its_clock_shows(zone, day_starts_at, second):
    listeners = Clock(zone, day_starts_at)
    moment = datetime.fromtimestamp(second, UTC)

    day = listeners.day_of(moment)

    assert listeners.start_of(day) <= moment < listeners.end_of(day)


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
@pytest.mark.parametrize("day_starts_at", [0, 6])
def test_a_bound_outside_of_the_calendar_is_none(zone, day_starts_at):
    listeners = Clock(zone, day_starts_at)
    bounds = [listeners.start_of(day) for day in (date.min, date.max)]
    inside = [time(day_starts_at).replace(tzinfo=ZoneInfo(zone))] * 2

    assert listeners.end_of(date.max) is None
    assert listeners.end_of(date.min) == listeners.start_of(date.min + timedelta(days=1))
    for bound, day, at in zip(bounds, (date.min, date.max), inside, strict=True):
        assert bound is None or bound == datetime.combine(day, at)


def test_the_first_day_east_of_greenwich_has_no_start_and_west_of_it_has_one():
    assert Clock("Asia/Tokyo").start_of(date.min) is None
    assert Clock("UTC").start_of(date.min) == datetime(1, 1, 1, tzinfo=UTC)
    assert Clock("America/New_York").start_of(date.max) == datetime(9999, 12, 31, 5, tzinfo=UTC)


# Weeks


@STEADY
@given(st.integers(1, 7), st.dates(date(1, 1, 8), date.max))
def test_a_week_starts_on_the_listeners_weekday_and_has_seven_days(week_starts_on, day):
    first = Clock(week_starts_on=week_starts_on).week_start(day)

    assert first.isoweekday() == week_starts_on
    assert timedelta(0) <= day - first < timedelta(days=7)


@pytest.mark.parametrize(
    ("week_starts_on", "day", "first"),
    [
        (1, date(1, 1, 1), date(1, 1, 1)),
        (1, date(1, 1, 7), date(1, 1, 1)),
        (3, date(1, 1, 2), date(1, 1, 1)),
        (3, date(1, 1, 3), date(1, 1, 3)),
        (7, date(1, 1, 6), date(1, 1, 1)),
        (7, date(1, 1, 7), date(1, 1, 7)),
    ],
)
def test_the_first_week_of_the_calendar_starts_no_earlier_than_it(week_starts_on, day, first):
    assert Clock(week_starts_on=week_starts_on).week_start(day) == first


# Zones


def test_the_zones_are_those_of_this_machine_but_not_its_own_one():
    assert available_timezones() - clock.zones() <= {"localtime"}
    assert {"UTC", "Europe/Berlin", "Asia/Kolkata"} <= clock.zones()
