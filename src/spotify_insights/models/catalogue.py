"""What was played and how: shared by all listeners, so that a play is little more than numbers."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Identity, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from spotify_insights.models.base import Base, choice
from spotify_insights.models.listening import PlayKind


class Artist(Base):
    """An artist by name. `name_key` is the name without differences of case and spaces.

    `genres` are Spotify's. `tags` are what listeners call the artist, most used first, and
    `tags_from` says where.
    """

    __tablename__ = "artists"
    __table_args__ = (
        Index(
            "ix_artists_told_of",
            "id",
            postgresql_where=text("genres is not null or tags is not null"),
        ),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(unique=True)
    spotify_id: Mapped[str | None]
    genres: Mapped[list[Any] | None]
    tags: Mapped[list[Any] | None]
    tags_from: Mapped[str | None]
    tags_at: Mapped[datetime | None]
    image_url: Mapped[str | None]
    enriched_at: Mapped[datetime | None]


class Album(Base):
    __tablename__ = "albums"
    __table_args__ = (UniqueConstraint("artist_id", "name_key"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    artist_id: Mapped[int] = mapped_column(ForeignKey("artists.id"))
    name: Mapped[str]
    name_key: Mapped[str]


class Track(Base):
    """A track as people mean it: artist and title, whatever address it was played under.

    `match_key` is the title as far as sources agree on titles.
    """

    __tablename__ = "tracks"
    __table_args__ = (
        UniqueConstraint("artist_id", "name_key"),
        Index("ix_tracks_match_key", "match_key"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    artist_id: Mapped[int] = mapped_column(ForeignKey("artists.id"))
    name: Mapped[str]
    name_key: Mapped[str]
    match_key: Mapped[str]


class TrackMerge(Base):
    """A track that is the same recording as another, by its ISRC: counted there while this holds.

    A merge that was taken back stays as a row, so that it is not made again.
    """

    __tablename__ = "track_merges"

    track_id: Mapped[int] = mapped_column(ForeignKey("tracks.id"), primary_key=True)
    into_track_id: Mapped[int] = mapped_column(ForeignKey("tracks.id"))
    isrc: Mapped[str]
    is_undone: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Content(Base):
    """What was played, by the address its source gives it: a track, an episode or a chapter.

    One address may have carried several titles over the years: its tracks have them all, it has the
    first. The later columns come from Spotify, one call at a time, and may stay empty; a release
    is known by its year.
    """

    __tablename__ = "contents"
    __table_args__ = (
        Index("ix_contents_match_key", "match_key"),
        Index("ix_contents_isrc", "isrc", postgresql_where=text("isrc is not null")),
        Index(
            "ix_contents_collection",
            "collection",
            postgresql_where=text("collection is not null"),
        ),
        # What is known of all contents is read at once, and there is little of it.
        Index(
            "ix_contents_duration_ms",
            "id",
            postgresql_include=["duration_ms"],
            postgresql_where=text("duration_ms is not null"),
        ),
        Index(
            "ix_contents_audio_features",
            "id",
            postgresql_where=text("audio_features is not null"),
        ),
        Index(
            "ix_contents_released_in",
            "id",
            postgresql_include=["released_in"],
            postgresql_where=text("released_in is not null"),
        ),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    uri: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[PlayKind] = mapped_column(choice(PlayKind, native="play_kind"))
    name: Mapped[str]
    match_key: Mapped[str]
    collection: Mapped[str | None]
    isrc: Mapped[str | None]
    duration_ms: Mapped[int | None]
    artwork_url: Mapped[str | None]
    released_in: Mapped[int | None]
    audio_features: Mapped[dict[str, Any] | None]
    enriched_at: Mapped[datetime | None]


class Circumstances(Base):
    """How a play was heard. Years of listening know some hundred combinations."""

    __tablename__ = "circumstances"
    __table_args__ = (
        UniqueConstraint(
            *("platform", "country", "reason_start", "reason_end"),
            *("shuffle", "skipped", "offline", "is_video"),
            name="uq_circumstances_all",
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    platform: Mapped[str | None]
    country: Mapped[str | None]
    reason_start: Mapped[str | None]
    reason_end: Mapped[str | None]
    shuffle: Mapped[bool | None]
    skipped: Mapped[bool | None]
    offline: Mapped[bool | None]
    is_video: Mapped[bool]
