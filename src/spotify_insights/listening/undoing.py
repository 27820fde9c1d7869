"""Taking plays back: the undo of an import, and a source that its listener wants gone."""

from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from spotify_insights import accounts, jobs
from spotify_insights.errors import Conflict
from spotify_insights.listening import firsts, importing, snapshots, sources
from spotify_insights.models import Import, ImportFile, Job, Play, Snapshot
from spotify_insights.models.job import JobKind
from spotify_insights.models.listening import TimeRange
from spotify_insights.models.sources import ImportStatus
from spotify_insights.resources import transaction


def submit(session: Session, import_id: UUID) -> Job:
    """Queue the undo of an import, or return the one under way.

    Raises Conflict when the import is not one that succeeded.
    """
    record = importing.get_import(session, import_id)
    if record.status is not ImportStatus.SUCCEEDED:
        detail = f"Only a finished import can be undone; this one is {record.status}."
        raise Conflict("not_undoable", detail)
    return jobs.submit(session, JobKind.UNDO, record.user_id, subject=str(import_id))


def submit_forget(session: Session, source_id: int) -> Job:
    """Queue the end of a source and of all plays that nothing else claims."""
    source = sources.get_source(session, source_id)
    return jobs.submit(session, JobKind.FORGET, source.user_id, subject=str(source_id))


def run(job: Job) -> None:
    """Drop the claims of an import: those of its sources that no other import brought too."""
    import_id = UUID(job.subject)
    with transaction() as session:
        record = importing.get_import(session, import_id)
        accounts.lock_ledger(session, record.user_id)
        gone = sources.drop(session, record.user_id, _held_only_by(session, import_id))
        session.execute(
            update(Import).where(Import.id == import_id).values(status=ImportStatus.UNDONE)
        )
        _retake(session, record.user_id)
        jobs.finish(session, job, {"import_id": str(import_id), "plays_removed": gone})


def forget(job: Job) -> None:
    """End one source; imports that brought nothing else are undone by it."""
    source_id = int(job.subject)
    with transaction() as session:
        source = sources.get_source(session, source_id)
        accounts.lock_ledger(session, source.user_id)
        holders = select(ImportFile.import_id).where(ImportFile.source_id == source_id)
        imports = list(session.scalars(holders.distinct()))
        gone = sources.drop(session, source.user_id, [source_id])
        still_held = select(ImportFile.import_id).where(ImportFile.source_id.is_not(None))
        session.execute(
            update(Import)
            .where(Import.id.in_(imports), Import.id.not_in(still_held))
            .values(status=ImportStatus.UNDONE)
        )
        _retake(session, source.user_id)
        jobs.finish(session, job, {"source_id": source_id, "plays_removed": gone})


def _held_only_by(session: Session, import_id: UUID) -> list[int]:
    """The sources that this import brought and no other one that still counts."""
    others = (
        select(ImportFile.source_id)
        .join(Import, Import.id == ImportFile.import_id)
        .where(
            Import.id != import_id,
            Import.status == ImportStatus.SUCCEEDED,
            ImportFile.source_id.is_not(None),
        )
    )
    own = select(ImportFile.source_id).where(
        ImportFile.import_id == import_id,
        ImportFile.source_id.is_not(None),
        ImportFile.source_id.not_in(others),
    )
    return [source_id for source_id in session.scalars(own.distinct()) if source_id is not None]


def _retake(session: Session, user_id: UUID) -> None:
    """The snapshots of what is left; no lifetime one where nothing is."""
    user = accounts.get_user(session, user_id)
    snapshots.take_series(session, user, firsts.settle(session, user_id))
    if session.scalar(select(exists().where(Play.user_id == user_id))):
        snapshots.take(session, user, TimeRange.LIFETIME)
        return
    lifetime = (Snapshot.user_id == user_id, Snapshot.time_range == TimeRange.LIFETIME)
    session.execute(delete(Snapshot).where(*lifetime))
