"""Top lists: artists, albums and tracks by counted plays or by time, with their movement."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np

from spotify_insights.listening.stats import clock
from spotify_insights.listening.stats.plays import Ids, Plays, Tally


class TopKind(StrEnum):
    TRACKS = "tracks"
    ARTISTS = "artists"
    ALBUMS = "albums"


class By(StrEnum):
    PLAYS = "plays"
    MS = "ms"


@dataclass(frozen=True)
class Ranked:
    """One line of a top list; `id` is that of the track, artist or album.

    A track without an artist goes by the negative id of its content.
    """

    rank: int
    id: int
    plays: int
    ms_played: int
    first_play_at: datetime
    last_play_at: datetime
    previous_rank: int | None = None


@dataclass(frozen=True)
class Top:
    """A stretch of a top list and how many lines the whole list has."""

    items: list[Ranked]
    total: int


def top(
    plays: Plays,
    kind: TopKind,
    by: By = By.PLAYS,
    *,
    limit: int,
    offset: int = 0,
    before: Plays | None = None,
) -> Top:
    """What was played most, by counted plays (then time) or by time in ms (then counted plays).

    Ties go to what was heard first. Listed is what has at least one counted play. `previous_rank`
    is the rank among the plays `before`; None where it was not listed.
    """
    listed = tally_of(plays, kind)
    listed = listed.take(listed.plays > 0)
    page = ranking(_best(listed, by, offset + limit), by).take(slice(offset, offset + limit))
    previous = _ranks(ranking(tally_of(before, kind), by)) if before else {}
    items = [
        Ranked(
            rank=rank,
            id=int(page.ids[n]),
            plays=int(page.plays[n]),
            ms_played=int(page.ms_played[n]),
            first_play_at=clock.instant(page.first[n]),
            last_play_at=clock.instant(page.last[n]),
            previous_rank=previous.get(int(page.ids[n])),
        )
        for n, rank in enumerate(range(offset + 1, offset + len(page) + 1))
    ]
    return Top(items, len(listed))


def ids_of(plays: Plays, kind: TopKind) -> Ids:
    """What each play counts for in a top list; 0 where it counts for nothing."""
    return {
        TopKind.TRACKS: plays.subjects,
        TopKind.ARTISTS: plays.artists,
        TopKind.ALBUMS: plays.albums,
    }[kind]


def tally_of(plays: Plays, kind: TopKind) -> Tally:
    """One line for each track, artist or album of the plays, in the order of the ids."""
    return {
        TopKind.TRACKS: lambda: plays.by_track,
        TopKind.ARTISTS: lambda: plays.by_artist,
        TopKind.ALBUMS: lambda: plays.by_album,
    }[kind]()


def ranking(counts: Tally, by: By = By.PLAYS) -> Tally:
    """The lines with a counted play, best first."""
    listed = counts.take(counts.plays > 0)
    most = (listed.plays, listed.ms_played)
    first, second = most if by is By.PLAYS else most[::-1]
    return listed.take(np.lexsort((listed.ids, listed.first, -second, -first)))


def _best(listed: Tally, by: By, size: int) -> Tally:
    """The lines among which the first `size` ones are: the others need no order."""
    if size >= len(listed):
        return listed
    most = listed.plays if by is By.PLAYS else listed.ms_played
    return listed.take(most >= np.partition(most, len(most) - size)[len(most) - size])


def _ranks(ranked: Tally) -> dict[int, int]:
    return {int(one): rank for rank, one in enumerate(ranked.ids, start=1)}
