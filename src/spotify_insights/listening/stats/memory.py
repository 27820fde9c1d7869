"""Memory: what came back, what was left behind, what was played over and over."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spotify_insights.listening.stats import clock
from spotify_insights.listening.stats.clock import DAY_S
from spotify_insights.listening.stats.plays import Ids, Numbers, Plays, factorised, tally
from spotify_insights.listening.stats.sessions import session_numbers
from spotify_insights.listening.stats.tops import TopKind, ids_of, tally_of
from spotify_insights.listening.stats.totals import distinct

# So many counted plays on either side make a pause one of something that was liked.
PLAYS_AROUND_A_PAUSE = 3

Places = NDArray[np.intp]


@dataclass(frozen=True)
class Rediscovered:
    """Something that came back after `days` whole days: starts of the plays around the pause.

    `plays_before` and `plays_since` are all counted plays before and after it.
    """

    id: int
    away_from: datetime
    back_at: datetime
    days: int
    plays_before: int
    plays_since: int


@dataclass(frozen=True)
class Forgotten:
    """Something played often and then no more: counted plays, ms of all, the last counted play."""

    id: int
    plays: int
    ms_played: int
    last_play_at: datetime
    days_quiet: int


@dataclass(frozen=True)
class Obsession:
    """The days in which something had most counted plays, and their share (0..1) of all it has."""

    id: int
    first_on: date
    last_on: date
    plays: int
    share_of_all: float


@dataclass(frozen=True)
class Run:
    """The same thing so many counted plays in a row."""

    id: int
    times: int
    started_at: datetime


@dataclass(frozen=True)
class Repeats:
    """Of `plays` counted plays, those of something already heard, and those that follow itself.

    Shares (0..1) are None without plays. `longest_run` is None where nothing was played twice in a
    row.
    """

    plays: int
    repeats: int
    repeat_rate: float | None
    immediate_repeats: int
    immediate_rate: float | None
    longest_run: Run | None


class _ByThing(NamedTuple):
    """Counted plays, sorted by thing and then by time.

    `things` has the place of each play's thing among `ids`, `order` that of the play itself among
    those counted; `sizes` says how many plays a thing has, `ends` where they end.
    """

    ids: Ids
    things: Places
    order: Places
    sizes: Places
    ends: Places


def rediscovered(
    plays: Plays, kind: TopKind, away_days: int = 180, *, limit: int | None = None
) -> list[Rediscovered]:
    """What came back after a pause, with at least three counted plays before it and three after.

    A pause is the time between the starts of two neighbouring counted plays of a thing, at least
    `away_days` times 24 hours. Of several such pauses of one thing the longest is told, the earlier
    of equal ones. Most played since first, then the longest away.
    """
    by_thing = _by_thing(plays, kind)
    things, started = by_thing.things, plays.counted.started[by_thing.order]
    place = np.arange(len(things))
    pause = np.diff(started, prepend=started[:1])
    before = place - (by_thing.ends - by_thing.sizes)[things]
    since = by_thing.ends[things] - place
    is_liked = np.minimum(before, since) >= PLAYS_AROUND_A_PAUSE
    back = np.flatnonzero(is_liked & (pause >= away_days * DAY_S))
    back = back[np.lexsort((back, -pause[back], things[back]))]
    back = back[_firsts(things[back])]
    days, ids = pause // DAY_S, by_thing.ids[things]
    back = back[np.lexsort((ids[back], -days[back], -since[back]))][:limit]
    return [
        Rediscovered(
            id=int(ids[n]),
            away_from=clock.instant(started[n - 1]),
            back_at=clock.instant(started[n]),
            days=int(days[n]),
            plays_before=int(before[n]),
            plays_since=int(since[n]),
        )
        for n in back
    ]


def forgotten(
    plays: Plays,
    kind: TopKind,
    today_s: float,
    quiet_days: int = 180,
    at_least: int = 10,
    *,
    limit: int | None = None,
) -> list[Forgotten]:
    """What has `at_least` counted plays, the last one more than `quiet_days` before `today_s`.

    `today_s` is an instant (UTC seconds), a day 24 hours from start to that instant. Most played
    first, then the longest heard.
    """
    ids = ids_of(plays, kind)
    counts = tally_of(plays, kind)
    counts = counts.take(counts.plays > 0)
    last = tally(plays.counted, ids[plays.is_counted]).last
    quiet_s = today_s - last
    chosen = np.flatnonzero((counts.plays >= at_least) & (quiet_s > quiet_days * DAY_S))
    listed = counts.take(chosen)
    best = chosen[np.lexsort((listed.ids, -listed.ms_played, -listed.plays))][:limit]
    return [
        Forgotten(
            id=int(counts.ids[n]),
            plays=int(counts.plays[n]),
            ms_played=int(counts.ms_played[n]),
            last_play_at=clock.instant(last[n]),
            days_quiet=int(quiet_s[n] // DAY_S),
        )
        for n in best
    ]


def obsessions(
    plays: Plays,
    kind: TopKind = TopKind.TRACKS,
    window_days: int = 7,
    at_least: int = 10,
    *,
    limit: int | None = None,
) -> list[Obsession]:
    """For each thing the consecutive listener's days with most counted plays of it.

    Windows start on a day with a counted play of the thing; of equal ones the earliest is told, if
    it has `at_least` plays. Most plays first, then the earlier one.
    """
    ids = ids_of(plays, kind)
    listed = plays.is_counted & (ids != 0)
    ids, things = factorised(ids[listed])
    if not len(ids):
        return []
    first_day, last_day = int(plays.days[listed].min()), int(plays.days[listed].max())
    # Each thing has a stretch of days of its own, so long that no window reaches the next one.
    stretch = last_day - first_day + window_days
    spots = np.sort(things * stretch + plays.days[listed] - first_day)
    counts = np.searchsorted(spots, spots + window_days) - np.arange(len(spots))
    things, days = spots // stretch, spots % stretch + first_day
    most = np.maximum.reduceat(counts, _firsts(things))
    best = np.flatnonzero(counts == most[things])
    best = best[_firsts(things[best])]
    best = best[most >= at_least]
    best = best[np.lexsort((ids[things[best]], days[best], -counts[best]))][:limit]
    sizes = np.bincount(things)
    return [
        Obsession(
            id=int(ids[things[n]]),
            first_on=clock.named(days[n]),
            last_on=clock.named(days[n] + window_days - 1),
            plays=int(counts[n]),
            share_of_all=round(int(counts[n]) / int(sizes[things[n]]), 4),
        )
        for n in best
    ]


def repeat_rate(plays: Plays) -> Repeats:
    """How much of the counted plays is of tracks that were already heard among these plays.

    `repeats` have a counted play of the same track before them, `immediate_repeats` have it
    directly before them (among counted plays) and in the same listening session. The longest run of
    one track in consecutive counted plays may go over several sessions; of equal ones it is the
    first.
    """
    counted = plays.counted
    subjects, n = counted.subjects, len(counted)
    repeats = n - distinct(subjects)
    is_same = subjects[1:] == subjects[:-1]
    in_session = session_numbers(plays)[plays.is_counted]
    immediate = int(np.count_nonzero(is_same & (in_session[1:] == in_session[:-1])))
    return Repeats(
        plays=n,
        repeats=repeats,
        repeat_rate=_share(repeats, n),
        immediate_repeats=immediate,
        immediate_rate=_share(immediate, n),
        longest_run=_longest_run(counted),
    )


def _longest_run(counted: Plays) -> Run | None:
    starts = _firsts(counted.subjects)
    lengths = np.diff(starts, append=len(counted))
    if not len(starts) or lengths.max() == 1:
        return None
    longest = int(lengths.argmax())
    first = starts[longest]
    started_at = clock.instant(counted.started[first])
    return Run(int(counted.subjects[first]), int(lengths[longest]), started_at)


def _by_thing(plays: Plays, kind: TopKind) -> _ByThing:
    ids = ids_of(plays.counted, kind)
    known = np.flatnonzero(ids != 0)
    distinct, places = factorised(ids[known])
    # The place of the play rides along: sorting pairs is much faster than a stable argsort.
    length = max(1, len(known))
    things, order = np.divmod(np.sort(places * length + np.arange(len(known))), length)
    sizes = np.bincount(things, minlength=len(distinct))
    return _ByThing(distinct, things, known[order], sizes, np.cumsum(sizes))


def _firsts(values: Ids | Numbers | Places) -> Places:
    """Where each run of equal neighbours starts."""
    is_first = np.ones(len(values), bool)
    is_first[1:] = values[1:] != values[:-1]
    return np.flatnonzero(is_first)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
