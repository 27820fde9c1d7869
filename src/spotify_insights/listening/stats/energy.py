"""How energising the music of each part of the day is, as far as moods are known."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from spotify_insights.listening import moods
from spotify_insights.listening.stats import clock
from spotify_insights.listening.stats.genres import Tagged
from spotify_insights.listening.stats.plays import Plays
from spotify_insights.listening.stats.timeline import HOURS_A_DAY, PARTS

ENERGISING = moods.LIVELY
CALMING = tuple(mood for mood in moods.FAMILIES if mood not in ENERGISING)
_UNKNOWN, _ENERGISING, _CALMING = _KINDS = range(3)
_KIND_OF = dict.fromkeys(ENERGISING, _ENERGISING) | dict.fromkeys(CALMING, _CALMING)


@dataclass(frozen=True)
class Energy:
    """Counted plays of energising moods (energetic, bright) and of calming ones (the others)."""

    energising: int
    calming: int


@dataclass(frozen=True)
class EnergyOfDay:
    """The energy of each part of the day, and of how many plays that is known.

    `known` of the counted `plays` have a mood; `coverage` (0..1) is None without plays.
    """

    plays: int
    known: int
    coverage: float | None
    parts: dict[str, Energy]


def energy(plays: Plays, tags: Mapping[int, Tagged]) -> EnergyOfDay:
    """How many counted plays of each part of the day are energising, and how many calming.

    The mood of a play is that of its artist's leading tags (see `moods.mood_of`), its part of the
    day that in which it started, by the clock on the wall.
    """
    total = int(np.count_nonzero(plays.is_counted))
    named = np.flatnonzero(plays.is_counted & (plays.artists != 0))
    artists = plays.by_artist.ids
    kinds = _kinds_of(artists.tolist(), tags)[np.searchsorted(artists, plays.artists[named])]
    places = clock.hours(plays.local[named]) * len(_KINDS) + kinds
    counts = np.bincount(places, minlength=HOURS_A_DAY * len(_KINDS)).reshape(HOURS_A_DAY, -1)
    known = int(counts[:, _ENERGISING:].sum())
    by_part = {part: counts[span.start : span.stop].sum(axis=0) for part, span in PARTS.items()}
    return EnergyOfDay(
        plays=total,
        known=known,
        coverage=round(known / total, 4) if total else None,
        parts={
            part: Energy(int(sums[_ENERGISING]), int(sums[_CALMING]))
            for part, sums in by_part.items()
        },
    )


def _kinds_of(artists: Iterable[int], tags: Mapping[int, Tagged]) -> NDArray[np.int8]:
    """For each artist whether its mood is energising, calming or unknown."""
    return np.array([_kind_of(tags[one].tags if one in tags else ()) for one in artists], np.int8)


@lru_cache(maxsize=65_536)
def _kind_of(genres: tuple[str, ...]) -> int:
    """A history has hundreds of periods with much the same artists in each of them."""
    mood = moods.mood_of(genres)
    return _KIND_OF[mood] if mood else _UNKNOWN
