"""The ledger of plays and the snapshots above it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Sequence, UniqueConstraint, func, text
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


class Origin(StrEnum):
    """What told of a play, from the richest account to the poorest (their order in the database).

    Of two accounts of one play the richer stands for it: true lengths and seconds come first, then
    true lengths, then second-exact starts; Spotify's recently played list knows neither.
    """

    SPOTIFY_EXTENDED = "spotify_extended"
    SPOTIFY_ACCOUNT = "spotify_account"
    LISTENBRAINZ = "listenbrainz"
    MALOJA = "maloja"
    KOITO = "koito"
    LASTFM = "lastfm"
    LASTFM_MINUTE = "lastfm_minute"
    SPOTIFY_POLLED = "spotify_polled"


# Each number stands for 65,536 ids, given out to one pack of plays at a time.
PLAY_ID_BLOCKS = Sequence("play_id_blocks", metadata=Base.metadata, data_type=BigInteger)


class Play(Base):
    """One account of one listen. The primary key makes import and ingest safe to repeat.

    The first five columns are the natural key; `origin` keeps a polled play apart from an exported
    one that happens to say the same, so that each can go without the other. Of several accounts of
    one listen all but the richest are superseded: they stay, and no statistic sees them. The same
    holds for what the listener deleted.

    A play lives while a source claims it: `source_id` is the first to do so, `claims` has any
    others. Track, artist and album stand beside the content because one address has carried several
    names over the years. There are no foreign keys: each would cost a check a row, half the time of
    an import together. A trigger on `users` deletes what belonged to a listener.
    """

    __tablename__ = "plays"
    __table_args__ = ({"postgresql_partition_by": "HASH (user_id)"},)

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(primary_key=True)
    ended_at: Mapped[datetime] = mapped_column(primary_key=True)
    content_id: Mapped[int] = mapped_column(primary_key=True)
    ms_played: Mapped[int] = mapped_column(primary_key=True)
    origin: Mapped[Origin] = mapped_column(choice(Origin, native="origin"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger)
    source_id: Mapped[int]
    track_id: Mapped[int | None]
    artist_id: Mapped[int | None]
    album_id: Mapped[int | None]
    circumstances_id: Mapped[int]
    kind: Mapped[PlayKind] = mapped_column(choice(PlayKind, native="play_kind"))
    provenance: Mapped[Provenance] = mapped_column(choice(Provenance, native="provenance"))
    is_estimated: Mapped[bool] = mapped_column(server_default=text("false"))
    is_private: Mapped[bool] = mapped_column(server_default=text("false"))
    is_superseded: Mapped[bool] = mapped_column(server_default=text("false"))
    is_deleted: Mapped[bool] = mapped_column(server_default=text("false"))


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
    statistics: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    export_basis: Mapped[dict[str, Any] | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
