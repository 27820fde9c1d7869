"""Totals: how much was played, of how many different things, on how many days."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from spotify_insights.listening.stats import clock
from spotify_insights.listening.stats.plays import Ids, Plays, factorised


@dataclass(frozen=True)
class Totals:
    """Sums over one kind of play. Distinct things are those among counted plays."""

    plays: int = 0
    counted_plays: int = 0
    ms_played: int = 0
    distinct_tracks: int = 0
    distinct_artists: int = 0
    distinct_albums: int = 0
    days_active: int = 0
    first_play_at: datetime | None = None
    last_play_at: datetime | None = None
    is_estimated: bool = False


def totals(plays: Plays) -> Totals:
    """All plays, the counted ones, ms of all, days with any play, first and last start.

    Distinct tracks (recordings), artists and albums are counted among counted plays. For episodes
    and chapters the show or book stands for artist and album, the episode or chapter for the track.
    """
    if not len(plays):
        return Totals()
    things = (plays.by_track, plays.by_artist, plays.by_album)
    tracks, artists, albums = (int(np.count_nonzero(tally.plays)) for tally in things)
    return Totals(
        plays=len(plays),
        counted_plays=int(np.count_nonzero(plays.is_counted)),
        ms_played=int(plays.ms_played.sum(dtype=np.int64)),
        distinct_tracks=tracks,
        distinct_artists=artists,
        distinct_albums=albums,
        days_active=int(np.count_nonzero(plays.by_day.all_plays)),
        first_play_at=clock.instant(plays.started[0]),
        last_play_at=clock.instant(plays.started[-1]),
        is_estimated=bool(plays.is_estimated.any()),
    )


def distinct(ids: Ids) -> int:
    """How many different things these are; 0 is none."""
    return len(factorised(ids[ids != 0])[0])
