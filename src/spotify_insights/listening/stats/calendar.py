"""Days with listening and days without: the calendar, streaks, gaps, and means by the day."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from spotify_insights.listening.stats import clock
from spotify_insights.listening.stats.clock import DAYS_A_WEEK
from spotify_insights.listening.stats.plays import Numbers, Plays
from spotify_insights.listening.stats.timeline import daily

# Further back than any day with a play.
_LONG_AGO = -(1 << 40)


@dataclass(frozen=True)
class Day:
    """What was heard on one of the listener's days; `plays` and `ms_played` are of all plays."""

    on: date
    plays: int
    counted_plays: int
    ms_played: int


@dataclass(frozen=True)
class Streak:
    """Consecutive days, the first and the last one included."""

    first_on: date
    last_on: date
    days: int


@dataclass(frozen=True)
class Streaks:
    """The streaks of a range: the longest, the one that still goes on, and all, longest first."""

    longest: Streak | None
    current: Streak | None
    all: list[Streak]


@dataclass(frozen=True)
class Gap:
    """Consecutive days of which there is no data; that nothing was heard is not known."""

    first_on: date
    last_on: date
    days: int


@dataclass(frozen=True)
class Averages:
    """Means by the day, in whole ms; `active_weekdays` counts active Mondays, Tuesdays, …"""

    days_active: int
    active_weekdays: list[int]
    ms_per_active_day: int | None
    ms_per_calendar_day: int | None


def calendar(plays: Plays) -> list[Day]:
    """All plays, counted plays and ms of all plays on each day from the first play to the last.

    The days are the listener's, and those without a play are listed too.
    """
    by_day = daily(plays)
    columns = (by_day.days, by_day.all_plays, by_day.plays, by_day.ms_played)
    return [
        Day(clock.named(day), heard, counted, ms)
        for day, heard, counted, ms in zip(*(column.tolist() for column in columns), strict=True)
    ]


def streaks(plays: Plays, today: date | None, limit: int = 10) -> Streaks:
    """Runs of consecutive days of the listener with at least one counted play on each.

    `current` is the run that ends on `today`, or on the day before while today may still be added
    to it; None where there is none. `all` are the `limit` longest; of equal ones the earlier first.
    """
    by_day = daily(plays)
    firsts, lengths = _runs(by_day.days[by_day.plays > 0])
    longest_first = np.argsort(-lengths, kind="stable")[:limit]
    listed = _streaks(firsts, lengths, longest_first)
    return Streaks(listed[0] if listed else None, _current(firsts, lengths, today), listed)


def gaps(plays: Plays, at_least_days: int = 2, until: date | None = None) -> list[Gap]:
    """Runs of `at_least_days` (1 or more) days without any play, longest first, then earlier.

    They lie between the first and the last play and, with `until`, after the last play up to that
    day. A gap says that there is no data, never that nothing was heard.
    """
    by_day = daily(plays)
    heard = by_day.days[by_day.all_plays > 0]
    if until is not None and len(heard):
        # A day before the last play adds a length below one, which is never listed.
        heard = np.append(heard, clock.number(until) + 1)
    lengths = np.diff(heard) - 1
    listed = np.flatnonzero(lengths >= at_least_days)
    return [
        Gap(clock.named(heard[n] + 1), clock.named(heard[n + 1] - 1), int(lengths[n]))
        for n in listed[np.argsort(-lengths[listed], kind="stable")]
    ]


def averages(plays: Plays, days_in_range: int | None) -> Averages:
    """Ms of all plays by active day (one with any play) and by calendar day of the range.

    Rounded to whole ms. None without an active day, or where the range is open (`days_in_range` is
    None) and so has no number of calendar days.
    """
    by_day = daily(plays)
    active = by_day.days[by_day.all_plays > 0]
    ms = int(by_day.ms_played.sum())
    weekdays = np.bincount(clock.weekdays(active) - 1, minlength=DAYS_A_WEEK)
    return Averages(
        days_active=len(active),
        active_weekdays=weekdays.tolist(),
        ms_per_active_day=round(ms / len(active)) if len(active) else None,
        ms_per_calendar_day=round(ms / days_in_range) if days_in_range else None,
    )


def _runs(days: Numbers) -> tuple[Numbers, Numbers]:
    """The first day of each run of consecutive days among ascending ones, and its length."""
    starts = np.flatnonzero(np.diff(days, prepend=_LONG_AGO) > 1)
    return days[starts], np.diff(starts, append=len(days))


def _current(firsts: Numbers, lengths: Numbers, today: date | None) -> Streak | None:
    if today is None:
        return None
    since_last = clock.number(today) - (firsts + lengths - 1)
    found = _streaks(firsts, lengths, np.flatnonzero((since_last == 0) | (since_last == 1)))
    return found[0] if found else None


def _streaks(firsts: Numbers, lengths: Numbers, chosen: NDArray[np.intp]) -> list[Streak]:
    return [
        Streak(clock.named(first), clock.named(first + length - 1), length)
        for first, length in zip(firsts[chosen].tolist(), lengths[chosen].tolist(), strict=True)
    ]
