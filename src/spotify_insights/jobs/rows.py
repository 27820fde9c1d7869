"""The moves of a job's row; each is one statement that looks and changes at once."""

import random
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, cast, delete, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from spotify_insights.errors import NotFound
from spotify_insights.models import Job
from spotify_insights.models.job import UNFINISHED, JobKind, JobState, Queue
from spotify_insights.resources import transaction

LEASE = timedelta(seconds=60)
RESEND_AFTER = timedelta(seconds=60)
KEEP_FINISHED = timedelta(days=30)
MAX_ATTEMPTS = 5

QUEUE_OF = {
    JobKind.INGEST: Queue.SPOTIFY,
    JobKind.POLL: Queue.SPOTIFY,
    JobKind.REFRESH_TOKEN: Queue.SPOTIFY,
    JobKind.IMPORT: Queue.SPOTIFY,
    JobKind.UNDO: Queue.SPOTIFY,
    JobKind.FORGET: Queue.SPOTIFY,
    JobKind.ENRICH: Queue.SPOTIFY,
    JobKind.RETENTION: Queue.SCHEDULED,
    JobKind.INSIGHT: Queue.INSIGHTS,
    JobKind.WEEKLY_SUMMARY: Queue.SCHEDULED,
    JobKind.CLEANUP: Queue.SCHEDULED,
    JobKind.REBUILD: Queue.SPOTIFY,
    JobKind.DELIVER: Queue.SCHEDULED,
}


# A statement has 65,535 parameters at most.
ROWS_AT_ONCE = 5_000

# Of these a listener has one at a time: each rewrites the ledger, and the next one waits its turn.
ONE_AT_A_TIME = (JobKind.IMPORT, JobKind.UNDO, JobKind.FORGET, JobKind.REBUILD)


class LeaseLost(Exception):
    """Another worker has the job now, or it was cancelled; what was done must be rolled back."""


def submit(
    session: Session,
    kind: JobKind,
    user_id: UUID | None,
    *,
    subject: str = "",
    params: dict[str, Any] | None = None,
    delay: timedelta = timedelta(0),
) -> Job:
    """Queue a job, or return the unfinished one of the same listener, kind and subject."""
    while True:
        new = submit_many(session, kind, {user_id: delay}, subject=subject, params=params)
        job = new[0] if new else find_unfinished(session, kind, user_id, subject)
        if job is not None:
            return job


def submit_many(
    session: Session,
    kind: JobKind,
    delays: Mapping[UUID | None, timedelta],
    *,
    subject: str = "",
    params: dict[str, Any] | None = None,
) -> list[Job]:
    """Queue one job per listener, each after its delay; return those that are new.

    A job without delay counts as sent, because the caller sends it right after the commit.
    """
    rows = [
        {
            "kind": kind,
            "user_id": user_id,
            "subject": subject,
            "queue": QUEUE_OF[kind],
            "params": params or {},
            "run_after": func.now() + delay,
            "sent_at": None if delay else func.now(),
        }
        for user_id, delay in delays.items()
    ]
    batches = (rows[n : n + ROWS_AT_ONCE] for n in range(0, len(rows), ROWS_AT_ONCE))
    return [job for batch in batches for job in _insert(session, batch)]


def _insert(session: Session, rows: Sequence[dict[str, Any]]) -> Sequence[Job]:
    new = insert(Job).values(rows).on_conflict_do_nothing().returning(Job)
    return session.scalars(new).all()


def find_unfinished(
    session: Session, kind: JobKind, user_id: UUID | None, subject: str = ""
) -> Job | None:
    same = (Job.user_id.is_not_distinct_from(user_id), Job.kind == kind, Job.subject == subject)
    return session.scalars(select(Job).where(*same, Job.state.in_(UNFINISHED))).one_or_none()


def get_job(session: Session, job_id: UUID) -> Job:
    job = session.get(Job, job_id)
    if job is None:
        raise NotFound("unknown_task", f"There is no task {job_id}.")
    return job


def claim(session: Session, job_id: UUID) -> Job | None:
    """Take a queued job that is due; None when it is taken, finished, not due or has to wait.

    A job that waits for another of its listener counts as not sent, so the sweep tries it again.
    """
    queued = (Job.id == job_id, Job.state == JobState.QUEUED, Job.run_after <= func.now())
    claimed = _take(session, *queued, ~_another_runs())
    if claimed is None:
        session.execute(update(Job).where(*queued, _another_runs()).values(sent_at=None))
    return claimed


def _another_runs() -> ColumnElement[bool]:
    """Whether the listener has a job under way that this one must not run beside."""
    other = aliased(Job)
    return and_(
        Job.kind.in_(ONE_AT_A_TIME),
        exists().where(
            other.id != Job.id,
            other.user_id == Job.user_id,
            other.kind.in_(ONE_AT_A_TIME),
            other.state == JobState.RUNNING,
            other.lease_until > func.now(),
        ),
    )


def _take(session: Session, *where: ColumnElement[bool]) -> Job | None:
    return _move(
        session,
        *where,
        to=JobState.RUNNING,
        attempt=Job.attempt + 1,
        fence=Job.fence + 1,
        celery_task_id=cast(Job.id, Text),
        lease_until=func.now() + LEASE,
        started_at=func.coalesce(Job.started_at, func.now()),
        claimed_at=func.now(),
        progress_done=None,
        progress_total=None,
        progress_unit=None,
    )


def finish(session: Session, job: Job, result: dict[str, Any]) -> Job:
    """Record success in the transaction that writes the effect; raise LeaseLost if too late."""
    return _settle(
        session,
        job,
        to=JobState.SUCCEEDED,
        result=result,
        error_code=None,
        error_message=None,
        completed_at=func.now(),
    )


def fail(session: Session, job: Job, code: str, message: str) -> Job:
    return _settle(
        session,
        job,
        to=JobState.FAILED,
        error_code=code,
        error_message=message,
        completed_at=func.now(),
    )


def pause(session: Session, job: Job, seconds: float, code: str, message: str) -> Job:
    """Wait in the row, not in a worker. A pause does not count as an attempt."""
    return _settle(
        session,
        job,
        to=JobState.PAUSED,
        attempt=Job.attempt - 1,
        run_after=func.now() + timedelta(seconds=seconds),
        error_code=code,
        error_message=message,
    )


def retry(session: Session, job: Job, code: str, message: str) -> Job:
    """Queue the job again after a growing, jittered wait, or fail it after the last attempt."""
    if job.attempt >= MAX_ATTEMPTS:
        return fail(session, job, code, message)
    wait = timedelta(seconds=random.uniform(1, 2 ** (job.attempt + 1)))  # noqa: S311
    return _settle(
        session,
        job,
        to=JobState.QUEUED,
        run_after=func.now() + wait,
        sent_at=None,
        error_code=code,
        error_message=message,
    )


def cancel(session: Session, job_id: UUID) -> Job | None:
    """Stop an unfinished job; a worker that runs it finds out when it reports."""
    return _move(
        session,
        Job.id == job_id,
        Job.state.in_(UNFINISHED),
        to=JobState.CANCELLED,
        completed_at=func.now(),
    )


def report(job: Job, done: int, total: int, unit: str) -> None:
    """Show progress and extend the lease, in a transaction of its own."""
    with transaction() as session:
        beat(session, job, progress_done=done, progress_total=total, progress_unit=unit)


def sweep(session: Session, limit: int = 500) -> tuple[Sequence[Job], Sequence[Job]]:
    """Repair what was lost; return the jobs to send now and those that have failed for good.

    1. A lease that ran out: queued again, or failed when the attempts are used up.
    2. A pause that is over: queued.
    3. Queued and due, but never sent or sent too long ago: returned, marked as sent.
    """
    lost = (Job.state == JobState.RUNNING, Job.lease_until < func.now())
    failed = _move_all(
        session,
        *lost,
        Job.attempt >= MAX_ATTEMPTS,
        to=JobState.FAILED,
        error_code="worker_lost",
        error_message=f"The worker died {MAX_ATTEMPTS} times while it ran this job.",
        completed_at=func.now(),
    )
    _move_all(session, *lost, to=JobState.QUEUED, sent_at=None, run_after=func.now())
    over = (Job.state == JobState.PAUSED, Job.run_after <= func.now())
    _move_all(session, *over, to=JobState.QUEUED, sent_at=None)
    due = (
        select(Job.id)
        .where(
            Job.state == JobState.QUEUED,
            Job.run_after <= func.now(),
            or_(Job.sent_at.is_(None), Job.sent_at < func.now() - RESEND_AFTER),
        )
        .order_by(Job.run_after)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return _move_all(session, Job.id.in_(due), to=JobState.QUEUED, sent_at=func.now()), failed


def forget_finished(session: Session) -> int:
    """Delete jobs that ended more than 30 days ago; return how many."""
    old = Job.completed_at < func.now() - KEEP_FINISHED
    gone = session.scalars(delete(Job).where(old).returning(Job.id))
    return len(gone.all())


def beat(session: Session, job: Job, **progress: int | str) -> None:
    """Extend the lease of a job this worker holds, and show progress."""
    _settle(session, job, to=JobState.RUNNING, lease_until=func.now() + LEASE, **progress)


def _settle(session: Session, job: Job, *, to: JobState, **values: Any) -> Job:
    """Change a job this worker holds; raise LeaseLost when it does not hold it any more."""
    mine = (Job.id == job.id, Job.state == JobState.RUNNING, Job.fence == job.fence)
    moved = _move(session, *mine, to=to, **values)
    if moved is None:
        raise LeaseLost(f"{job.kind} {job.id}")
    return moved


def _move(session: Session, *where: ColumnElement[bool], to: JobState, **values: Any) -> Job | None:
    """Change a job's state if `where` still holds; return the job as it is now, or None."""
    moved = _move_all(session, *where, to=to, **values)
    return moved[0] if moved else None


def _move_all(
    session: Session, *where: ColumnElement[bool], to: JobState, **values: Any
) -> Sequence[Job]:
    return session.scalars(
        update(Job).where(*where).values(state=to, **values).returning(Job),
        execution_options={"synchronize_session": False, "populate_existing": True},
    ).all()
