"""The ledger of plays, the catalogue under it, the imports and the snapshots above it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Identity, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from spotify_insights.models.base import Base, Identified, choice


class TimeRange(StrEnum):
    """Spotify's three ranges, everything, and the calendar periods that summaries read."""

    SHORT = "short_term"
    MEDIUM = "medium_term"
    LONG = "long_term"
    LIFETIME = "lifetime"
    WEEK = "week"
    MONTH = "month"


class PlayKind(StrEnum):
    TRACK = "track"
    EPISODE = "episode"
    CHAPTER = "chapter"


class Provenance(StrEnum):
    """Where a play came from: given by the listener, asked from Spotify, or from the demo."""

    EXPORT = "export"
    API = "api"
    DEMO = "demo"


class ImportStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNDONE = "undone"


class Artist(Base):
    """An artist by name. `name_key` is the name without differences of case and spaces."""

    __tablename__ = "artists"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(unique=True)


class Album(Base):
    __tablename__ = "albums"
    __table_args__ = (UniqueConstraint("artist_id", "name_key"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    artist_id: Mapped[int] = mapped_column(ForeignKey("artists.id"))
    name: Mapped[str]
    name_key: Mapped[str]


class Track(Base):
    """A track as people mean it: artist and title, whatever address it was played under."""

    __tablename__ = "tracks"
    __table_args__ = (UniqueConstraint("artist_id", "name_key"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    artist_id: Mapped[int] = mapped_column(ForeignKey("artists.id"))
    name: Mapped[str]
    name_key: Mapped[str]


class Content(Base):
    """What was played, by the address its source gives it: a track, an episode or a chapter."""

    __tablename__ = "contents"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    uri: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[PlayKind] = mapped_column(choice(PlayKind, native="play_kind"))
    name: Mapped[str]
    collection: Mapped[str | None]


class Play(Base):
    """One listen. The primary key is what makes import and ingest safe to repeat.

    Track, artist and album stand beside the content because one address has carried several
    names over the years; they have no foreign keys because the catalogue only grows, and four
    checks a row would take half the time of an import.
    """

    __tablename__ = "plays"
    __table_args__ = ({"postgresql_partition_by": "HASH (user_id)"},)

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    started_at: Mapped[datetime] = mapped_column(primary_key=True)
    ended_at: Mapped[datetime] = mapped_column(primary_key=True)
    content_id: Mapped[int] = mapped_column(primary_key=True)
    ms_played: Mapped[int] = mapped_column(primary_key=True)
    track_id: Mapped[int | None]
    artist_id: Mapped[int | None]
    album_id: Mapped[int | None]
    kind: Mapped[PlayKind] = mapped_column(choice(PlayKind, native="play_kind"))
    provenance: Mapped[Provenance] = mapped_column(choice(Provenance, native="provenance"))
    is_estimated: Mapped[bool] = mapped_column(server_default=text("false"))
    is_private: Mapped[bool] = mapped_column(server_default=text("false"))
    is_video: Mapped[bool] = mapped_column(server_default=text("false"))
    shuffle: Mapped[bool | None]
    skipped: Mapped[bool | None]
    offline: Mapped[bool | None]
    country: Mapped[str | None]
    platform: Mapped[str | None]
    reason_start: Mapped[str | None]
    reason_end: Mapped[str | None]


class Import(Identified, Base):
    """One upload and what became of each of its rows."""

    __tablename__ = "imports"
    __table_args__ = (Index("ix_imports_user_id_created_at", "user_id", "created_at"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    status: Mapped[ImportStatus] = mapped_column(
        choice(ImportStatus), server_default=ImportStatus.QUEUED.value
    )
    error_code: Mapped[str | None]
    error_message: Mapped[str | None]
    task_id: Mapped[UUID | None]
    names: Mapped[list[Any]]
    rows: Mapped[int] = mapped_column(server_default="0")
    counts: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    files: Mapped[list[Any]] = mapped_column(server_default="[]")
    completed_at: Mapped[datetime | None]


class Snapshot(Identified, Base):
    """A listener's listening over one period, as it was known on one day."""

    __tablename__ = "listening_snapshots"
    __table_args__ = (UniqueConstraint("user_id", "time_range", "snapshot_date"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    snapshot_date: Mapped[date]
    time_range: Mapped[TimeRange] = mapped_column(choice(TimeRange))
    period_start: Mapped[datetime]
    period_end: Mapped[datetime]
    total_tracks_analyzed: Mapped[int]
    totals: Mapped[dict[str, Any]]
    top_artists: Mapped[list[Any]]
    top_tracks: Mapped[list[Any]]
    audio_features: Mapped[dict[str, Any]]
    genre_distribution: Mapped[dict[str, Any]]
    mood_patterns: Mapped[dict[str, Any]]
    artist_diversity_score: Mapped[float | None]
    mood_diversity_score: Mapped[float | None]
    listening_hours: Mapped[dict[str, Any]]
    coverage: Mapped[dict[str, Any]]
    sources: Mapped[list[Any]]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
