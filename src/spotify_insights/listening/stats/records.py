"""Records: the days, weeks, months, years, plays and sessions that stand out most."""

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from spotify_insights.listening.stats import clock
from spotify_insights.listening.stats.clock import Clock
from spotify_insights.listening.stats.plays import Daily, Ids, Numbers, Plays, factorised
from spotify_insights.listening.stats.sessions import Session, sessions
from spotify_insights.listening.stats.timeline import Bucket, bucket_starts, daily


@dataclass(frozen=True)
class Period:
    """A day, week, month or year by its first day; `plays` and `ms_played` are of all plays."""

    start_on: date
    plays: int
    counted_plays: int
    ms_played: int


@dataclass(frozen=True)
class LongestPlay:
    """`id` is that of the track; the negative id of the content where there is none."""

    id: int
    started_at: datetime
    ms_played: int


@dataclass(frozen=True)
class MostArtists:
    """The day on which most different artists were heard."""

    on: date
    artists: int


@dataclass(frozen=True)
class MostOfOneTrack:
    """The track with most counted plays on one day; `id` as in `LongestPlay`."""

    id: int
    on: date
    plays: int


@dataclass(frozen=True)
class Records:
    """`day`, `week`, `month` and `year` are those with most time, `busiest_day` has most plays."""

    day: Period | None
    busiest_day: Period | None
    week: Period | None
    month: Period | None
    year: Period | None
    longest_play: LongestPlay | None
    longest_session: Session | None
    most_artists: MostArtists | None
    most_of_one_track: MostOfOneTrack | None


def records(plays: Plays) -> Records:
    """The records among plays, each None where nothing was heard; of equal ones the earliest.

    Time (ms) is over all plays; `busiest_day`, different artists and plays of one track go by
    counted plays. Days, weeks (from the listener's first weekday), months and years are those in
    which a play started, and hold what lies in the range.
    """
    by_day = daily(plays)
    day, week, month, year = (
        _best(by_day, by_day.ms_played, bucket, plays.clock)
        for bucket in (Bucket.DAY, Bucket.WEEK, Bucket.MONTH, Bucket.YEAR)
    )
    days = plays.days[plays.is_counted]
    longest = sessions(plays, limit=1).longest
    return Records(
        day=day,
        busiest_day=_best(by_day, by_day.plays, Bucket.DAY, plays.clock),
        week=week,
        month=month,
        year=year,
        longest_play=_longest_play(plays),
        longest_session=longest[0] if longest and longest[0].ms_played else None,
        most_artists=_most_artists(days, plays.artists[plays.is_counted]),
        most_of_one_track=_most_of_one_track(days, plays.subjects[plays.is_counted]),
    )


def _best(by_day: Daily, values: Numbers, bucket: Bucket, on: Clock) -> Period | None:
    """The bucket with the largest sum of a value of each day."""
    if not values.any():
        return None
    starts, firsts = np.unique(bucket_starts(by_day.days, bucket, on), return_index=True)
    best = np.argmax(np.add.reduceat(values, firsts))
    columns = (by_day.all_plays, by_day.plays, by_day.ms_played)
    sums = (int(np.add.reduceat(column, firsts)[best]) for column in columns)
    return Period(clock.named(starts[best]), *sums)


def _longest_play(plays: Plays) -> LongestPlay | None:
    if not plays.ms_played.any():
        return None
    place = int(np.argmax(plays.ms_played))
    started_at = clock.instant(plays.started[place])
    return LongestPlay(int(plays.subjects[place]), started_at, int(plays.ms_played[place]))


def _most_artists(days: Numbers, artists: Ids) -> MostArtists | None:
    is_known = artists != 0
    heard_on, _, _ = _by_day(days[is_known], artists[is_known])
    if not len(heard_on):
        return None
    distinct_days, different = np.unique(heard_on, return_counts=True)
    best = np.argmax(different)
    return MostArtists(clock.named(distinct_days[best]), int(different[best]))


def _most_of_one_track(days: Numbers, subjects: Ids) -> MostOfOneTrack | None:
    """Of equal ones on one day that which was heard first."""
    if not len(days):
        return None
    heard_on, ids, times = _by_day(days, subjects)
    best = np.argmax(times)
    equals = ids[(times == times[best]) & (heard_on == heard_on[best])]
    on_that_day = subjects[days == heard_on[best]]
    first = on_that_day[np.isin(on_that_day, equals)][0]
    return MostOfOneTrack(int(first), clock.named(heard_on[best]), int(times[best]))


def _by_day(days: Numbers, ids: Ids) -> tuple[Numbers, Ids, NDArray[np.intp]]:
    """The different ids of each day, by day and then id, and how often each is there."""
    distinct, places = factorised(ids)
    many = max(1, len(distinct))
    # Sorting takes an eighth of the time of np.unique, which goes by hashes.
    pairs = np.sort(days * many + places)
    starts = np.flatnonzero(np.diff(pairs, prepend=pairs[:1] - 1))
    pairs, times = pairs[starts], np.diff(starts, append=len(pairs))
    return pairs // many, distinct[pairs % many], times
