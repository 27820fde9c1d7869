"""Days with listening and days without, against the same worked out day by day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.listening.stats.builders import EXAMPLES, day_of, heard, histories, plays_of

from spotify_insights.listening.stats.calendar import (
    Averages,
    Day,
    Gap,
    Streak,
    Streaks,
    averages,
    calendar,
    gaps,
    streaks,
)
from spotify_insights.listening.stats.clock import Clock

ONE_DAY = timedelta(days=1)


def on(*days, ms=180_000):
    """Plays at noon of these days in May 2024."""
    return [heard(f"2024-05-{day:02}T12:00:00Z", ms) for day in days]


def may(day):
    return date(2024, 5, day)


def every_day(first, last):
    return [first + n * ONE_DAY for n in range((last - first).days + 1)]


def runs(days):
    """Consecutive days among ascending ones, as (first, last)."""
    found = []
    for day in days:
        if found and found[-1][1] + ONE_DAY == day:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def length(first, last):
    return (last - first).days + 1


def longest_first(spans, kind):
    found = [kind(first, last, length(first, last)) for first, last in spans]
    return sorted(found, key=lambda one: (-one.days, one.first_on))


# The calendar


def test_the_calendar_lists_every_day_from_the_first_play_to_the_last():
    plays = plays_of(*on(3, 3, 5), *on(3, ms=29_999))

    assert calendar(plays) == [
        Day(may(3), plays=3, counted_plays=2, ms_played=389_999),
        Day(may(4), plays=0, counted_plays=0, ms_played=0),
        Day(may(5), plays=1, counted_plays=1, ms_played=180_000),
    ]


def test_a_day_of_the_calendar_starts_at_the_listeners_hour():
    night = heard("2024-05-03T01:59:59Z")
    morning = heard("2024-05-03T02:00:00Z")
    berlin = Clock("Europe/Berlin", day_starts_at=4)

    days = calendar(plays_of(night, morning, clock=berlin))

    assert [(day.on, day.plays) for day in days] == [(may(2), 1), (may(3), 1)]


def test_the_day_on_which_clocks_go_back_over_midnight_is_listed_once():
    before = heard("2017-02-19T01:30:00Z")
    in_the_hour_that_comes_twice = heard("2017-02-19T02:30:00Z")
    after = heard("2017-02-19T03:30:00Z")
    plays = plays_of(before, in_the_hour_that_comes_twice, after, clock=Clock("America/Sao_Paulo"))

    days = calendar(plays)

    assert [(day.on, day.plays) for day in days] == [(date(2017, 2, 18), 2), (date(2017, 2, 19), 1)]


@EXAMPLES
@given(histories())
def test_the_calendar_is_what_a_walk_over_the_days_finds(history):
    clock, plays = history
    of_day = {}
    for play in plays:
        of_day.setdefault(day_of(play, clock), []).append(play)

    found = calendar(plays_of(*plays, clock=clock))

    days = every_day(min(of_day), max(of_day)) if of_day else []
    assert found == [
        Day(
            day,
            plays=len(of_day.get(day, [])),
            counted_plays=sum(play.is_counted for play in of_day.get(day, [])),
            ms_played=sum(play.ms_played for play in of_day.get(day, [])),
        )
        for day in days
    ]


# Streaks


def test_a_streak_is_a_run_of_days_with_a_counted_play():
    plays = plays_of(*on(1, 2, 5, 6, 7, 9), *on(3, ms=29_999))

    found = streaks(plays, today=None)

    longest = Streak(may(5), may(7), days=3)
    assert found == Streaks(
        longest=longest,
        current=None,
        all=[longest, Streak(may(1), may(2), 2), Streak(may(9), may(9), 1)],
    )


@pytest.mark.parametrize("today", [7, 8])
def test_a_streak_that_ended_today_or_yesterday_still_goes_on(today):
    plays = plays_of(*on(1, 2, 3, 6, 7))

    assert streaks(plays, may(today)).current == Streak(may(6), may(7), days=2)


@pytest.mark.parametrize("today", [4, 5, 6, 9, 31])
def test_no_streak_goes_on_two_days_after_the_last_one_ended(today):
    plays = plays_of(*on(1, 2, 7))

    assert streaks(plays, may(today)).current is None


def test_of_equally_long_streaks_the_earlier_comes_first():
    plays = plays_of(*on(1, 3, 4, 7, 8))

    found = streaks(plays, None)

    assert [streak.first_on for streak in found.all] == [may(3), may(7), may(1)]
    assert found.longest == found.all[0]


def test_as_many_streaks_are_listed_as_were_asked_for():
    plays = plays_of(*on(1, 3, 5, 7))

    found = streaks(plays, may(7), limit=2)

    assert [streak.first_on for streak in found.all] == [may(1), may(3)]
    assert found.current == Streak(may(7), may(7), days=1)


@EXAMPLES
@given(histories(), st.integers(-2, 3))
def test_streaks_are_what_a_walk_over_the_days_finds(history, since_last):
    clock, plays = history
    days = sorted({day_of(play, clock) for play in plays if play.is_counted})
    today = days[-1] + since_last * ONE_DAY if days else may(1)

    found = streaks(plays_of(*plays, clock=clock), today, limit=100)

    expected = longest_first(runs(days), Streak)
    assert found.all == expected
    assert found.longest == (expected[0] if expected else None)
    going_on = [one for one in expected if one.last_on in (today, today - ONE_DAY)]
    assert found.current == (going_on[0] if going_on else None)


# Gaps


def test_a_gap_is_at_least_two_days_without_any_play():
    plays = plays_of(*on(1, 3, 10), *on(6, ms=0))

    assert gaps(plays) == [Gap(may(7), may(9), days=3), Gap(may(4), may(5), days=2)]


def test_the_shortest_gap_may_be_chosen():
    plays = plays_of(*on(1, 3, 6, 10))

    assert [gap.days for gap in gaps(plays, at_least_days=1)] == [3, 2, 1]
    assert [gap.days for gap in gaps(plays, at_least_days=3)] == [3]


def test_of_equally_long_gaps_the_earlier_comes_first():
    plays = plays_of(*on(1, 4, 7))

    assert [gap.first_on for gap in gaps(plays)] == [may(2), may(5)]


@pytest.mark.parametrize(("until", "days"), [(3, None), (4, None), (5, 2), (31, 28)])
def test_a_gap_reaches_from_the_last_play_to_the_day_asked_for(until, days):
    plays = plays_of(*on(1, 2, 3))

    found = gaps(plays, until=may(until))

    assert found == ([Gap(may(4), may(until), days)] if days else [])


def test_a_gap_between_plays_is_told_though_it_lies_after_the_day_asked_for():
    plays = plays_of(*on(1, 20))

    assert gaps(plays, until=may(5)) == [Gap(may(2), may(19), days=18)]


@EXAMPLES
@given(histories(), st.integers(1, 4), st.one_of(st.none(), st.integers(-3, 6)))
def test_gaps_are_what_a_walk_over_the_days_finds(history, at_least_days, since_last):
    clock, plays = history
    days = {day_of(play, clock) for play in plays}
    until = None if since_last is None or not days else max(days) + since_last * ONE_DAY

    found = gaps(plays_of(*plays, clock=clock), at_least_days, until)

    looked_at = every_day(min(days), max(days | {until or max(days)})) if days else []
    silent = runs([day for day in looked_at if day not in days])
    long_enough = [span for span in silent if length(*span) >= at_least_days]
    assert found == longest_first(long_enough, Gap)


# Means


def test_means_are_by_day_with_a_play_and_by_day_of_the_range():
    wednesday, thursday, next_wednesday = 1, 2, 8
    plays = plays_of(*on(wednesday, thursday, next_wednesday), *on(thursday, ms=10))

    found = averages(plays, days_in_range=31)

    assert found == Averages(
        days_active=3,
        active_weekdays=[0, 0, 2, 1, 0, 0, 0],
        ms_per_active_day=180_003,
        ms_per_calendar_day=17_420,
    )


def test_an_open_range_has_no_mean_by_calendar_day():
    plays = plays_of(*on(1))

    assert averages(plays, days_in_range=None).ms_per_calendar_day is None


@EXAMPLES
@given(histories(), st.one_of(st.none(), st.integers(1, 60)))
def test_means_are_what_a_walk_over_the_days_finds(history, days_in_range):
    clock, plays = history
    days = {day_of(play, clock) for play in plays}
    ms = sum(play.ms_played for play in plays)

    found = averages(plays_of(*plays, clock=clock), days_in_range)

    weekdays = [sum(day.isoweekday() == weekday for day in days) for weekday in range(1, 8)]
    assert (found.days_active, found.active_weekdays) == (len(days), weekdays)
    assert found.ms_per_active_day == (round(ms / len(days)) if days else None)
    assert found.ms_per_calendar_day == (round(ms / days_in_range) if days_in_range else None)


# Nothing, and hardly anything


def test_without_plays_there_are_no_days():
    nothing = plays_of()

    assert calendar(nothing) == []
    assert streaks(nothing, may(1)) == Streaks(None, None, [])
    assert gaps(nothing, until=may(31)) == []
    assert averages(nothing, 31) == Averages(0, [0] * 7, None, 0)


def test_one_play_is_one_day_and_a_streak_of_one():
    only = plays_of(*on(1))

    assert calendar(only) == [Day(may(1), 1, 1, 180_000)]
    assert streaks(only, may(1)).current == Streak(may(1), may(1), days=1)
    assert gaps(only) == []
    assert averages(only, 2) == Averages(1, [0, 0, 1, 0, 0, 0, 0], 180_000, 90_000)
