"""Diversity: whether listening gathers on a few things or spreads over many."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from spotify_insights.listening.stats.plays import Numbers, Plays
from spotify_insights.listening.stats.tops import TopKind, ranking, tally_of

FAVOURITES = 10
# One thing alone is neither even nor uneven.
_FEWEST_TO_COMPARE = 2


@dataclass(frozen=True)
class Concentration:
    """How counted plays spread over the different tracks, artists or albums they are of.

    `top_1`, `top_10` and `top_50` are shares (0..1) of the plays. `gini` and `evenness` (0..1) are
    None for fewer than two things, all others without any. `singles` is the share of things that
    were played exactly once.
    """

    things: int
    plays: int
    top_1: float | None
    top_10: float | None
    top_50: float | None
    gini: float | None
    evenness: float | None
    effective_number: float | None
    singles: float | None


@dataclass(frozen=True)
class Loyalty:
    """Time in ms given to the favourite artists (ten, or fewer if there are not as many).

    `share` (0..1) is of the time of all plays that have an artist; None without any.
    """

    artists: int
    ms_played: int
    share: float | None


def concentration(plays: Plays, kind: TopKind) -> Concentration:
    """How much of the counted plays a few things have, and how evenly the others share the rest.

    `gini` is Gini's coefficient (0 = all alike), `evenness` Pielou's, `effective_number` the number
    of things that would be as diverse if all were played alike: e to the power of Shannon's entropy
    (Hill's number of order 1).
    """
    counts = np.sort(tally_of(plays, kind).plays)
    counts = counts[counts > 0]
    if not len(counts):
        return Concentration(0, 0, *[None] * 7)
    total = int(counts.sum())
    return Concentration(
        things=len(counts),
        plays=total,
        top_1=round(int(counts[-1]) / total, 4),
        top_10=round(int(counts[-10:].sum()) / total, 4),
        top_50=round(int(counts[-50:].sum()) / total, 4),
        gini=_gini(counts),
        evenness=_evenness(counts),
        effective_number=round(math.exp(_entropy(counts)), 4),
        singles=round(int(np.count_nonzero(counts == 1)) / len(counts), 4),
    )


def loyalty(plays: Plays) -> Loyalty:
    """The share of time (ms of all plays) that the ten most played artists have.

    They are the first ten of the top list by counted plays.
    """
    counts = plays.by_artist
    favourites = ranking(counts).take(slice(FAVOURITES))
    total, theirs = int(counts.ms_played.sum()), int(favourites.ms_played.sum())
    return Loyalty(len(favourites), theirs, round(theirs / total, 4) if total else None)


def evenness(counts: Iterable[int]) -> float | None:
    """Normalised Shannon entropy (Pielou's evenness): 0 = all in one, 1 = all alike.

    Defined for two or more kinds: -sum(p ln p) / ln n; None otherwise. A kind that counts 0 is not
    there.
    """
    present = np.fromiter(counts, np.int64)
    return _evenness(present[present > 0])


def _evenness(counts: Numbers) -> float | None:
    if len(counts) < _FEWEST_TO_COMPARE:
        return None
    return round(_entropy(counts) / math.log(len(counts)), 4)


def _entropy(counts: Numbers) -> float:
    """Shannon's entropy in nats."""
    shares = counts / counts.sum()
    return float(-(shares * np.log(shares)).sum())


def _gini(ascending: Numbers) -> float | None:
    """(2 sum(i x) / (n sum(x))) - (n + 1) / n with i from 1, in whole numbers up to the division.

    That way things that are all alike get exactly 0.
    """
    n, total = len(ascending), int(ascending.sum())
    if n < _FEWEST_TO_COMPARE:
        return None
    weighted = int((np.arange(1, n + 1) * ascending).sum())
    return round((2 * weighted - (n + 1) * total) / (n * total), 4)
