"""Imports: from uploaded files to the ledger, with a reason for every row. No call to Spotify.

One transaction carries everything: a worker that dies half-way leaves nothing behind, and the next
attempt reads the same files again to the same result.
"""

import shutil
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID, uuid4

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from spotify_insights import accounts, jobs
from spotify_insights.errors import Conflict, Invalid, NotFound
from spotify_insights.listening import snapshots, staging
from spotify_insights.listening.archives import files, formats
from spotify_insights.listening.archives.formats import History
from spotify_insights.listening.archives.rows import ArchiveError, Rejected
from spotify_insights.listening.staging import Staging
from spotify_insights.models import Import, Job
from spotify_insights.models.job import JobKind
from spotify_insights.models.listening import ImportStatus, Provenance, TimeRange
from spotify_insights.resources import transaction
from spotify_insights.settings import get_settings

Upload = tuple[str, BinaryIO]

# Larger than any export seen (a zip of 60,000 plays has 3 MB), small enough to not fill a disk.
MOST_UPLOADED_BYTES = 512 << 20
MOST_NAME_LENGTH = 255
# Fifty years of listening, day and night, to songs of five minutes.
MOST_ROWS = 5_000_000
REJECTED_SHOWN = 20
REPORT_EVERY_S = 0.5
REASONS = (
    "imported",
    "already_known",
    "matched",
    "duplicate_exact",
    "duplicate_near",
    "no_identity",
    "invalid",
)


class Unreadable(Invalid):
    """The upload is no history we can read; `detail` names the file and the way out."""


@dataclass
class _File:
    """What was seen in one file while it was read."""

    name: str
    format: str
    counts: Counter[str] = field(default_factory=Counter)
    rejected: list[Rejected] = field(default_factory=list)
    sha256: str = ""
    rows: int = 0

    def note(self, rejected: Iterable[Rejected]) -> None:
        for row in rejected:
            self.counts[row.reason.value] += 1
            if len(self.rejected) < REJECTED_SHOWN:
                self.rejected.append(row)

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "format": self.format,
            "sha256": self.sha256,
            "rows": self.rows,
            "counts": _all_reasons(self.counts),
            "rejected": [
                {"row": one.row, "reason": one.reason.value, "detail": one.detail}
                for one in self.rejected
            ],
        }


def receive(user_id: UUID, uploads: Sequence[Upload]) -> tuple[Import, Job]:
    """Keep the uploaded files and queue their import. Their content is judged by the import."""
    with transaction() as session:
        if accounts.get_user(session, user_id).is_demo:
            detail = "This is the demo listener. Import into a listener of your own."
            raise Conflict("demo_listener", detail)
    import_id = uuid4()
    names = [_shown(name) for name, _ in uploads]
    folder = _folder(import_id)
    folder.mkdir(mode=0o700, parents=True)
    try:
        _keep(folder, uploads)
        with transaction() as session:
            job = jobs.submit(session, JobKind.IMPORT, user_id, subject=str(import_id))
            record = Import(id=import_id, user_id=user_id, names=names, task_id=job.id)
            session.add(record)
            session.flush()
            session.refresh(record)
    except BaseException:
        shutil.rmtree(folder)
        raise
    return record, job


def run(job: Job) -> None:
    """Read the files into staging, move them into the ledger, take the lifetime snapshot."""
    import_id = UUID(job.subject)
    record = _begin(import_id)
    try:
        with transaction() as session:
            read = _read_all(session, job, record)
            tallies = staging.store(session, record.user_id, Provenance.EXPORT)
            for tally in tallies:
                read[tally.file_no].counts[tally.reason] += tally.rows
            done = _finish(session, record, read)
            user = accounts.get_user(session, record.user_id)
            snapshot = snapshots.take(session, user, TimeRange.LIFETIME)
            result = {
                "import_id": str(import_id),
                "snapshot_id": str(snapshot.id),
                "plays_new": done.counts["imported"],
            }
            jobs.finish(session, job, result)
    except ArchiveError as error:
        detail = f"{error.file}: {error.detail}"
        raise Unreadable(error.code, detail, field="files") from error
    shutil.rmtree(_folder(import_id), ignore_errors=True)


def failed(session: Session, job: Job) -> None:
    """Note on the import that it will not happen, and why; what was uploaded is deleted."""
    import_id = UUID(job.subject)
    session.execute(
        update(Import)
        .where(Import.id == import_id)
        .values(
            status=ImportStatus.FAILED,
            error_code=job.error_code,
            error_message=job.error_message,
            completed_at=func.now(),
        )
    )
    shutil.rmtree(_folder(import_id), ignore_errors=True)


def get_import(session: Session, import_id: UUID) -> Import:
    record = session.get(Import, import_id)
    if record is None:
        raise NotFound("unknown_import", f"There is no import {import_id}.")
    return record


def list_imports(session: Session, user_id: UUID, limit: int) -> list[Import]:
    """A listener's imports, newest first."""
    query = select(Import).where(Import.user_id == user_id)
    return list(session.scalars(query.order_by(Import.created_at.desc()).limit(limit)))


def _begin(import_id: UUID) -> Import:
    with transaction() as session:
        return session.scalars(
            update(Import)
            .where(Import.id == import_id)
            .values(status=ImportStatus.RUNNING)
            .returning(Import)
        ).one()


def _read_all(session: Session, job: Job, record: Import) -> list[_File]:
    """Copy every row of every file into staging."""
    paths = sorted(_folder(record.id).iterdir(), key=lambda path: int(path.name))
    histories = list(formats.histories(files.members(paths, record.names)))
    progress = _Progress(job, sum(member.size_hint for member, _ in histories))
    read: list[_File] = []
    with staging.staging(session) as staged:
        for file_no, history in enumerate(histories):
            read.append(_read(history, file_no, staged, progress))
    jobs.report(job, progress.rows, progress.rows, "rows")
    return read


def _read(history: History, file_no: int, staged: Staging, progress: "_Progress") -> _File:
    member, parser = history
    seen = _File(member.name, parser.format)
    before = progress.bytes_read
    for batch in parser.read(member, datetime.now(UTC)):
        staged.add(batch.rows, file_no=file_no)
        seen.note(batch.rejected)
        new_rows = len(batch.rows) + len(batch.rejected)
        seen.rows += new_rows
        progress.advance(new_rows, before + member.size_read)
    seen.sha256 = member.sha256
    return seen


@dataclass
class _Progress:
    """Rows read so far, of a total that is estimated from the share of bytes read."""

    job: Job
    bytes_total: int
    bytes_read: int = 0
    rows: int = 0
    reported_at: float = field(default_factory=time.monotonic)

    def advance(self, new_rows: int, bytes_read: int) -> None:
        self.rows += new_rows
        self.bytes_read = bytes_read
        if self.rows > MOST_ROWS:
            detail = f"An import may have {MOST_ROWS:,} rows at most."
            raise ArchiveError("archive_too_large", detail, file="upload")
        if time.monotonic() - self.reported_at >= REPORT_EVERY_S:
            self.reported_at = time.monotonic()
            share = min(1.0, bytes_read / max(1, self.bytes_total))
            jobs.report(self.job, self.rows, round(self.rows / max(share, 0.001)), "rows")


def _finish(session: Session, record: Import, read: list[_File]) -> Import:
    counts = sum((file.counts for file in read), Counter[str]())
    rows = sum(file.rows for file in read)
    assert rows == counts.total(), f"{rows} rows in, {counts.total()} accounted for"
    return session.scalars(
        update(Import)
        .where(Import.id == record.id)
        .values(
            status=ImportStatus.SUCCEEDED,
            rows=rows,
            counts=_all_reasons(counts),
            files=[file.as_json() for file in read],
            completed_at=func.now(),
        )
        .returning(Import),
        execution_options={"synchronize_session": False, "populate_existing": True},
    ).one()


def _all_reasons(counts: Counter[str]) -> dict[str, int]:
    return {reason: counts[reason] for reason in REASONS}


def _folder(import_id: UUID) -> Path:
    return get_settings().data_dir / "uploads" / str(import_id)


def _shown(name: str) -> str:
    """A file's name as it may be shown: without folders, control characters or great length."""
    printable = "".join(char for char in Path(name).name if char.isprintable())
    return printable[-MOST_NAME_LENGTH:] or "upload"


def _keep(folder: Path, uploads: Sequence[Upload]) -> None:
    left = MOST_UPLOADED_BYTES
    for number, (_, source) in enumerate(uploads):
        with (folder / str(number)).open("xb") as target:
            for chunk in iter(lambda: source.read(1 << 20), b""):  # noqa: B023
                left -= len(chunk)
                if left < 0:
                    detail = f"An upload may have {MOST_UPLOADED_BYTES >> 20} MiB at most."
                    raise Invalid("upload_too_large", detail, field="files")
                target.write(chunk)
