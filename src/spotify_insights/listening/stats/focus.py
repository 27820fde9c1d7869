"""Focus stretches: music that ran on without a skip and without a pause worth the name."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spotify_insights.listening.stats import clock
from spotify_insights.listening.stats.details import Details, tells_its_end
from spotify_insights.listening.stats.plays import Flags, Plays, summed
from spotify_insights.listening.stats.timeline import HOURS_A_DAY, PARTS

# A longer pause than this, in seconds, ends a stretch; a shorter run, in seconds, is none.
PAUSE_S = 300
LEAST_S = 1_500
_MS_A_SECOND = 1_000

_Places = NDArray[np.intp]


@dataclass(frozen=True)
class Focus:
    """How many stretches there were, what was played in them, and the longest of them, in ms.

    `ms_by_part` is what was played in the stretches that began in a part of the day. All is None
    where of no play (`told`) a source tells how it ended.
    """

    told: int
    count: int | None
    ms_played: int | None
    longest_ms: int | None
    ms_by_part: dict[str, int] | None


def focus(plays: Plays, details: Details, skipped: Flags) -> Focus:
    """Stretches of at least 25 minutes in which no play was skipped and no pause was long.

    A stretch is a run of consecutive plays that were not skipped, each starting at most 5 minutes
    after the latest end before it, so it lies within one session. It lasts from its first start to
    its latest end. `skipped` says it of each play (see `habits.is_skipped`); a play whose source
    does not tell how it ended belongs to no stretch. The 25 and 5 minutes are those of the Pomodoro
    technique, a choice of ours for music.
    """
    is_told = details.where(tells_its_end)
    told = int(np.count_nonzero(is_told))
    if not told:
        return Focus(0, None, None, None, None)
    heard = np.flatnonzero(is_told & ~skipped)
    if not len(heard):
        return Focus(told, 0, 0, None, dict.fromkeys(PARTS, 0))
    firsts = _first_plays(plays, heard)
    starts = heard[firsts]
    lengths_s = np.maximum.reduceat(plays.ended[heard], firsts) - plays.started[starts]
    ms = np.add.reduceat(plays.ms_played[heard], firsts, dtype=np.int64)
    is_long = lengths_s >= LEAST_S
    by_hour = summed(clock.hours(plays.local[starts[is_long]]), ms[is_long], HOURS_A_DAY)
    return Focus(
        told=told,
        count=int(np.count_nonzero(is_long)),
        ms_played=int(by_hour.sum()),
        longest_ms=int(lengths_s.max()) * _MS_A_SECOND if is_long.any() else None,
        ms_by_part={
            part: int(by_hour[span.start : span.stop].sum()) for part, span in PARTS.items()
        },
    )


def _first_plays(plays: Plays, heard: _Places) -> _Places:
    """Where, among the places of plays heard without a skip, each run of them begins."""
    latest_end = np.maximum.accumulate(plays.ended)
    is_first = np.ones(len(heard), bool)
    is_next = np.diff(heard) == 1
    is_soon = plays.started[heard[1:]] - latest_end[heard[1:] - 1] <= PAUSE_S
    is_first[1:] = ~(is_next & is_soon)
    return np.flatnonzero(is_first)
