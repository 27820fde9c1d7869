"""What statistics read and what they leave out: plays in columns, rules, versions."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from spotify_insights.models.base import Base, Identified, choice
from spotify_insights.models.listening import PlayKind


class PackedWeek(Base):
    """The plays of one listener and kind that started in one week, as columns of binary numbers.

    Derived from `plays` and nothing else, so any row may be deleted and packed again. A week is
    seven days of UTC counted from 1970-01-01. While `is_stale`, the columns say what was true
    before the last change and are not read. Each column has `plays` numbers, big-endian, in the
    order of the plays' natural key; 0 stands for a missing track, artist or album.
    """

    __tablename__ = "packed_weeks"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[PlayKind] = mapped_column(choice(PlayKind, native="play_kind"), primary_key=True)
    week: Mapped[int] = mapped_column(primary_key=True)
    is_stale: Mapped[bool] = mapped_column(server_default=text("true"))
    plays: Mapped[int] = mapped_column(server_default="0")
    started: Mapped[bytes] = mapped_column(server_default="")
    ms_played: Mapped[bytes] = mapped_column(server_default="")
    contents: Mapped[bytes] = mapped_column(server_default="")
    tracks: Mapped[bytes] = mapped_column(server_default="")
    artists: Mapped[bytes] = mapped_column(server_default="")
    albums: Mapped[bytes] = mapped_column(server_default="")
    circumstances: Mapped[bytes] = mapped_column(server_default="")
    flags: Mapped[bytes] = mapped_column(server_default="")


class FirstHeard(Base):
    """When a listener first heard each track, artist and album, as columns of binary numbers.

    Counted music plays alone, no exclusion applied and no track merged; `heard_openly_at` leaves
    out private sessions. Sorted by id (see `listening.firsts`).
    """

    __tablename__ = "first_heard"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    subject: Mapped[str] = mapped_column(primary_key=True)
    ids: Mapped[bytes]
    heard_at: Mapped[bytes]
    heard_openly_at: Mapped[bytes]


class ExclusionKind(StrEnum):
    """What a rule leaves out of all statistics."""

    ARTIST = "artist"
    ALBUM = "album"
    TRACK = "track"
    SHOW = "show"
    HOURS = "hours"
    DATES = "dates"
    SESSION = "session"


class Exclusion(Identified, Base):
    """A listener's rule for plays that do not count. Deleting it brings them back.

    `hours` are those of the wall clock, from the first and before the last, over midnight where the
    last is smaller; `dates` are local days, both inclusive; a `session` is a span of time.
    """

    __tablename__ = "exclusions"
    __table_args__ = (
        Index("ix_exclusions_user_id", "user_id"),
        CheckConstraint("first_hour between 0 and 23", name="first_hour"),
        CheckConstraint("last_hour between 0 and 24", name="last_hour"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[ExclusionKind] = mapped_column(choice(ExclusionKind))
    artist_id: Mapped[int | None] = mapped_column(ForeignKey("artists.id"))
    album_id: Mapped[int | None] = mapped_column(ForeignKey("albums.id"))
    track_id: Mapped[int | None] = mapped_column(ForeignKey("tracks.id"))
    show: Mapped[str | None]
    first_hour: Mapped[int | None] = mapped_column(SmallInteger)
    last_hour: Mapped[int | None] = mapped_column(SmallInteger)
    first_on: Mapped[date | None]
    last_on: Mapped[date | None]
    first_at: Mapped[datetime | None]
    last_at: Mapped[datetime | None]


class CatalogueVersion(Base):
    """One row: a token that changes whenever something shared by all listeners does."""

    __tablename__ = "catalogue_version"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, server_default="1")
    token: Mapped[UUID]
