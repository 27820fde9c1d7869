"""Where plays come from, who claims them, and which of them tell of the same listen."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from spotify_insights.models.base import Base, Identified, choice


class ImportStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNDONE = "undone"


UNDER_WAY = (ImportStatus.QUEUED, ImportStatus.RUNNING)


class Source(Base):
    """One file's content, or the polling of one listener: what claims plays.

    The same content again is the same source, whatever import brings it; it ends when the last
    import that brought it is undone. Of its rows some are refused, and several may be one play.
    """

    __tablename__ = "sources"
    __table_args__ = (UniqueConstraint("user_id", "format", "sha256"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    format: Mapped[str]
    sha256: Mapped[str] = mapped_column(server_default="")
    size: Mapped[int] = mapped_column(BigInteger, server_default="0")
    rows: Mapped[int] = mapped_column(server_default="0")
    plays: Mapped[int] = mapped_column(server_default="0")
    no_identity: Mapped[int] = mapped_column(server_default="0")
    invalid: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class RejectedRow(Base):
    """A row of a source that is no play, numbered from 1, and why."""

    __tablename__ = "rejected_rows"

    source_id: Mapped[int] = mapped_column(
        ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True
    )
    row: Mapped[int] = mapped_column(primary_key=True)
    reason: Mapped[str]
    detail: Mapped[str]


class Claim(Base):
    """A further source of a play, beyond the one that the play itself names."""

    __tablename__ = "claims"

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(primary_key=True)
    play_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)


class Match(Base):
    """A superseded play and the one that stands for it: the rule that says so, and how surely."""

    __tablename__ = "matches"

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    play_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    by_play_id: Mapped[int] = mapped_column(BigInteger)
    rule: Mapped[str]
    confidence: Mapped[float]


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
    completed_at: Mapped[datetime | None]


class ImportFile(Base):
    """One file of an import. `source_id` ends with the source, when its last import is undone."""

    __tablename__ = "import_files"

    import_id: Mapped[UUID] = mapped_column(
        ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True
    )
    no: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("sources.id", ondelete="SET NULL"))
    name: Mapped[str]
    format: Mapped[str]
    sha256: Mapped[str]
    rows: Mapped[int]
    counts: Mapped[dict[str, Any]]
