"""Listening sessions: plays that follow one another without a long pause."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from spotify_insights.listening.stats import clock
from spotify_insights.listening.stats.plays import Numbers, Plays
from spotify_insights.listening.stats.timeline import daily
from spotify_insights.listening.stats.totals import distinct

# A longer pause than this, in seconds, ends a session.
GAP_S = 1_800


@dataclass(frozen=True)
class Session:
    """One session: from its first start to its latest end.

    `plays` and `ms_played` are of all plays; `tracks` are the different ones among them.
    """

    started_at: datetime
    ended_at: datetime
    plays: int
    counted_plays: int
    ms_played: int
    tracks: int


@dataclass(frozen=True)
class SessionStats:
    """How many sessions there were, how long (ms played) they are, and the longest of them."""

    count: int
    mean_ms: int | None
    median_ms: int | None
    per_day: float | None
    longest: list[Session]


def sessions(plays: Plays, limit: int = 10) -> SessionStats:
    """Sessions of all plays: each play starts at most 30 minutes after the latest end before it.

    The length of a session is the sum of its `ms_played`, so pauses do not count; mean and median
    are rounded to whole ms. `per_day` is the mean over days with any play, rounded to 4 places.
    `longest` are the `limit` longest, of equal ones the earlier first. None without a session.
    """
    if not len(plays):
        return SessionStats(0, None, None, None, [])
    firsts = first_plays(plays)
    lengths = np.add.reduceat(plays.ms_played, firsts, dtype=np.int64)
    days_active = int(np.count_nonzero(daily(plays).all_plays))
    longest = np.argsort(-lengths, kind="stable")[:limit]
    ends = np.append(firsts[1:], len(plays))
    return SessionStats(
        count=len(firsts),
        mean_ms=round(int(lengths.sum()) / len(firsts)),
        median_ms=round(float(np.median(lengths))),
        per_day=round(len(firsts) / days_active, 4),
        longest=[_session(plays.take(slice(firsts[n], ends[n]))) for n in longest],
    )


def first_plays(plays: Plays) -> NDArray[np.intp]:
    """The place of the first play of each session."""
    latest_end = np.maximum.accumulate(plays.ended)
    is_first = np.ones(len(plays), bool)
    is_first[1:] = plays.started[1:] - latest_end[:-1] > GAP_S
    return np.flatnonzero(is_first)


def session_numbers(plays: Plays) -> Numbers:
    """The number of the session that each play belongs to, from 0 on in order of time."""
    is_first = np.zeros(len(plays), np.int64)
    is_first[first_plays(plays)[1:]] = 1
    return np.cumsum(is_first)


def _session(plays: Plays) -> Session:
    return Session(
        started_at=clock.instant(plays.started[0]),
        ended_at=clock.instant(plays.ended.max()),
        plays=len(plays),
        counted_plays=int(np.count_nonzero(plays.is_counted)),
        ms_played=int(plays.ms_played.sum(dtype=np.int64)),
        tracks=distinct(plays.subjects),
    )
