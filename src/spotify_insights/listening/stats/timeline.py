"""Listening over time: buckets from the hour to the year, the week's heat map, parts of the day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import numpy as np

from spotify_insights.listening.stats import clock
from spotify_insights.listening.stats.clock import DAYS_A_WEEK, HOUR_S, Clock
from spotify_insights.listening.stats.plays import Daily, Numbers, Plays, summed

HOURS_A_DAY = 24
# By the hour on the wall, whatever hour the listener's day starts at.
PARTS: Mapping[str, range] = {
    "morning": range(6, 12),
    "afternoon": range(12, 18),
    "evening": range(18, 24),
    "night": range(6),
}


class Bucket(StrEnum):
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True)
class Amount:
    """What was heard in one bucket: the local day it starts on, or the instant of an hour."""

    start: date | datetime
    plays: int
    ms_played: int


@dataclass(frozen=True)
class Cell:
    """What was heard in one hour (0-23) of one weekday (1 = Monday)."""

    weekday: int
    hour: int
    plays: int
    ms_played: int


def daily(plays: Plays) -> Daily:
    """Sums by the listener's day, days without a play included."""
    return plays.by_day


def timeline(plays: Plays, bucket: Bucket) -> list[Amount]:
    """Counted plays and ms of all plays in each bucket from the first play to the last.

    Buckets are the listener's days, weeks (from the listener's first weekday), months, quarters and
    years, empty ones included; of hours, named by the instant they start, only those with plays.
    """
    if not len(plays):
        return []
    if bucket is Bucket.HOUR:
        return _hourly(plays)
    by_day = daily(plays)
    starts = bucket_starts(by_day.days, bucket, plays.clock)
    places = np.cumsum(np.diff(starts, prepend=starts[0]) != 0)
    sums = [np.bincount(places, weights=values) for values in (by_day.plays, by_day.ms_played)]
    return [
        Amount(clock.named(start), int(counted), int(ms))
        for start, counted, ms in zip(starts[_firsts(places)], *sums, strict=True)
    ]


def heatmap(plays: Plays) -> list[Cell]:
    """Counted plays and ms of all plays for each hour of the week; none without plays.

    The hour is that on the wall, the weekday that of the listener's day.
    """
    if not len(plays):
        return []
    by_hour = plays.by_hour
    weekdays = clock.weekdays(by_hour.days(plays.clock))
    places = (weekdays - 1) * HOURS_A_DAY + by_hour.hours % HOURS_A_DAY
    length = DAYS_A_WEEK * HOURS_A_DAY
    counted, ms = (summed(places, n, length) for n in (by_hour.plays, by_hour.ms_played))
    return [
        Cell(place // HOURS_A_DAY + 1, place % HOURS_A_DAY, int(counted[place]), int(ms[place]))
        for place in range(length)
    ]


def parts_of_day(plays: Plays) -> dict[str, int]:
    """Time in ms, over all plays, by `PARTS` of the day on the wall."""
    by_hour = plays.by_hour
    sums = summed(by_hour.hours % HOURS_A_DAY, by_hour.ms_played, HOURS_A_DAY)
    return {part: int(sums[hours.start : hours.stop].sum()) for part, hours in PARTS.items()}


def bucket_starts(days: Numbers, bucket: Bucket, on: Clock) -> Numbers:
    """For each day the first day of the bucket it lies in."""
    if bucket is Bucket.DAY:
        return days
    if bucket is Bucket.WEEK:
        return days - (clock.weekdays(days) - on.week_starts_on) % DAYS_A_WEEK
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    step = {Bucket.MONTH: 1, Bucket.QUARTER: 3, Bucket.YEAR: 12}[bucket]
    first_months = (months // step * step).astype("datetime64[M]")
    return first_months.astype("datetime64[D]").astype(np.int64)


def _hourly(plays: Plays) -> list[Amount]:
    """By hours that start on the full hour of the wall clock, however far the zone is off."""
    starts, places = np.unique(plays.started - plays.local % HOUR_S, return_inverse=True)
    counted = np.bincount(places[plays.is_counted], minlength=len(starts))
    ms = summed(places, plays.ms_played, len(starts))
    return [
        Amount(clock.instant(start), int(n), int(length))
        for start, n, length in zip(starts, counted, ms, strict=True)
    ]


def _firsts(places: Numbers) -> Numbers:
    """Where each group of equal neighbours starts."""
    return np.flatnonzero(np.diff(places, prepend=-1))
