"""A job from its claim to its end, whatever happens in between."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Thread
from uuid import UUID

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from spotify_insights.errors import InsightsError, Unavailable
from spotify_insights.jobs import rows
from spotify_insights.jobs.rows import LeaseLost
from spotify_insights.models import Job
from spotify_insights.models.job import JobState
from spotify_insights.resources import transaction

log = logging.getLogger(__name__)

HEARTBEAT_EVERY = timedelta(seconds=15)


def _nothing(_session: Session, _job: Job) -> None:
    """Most kinds keep no row of their own that must learn of a failure."""


@dataclass(frozen=True)
class Flow:
    """What a kind of job does, how long it may take, and what else must know when it fails.

    `failed` runs in the transaction that fails the job, so that no row is left waiting.
    """

    run: Callable[[Job], None]
    time_limit: timedelta
    failed: Callable[[Session, Job], None] = _nothing


def run(job_id: UUID, flow: Flow) -> None:
    """Claim a job, run its flow, and record how it ended. The edge where any error is caught."""
    with transaction() as session:
        job = rows.claim(session, job_id)
    if job is None:
        return
    log.info("%s %s started, attempt %d", job.kind, job.id, job.attempt)
    try:
        with _heartbeat(job):
            flow.run(job)
    except LeaseLost:
        log.warning("%s %s was taken over or cancelled; rolled back", job.kind, job.id)
    except Exception as error:  # noqa: BLE001 - whatever happened belongs to the job
        _end_badly(job, flow, error)
    else:
        log.info("%s %s done", job.kind, job.id)


def _end_badly(job: Job, flow: Flow, error: Exception) -> None:
    known = isinstance(error, InsightsError)
    log.warning("%s %s: %s", job.kind, job.id, error, exc_info=None if known else error)
    try:
        with transaction() as session:
            ended = _decide(session, job, error)
            if ended.state is JobState.FAILED:
                flow.failed(session, ended)
    except LeaseLost:
        log.warning("%s %s was taken over or cancelled", job.kind, job.id)


def _decide(session: Session, job: Job, error: Exception) -> Job:
    """Wait, try again, or give up with a code and a sentence: a property of the error."""
    match error:
        case Unavailable(retry_after=seconds) if seconds is not None:
            return rows.pause(session, job, seconds, error.code, error.detail)
        case Unavailable():
            return rows.retry(session, job, error.code, error.detail)
        case InsightsError():
            return rows.fail(session, job, error.code, error.detail)
        case OperationalError():
            return rows.retry(session, job, "database_unavailable", "The database was away.")
        case _:
            message = "Something went wrong on our side; the log says what."
            return rows.fail(session, job, "internal_error", message)


@contextmanager
def _heartbeat(job: Job) -> Iterator[None]:
    """Extend the lease in the background for as long as the block runs."""
    stop = Event()

    def beat() -> None:
        while not stop.wait(HEARTBEAT_EVERY.total_seconds()):
            try:
                with transaction() as session:
                    rows.beat(session, job)
            except LeaseLost:
                return
            except OperationalError:
                log.warning("%s %s: no heartbeat, the database is away", job.kind, job.id)

    thread = Thread(target=beat, name=f"heartbeat {job.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
