"""Imports of listening history."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel

from spotify_insights.listening import records
from spotify_insights.listening.records import Record
from spotify_insights.models import ImportFile
from spotify_insights.models.sources import ImportStatus
from spotify_insights.web.schemas.tasks import Progress


class ImportQueued(BaseModel):
    import_id: UUID
    task_id: UUID


class RejectedRow(BaseModel):
    """A row that is no play: its number in its file (from 1), the reason and a sentence."""

    row: int
    reason: str
    detail: str


class ImportedFile(BaseModel):
    """One file of an import; `rejected` shows the first of its `rejected_count` refused rows."""

    name: str
    format: str
    sha256: str
    rows: int
    counts: dict[str, int]
    rejected: list[RejectedRow]
    rejected_count: int

    @classmethod
    def of(cls, file: ImportFile, record: Record) -> Self:
        rejected = record.rejected.get(file.source_id, [])
        return cls(
            rejected=[RejectedRow.model_validate(row, from_attributes=True) for row in rejected],
            rejected_count=records.refused(file),
            **{name: getattr(file, name) for name in _SAME_IN_FILE},
        )


class ImportOut(BaseModel):
    """An import and what became of each of its rows: `rows` is the sum of `counts`.

    `progress` is there while it is under way, `undo_task_id` while it is being undone.
    """

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
    progress: Progress | None
    can_undo: bool
    undo_task_id: UUID | None
    created_at: datetime
    completed_at: datetime | None

    @classmethod
    def of(cls, record: Record) -> Self:
        upload = record.upload
        return cls(
            import_id=upload.id,
            error=upload.error_code,
            message=upload.error_message,
            plays_new=upload.counts.get("imported", 0),
            files=[ImportedFile.of(file, record) for file in record.files],
            progress=_progress(record),
            can_undo=record.can_undo,
            undo_task_id=record.undo.id if record.undo and record.is_being_undone else None,
            **{name: getattr(upload, name) for name in _SAME_IN_IMPORT},
        )


_SAME_IN_FILE = ("name", "format", "sha256", "rows", "counts")
_SAME_IN_IMPORT = (
    *("user_id", "status", "names", "rows", "counts", "task_id"),
    *("created_at", "completed_at"),
)


def _progress(record: Record) -> Progress | None:
    if record.job is None or record.upload.completed_at is not None:
        return None
    return Progress.of(record.job)
