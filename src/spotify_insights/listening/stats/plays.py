"""The plays a statistic looks at: arrays of equal length, one number for each play.

Everything in this package is a function of such plays and of nothing else. *Counted* plays are
those of at least 30 seconds, Spotify's own rule for a stream. A play belongs to the day and the
hour in which it *started*, on the listener's clock.
"""

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from spotify_insights.listening.packed import IS_ESTIMATED, PROVENANCE_SHIFT, Columns
from spotify_insights.listening.stats import clock
from spotify_insights.listening.stats.clock import Clock

COUNTED_MS = 30_000

Numbers = NDArray[np.int64]
Ids = NDArray[np.int32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Plays:
    """Plays of one listener and one kind, in the order they started (UTC seconds since 1970).

    `tracks` are recordings: what was merged into another track has that track's id. An id is 0
    where there is none; for what is spoken, a show has a negative number of its own that stands for
    artist and album.
    """

    clock: Clock
    started: Numbers
    ms_played: Ids
    contents: Ids
    tracks: Ids
    artists: Ids
    albums: Ids
    circumstances: Ids
    flags: Ids

    @classmethod
    def of(cls, columns: Columns, clock: Clock) -> Self:
        return cls(clock, *columns)

    def __len__(self) -> int:
        return len(self.started)

    def take(self, chosen: Flags | slice | NDArray[np.intp]) -> Self:
        """Some of the plays, in the same order; a slice costs nothing."""
        columns = {f.name: getattr(self, f.name)[chosen] for f in fields(self) if f.name != "clock"}
        return replace(self, **columns)

    def between(self, start_s: float | None, end_s: float | None) -> Self:
        """The plays that started from one instant on and before another; both may be open."""
        first = None if start_s is None else int(np.searchsorted(self.started, start_s))
        last = None if end_s is None else int(np.searchsorted(self.started, end_s))
        return self.take(slice(first, last))

    @cached_property
    def is_counted(self) -> Flags:
        return self.ms_played >= COUNTED_MS

    @cached_property
    def counted(self) -> Self:
        """The counted plays alone."""
        return self.take(self.is_counted)

    @cached_property
    def subjects(self) -> Ids:
        """What was heard: the recording, or the negative id of the content where there is none."""
        return np.where(self.tracks > 0, self.tracks, -self.contents)

    @cached_property
    def ended(self) -> Numbers:
        """When playing was over, in whole seconds: the start and the time played."""
        return self.started + self.ms_played // 1000

    @cached_property
    def local(self) -> Numbers:
        """Seconds since 1970 that the clock on the wall showed at the start."""
        return self.clock.local(self.started)

    @cached_property
    def days(self) -> Numbers:
        """The listener's day, counted from 1970-01-01."""
        return self.clock.days(self.local)

    @cached_property
    def hours(self) -> Numbers:
        """The hour (0-23) on the wall."""
        return clock.hours(self.local)

    @cached_property
    def by_hour(self) -> "Hourly":
        """Sums by the hour on the wall, hours without a play included."""
        return _hourly(self)

    @cached_property
    def by_day(self) -> "Daily":
        """Sums by the listener's day, days without a play included."""
        return _daily(self)

    @cached_property
    def by_track(self) -> "Tally":
        return tally(self, self.subjects)

    @cached_property
    def by_artist(self) -> "Tally":
        return tally(self, self.artists)

    @cached_property
    def by_album(self) -> "Tally":
        return tally(self, self.albums)

    @cached_property
    def artists_of_tracks(self) -> Ids:
        """The artist of each line of `by_track`; 0 where there is none."""
        if not len(self):
            return self.artists
        low, high = int(self.subjects.min()), int(self.subjects.max())
        of_subject = np.zeros(high - low + 1, np.int32)
        of_subject[self.subjects - low] = self.artists
        return of_subject[self.by_track.ids - low]

    @property
    def is_estimated(self) -> Flags:
        """Where only the length of the track or the gap to the next play says how long it was."""
        return (self.flags & IS_ESTIMATED).astype(bool)

    @property
    def provenances(self) -> Ids:
        """0 = given by the listener, 1 = asked from Spotify, 2 = from the demo."""
        return self.flags >> PROVENANCE_SHIFT


@dataclass(frozen=True, eq=False)
class Hourly:
    """For each hour on the wall, from the first with a play to the last: plays and ms.

    `hours` are counted from 1970-01-01, 0 o'clock; one that comes twice in autumn is one.
    """

    hours: Numbers
    all_plays: Numbers
    plays: Numbers
    ms_played: Numbers

    def days(self, on: Clock) -> Numbers:
        """The listener's day of each hour: days start on full hours."""
        return on.days(self.hours * clock.HOUR_S)


@dataclass(frozen=True, eq=False)
class Daily:
    """For each day from the first with a play to the last: all plays, counted plays and ms."""

    first_day: int
    all_plays: Numbers
    plays: Numbers
    ms_played: Numbers

    @property
    def days(self) -> Numbers:
        return np.arange(self.first_day, self.first_day + len(self.plays))


@dataclass(frozen=True, eq=False)
class Tally:
    """One line for each distinct id among plays: arrays of equal length, in the order of the ids.

    `plays` are counted ones, `ms_played` (ms) is over all; `first` and `last` are starts (UTC
    seconds) over all.
    """

    ids: Ids
    plays: Numbers
    ms_played: Numbers
    first: Numbers
    last: Numbers

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, chosen: Any) -> Self:
        return replace(self, **{f.name: getattr(self, f.name)[chosen] for f in fields(self)})


def tally(plays: Plays, ids: Ids) -> Tally:
    """Group plays by ids (one for each play; 0 belongs to none); ids without a counted play too."""
    known = ids != 0
    is_whole = bool(known.all())
    started, ms_played, is_counted = (
        column if is_whole else column[known]
        for column in (plays.started, plays.ms_played, plays.is_counted)
    )
    distinct, places = factorised(ids if is_whole else ids[known])
    n = len(distinct)
    first, last = np.zeros(n, np.int64), np.zeros(n, np.int64)
    # The plays are sorted, and of several values for one place the last one stays.
    first[places[::-1]] = started[::-1]
    last[places] = started
    counted, ms = summed(places, is_counted, n), summed(places, ms_played, n)
    return Tally(distinct, counted, ms, first, last)


def factorised(ids: Ids) -> tuple[Ids, NDArray[np.intp]]:
    """The distinct ids in ascending order, and the place of each id among them."""
    if not len(ids):
        return ids, np.zeros(0, np.intp)
    low, high = int(ids.min()), int(ids.max())
    if high - low > 8 * len(ids) + 1_000_000:
        return np.unique(ids, return_inverse=True)
    shifted = ids - low
    is_there = np.zeros(high - low + 1, bool)
    is_there[shifted] = True
    distinct = np.flatnonzero(is_there)
    places = np.zeros(high - low + 1, np.intp)
    places[distinct] = np.arange(len(distinct))
    return (distinct + low).astype(np.int32), places[shifted]


def summed(places: NDArray[np.intp], values: Ids | Numbers | Flags, length: int) -> Numbers:
    """The sum of the values at each place. Exact: sums stay far below 2^53."""
    return np.bincount(places, weights=values, minlength=length).astype(np.int64)


def _hourly(plays: Plays) -> Hourly:
    if not len(plays):
        nothing = np.zeros(0, np.int64)
        return Hourly(nothing, nothing, nothing, nothing)
    hours = plays.local // clock.HOUR_S
    # Where clocks went back a later play may belong to an hour before.
    first, last = int(hours.min()), int(hours.max())
    places, length = hours - first, last - first + 1
    return Hourly(
        np.arange(first, last + 1),
        np.bincount(places, minlength=length),
        summed(places, plays.is_counted, length),
        summed(places, plays.ms_played, length),
    )


def _daily(plays: Plays) -> Daily:
    by_hour = plays.by_hour
    if not len(plays):
        return Daily(0, by_hour.all_plays, by_hour.plays, by_hour.ms_played)
    days = by_hour.days(plays.clock)
    places, length = days - days[0], int(days[-1] - days[0]) + 1
    columns = (by_hour.all_plays, by_hour.plays, by_hour.ms_played)
    return Daily(int(days[0]), *(summed(places, column, length) for column in columns))
