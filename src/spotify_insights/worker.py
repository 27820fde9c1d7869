"""The Celery app: kinds of jobs joined to their flows, and the two beats that keep time.

The ecosystem's own commands work: `celery -A spotify_insights.worker worker -Q spotify`.
"""

import warnings
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

from celery import Celery
from celery.exceptions import SecurityWarning
from celery.signals import heartbeat_sent, setup_logging, worker_process_init
from redis.exceptions import RedisError

from spotify_insights import jobs, log, queue, resources, schedule
from spotify_insights.digest import delivering, weekly
from spotify_insights.insights import generate
from spotify_insights.jobs import Flow
from spotify_insights.listening import (
    catalogue,
    importing,
    ingest,
    rebuilding,
    retention,
    undoing,
)
from spotify_insights.models.job import JobKind
from spotify_insights.resources import transaction
from spotify_insights.settings import get_settings

FLOWS = {
    JobKind.INGEST: Flow(ingest.run, timedelta(minutes=3)),
    JobKind.POLL: Flow(ingest.poll, timedelta(minutes=3)),
    JobKind.REFRESH_TOKEN: Flow(ingest.refresh_token, timedelta(minutes=2)),
    JobKind.IMPORT: Flow(importing.run, timedelta(hours=1), importing.failed),
    JobKind.UNDO: Flow(undoing.run, timedelta(minutes=30)),
    JobKind.FORGET: Flow(undoing.forget, timedelta(minutes=30)),
    JobKind.ENRICH: Flow(catalogue.run, timedelta(minutes=5)),
    JobKind.RETENTION: Flow(retention.run, timedelta(hours=1)),
    JobKind.INSIGHT: Flow(generate.run, timedelta(minutes=5), generate.failed),
    JobKind.WEEKLY_SUMMARY: Flow(weekly.run, timedelta(minutes=5)),
    JobKind.CLEANUP: Flow(schedule.clean_up, timedelta(minutes=5)),
    JobKind.REBUILD: Flow(rebuilding.run, timedelta(minutes=30)),
    JobKind.DELIVER: Flow(delivering.run, timedelta(minutes=2), delivering.failed),
}

# Messages are JSON and name a job: the pickle that the warning is about is refused.
warnings.simplefilter("ignore", SecurityWarning)

app = Celery("insights")
app.add_defaults(queue.configuration)


def _task(kind: JobKind, flow: Flow) -> Callable[[str], None]:
    @app.task(name=queue.task_name(kind), time_limit=flow.time_limit.total_seconds())  # type: ignore[untyped-decorator]
    def run(job_id: str) -> None:
        jobs.run(UUID(job_id), flow)

    return run  # type: ignore[no-any-return]


TASKS = {kind: _task(kind, flow) for kind, flow in FLOWS.items()}


@app.task(name="insights.tick")  # type: ignore[untyped-decorator]
def tick() -> None:
    """Once a minute: submit what the schedule says is due. Safe to lose and to repeat."""
    schedule.submit_due()


@app.task(name="insights.sweep")  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Every few seconds: send again what was lost on the way, end what cannot go on."""
    with transaction() as session:
        due, failed = jobs.sweep(session)
        for job in failed:
            FLOWS[job.kind].failed(session, job)
    for job in due:
        queue.send(job)


@worker_process_init.connect  # type: ignore[untyped-decorator]
def _start_fresh(**_: Any) -> None:
    resources.forget()


@heartbeat_sent.connect  # type: ignore[untyped-decorator]
def _say_what_is_served(**_: Any) -> None:
    with suppress(RedisError):
        queue.mark_served(app.amqp.queues.consume_from)


@setup_logging.connect  # type: ignore[untyped-decorator]
def _log_in_one_format(**_: Any) -> None:
    log.configure("worker", get_settings().log_level)
