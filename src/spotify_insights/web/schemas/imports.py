"""Imports of listening history."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel

from spotify_insights.models import Import
from spotify_insights.models.listening import ImportStatus


class ImportQueued(BaseModel):
    import_id: UUID
    task_id: UUID


class RejectedRow(BaseModel):
    """A row that is no play: its number in its file (from 1), the reason and a sentence."""

    row: int
    reason: str
    detail: str


class ImportedFile(BaseModel):
    """One file of an import; `rejected` shows the first rows that were refused."""

    name: str
    format: str
    sha256: str
    rows: int
    counts: dict[str, int]
    rejected: list[RejectedRow]


class ImportOut(BaseModel):
    """An import and what became of each of its rows: `rows` is the sum of `counts`."""

    import_id: UUID
    user_id: UUID
    status: ImportStatus
    error: str | None
    message: str | None
    names: list[str]
    rows: int
    counts: dict[str, int]
    plays_new: int
    files: list[ImportedFile]
    task_id: UUID | None
    created_at: datetime
    completed_at: datetime | None

    @classmethod
    def of(cls, record: Import) -> Self:
        return cls(
            import_id=record.id,
            error=record.error_code,
            message=record.error_message,
            plays_new=record.counts.get("imported", 0),
            **{name: getattr(record, name) for name in _SAME_IN_IMPORT},
        )


_SAME_IN_IMPORT = (
    *("user_id", "status", "names", "rows", "counts", "files", "task_id"),
    *("created_at", "completed_at"),
)
