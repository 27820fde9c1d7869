"""Neighbours: what is played directly before and after a track, an album or an artist."""

from dataclasses import dataclass

import numpy as np

from spotify_insights.listening.stats.plays import Ids, Plays, factorised
from spotify_insights.listening.stats.sessions import session_numbers
from spotify_insights.listening.stats.tops import TopKind, ids_of


@dataclass(frozen=True)
class Neighbour:
    """What was heard next to something, and how many times."""

    id: int
    times: int


@dataclass(frozen=True)
class Neighbours:
    before: list[Neighbour]
    after: list[Neighbour]


def neighbours(
    plays: Plays,
    kind: TopKind,
    number: int,
    among: TopKind = TopKind.TRACKS,
    *,
    limit: int = 10,
) -> Neighbours:
    """What was played directly before and directly after something, most often first.

    Directly means that no other counted play lies between the two and that both belong to one
    listening session. The track, album or artist itself is no neighbour. `among` says whether the
    neighbours are told as tracks, albums or artists. Ties go to the lower id.
    """
    is_counted = plays.is_counted
    in_session = session_numbers(plays)[is_counted]
    is_own = ids_of(plays, kind)[is_counted] == number
    others = ids_of(plays, among)[is_counted]
    is_joined = in_session[1:] == in_session[:-1]
    before = others[:-1][is_joined & is_own[1:] & ~is_own[:-1]]
    after = others[1:][is_joined & is_own[:-1] & ~is_own[1:]]
    return Neighbours(_most_frequent(before, limit), _most_frequent(after, limit))


def _most_frequent(ids: Ids, limit: int) -> list[Neighbour]:
    distinct, places = factorised(ids[ids != 0])
    times = np.bincount(places, minlength=len(distinct))
    best = np.lexsort((distinct, -times))[:limit]
    return [Neighbour(int(distinct[n]), int(times[n])) for n in best]
