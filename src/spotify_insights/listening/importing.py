"""Imports: from uploaded files to the ledger, with a reason for every row. No call to Spotify.

One transaction carries the ledger: a worker that dies half-way leaves nothing behind, and the next
attempt reads the same files again to the same result. A thread of its own reads and packs the rows
while the packs before them are stored. The snapshot comes after, so that nobody waits for it.
"""

import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import chain
from typing import TypeVar
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from spotify_insights import accounts, jobs
from spotify_insights.errors import Invalid, NotFound
from spotify_insights.listening import (
    firsts,
    ledger,
    matching,
    outcomes,
    packed,
    snapshots,
    sources,
    uploads,
)
from spotify_insights.listening.archives import files, formats
from spotify_insights.listening.archives.rows import ArchiveError, Reason
from spotify_insights.listening.progress import Progress
from spotify_insights.listening.sources import File, Refused
from spotify_insights.listening.staging import Pack, Packer
from spotify_insights.models import Import, ImportFile, Job
from spotify_insights.models.listening import Provenance, TimeRange
from spotify_insights.models.sources import UNDER_WAY, ImportStatus
from spotify_insights.resources import transaction

T = TypeVar("T")

PACK_ROWS = 50_000
# A parser may hand over a whole file at once; a pack takes no more than so many rows of it.
STRETCH_ROWS = 10_000
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


def run(job: Job) -> None:
    """Move the plays of the files into the ledger, then take the snapshots they belong to."""
    record = _begin(UUID(job.subject))
    if record.status is ImportStatus.RUNNING:
        record = _bring_in(job, record)
    uploads.discard(record.id)
    with transaction() as session:
        accounts.lock_ledger(session, record.user_id)
        weeks = firsts.settle(session, record.user_id)
        user = accounts.get_user(session, record.user_id)
        snapshots.take_series(session, user, weeks)
        snapshot = snapshots.take(session, user, TimeRange.LIFETIME)
        result = {
            "import_id": str(record.id),
            "snapshot_id": str(snapshot.id),
            "plays_new": record.counts["imported"],
        }
        jobs.finish(session, job, result)


def failed(session: Session, job: Job) -> None:
    """Note on the import that it will not happen, and why; what was uploaded is deleted."""
    import_id = UUID(job.subject)
    session.execute(
        update(Import)
        .where(Import.id == import_id, Import.status.in_(UNDER_WAY))
        .values(
            status=ImportStatus.FAILED,
            error_code=job.error_code,
            error_message=job.error_message,
            completed_at=func.now(),
        )
    )
    uploads.discard(import_id)


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
    """The import, running from now on; an earlier attempt may have brought everything in."""
    with transaction() as session:
        begun = update(Import).where(Import.id == import_id, Import.status.in_(UNDER_WAY))
        session.execute(begun.values(status=ImportStatus.RUNNING))
        return get_import(session, import_id)


def _bring_in(job: Job, record: Import) -> Import:
    try:
        members = files.members(uploads.paths(record.id), record.names)
        read = [File(no, history) for no, history in enumerate(formats.histories(members))]
        with transaction() as session:
            accounts.lock_ledger(session, record.user_id)
            _store(session, job, record, read)
            done = _finish(session, record, read)
            jobs.beat(session, job)
    except ArchiveError as error:
        detail = f"{error.file}: {error.detail}"
        raise Unreadable(error.code, detail, field="files") from error
    return done


def _store(session: Session, job: Job, record: Import, read: Sequence[File]) -> None:
    """Bring the plays of all files into the ledger and count what became of each row."""
    _recognise(session, record.user_id, read)
    ledger.begin(session)
    fresh: dict[int, File] = {}
    for file in read:
        if file.source_id is None and file.same_as is None:
            file.source_id = sources.add(session, record.user_id, file.history.parser.format)
            ledger.add_source(session, file.no, file.source_id)
            fresh[file.source_id] = file
    starts = _load(session, job, record.user_id, fresh)
    for file in fresh.values():
        file.new_plays = file.counts["imported"]
    earliest, latest = min(starts, default=None), max(starts, default=None)
    ledger.touch_staged(session, earliest, latest)
    matching.resolve(session, record.user_id)
    if earliest and latest:
        packed.mark(session, record.user_id, earliest, latest)
    for source_id, reason, plays in outcomes.tally(session, list(fresh)):
        fresh[source_id].counts.update({"imported": -plays, reason: plays})
    sources.complete(session, record.user_id, fresh)


def _load(session: Session, job: Job, user_id: UUID, fresh: Mapping[int, File]) -> list[datetime]:
    """Store the plays of new sources; return when the first and last of each pack started."""
    by_no = {file.no: file for file in fresh.values()}
    progress = Progress(job, sum(file.history.member.size_hint for file in by_no.values()))
    starts: list[datetime] = []
    with _without_collector():
        for pack, refused, bytes_read in _ahead(_packs(by_no.values())):
            tally = ledger.store(session, user_id, pack, Provenance.EXPORT, list(fresh))
            for (file_no, reason), rows in tally.items():
                by_no[file_no].counts[reason] += rows
            sources.keep_refused(session, refused)
            progress.show(sum(file.rows for file in by_no.values()), bytes_read)
            starts += [start for start in (pack.earliest, pack.latest) if start]
    return starts


@contextmanager
def _without_collector() -> Iterator[None]:
    """Rows hold no cycles, so looking for some would cost a sixth of the reading for nothing."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _recognise(session: Session, user_id: UUID, read: Sequence[File]) -> None:
    """Find the files whose very content is known; they need not be read again.

    Content is compared where a size is the same, so that a new history is read only once.
    """
    sizes = sources.known_sizes(session, user_id)
    by_content: dict[tuple[str, str], File] = {}
    in_upload = Counter(file.history.member.size_hint for file in read)
    for file in read:
        member, parser = file.history
        if member.size_hint not in sizes and in_upload[member.size_hint] == 1:
            continue
        file.sha256 = member.digest()
        file.same_as = by_content.setdefault((parser.format, file.sha256), file)
        if file.same_as is file:
            file.same_as = None
            sources.recognise(session, user_id, file)


def _packs(read: Iterable[File]) -> Iterator[tuple[Pack, list[Refused], int]]:
    """The rows of all files in packs, each with the rows refused meanwhile and the bytes read."""
    packer, now = Packer(), datetime.now(UTC)
    refused: list[Refused] = []
    bytes_before = 0
    for file in read:
        member, parser = file.history
        for batch in parser.read(member, now):
            file.rows += len(batch.rows) + len(batch.rejected)
            file.counts.update(one.reason.value for one in batch.rejected)
            refused += [(file, one) for one in batch.rejected]
            for first in range(0, len(batch.rows) or 1, STRETCH_ROWS):
                stretch = batch.rows[first : first + STRETCH_ROWS]
                if packer.add(stretch, file_no=file.no) + len(refused) >= PACK_ROWS:
                    yield packer.take(), refused, bytes_before + member.size_read
                    refused = []
        file.sha256 = member.sha256
        bytes_before += member.size_read
    yield packer.take(), refused, bytes_before


def _ahead(items: Iterable[T]) -> Iterator[T]:
    """The same items, each made in another thread while the one before is used."""
    source = chain(items, [None])
    with ThreadPoolExecutor(1) as maker:
        coming = maker.submit(next, source)
        while (item := coming.result()) is not None:
            coming = maker.submit(next, source)
            yield item


def _finish(session: Session, record: Import, read: Sequence[File]) -> Import:
    _count_copies(read)
    counts = sum((file.counts for file in read), Counter[str]())
    rows = sum(file.rows for file in read)
    assert rows == counts.total(), f"{rows} rows in, {counts.total()} accounted for"
    session.add_all(
        ImportFile(
            import_id=record.id,
            no=file.no,
            source_id=(file.same_as or file).source_id,
            name=file.history.member.name,
            format=file.history.parser.format,
            sha256=file.sha256,
            rows=file.rows,
            counts=_all_reasons(file.counts),
        )
        for file in read
    )
    return session.scalars(
        update(Import)
        .where(Import.id == record.id)
        .values(
            status=ImportStatus.SUCCEEDED,
            rows=rows,
            counts=_all_reasons(counts),
            completed_at=func.now(),
        )
        .returning(Import),
        execution_options={"synchronize_session": False, "populate_existing": True},
    ).one()


def _count_copies(read: Sequence[File]) -> None:
    """The rows of a second copy in one upload are duplicates, all but those that are no plays."""
    for file in read:
        if (original := file.same_as) is not None:
            refused = Counter({reason: original.counts[reason] for reason in Reason})
            file.rows = original.rows
            file.counts = refused + Counter(duplicate_exact=original.rows - refused.total())


def _all_reasons(counts: Counter[str]) -> dict[str, int]:
    return {reason: counts[reason] for reason in REASONS}
