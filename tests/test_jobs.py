"""The life of a job, move by move."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError
from tests.eventually import eventually

from spotify_insights import jobs, resources
from spotify_insights.errors import Conflict, NotFound, Unavailable
from spotify_insights.jobs import Flow, LeaseLost, running
from spotify_insights.models.job import JobKind, JobState
from spotify_insights.resources import transaction
from spotify_insights.settings import get_settings

MINUTE = timedelta(minutes=1)


def submit(user_id, subject="medium_term", **options):
    with transaction() as session:
        return jobs.submit(session, JobKind.INGEST, user_id, subject=subject, **options)


def claim(job):
    with transaction() as session:
        return jobs.claim(session, job.id)


def claim_rewrites(user_id, kinds=(JobKind.IMPORT, JobKind.UNDO, JobKind.FORGET)):
    """Submit one job of each kind and try to claim them all; those that were claimed, by kind."""
    with transaction() as session:
        submitted = [jobs.submit(session, kind, user_id, subject="one") for kind in kinds]
    return {job.kind: job for job in map(claim, submitted) if job}


def look_at(job):
    with transaction() as session:
        return jobs.get_job(session, job.id)


def sweep():
    with transaction() as session:
        return jobs.sweep(session)


def turn_back(job, column, by):
    """Move an instant of the row into the past; `now()` cannot be moved."""
    with transaction() as session:
        session.execute(
            text(f"update background_jobs set {column} = {column} - :by where id = :id"),
            {"by": by, "id": job.id},
        )


def flow(run, failed=None):
    return Flow(run, MINUTE, failed) if failed else Flow(run, MINUTE)


def finishing(job):
    with transaction() as session:
        jobs.finish(session, job, {"answer": 42})


def raising(error):
    def run(_job):
        raise error

    return run


def test_a_second_submit_gives_the_unfinished_job(listener):
    first = submit(listener.id)

    second = submit(listener.id)

    assert second.id == first.id


def test_another_subject_is_another_job(listener):
    first = submit(listener.id)

    second = submit(listener.id, subject="long_term")

    assert second.id != first.id


def test_jobs_of_no_listener_are_unique_as_well(clean_database):
    with transaction() as session:
        first = jobs.submit(session, JobKind.CLEANUP, None)
        second = jobs.submit(session, JobKind.CLEANUP, None)

    assert second.id == first.id


def test_after_the_end_a_submit_makes_a_new_job(listener):
    first = submit(listener.id)
    jobs.run(first.id, flow(finishing))

    second = submit(listener.id)

    assert second.id != first.id


def test_an_unknown_job_is_not_found(clean_database):
    with transaction() as session, pytest.raises(NotFound):
        jobs.get_job(session, uuid4())


def test_a_job_that_ran_has_its_result(listener):
    job = submit(listener.id)

    jobs.run(job.id, flow(finishing))

    ended = look_at(job)
    assert ended.state is JobState.SUCCEEDED
    assert ended.result == {"answer": 42}
    assert ended.started_at <= ended.completed_at
    assert ended.attempt == 1


def test_only_one_claim_succeeds(listener):
    job = submit(listener.id)

    first, second = claim(job), claim(job)

    assert first.state is JobState.RUNNING
    assert second is None


def test_a_job_that_is_not_due_is_not_claimed(listener):
    job = submit(listener.id, delay=timedelta(hours=1))

    assert claim(job) is None


def test_a_second_message_does_nothing(listener):
    job = submit(listener.id)
    jobs.run(job.id, flow(finishing))

    jobs.run(job.id, flow(raising(AssertionError("ran twice"))))

    assert look_at(job).state is JobState.SUCCEEDED


def test_of_imports_and_undos_a_listener_has_one_at_a_time(a_listener):
    one, other = a_listener(), a_listener()

    assert [*claim_rewrites(one.id)] == [JobKind.IMPORT]
    assert [*claim_rewrites(other.id)] == [JobKind.IMPORT]
    assert claim(submit(one.id)).state is JobState.RUNNING


def test_a_job_that_waits_for_another_is_sent_again_by_the_sweep_and_has_its_turn(listener):
    first = claim_rewrites(listener.id, [JobKind.IMPORT])[JobKind.IMPORT]
    assert claim_rewrites(listener.id, [JobKind.UNDO]) == {}

    (waiting,), _ = sweep()
    finishing(first)

    assert waiting.kind is JobKind.UNDO
    assert claim(waiting).state is JobState.RUNNING


def test_nobody_waits_for_a_job_whose_worker_died(listener):
    first = claim_rewrites(listener.id, [JobKind.IMPORT])[JobKind.IMPORT]
    turn_back(first, "lease_until", 2 * MINUTE)

    assert [*claim_rewrites(listener.id, [JobKind.UNDO])] == [JobKind.UNDO]


def test_an_error_on_purpose_fails_the_job_with_its_code(listener):
    job = submit(listener.id)

    jobs.run(job.id, flow(raising(Conflict("not_connected", "Connect first."))))

    ended = look_at(job)
    assert ended.state is JobState.FAILED
    assert (ended.error_code, ended.error_message) == ("not_connected", "Connect first.")


def test_a_bug_fails_the_job_without_telling_its_insides(listener, caplog):
    job = submit(listener.id)

    jobs.run(job.id, flow(raising(ValueError("inside"))))

    ended = look_at(job)
    assert ended.error_code == "internal_error"
    assert "inside" not in ended.error_message
    assert "inside" in caplog.text


def test_who_else_must_know_learns_of_the_failure_in_the_same_transaction(listener):
    job, told = submit(listener.id), []
    error = Conflict("not_connected", "Connect first.")

    jobs.run(job.id, flow(raising(error), lambda _, ended: told.append(ended.error_code)))

    assert told == ["not_connected"]


def test_a_busy_spotify_pauses_the_job_and_says_until_when(listener):
    job = submit(listener.id)
    busy = Unavailable("rate_limited", "Spotify asks to wait.", retry_after=74_214)

    jobs.run(job.id, flow(raising(busy)))

    paused = look_at(job)
    assert paused.state is JobState.PAUSED
    assert paused.resumes_at - paused.updated_at >= timedelta(seconds=74_213)
    assert paused.attempt == 0


def test_a_pause_that_is_over_ends_with_the_sweep(listener):
    job = submit(listener.id)
    jobs.run(job.id, flow(raising(Unavailable("rate_limited", "Wait.", retry_after=60))))
    turn_back(job, "run_after", 2 * MINUTE)

    due, _ = sweep()

    assert [one.id for one in due] == [job.id]
    assert claim(job).state is JobState.RUNNING


def test_a_fault_without_a_time_is_tried_again_a_little_later(listener):
    job = submit(listener.id)

    jobs.run(job.id, flow(raising(Unavailable("spotify_unavailable", "Down."))))

    again = look_at(job)
    assert again.state is JobState.QUEUED
    assert timedelta(0) < again.run_after - again.updated_at < 10 * MINUTE


def test_the_last_attempt_fails_the_job(listener):
    job = submit(listener.id)

    for _ in range(jobs.MAX_ATTEMPTS):
        jobs.run(job.id, flow(raising(Unavailable("spotify_unavailable", "Down."))))
        turn_back(job, "run_after", 60 * MINUTE)

    assert look_at(job).state is JobState.FAILED


def test_a_fresh_job_is_not_sent_again_at_once(listener):
    submit(listener.id)

    due, failed = sweep()

    assert (due, failed) == ([], [])


def test_a_lost_message_is_sent_again_once_a_minute(listener):
    job = submit(listener.id)
    turn_back(job, "sent_at", jobs.RESEND_AFTER + MINUTE)

    first, second = sweep()[0], sweep()[0]

    assert [one.id for one in first] == [job.id]
    assert second == []


def test_a_delayed_job_is_sent_when_it_is_due(listener):
    job = submit(listener.id, delay=timedelta(hours=1))
    before, _ = sweep()
    turn_back(job, "run_after", timedelta(hours=2))

    due, _ = sweep()

    assert before == []
    assert [one.id for one in due] == [job.id]


def test_a_job_whose_worker_died_is_queued_again(listener):
    job = submit(listener.id)
    claim(job)
    turn_back(job, "lease_until", 2 * MINUTE)

    due, failed = sweep()

    assert [one.id for one in due] == [job.id]
    assert failed == []


def test_a_job_that_kills_its_worker_ends_after_the_last_attempt(listener):
    job = submit(listener.id)
    for _ in range(jobs.MAX_ATTEMPTS):
        claim(job)
        turn_back(job, "lease_until", 2 * MINUTE)
        due, failed = sweep()

    assert due == []
    assert [one.error_code for one in failed] == ["worker_lost"]


def test_a_late_result_is_rolled_back_with_its_effect(listener):
    first = claim(submit(listener.id))
    turn_back(first, "lease_until", 2 * MINUTE)
    sweep()
    second = claim(first)

    with pytest.raises(LeaseLost), transaction() as session:
        session.execute(text("update users set display_name = 'late'"))
        jobs.finish(session, first, {})

    with transaction() as session:
        assert session.scalar(text("select display_name from users")) != "late"
    assert look_at(second).state is JobState.RUNNING


def test_progress_extends_the_lease(listener):
    job = claim(submit(listener.id))
    turn_back(job, "lease_until", MINUTE)

    jobs.report(job, 3, 10, "rows")

    now = look_at(job)
    assert (now.progress_done, now.progress_total, now.progress_unit) == (3, 10, "rows")
    assert now.lease_until > job.lease_until - MINUTE


def test_a_cancelled_job_is_not_run_and_its_result_is_dropped(listener):
    job = claim(submit(listener.id))

    with transaction() as session:
        cancelled = jobs.cancel(session, job.id)

    assert cancelled.state is JobState.CANCELLED
    with pytest.raises(LeaseLost), transaction() as session:
        jobs.finish(session, job, {})


def test_a_job_cancelled_while_it_fails_stays_cancelled(listener):
    job = submit(listener.id)

    def run(_job):
        with transaction() as session:
            jobs.cancel(session, job.id)
        raise Conflict("too_late", "Too late.")

    jobs.run(job.id, flow(run))

    assert look_at(job).state is JobState.CANCELLED


def test_an_ended_job_cannot_be_cancelled(listener):
    job = submit(listener.id)
    jobs.run(job.id, flow(finishing))

    with transaction() as session:
        assert jobs.cancel(session, job.id) is None


def test_jobs_that_ended_long_ago_are_forgotten(listener):
    old, recent = submit(listener.id), submit(listener.id, subject="long_term")
    for job in (old, recent):
        jobs.run(job.id, flow(finishing))
    turn_back(old, "completed_at", jobs.KEEP_FINISHED + MINUTE)

    with transaction() as session:
        forgotten = jobs.forget_finished(session)

    assert forgotten == 1
    assert look_at(recent).state is JobState.SUCCEEDED


def test_a_job_that_ends_between_two_looks_is_not_the_answer(listener):
    first = claim(submit(listener.id))
    left = [first]

    def end_it(_connection, _cursor, statement, *_):
        if statement.startswith("SELECT") and left:
            finishing(left.pop())

    event.listen(resources.engine(), "before_cursor_execute", end_it)
    second = submit(listener.id)

    assert left == []
    assert second.id != first.id
    assert second.state is JobState.QUEUED


def test_nobody_to_work_for_is_no_job(clean_database):
    with transaction() as session:
        assert jobs.submit_many(session, JobKind.INGEST, {}) == []


def test_a_database_that_was_away_is_tried_again(listener):
    job = submit(listener.id)

    jobs.run(job.id, flow(raising(OperationalError("select 1", {}, Exception("inside")))))

    again = look_at(job)
    assert (again.state, again.error_code) == (JobState.QUEUED, "database_unavailable")
    assert "inside" not in again.error_message


def test_a_cancelled_flow_finds_out_when_it_reports_and_rolls_back(listener):
    job, told = submit(listener.id), []

    def run(job):
        with transaction() as session:
            jobs.cancel(session, job.id)
        jobs.report(job, 1, 2, "rows")

    jobs.run(job.id, flow(run, lambda *_: told.append("failed")))

    assert look_at(job).state is JobState.CANCELLED
    assert told == []


@pytest.fixture
def quick_heartbeat(monkeypatch):
    monkeypatch.setattr(running, "HEARTBEAT_EVERY", timedelta(milliseconds=10))


def heartbeats():
    return [one for one in threading.enumerate() if one.name.startswith("heartbeat ")]


def test_a_heartbeat_keeps_the_lease_of_a_long_flow(listener, quick_heartbeat):
    job = submit(listener.id)

    def run(job):
        turn_back(job, "lease_until", MINUTE)
        eventually(lambda: look_at(job).lease_until >= job.lease_until)
        finishing(job)

    jobs.run(job.id, flow(run))

    assert look_at(job).state is JobState.SUCCEEDED
    assert heartbeats() == []


def test_a_heartbeat_stops_when_the_job_is_not_ours_any_more(listener, quick_heartbeat):
    job, before, after = submit(listener.id), [], []

    def run(job):
        before.extend(heartbeats())
        with transaction() as session:
            jobs.cancel(session, job.id)
        after.append(eventually(lambda: not heartbeats()))

    jobs.run(job.id, flow(run))

    assert (len(before), after) == (1, [True])


def test_a_heartbeat_outlives_a_database_that_is_away(
    listener, quick_heartbeat, clean_database, caplog
):
    job, home = submit(listener.id), get_settings().database_url.get_secret_value()

    def move_to(database_url):
        clean_database.setenv("DATABASE_URL", database_url)
        get_settings.cache_clear()
        resources.engine().dispose()
        resources.engine.cache_clear()

    def run(job):
        move_to("postgresql:///none?host=/nowhere")
        eventually(lambda: "no heartbeat" in caplog.text)
        move_to(home)
        turn_back(job, "lease_until", MINUTE)
        eventually(lambda: look_at(job).lease_until >= job.lease_until)
        finishing(job)

    jobs.run(job.id, flow(run))

    assert look_at(job).state is JobState.SUCCEEDED
