from datetime import UTC, datetime, timedelta

import pytest
from tests.web.asking import NOWHERE, problem, wrong_fields

from spotify_insights.models import Job
from spotify_insights.models.job import JobKind, JobState, Queue
from spotify_insights.resources import transaction
from spotify_insights.web.schemas.tasks import Progress

LATER = datetime.now(UTC) + timedelta(hours=1)


def a_running_job(*, done, total, after_s):
    """One that reported its progress so many seconds after it was claimed."""
    return Job(
        state=JobState.RUNNING,
        progress_done=done,
        progress_total=total,
        progress_unit="rows",
        claimed_at=LATER,
        updated_at=LATER + timedelta(seconds=after_s),
    )


@pytest.fixture
def shown(client, listener):
    """How a job in that state is shown."""

    def look(**values):
        job = Job(kind=JobKind.INGEST, queue=Queue.SPOTIFY, user_id=listener.id, **values)
        with transaction() as session:
            session.add(job)
            session.flush()
            job_id = job.id
        return client.get(f"/api/tasks/{job_id}").json()

    return look


@pytest.mark.parametrize(
    ("state", "attempt", "status"),
    [
        (JobState.QUEUED, 0, "PENDING"),
        (JobState.QUEUED, 1, "RETRY"),
        (JobState.RUNNING, 1, "STARTED"),
        (JobState.PAUSED, 1, "PAUSED"),
        (JobState.SUCCEEDED, 1, "SUCCESS"),
        (JobState.FAILED, 5, "FAILURE"),
        (JobState.CANCELLED, 1, "REVOKED"),
    ],
)
def test_each_state_has_its_word(shown, state, attempt, status):
    assert shown(state=state, attempt=attempt)["status"] == status


def test_a_task_says_whose_it_is_and_what_it_does(shown, listener):
    task = shown()

    assert (task["user_id"], task["kind"]) == (str(listener.id), "ingest")
    nothing_yet = ("progress", "message", "resumes_at", "result", "error", "started_at")
    assert [task[name] for name in nothing_yet] == [None] * len(nothing_yet)


def test_progress_has_done_total_and_unit(shown):
    task = shown(progress_done=3, progress_total=10, progress_unit="rows")

    assert task["progress"] == {
        "done": 3,
        "total": 10,
        "unit": "rows",
        "rows_per_s": None,
        "seconds_left": None,
    }


def test_a_task_that_runs_says_how_fast_and_how_long_still():
    progress = Progress.of(a_running_job(done=300, total=1_000, after_s=2))

    assert (progress.rows_per_s, progress.seconds_left) == (150, 5)


def test_the_first_moments_of_an_attempt_say_nothing_of_its_pace():
    progress = Progress.of(a_running_job(done=300, total=1_000, after_s=0.1))

    assert (progress.rows_per_s, progress.seconds_left) == (None, None)


def test_nothing_done_yet_is_no_pace():
    progress = Progress.of(a_running_job(done=0, total=1_000, after_s=2))

    assert (progress.rows_per_s, progress.seconds_left) == (None, None)


def test_more_done_than_was_expected_leaves_no_time():
    progress = Progress.of(a_running_job(done=1_100, total=1_000, after_s=2))

    assert progress.seconds_left == 0


def test_a_task_that_no_longer_runs_has_no_pace():
    job = a_running_job(done=300, total=1_000, after_s=2)
    job.state = JobState.FAILED

    progress = Progress.of(job)

    assert (progress.done, progress.rows_per_s, progress.seconds_left) == (300, None, None)


def test_only_a_paused_task_says_when_it_goes_on(shown):
    paused = shown(state=JobState.PAUSED, run_after=LATER, error_message="Spotify is busy.")
    queued = shown(subject="another", run_after=LATER)

    assert datetime.fromisoformat(paused["resumes_at"]) == LATER
    assert paused["message"] == "Spotify is busy."
    assert queued["resumes_at"] is None


def test_only_a_failed_task_has_an_error(shown):
    failed = shown(state=JobState.FAILED, error_code="not_connected", error_message="Connect.")
    again = shown(state=JobState.QUEUED, attempt=1, error_code="spotify_unavailable")

    assert (failed["error"], failed["message"]) == ("not_connected", "Connect.")
    assert again["error"] is None


def test_an_unknown_task_is_not_found(client):
    problem(client.get(f"/api/tasks/{NOWHERE}"), 404, "unknown_task")


@pytest.mark.parametrize("task_id", ["1", "not-an-id", "%00", "../health"])
def test_a_malformed_id_is_no_task(client, task_id):
    answer = client.get(f"/api/tasks/{task_id}")

    assert answer.status_code in {404, 422}
    if answer.status_code == 422:
        assert set(wrong_fields(answer)) == {"path.task_id"}
