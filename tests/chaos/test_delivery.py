"""Messages are nudges: they may come twice, in any order, or not at all."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from sqlalchemy import text
from tests.chaos.workers import IN_TIME, ended_well, turn_back
from tests.eventually import eventually
from tests.insights.builders import a_snapshot

from spotify_insights import jobs, queue, resources, worker
from spotify_insights.insights import rows
from spotify_insights.models.insight import InsightType, Tone
from spotify_insights.models.job import JobKind
from spotify_insights.resources import transaction

THREADS = 8
DAY = timedelta(days=1)


@pytest.fixture
def effects(clean_database):
    """A table to which the database itself adds a row for each insight that gets its text."""
    with transaction() as session:
        for statement in _COUNT_EFFECTS:
            session.execute(text(statement))
    yield _read_effects
    with transaction() as session:
        for statement in _STOP_COUNTING:
            session.execute(text(statement))


_COUNT_EFFECTS = (
    "create table effects (insight_id uuid, at timestamptz default now())",
    """
    create function note_effect() returns trigger language plpgsql as
    $$ begin insert into effects values (new.id); return new; end $$
    """,
    """
    create trigger note_effect after update of content on generated_insights
    for each row execute function note_effect()
    """,
)
_STOP_COUNTING = (
    "drop trigger note_effect on generated_insights",
    "drop function note_effect",
    "drop table effects",
)


def _read_effects():
    with transaction() as session:
        return list(session.scalars(text("select insight_id::text from effects")))


def submit_insights(listener, count):
    """Jobs for insights of their own, one snapshot for each of the four tones."""
    submitted = []
    with transaction() as session:
        for number in range(count // len(Tone)):
            snapshot = a_snapshot(
                id=uuid4(),
                user_id=listener.id,
                snapshot_date=date(2025, 3, 14) - number * DAY,
            )
            session.add(snapshot)
            session.flush()
            for tone in Tone:
                _, job = rows.request(session, snapshot.id, InsightType.WELLNESS, tone)
                submitted.append(job)
    return submitted


def at_once(call):
    """What eight threads get that call at the same moment."""
    barrier = Barrier(THREADS)

    def wait_and_call(number):
        barrier.wait(timeout=10)
        return call(number)

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(wait_and_call, range(THREADS)))


def messages_left():
    redis = resources.redis()
    return redis.llen("insights:insights") + redis.hlen("insights:unacked")


def test_every_job_runs_once_however_often_and_in_whatever_order_its_message_comes(
    listener, effects, start_worker
):
    for _ in range(2):
        start_worker()
    submitted = submit_insights(listener, 200)

    def deliver(seed):
        for job in random.Random(seed).sample(submitted, len(submitted)):
            assert queue.send(job)

    at_once(deliver)

    ended = ended_well(*submitted)
    eventually(lambda: not messages_left(), IN_TIME)
    assert {(job.attempt, job.fence) for job in ended} == {(1, 1)}
    assert sorted(effects()) == sorted(job.result["insight_id"] for job in ended)


def test_simultaneous_submits_make_one_job(listener):
    def submit(_):
        with transaction() as session:
            return jobs.submit(session, JobKind.INGEST, listener.id, subject="medium_term").id

    ids = at_once(submit)

    with transaction() as session:
        assert session.scalars(text("select id from background_jobs")).all() == ids[:1]
    assert set(ids) == set(ids[:1])


def test_redis_may_forget_everything_before_and_while_a_worker_listens(listener, start_worker):
    *early, late = submit_insights(listener, 24)
    for job in early:
        queue.send(job)

    resources.redis().flushdb()
    start_worker()
    turn_back("sent_at", 2 * jobs.RESEND_AFTER)
    worker.sweep()
    ended = ended_well(*early)
    resources.redis().flushdb()
    queue.send(late)

    assert {job.attempt for job in [*ended, *ended_well(late)]} == {1}
