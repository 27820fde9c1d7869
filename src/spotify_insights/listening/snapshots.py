"""Snapshots: what the API hands out and insights read, one per listener, range and day.

Private sessions are left out: they count in a listener's own statistics and nowhere else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from spotify_insights.listening import moods, polled, stats
from spotify_insights.listening.archives.rows import normalised
from spotify_insights.listening.stats import Scope, Totals
from spotify_insights.models import Snapshot, User
from spotify_insights.models.listening import PlayKind, Provenance, TimeRange
from spotify_insights.spotify.payloads import Artist, Track

TOP = 50
LENGTH = {
    TimeRange.SHORT: timedelta(days=28),
    TimeRange.MEDIUM: timedelta(days=182),
    TimeRange.LONG: timedelta(days=365),
}
LISTED = (TimeRange.SHORT, TimeRange.MEDIUM, TimeRange.LONG, TimeRange.LIFETIME)
GENRES_METHOD = "the period's top artists, each counted once and split evenly over its genres"


@dataclass(frozen=True)
class Tops:
    """Spotify's own ranking of a range: by affinity, without numbers of plays."""

    artists: list[Artist]
    tracks: list[Track]
    provenance: Provenance


def period_of(time_range: TimeRange, now: datetime) -> tuple[datetime | None, datetime]:
    """Start (None = the first play) and end of a rolling range."""
    length = LENGTH.get(time_range)
    return (now - length if length else None), now


def take(
    session: Session,
    user: User,
    time_range: TimeRange,
    *,
    tops: Tops | None = None,
    period: tuple[datetime | None, datetime] | None = None,
) -> Snapshot:
    """Aggregate a period and keep it; a snapshot of the same range and day is replaced.

    Top lists are Spotify's where `tops` gives them, else those of the ledger.
    """
    now = datetime.now(UTC)
    start, end = period or period_of(time_range, now)
    scope = Scope(user.id, user.timezone, user.day_starts_at, start, end, private=False)
    music = stats.totals(session, scope)[PlayKind.TRACK]
    values = {
        "user_id": user.id,
        "time_range": time_range,
        "snapshot_date": end.astimezone(ZoneInfo(user.timezone)).date(),
        "period_start": start or music.first_play_at or end,
        "period_end": end,
        "totals": _as_json(music),
        **_blocks(session, scope, tops),
    }
    changed = {name: value for name, value in values.items() if name != "user_id"}
    return session.scalars(
        insert(Snapshot)
        .values(values)
        .on_conflict_do_update(
            constraint="uq_listening_snapshots_user_id_time_range_snapshot_date",
            set_=changed | {"updated_at": now},
        )
        .returning(Snapshot),
        execution_options={"populate_existing": True},
    ).one()


def find_snapshots(
    session: Session, user_id: UUID, limit: int, time_range: TimeRange | None
) -> list[Snapshot]:
    """Newest day first; without a range the rolling ones and lifetime."""
    ranges = (time_range,) if time_range else LISTED
    return list(
        session.scalars(
            select(Snapshot)
            .where(Snapshot.user_id == user_id, Snapshot.time_range.in_(ranges))
            .order_by(Snapshot.snapshot_date.desc(), Snapshot.updated_at.desc())
            .limit(limit)
        )
    )


def _blocks(session: Session, scope: Scope, tops: Tops | None) -> dict[str, Any]:
    if tops is None:
        artists = stats.top_artists(session, scope, TOP)
        tracks = stats.top_tracks(session, scope, TOP)
    else:
        artists, tracks = _artist_items(tops.artists), _track_items(tops.tracks)
    found_moods = _moods(artists, tracks)
    patterns = moods.patterns(found_moods)
    others = [(normalised(item["artist"]), normalised(item["name"])) for item in tracks]
    sources = set(stats.sources(session, scope)) | ({tops.provenance.value} if tops else set())
    return {
        "total_tracks_analyzed": stats.distinct_tracks_with(session, scope, others),
        "top_artists": artists,
        "top_tracks": tracks,
        "audio_features": {},
        "genre_distribution": _genre_shares(artists),
        "mood_patterns": patterns,
        "artist_diversity_score": moods.evenness(stats.plays_per_artist(session, scope)),
        "mood_diversity_score": moods.evenness(int(p["track_count"]) for p in patterns.values()),
        "listening_hours": stats.hours_by_part(session, scope),
        "coverage": {
            "genres": _share(bool(artist["genres"]) for artist in artists),
            "moods": _share(mood is not None for mood in found_moods),
            "tops": "spotify" if tops else "ledger",
            "genres_method": GENRES_METHOD,
            "moods_method": moods.METHOD,
        },
        "sources": sorted(sources),
    }


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


_NOT_SAID: Mapping[str, None] = {"plays": None, "ms_played": None}


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


def _as_json(music: Totals) -> dict[str, Any]:
    moments = (music.first_play_at, music.last_play_at)
    first, last = (moment.isoformat() if moment else None for moment in moments)
    return asdict(replace(music, first_play_at=None, last_play_at=None)) | {
        "first_play_at": first,
        "last_play_at": last,
    }
