"""Ingests and snapshots."""

from datetime import date, datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel

from spotify_insights.models import Snapshot
from spotify_insights.models.listening import TimeRange

SpotifyRange = Literal["short_term", "medium_term", "long_term"]


class IngestQueued(BaseModel):
    task_id: UUID
    status: Literal["queued"] = "queued"
    user_id: UUID
    time_range: TimeRange


class MoodShare(BaseModel):
    percentage: float
    track_count: int


class ListeningHours(BaseModel):
    morning: float
    afternoon: float
    evening: float
    night: float


class SnapshotOut(BaseModel):
    """Listening over one period. A number that cannot be known is null, never 0."""

    snapshot_id: UUID
    user_id: UUID
    snapshot_date: date
    time_range: TimeRange
    period_start: datetime
    period_end: datetime
    total_tracks: int
    totals: dict[str, Any]
    top_artists: list[dict[str, Any]]
    top_tracks: list[dict[str, Any]]
    genre_distribution: dict[str, float]
    mood_patterns: dict[str, MoodShare]
    mood_diversity: float | None
    artist_diversity: float | None
    audio_features: dict[str, float]
    listening_hours: ListeningHours
    coverage: dict[str, float | str]
    sources: list[str]
    created_at: datetime

    @classmethod
    def of(cls, snapshot: Snapshot) -> Self:
        own = {
            "snapshot_id": snapshot.id,
            "total_tracks": snapshot.total_tracks_analyzed,
            "artist_diversity": snapshot.artist_diversity_score,
            "mood_diversity": snapshot.mood_diversity_score,
        }
        same = {name: getattr(snapshot, name) for name in cls.model_fields if name not in own}
        return cls(**own, **same)
