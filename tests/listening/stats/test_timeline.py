"""Listening over time, every bucket worked out again play by play."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.listening.stats.builders import heard, plays_of

from spotify_insights.listening.stats import clock as clocks
from spotify_insights.listening.stats.clock import Clock
from spotify_insights.listening.stats.timeline import (
    PARTS,
    Amount,
    Bucket,
    Cell,
    bucket_starts,
    daily,
    heatmap,
    parts_of_day,
    timeline,
)

STEADY = settings(derandomize=True, deadline=None)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
HOUR_MS = 3_600_000
# Around changes of the clock in the zones below, around a turn of the year, and a leap day.
DAYS = [
    *("2017-10-14", "2017-10-15", "2018-02-17", "2018-02-18", "2018-03-25", "2018-10-28"),
    *("2018-04-01", "2018-10-07", "2018-12-31", "2019-01-01", "2020-02-29"),
]
MOMENTS = st.builds(
    lambda day, minute: datetime.fromisoformat(f"{day}T00:00:00Z") + minute * MINUTE,
    st.sampled_from(DAYS),
    st.integers(0, 1_439),
)
PLAYS = st.lists(
    st.builds(heard, MOMENTS, st.sampled_from([1, 29_999, 30_000, 240_000])), max_size=25
)
CLOCKS = st.builds(
    Clock,
    st.sampled_from(
        ["UTC", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kolkata"]
    ),
    st.sampled_from([0, 4]),
    st.integers(1, 7),
)


def shown(play, clock):
    """What the clock on the wall shows when a play starts."""
    return play.started_at.astimezone(ZoneInfo(clock.zone)).replace(tzinfo=None)


def day_of(play, clock):
    return (shown(play, clock) - timedelta(hours=clock.day_starts_at)).date()


def first_day_of(day, bucket, clock):
    """The first day of the week, month, … that holds a day."""
    if bucket is Bucket.WEEK:
        while day.isoweekday() != clock.week_starts_on:
            day -= DAY
        return day
    months = {
        Bucket.MONTH: day.month,
        Bucket.QUARTER: (day.month - 1) // 3 * 3 + 1,
        Bucket.YEAR: 1,
    }
    return day if bucket is Bucket.DAY else date(day.year, months[bucket], 1)


def amount(start, some):
    counted = sum(play.is_counted for play in some)
    return Amount(start, counted, sum(play.ms_played for play in some))


def by_days(some, bucket, clock):
    """Every bucket from the first play's to the last one's."""
    days = [day_of(play, clock) for play in some]
    if not days:
        return []
    every_day = [min(days) + n * DAY for n in range((max(days) - min(days)).days + 1)]
    starts = sorted({first_day_of(day, bucket, clock) for day in every_day})
    return [
        amount(
            start,
            [
                play
                for play, day in zip(some, days, strict=True)
                if first_day_of(day, bucket, clock) == start
            ],
        )
        for start in starts
    ]


def by_hours(some, clock):
    groups = {}
    for play in some:
        wall = shown(play, clock)
        since = timedelta(minutes=wall.minute, seconds=wall.second)
        groups.setdefault(play.started_at - since, []).append(play)
    return [amount(start, groups[start]) for start in sorted(groups)]


# Buckets


@STEADY
@given(PLAYS, CLOCKS, st.sampled_from([bucket for bucket in Bucket if bucket is not Bucket.HOUR]))
def test_buckets_of_days_are_what_sorting_one_by_one_gives(some, clock, bucket):
    assert timeline(plays_of(*some, clock=clock), bucket) == by_days(some, bucket, clock)


@STEADY
@given(PLAYS, CLOCKS)
def test_buckets_of_hours_are_what_sorting_one_by_one_gives(some, clock):
    assert timeline(plays_of(*some, clock=clock), Bucket.HOUR) == by_hours(some, clock)


@STEADY
@given(PLAYS, CLOCKS, st.sampled_from(Bucket))
def test_no_play_is_lost_in_any_bucket_and_none_is_in_two(some, clock, bucket):
    amounts = timeline(plays_of(*some, clock=clock), bucket)

    assert sum(one.plays for one in amounts) == sum(play.is_counted for play in some)
    assert sum(one.ms_played for one in amounts) == sum(play.ms_played for play in some)


@pytest.mark.parametrize("bucket", Bucket)
def test_without_plays_there_are_no_buckets(bucket):
    assert timeline(plays_of(), bucket) == []


@pytest.mark.parametrize(
    ("bucket", "start"),
    [
        (Bucket.HOUR, datetime(2024, 5, 15, 20, tzinfo=UTC)),
        (Bucket.DAY, date(2024, 5, 15)),
        (Bucket.WEEK, date(2024, 5, 12)),
        (Bucket.MONTH, date(2024, 5, 1)),
        (Bucket.QUARTER, date(2024, 4, 1)),
        (Bucket.YEAR, date(2024, 1, 1)),
    ],
)
def test_one_play_makes_one_bucket_named_after_its_start(bucket, start):
    from_sundays = Clock("Europe/Berlin", week_starts_on=7)
    one = plays_of(heard("2024-05-15T20:59:59Z", 90_000), clock=from_sundays)

    assert timeline(one, bucket) == [Amount(start, 1, 90_000)]


@pytest.mark.parametrize(
    ("week_starts_on", "starts"),
    [(1, ["05-13", "05-20"]), (7, ["05-19"]), (3, ["05-15"]), (2, ["05-14", "05-21"])],
)
def test_weeks_start_on_the_listeners_first_weekday(week_starts_on, starts):
    # A Sunday, and the Tuesday after it.
    plays = plays_of(
        heard("2024-05-19T12:00:00Z"),
        heard("2024-05-21T12:00:00Z"),
        clock=Clock(week_starts_on=week_starts_on),
    )

    weeks = timeline(plays, Bucket.WEEK)

    assert [f"{one.start:%m-%d}" for one in weeks] == starts


@pytest.mark.parametrize(
    ("bucket", "last", "starts"),
    [
        (Bucket.DAY, "2023-12-03", ["2023-12-01", "2023-12-02", "2023-12-03"]),
        (Bucket.WEEK, "2023-12-11", ["2023-11-27", "2023-12-04", "2023-12-11"]),
        (Bucket.MONTH, "2024-02-29", ["2023-12-01", "2024-01-01", "2024-02-01"]),
        (Bucket.QUARTER, "2024-04-01", ["2023-10-01", "2024-01-01", "2024-04-01"]),
        (Bucket.YEAR, "2025-12-31", ["2023-01-01", "2024-01-01", "2025-01-01"]),
    ],
)
def test_between_two_buckets_with_plays_an_empty_one_stands_too(bucket, last, starts):
    plays = plays_of(heard("2023-12-01T12:00:00Z"), heard(f"{last}T12:00:00Z"))

    amounts = timeline(plays, bucket)

    assert [str(one.start) for one in amounts] == starts
    assert [one.plays for one in amounts] == [1, 0, 1]
    assert [one.ms_played for one in amounts] == [180_000, 0, 180_000]


def test_of_hours_only_those_with_plays_stand():
    plays = plays_of(heard(0), heard(59), heard(60 * 24))

    hours = timeline(plays, Bucket.HOUR)

    assert [(one.start.isoformat(), one.plays) for one in hours] == [
        ("2024-02-01T00:00:00+00:00", 2),
        ("2024-02-02T00:00:00+00:00", 1),
    ]


def test_an_hour_starts_on_the_full_hour_of_the_listeners_clock():
    kolkata = Clock("Asia/Kolkata")
    plays = plays_of(heard("2024-02-01T06:29:59Z"), heard("2024-02-01T06:30:00Z"), clock=kolkata)

    hours = timeline(plays, Bucket.HOUR)

    assert [f"{one.start:%H:%M}" for one in hours] == ["05:30", "06:30"]


def every_half_hour(first, last):
    start, end = datetime.fromisoformat(first), datetime.fromisoformat(last)
    return [heard(start + n * 30 * MINUTE) for n in range((end - start) // (30 * MINUTE))]


@pytest.mark.parametrize(
    ("on", "from_", "until", "hours"),
    [
        (date(2024, 3, 31), "2024-03-30T23:00:00Z", "2024-03-31T22:00:00Z", 23),
        (date(2024, 10, 27), "2024-10-26T22:00:00Z", "2024-10-27T23:00:00Z", 25),
    ],
)
def test_a_day_on_which_clocks_change_has_23_or_25_hours(on, from_, until, hours):
    plays = plays_of(*every_half_hour(from_, until), clock=Clock("Europe/Berlin"))

    assert timeline(plays, Bucket.DAY) == [Amount(on, 2 * hours, 2 * hours * 180_000)]
    assert [one.plays for one in timeline(plays, Bucket.HOUR)] == [2] * hours


def test_the_hour_that_clocks_show_twice_is_two_hours_of_the_day_and_one_of_the_heat_map():
    twice = ["2024-10-27T00:30:00Z", "2024-10-27T01:30:00Z"]
    plays = plays_of(*(heard(moment) for moment in twice), clock=Clock("Europe/Berlin"))

    assert [one.plays for one in timeline(plays, Bucket.HOUR)] == [1, 1]
    assert [cell for cell in heatmap(plays) if cell.plays] == [Cell(7, 2, 2, 360_000)]


def test_days_before_1970_are_days_too():
    plays = plays_of(heard("1969-12-31T12:00:00Z"), heard("1970-01-01T12:00:00Z"))

    assert [str(one.start) for one in timeline(plays, Bucket.DAY)] == ["1969-12-31", "1970-01-01"]
    assert [str(one.start) for one in timeline(plays, Bucket.YEAR)] == ["1969-01-01", "1970-01-01"]
    assert [str(one.start) for one in timeline(plays, Bucket.WEEK)] == ["1969-12-29"]


@pytest.mark.parametrize("bucket", [bucket for bucket in Bucket if bucket is not Bucket.HOUR])
def test_every_day_of_some_years_lies_in_the_bucket_that_starts_before_it(bucket):
    days = np.arange(clocks.number(date(1999, 1, 1)), clocks.number(date(2005, 1, 1)))
    from_wednesdays = Clock(week_starts_on=3)

    starts = bucket_starts(days, bucket, from_wednesdays)

    assert [clocks.named(start) for start in starts] == [
        first_day_of(clocks.named(day), bucket, from_wednesdays) for day in days
    ]


# By day


def test_sums_by_day_have_all_plays_the_counted_ones_and_days_without_any():
    plays = plays_of(
        heard("2024-02-01T10:00:00Z", 30_000),
        heard("2024-02-01T11:00:00Z", 20_000),
        heard("2024-02-03T10:00:00Z", 29_999),
    )

    by_day = daily(plays)

    first = clocks.number(date(2024, 2, 1))
    assert by_day.days.tolist() == [first, first + 1, first + 2]
    assert by_day.all_plays.tolist() == [2, 0, 1]
    assert by_day.plays.tolist() == [1, 0, 0]
    assert by_day.ms_played.tolist() == [50_000, 0, 29_999]


def test_where_clocks_went_back_over_midnight_a_later_play_belongs_to_the_day_before():
    # 23:30 in summer, 23:30 again an hour later, and half past midnight.
    moments = ["2018-02-18T01:30:00Z", "2018-02-18T02:30:00Z", "2018-02-18T03:30:00Z"]
    plays = plays_of(*(heard(at) for at in moments), clock=Clock("America/Sao_Paulo"))

    assert timeline(plays, Bucket.DAY) == [
        Amount(date(2018, 2, 17), 2, 360_000),
        Amount(date(2018, 2, 18), 1, 180_000),
    ]


def test_without_plays_there_are_no_days():
    assert len(daily(plays_of()).days) == 0


# The week and the day


@STEADY
@given(PLAYS, CLOCKS)
def test_the_heat_map_is_what_sorting_one_by_one_gives(some, clock):
    cells = heatmap(plays_of(*some, clock=clock))

    expected = []
    for weekday in range(1, 8):
        for hour in range(24):
            of_cell = [
                play
                for play in some
                if (day_of(play, clock).isoweekday(), shown(play, clock).hour) == (weekday, hour)
            ]
            whole = amount(None, of_cell)
            expected.append(Cell(weekday, hour, whole.plays, whole.ms_played))
    assert cells == (expected if some else [])


def test_a_night_owls_small_hours_belong_to_the_evening_before():
    # A Friday, at three in the night.
    plays = plays_of(heard("2024-02-02T03:00:00Z"), clock=Clock(day_starts_at=4))

    (cell,) = (cell for cell in heatmap(plays) if cell.plays)

    assert (cell.weekday, cell.hour) == (4, 3)


@STEADY
@given(PLAYS, CLOCKS)
def test_the_parts_of_the_day_are_by_the_hour_on_the_wall(some, clock):
    parts = parts_of_day(plays_of(*some, clock=clock))

    assert parts == {
        part: sum(play.ms_played for play in some if shown(play, clock).hour in hours)
        for part, hours in PARTS.items()
    }


def test_a_part_of_the_day_starts_on_its_first_hour_and_ends_before_its_last():
    kolkata = Clock("Asia/Kolkata", day_starts_at=6)
    # 05:59, 06:00, 11:59, 12:00, 17:59, 18:00, 23:59 and 00:00 in Kolkata, half an hour off.
    utc = ["00:29", "00:30", "06:29", "06:30", "12:29", "12:30", "18:29", "18:30"]
    rows = [heard(f"2024-02-01T{time}:00Z", HOUR_MS + n) for n, time in enumerate(utc)]

    assert parts_of_day(plays_of(*rows, clock=kolkata)) == {
        "morning": 2 * HOUR_MS + 3,
        "afternoon": 2 * HOUR_MS + 7,
        "evening": 2 * HOUR_MS + 11,
        "night": 2 * HOUR_MS + 7,
    }


def test_all_hours_belong_to_exactly_one_part():
    assert sorted(hour for hours in PARTS.values() for hour in hours) == list(range(24))


def test_without_plays_the_parts_are_empty_and_there_is_no_heat_map():
    assert parts_of_day(plays_of()) == dict.fromkeys(PARTS, 0)
    assert heatmap(plays_of()) == []
