"""Version 1's one call, with the demo Spotify over the wire and a worker beside it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from tests.configured_log import configured_log
from tests.web.asking import a_worker, everything_stored, problem, queued, wrong_fields

from spotify_insights import accounts
from spotify_insights.models import Job
from spotify_insights.models.job import JobKind, JobState
from spotify_insights.resources import transaction
from spotify_insights.settings import get_settings
from spotify_insights.web.api import version1

TOKEN = "BQD..."
PLANTED = "BQDa-planted.token_of~Ada"


def ask(client, token=TOKEN, **wish):
    return client.post("/api/wellness/insights", params={"access_token": token}, json=wish)


def listeners():
    with transaction() as session:
        return accounts.list_users(session)


def turn(job, state, **values):
    """Let a job be in a state as if a worker had brought it there."""
    with transaction() as session:
        for name, value in {"state": state, **values}.items():
            setattr(session.get_one(Job, job.id), name, value)


def test_one_call_answers_the_whole_insight(client, demo):
    with a_worker():
        answer = ask(client, tone_mode="supportive", time_range="short_term")

    insight = answer.json()
    assert answer.status_code == 200, answer.text
    assert (insight["status"], insight["tone_mode"]) == ("ready", "supportive")
    assert insight["structured_output"]["overall_assessment"]
    (listener,) = listeners()
    assert insight["user_id"] == str(listener.id)
    snapshots = client.get("/api/listening/snapshots", params={"user_id": insight["user_id"]})
    assert [one["time_range"] for one in snapshots.json()] == ["short_term"]


def test_the_same_listener_is_known_again(client, demo):
    with a_worker():
        first, second = ask(client).json(), ask(client).json()

    assert first["user_id"] == second["user_id"]
    assert len(listeners()) == 1


def test_a_token_spotify_does_not_know_is_refused(client, demo):
    problem(ask(client, PLANTED), 409, "reconnect_required")

    assert listeners() == []


@pytest.mark.parametrize("token", ["", "with space", "nul\0", "x" * 4097])
def test_what_is_no_token_is_refused(client, token):
    assert set(wrong_fields(ask(client, token))) == {"query.access_token"}


def test_a_wrong_wish_is_named(client):
    fields = wrong_fields(ask(client, tone_mode="rude", time_range="lifetime"))

    assert set(fields) == {"body.tone_mode", "body.time_range"}


def test_outside_of_development_no_token_is_taken(client, clean_database):
    clean_database.setenv("ENVIRONMENT", "production")
    get_settings.cache_clear()

    problem(ask(client), 403, "development_only")


def test_the_token_is_in_no_log_no_table_and_no_answer(client, demo, capfd):
    with configured_log(), a_worker():
        answers = [ask(client, PLANTED), ask(client, PLANTED, tone_mode="rude"), ask(client)]

    assert [answer.status_code for answer in answers] == [409, 422, 200]
    stored = "".join(everything_stored().values())
    for text in (*capfd.readouterr(), stored, *(answer.text for answer in answers)):
        assert PLANTED not in text
        assert TOKEN not in text


def test_after_a_minute_the_task_is_told(client, demo, monkeypatch):
    monkeypatch.setattr(version1, "WITHIN_S", 0.3)

    body = problem(ask(client), 504, "took_too_long")

    (job,) = queued()
    assert UUID(body["task_id"]) == job.id


def test_the_time_is_that_of_both_jobs_together(client, demo, monkeypatch):
    monkeypatch.setattr(version1, "WITHIN_S", 3)
    written = []

    def leave_the_writing(job):
        if job.kind is JobKind.INSIGHT:
            written.append(job.id)
            turn(job, JobState.RUNNING)

    with a_worker(first=leave_the_writing):
        body = problem(ask(client), 504, "took_too_long")

    assert body["task_id"] == str(written[0])


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("reconnect_required", 409),
        ("owner_premium", 403),
        ("spotify_unavailable", 503),
        ("internal_error", 500),
    ],
)
def test_a_job_that_failed_answers_its_problem(client, demo, code, status):
    with a_worker(
        first=lambda job: turn(job, JobState.FAILED, error_code=code, error_message="No.")
    ):
        body = problem(ask(client), status, code)

    assert body["detail"] == "No."


def test_a_cancelled_job_is_told_so(client, demo):
    with a_worker(first=lambda job: turn(job, JobState.CANCELLED)):
        problem(ask(client), 409, "cancelled")


def test_a_pause_that_spotify_wants_is_told_at_once(client, demo):
    values = {"error_code": "rate_limited", "error_message": "Fewer, please."}
    over = datetime.now(UTC) + timedelta(hours=20)

    with a_worker(first=lambda job: turn(job, JobState.PAUSED, run_after=over, **values)):
        answer = ask(client)

    problem(answer, 503, "rate_limited")
    assert 70_000 < int(answer.headers["retry-after"]) <= 72_000


def test_a_few_may_wait_and_more_are_sent_away(client, demo, monkeypatch):
    monkeypatch.setattr(version1, "WITHIN_S", 0.3)
    for _ in range(version1.MOST_WAITING):
        assert version1._places.acquire(blocking=False)
    try:
        answer = ask(client)
    finally:
        version1._places.release(version1.MOST_WAITING)

    problem(answer, 503, "too_many_waiting")
    assert answer.headers["retry-after"] == "10"
    problem(ask(client), 504, "took_too_long")


def test_a_place_is_free_again_whatever_happened(client, demo):
    for _ in range(version1.MOST_WAITING + 1):
        problem(ask(client, PLANTED), 409, "reconnect_required")
