"""What is told of imports and sources: files, refused rows, jobs and plays. Only reads."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select, text, true
from sqlalchemy.orm import Session, aliased

from spotify_insights.listening import importing, sources
from spotify_insights.listening.archives.rows import Reason
from spotify_insights.models import Import, ImportFile, Job, RejectedRow, Source
from spotify_insights.models.job import UNFINISHED, JobKind
from spotify_insights.models.sources import ImportStatus
from spotify_insights.resources import transaction

# So many refused rows of a file are shown with it; the others are downloaded.
FIRST_REJECTED = 20
PAGE_ROWS = 5_000

_CLAIMED = """
    select source_id, count(*) as plays, count(*) filter (where is_superseded) as superseded,
        min(started_at) as first_play_at, max(started_at) as last_play_at
    from (
        select source_id, is_superseded, started_at from plays where user_id = :user_id
        union all
        select c.source_id, p.is_superseded, p.started_at
        from claims c join plays p on p.user_id = c.user_id and p.id = c.play_id
        where c.user_id = :user_id
    ) claimed
    group by source_id
"""


@dataclass(frozen=True)
class Record:
    """One import with its files, the first refused rows by source, and its jobs.

    `undo` is the newest attempt to undo it, and None once it is undone.
    """

    upload: Import
    files: Sequence[ImportFile]
    rejected: Mapping[int | None, Sequence[RejectedRow]]
    job: Job | None
    undo: Job | None

    @property
    def is_settling(self) -> bool:
        """Its plays are in the ledger, and what follows from them is still being counted."""
        is_in = self.upload.status is ImportStatus.SUCCEEDED
        return is_in and self.job is not None and self.job.state in UNFINISHED

    @property
    def is_being_undone(self) -> bool:
        return self.undo is not None and self.undo.state in UNFINISHED

    @property
    def can_undo(self) -> bool:
        is_in = self.upload.status is ImportStatus.SUCCEEDED
        return is_in and not self.is_settling and not self.is_being_undone

    @property
    def rejected_count(self) -> int:
        return sum(refused(file) for file in self.files)


@dataclass(frozen=True)
class Holding:
    """A source, which plays it claims now, and the imports that brought it, oldest first.

    Of its `plays`, `superseded` ones are told more fully by another source.
    """

    source: Source
    imports: Sequence[UUID]
    plays: int = 0
    superseded: int = 0
    first_play_at: datetime | None = None
    last_play_at: datetime | None = None


def refused(file: ImportFile) -> int:
    """How many rows of a file are no plays."""
    return sum(file.counts[reason] for reason in Reason)


def get_record(session: Session, import_id: UUID) -> Record:
    return _told(session, [importing.get_import(session, import_id)])[0]


def list_records(session: Session, user_id: UUID, limit: int) -> list[Record]:
    """A listener's imports, newest first."""
    return _told(session, importing.list_imports(session, user_id, limit))


def rejected_rows(import_id: UUID) -> Iterator[tuple[str, RejectedRow]]:
    """All refused rows of an import, each with the name of its file: a page in memory at a time."""
    with transaction() as session:
        files = sources.files_of(session, import_id)
    for file in files:
        page: Sequence[RejectedRow] = []
        while page := _next_page(file, after=page[-1].row if page else 0):
            for row in page:
                yield file.name, row


def list_holdings(session: Session, user_id: UUID) -> list[Holding]:
    """A listener's sources, oldest first, with what each claims now."""
    rows = session.execute(text(_CLAIMED), {"user_id": user_id})
    claimed = {row.source_id: tuple(row)[1:] for row in rows}
    imports = _holders(session, user_id)
    return [
        Holding(source, imports.get(source.id, []), *claimed.get(source.id, ()))
        for source in sources.list_sources(session, user_id)
    ]


def _told(session: Session, imports: Sequence[Import]) -> list[Record]:
    """The records of these imports, with as many queries for one as for a hundred."""
    files = _files(session, imports)
    rejected = _first_rejected(session, imports)
    jobs, undos = _jobs(session, imports), _undos(session, imports)
    return [
        Record(
            upload=one,
            files=files.get(one.id, []),
            rejected=rejected,
            job=jobs.get(one.task_id),
            undo=undos.get(str(one.id)) if one.status is ImportStatus.SUCCEEDED else None,
        )
        for one in imports
    ]


def _files(session: Session, imports: Sequence[Import]) -> dict[UUID, list[ImportFile]]:
    query = select(ImportFile).where(_is_of(imports)).order_by(ImportFile.no)
    found: dict[UUID, list[ImportFile]] = {}
    for file in session.scalars(query):
        found.setdefault(file.import_id, []).append(file)
    return found


def _first_rejected(
    session: Session, imports: Sequence[Import]
) -> dict[int | None, list[RejectedRow]]:
    """By source; each source is looked into by its key, since one may have millions."""
    first = (
        select(RejectedRow)
        .where(RejectedRow.source_id == Source.id)
        .order_by(RejectedRow.row)
        .limit(FIRST_REJECTED)
        .lateral()
    )
    row = aliased(RejectedRow, first)
    theirs = Source.id.in_(select(ImportFile.source_id).where(_is_of(imports)))
    query = select(row).select_from(Source).join(first, true()).where(theirs)
    found: dict[int | None, list[RejectedRow]] = {}
    for one in session.scalars(query.order_by(row.source_id, row.row)):
        found.setdefault(one.source_id, []).append(one)
    return found


def _jobs(session: Session, imports: Sequence[Import]) -> dict[UUID | None, Job]:
    query = select(Job).where(Job.id.in_([one.task_id for one in imports]))
    return {job.id: job for job in session.scalars(query)}


def _undos(session: Session, imports: Sequence[Import]) -> dict[str, Job]:
    """The newest job to undo each import, by the import's id."""
    query = select(Job).where(
        Job.user_id.in_({one.user_id for one in imports}),
        Job.kind == JobKind.UNDO,
        Job.subject.in_([str(one.id) for one in imports]),
    )
    return {job.subject: job for job in session.scalars(query.order_by(Job.created_at))}


def _is_of(imports: Sequence[Import]) -> ColumnElement[bool]:
    return ImportFile.import_id.in_([one.id for one in imports])


def _holders(session: Session, user_id: UUID) -> dict[int | None, list[UUID]]:
    """The imports that brought each source and still count, oldest first."""
    query = (
        select(ImportFile.source_id, Import.id)
        .join(Import, Import.id == ImportFile.import_id)
        .where(Import.user_id == user_id, Import.status == ImportStatus.SUCCEEDED)
        .group_by(ImportFile.source_id, Import.id)
        .order_by(Import.created_at)
    )
    found: dict[int | None, list[UUID]] = {}
    for source_id, import_id in session.execute(query):
        found.setdefault(source_id, []).append(import_id)
    return found


def _next_page(file: ImportFile, after: int) -> Sequence[RejectedRow]:
    if file.source_id is None:
        return []
    with transaction() as session:
        return sources.rejected_rows(session, file.source_id, after, PAGE_ROWS)
