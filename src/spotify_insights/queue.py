"""Nudges to the workers: a message carries a job's id, nothing else.

A message that is not sent, or is lost, costs time and never work: the sweep sends it again.
"""

import logging
from collections.abc import Iterable
from datetime import timedelta
from functools import cache

from celery import Celery
from kombu import Queue as BrokerQueue  # type: ignore[attr-defined]
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from spotify_insights.models import Job
from spotify_insights.models.job import JobKind, Queue
from spotify_insights.resources import redis
from spotify_insights.settings import SettingsError, get_settings

log = logging.getLogger(__name__)

TICK_EVERY = timedelta(minutes=1)
SWEEP_EVERY = timedelta(seconds=5)
SERVED_FOR = timedelta(seconds=10)
NAMES = tuple(queue.value for queue in Queue)


def task_name(kind: JobKind) -> str:
    return f"insights.{kind}"


def configuration() -> dict[str, object]:
    """How messages travel; reasons and measurements in docs/decisions/0005."""
    return {
        "broker_url": _broker_url(),
        "result_backend": None,
        "task_ignore_result": True,
        "task_serializer": "json",
        "accept_content": ["json"],
        "task_acks_late": True,
        "task_reject_on_worker_lost": False,
        "worker_prefetch_multiplier": 1,
        "worker_disable_prefetch": True,
        "broker_transport_options": {
            "visibility_timeout": 3600,
            "unacked_restore_interval": 10,
            "unacked_restore_throttle": 1,
            "socket_timeout": 10,
            "socket_connect_timeout": 5,
            "health_check_interval": 25,
            "global_keyprefix": "insights:",
        },
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "worker_max_tasks_per_child": 500,
        "worker_hijack_root_logger": False,
        "worker_send_task_events": False,
        "task_publish_retry": True,
        "task_publish_retry_policy": {"max_retries": 1, "interval_start": 0.1, "interval_max": 0.2},
        "task_queues": [BrokerQueue(name) for name in NAMES],  # type: ignore[no-untyped-call]
        "task_default_queue": Queue.SCHEDULED.value,
        "task_create_missing_queues": False,
        "timezone": "UTC",
        "beat_schedule": {
            "tick": _beat("insights.tick", TICK_EVERY),
            "sweep": _beat("insights.sweep", SWEEP_EVERY),
        },
    }


def send(job: Job) -> bool:
    """Nudge a worker to look at the job. Call it after the commit, never before."""
    try:
        app().send_task(
            task_name(job.kind), args=[str(job.id)], task_id=str(job.id), queue=job.queue.value
        )
    except (OperationalError, RedisError, OSError) as error:
        log.warning("broker away, the sweep will send %s %s again: %s", job.kind, job.id, error)
        return False
    return True


def mark_served(names: Iterable[str]) -> None:
    """Say that a worker listens to these queues, for as long as it keeps saying so."""
    with redis().pipeline(transaction=False) as pipeline:
        for name in names:
            pipeline.set(_served_key(name), "1", ex=SERVED_FOR)
        pipeline.execute()


def served() -> dict[str, bool]:
    """Which queues have a worker that lives."""
    alive = redis().mget([_served_key(name) for name in NAMES])
    return {name: mark is not None for name, mark in zip(NAMES, alive, strict=True)}


@cache
def app() -> Celery:
    """An app that knows no tasks: enough to send messages, and for the beat."""
    sender = Celery("insights", set_as_current=False)
    sender.add_defaults(configuration)
    return sender


def _served_key(name: str) -> str:
    return f"insights:served:{name}"


def _broker_url() -> str:
    url = get_settings().broker_url
    if url is None:
        raise SettingsError(
            "CELERY_BROKER_URL: missing (or REDIS_URL); "
            "only `spotify-insights start` brings its own Redis"
        )
    return url


def _beat(task: str, every: timedelta) -> dict[str, object]:
    return {"task": task, "schedule": every, "options": {"expires": every.total_seconds()}}
