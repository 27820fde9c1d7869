"""Sessions: plays that follow each other with less than half an hour between them."""

from datetime import datetime, timedelta
from itertools import pairwise
from statistics import mean, median
from typing import NamedTuple

from tests.reference.amounts import ms_of
from tests.reference.clocks import Heard, counted

GAP = timedelta(minutes=30)


class Session(NamedTuple):
    started_at: datetime
    ended_at: datetime
    plays: int
    counted_plays: int
    ms_played: int
    tracks: int


class Sessions(NamedTuple):
    count: int
    mean_ms: int | None
    median_ms: int | None
    per_day: float | None
    longest: list[Session]


def grouped(plays: list[Heard]) -> list[list[Heard]]:
    """The plays by session; each starts within the gap of all that was playing before."""
    groups: list[list[Heard]] = []
    latest = None
    for play in plays:
        if latest is None or play.started_at - latest > GAP:
            groups.append([])
            latest = play.until
        groups[-1].append(play)
        latest = max(latest, play.until)
    return groups


def neighbours(plays: list[Heard]) -> list[tuple[Heard, Heard]]:
    """Each counted play that follows another one in its session, with the one before."""
    found = []
    for group in grouped(plays):
        heard = counted(group)
        found += pairwise(heard)
    return found


def sessions(plays: list[Heard]) -> Sessions:
    found = [_session(group) for group in grouped(plays)]
    lengths = [session.ms_played for session in found]
    days = len({play.day for play in plays})
    return Sessions(
        count=len(found),
        mean_ms=round(mean(lengths)) if found else None,
        median_ms=round(median(lengths)) if found else None,
        per_day=round(len(found) / days, 4) if days else None,
        longest=sorted(found, key=lambda one: (-one.ms_played, one.started_at)),
    )


def _session(group: list[Heard]) -> Session:
    return Session(
        started_at=group[0].started_at,
        ended_at=max(play.until for play in group),
        plays=len(group),
        counted_plays=len(counted(group)),
        ms_played=ms_of(group),
        tracks=len({play.track for play in group}),
    )
