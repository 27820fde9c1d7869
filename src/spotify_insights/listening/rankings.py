"""What Spotify ranks highest in a range: the blocks of a snapshot that follow from its lists."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from spotify_insights.listening import moods, polled, recordings
from spotify_insights.listening.aggregates import Material
from spotify_insights.listening.archives.rows import normalised
from spotify_insights.listening.stats.diversity import evenness
from spotify_insights.models import Artist as CatalogueArtist
from spotify_insights.models import Track as CatalogueTrack
from spotify_insights.models.listening import Provenance
from spotify_insights.spotify.payloads import Artist, Track

LIST_METHOD = "the period's top artists, each counted once and split evenly over its genres"
# The blocks of a snapshot that are Spotify's where it ranked.
SAID_BY_SPOTIFY = (
    *("top_artists", "top_tracks", "genre_distribution", "mood_patterns", "mood_diversity_score"),
    *("total_tracks_analyzed", "coverage", "sources"),
)
_NOT_SAID: Mapping[str, None] = {"plays": None, "ms_played": None}


@dataclass(frozen=True)
class Tops:
    """Spotify's own ranking of a range: by affinity, without numbers of plays."""

    SPOTIFY: ClassVar = "spotify"

    artists: list[Artist]
    tracks: list[Track]
    provenance: Provenance


def ranked_by_spotify(session: Session, material: Material, tops: Tops) -> dict[str, Any]:
    """The blocks of a snapshot that follow from Spotify's lists."""
    artists, tracks = _artist_items(tops.artists), _track_items(tops.tracks)
    found = _moods(artists, tracks)
    patterns = moods.patterns(found)
    return {
        "top_artists": artists,
        "top_tracks": tracks,
        "genre_distribution": _genre_shares(artists),
        "mood_patterns": patterns,
        "mood_diversity_score": evenness(int(p["track_count"]) for p in patterns.values()),
        "total_tracks_analyzed": _tracks_looked_at(session, material, tracks),
        "coverage": {
            "genres": _share(bool(artist["genres"]) for artist in artists),
            "moods": _share(mood is not None for mood in found),
            "tops": Tops.SPOTIFY,
            "genres_method": LIST_METHOD,
            "moods_method": moods.METHOD,
        },
        "sources": sorted({*material.sources, tops.provenance.value}),
    }


def _tracks_looked_at(
    session: Session, material: Material, listed: Iterable[Mapping[str, Any]]
) -> int:
    """Distinct tracks among the counted plays and those that Spotify lists."""
    played = set(np.unique(material.plays.counted.subjects).tolist())
    keys = {(normalised(item["artist"]), normalised(item["name"])) for item in listed}
    query = (
        select(CatalogueTrack.id, CatalogueArtist.name_key, CatalogueTrack.name_key)
        .join(CatalogueArtist, CatalogueArtist.id == CatalogueTrack.artist_id)
        .where(CatalogueArtist.name_key.in_({artist for artist, _ in keys}))
        .where(CatalogueTrack.name_key.in_({title for _, title in keys}))
    )
    rows = session.execute(query).all()
    tracks = recordings.merged(session, np.array([row[0] for row in rows], np.int32)).tolist()
    known = {(row[1], row[2]) for row, one in zip(rows, tracks, strict=True) if one in played}
    return len(played) + len(keys - known)


def _artist_items(artists: list[Artist]) -> list[dict[str, Any]]:
    return [
        {"rank": rank, "name": artist.name, "genres": artist.genres, **_NOT_SAID}
        for rank, artist in enumerate(artists, start=1)
    ]


def _track_items(tracks: list[Track]) -> list[dict[str, Any]]:
    return [
        {"rank": rank, "name": track.name, "artist": polled.main_artist(track), **_NOT_SAID}
        for rank, track in enumerate(tracks, start=1)
    ]


def _genre_shares(artists: list[dict[str, Any]]) -> dict[str, float]:
    """Share of each genre, largest first: every artist with genres weighs the same."""
    known = [artist["genres"] for artist in artists if artist["genres"]]
    shares: dict[str, float] = {}
    for genres in known:
        for genre in genres:
            shares[genre] = shares.get(genre, 0.0) + 1 / len(genres) / len(known)
    ordered = sorted(shares.items(), key=lambda item: (-item[1], item[0]))
    return {genre: round(share, 4) for genre, share in ordered}


def _moods(artists: list[dict[str, Any]], tracks: list[dict[str, Any]]) -> list[str | None]:
    """The mood of each top track, by the genres of its artist; None when those are unknown."""
    by_artist = {normalised(a["name"]): moods.mood_of(a["genres"] or ()) for a in artists}
    return [by_artist.get(normalised(track["artist"])) for track in tracks]


def _share(flags: Iterable[bool]) -> float:
    answers = list(flags)
    return round(sum(answers) / len(answers), 4) if answers else 0.0
