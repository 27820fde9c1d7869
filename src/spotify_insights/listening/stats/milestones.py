"""Milestones: when the hundredth play was reached, and the thousandth hour."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from spotify_insights.listening.stats import clock
from spotify_insights.listening.stats.clock import HOUR_S
from spotify_insights.listening.stats.plays import Plays

HOURS = (1, 10, 100, 250, 500, 1_000, 2_500, 5_000, 10_000)

_PLAYS = (1, 100, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000)
# After those, every so many plays.
_STEP = 100_000
_HOUR_MS = HOUR_S * 1_000


@dataclass(frozen=True)
class PlayMilestone:
    """The counted play of this number: of which track, and when it started.

    `id` is that of the track; the negative id of the content where there is none.
    """

    number: int
    reached_at: datetime
    id: int


@dataclass(frozen=True)
class HourMilestone:
    """So many hours of listening, and when the play started that completed them."""

    hours: int
    reached_at: datetime
    id: int


@dataclass(frozen=True)
class NextPlays:
    """The next number of counted plays, and how many are missing."""

    number: int
    to_go: int


@dataclass(frozen=True)
class NextHours:
    """The next number of hours, and how much listening (ms) is missing."""

    hours: int
    ms_to_go: int


@dataclass(frozen=True)
class Milestones:
    """What was reached, in order of time, and what comes next; None after the last of `HOURS`."""

    plays: list[PlayMilestone]
    hours: list[HourMilestone]
    next_plays: NextPlays
    next_hours: NextHours | None


def milestones(plays: Plays, offset_counted: int = 0, offset_ms: int = 0) -> Milestones:
    """The 1st, 100th, 500th, … counted play, and the first, 10th, … hour of all plays.

    Plays: 1, 100, 500, 1,000, 2,500, 5,000, 10,000, 25,000, 50,000, then every 100,000th; hours:
    those in `HOURS`. `offset_counted` and `offset_ms` are counted plays and ms from before these
    plays; what they had already reached is not told again.
    """
    counted = offset_counted + int(np.count_nonzero(plays.is_counted))
    ms = offset_ms + int(plays.ms_played.sum(dtype=np.int64))
    following = next(number for number in _numbers() if number > counted)
    hours_left = [hours for hours in HOURS if hours * _HOUR_MS > ms]
    return Milestones(
        _of_plays(plays, offset_counted),
        _of_hours(plays, offset_ms),
        NextPlays(following, following - counted),
        NextHours(hours_left[0], hours_left[0] * _HOUR_MS - ms) if hours_left else None,
    )


def _of_plays(plays: Plays, offset: int) -> list[PlayMilestone]:
    places = np.flatnonzero(plays.is_counted)
    found = []
    for number in _numbers():
        if number > offset + len(places):
            break
        if number > offset:
            found.append(PlayMilestone(number, *_reached(plays, places[number - offset - 1])))
    return found


def _of_hours(plays: Plays, offset_ms: int) -> list[HourMilestone]:
    heard = offset_ms + np.cumsum(plays.ms_played, dtype=np.int64)
    places = np.searchsorted(heard, [hours * _HOUR_MS for hours in HOURS])
    return [
        HourMilestone(hours, *_reached(plays, place))
        for hours, place in zip(HOURS, places, strict=True)
        if place < len(plays) and hours * _HOUR_MS > offset_ms
    ]


def _reached(plays: Plays, place: np.intp) -> tuple[datetime, int]:
    """When a play started, and of what it was."""
    return clock.instant(plays.started[place]), int(plays.subjects[place])


def _numbers() -> Iterator[int]:
    """The numbers of counted plays that are milestones, ascending, without end."""
    yield from _PLAYS
    number = _STEP
    while True:
        yield number
        number += _STEP
