"""What tests of the API share: a few calls, jobs run in place, problems taken apart."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from uuid import UUID

from sqlalchemy import select
from tests.listening.builders import a_play, zipped

from spotify_insights import jobs, worker
from spotify_insights.models import Base, Job
from spotify_insights.models.job import JobState
from spotify_insights.resources import transaction

NOWHERE = "00000000-0000-4000-8000-000000000000"


def problem(answer, status, code):
    """The problem document of an answer, looked at from outside."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["type"] == f"urn:insights:problem:{code}"
    assert (body["status"], body["code"]) == (status, code)
    assert body["title"]
    assert body["detail"]
    return body


def wrong_fields(answer, code="invalid_request"):
    """Field and message of each thing that is wrong with a request."""
    return {one["field"]: one["message"] for one in problem(answer, 422, code)["errors"]}


def registered(client, name="Ada", **changes):
    given = {"spotify_user_id": f"id_of_{name}", "display_name": name}
    return client.post("/api/users/register", json=given | changes)


def connect(client, user_id, access="BQD...", refresh="AQC...", **changes):
    """Store a pair of tokens; the default ones are those that the demo Spotify knows."""
    pair = {"access_token": access, "refresh_token": refresh, "expires_in": 3600}
    return client.post("/api/tokens/store", json={"user_id": str(user_id), **pair, **changes})


def run_task(client, task_id):
    """Do a task's work here and now, and look at the task."""
    with transaction() as session:
        kind = jobs.get_job(session, UUID(task_id)).kind
    jobs.run(UUID(task_id), worker.FLOWS[kind])
    return client.get(f"/api/tasks/{task_id}").json()


@contextmanager
def a_worker(*, first=lambda _job: None) -> Iterator[None]:
    """Runs whatever is queued, as the workers would; `first` may look at each job before."""
    stop = Event()

    def work() -> None:
        while not stop.wait(0.02):
            for job in queued():
                first(job)
                jobs.run(job.id, worker.FLOWS[job.kind])

    thread = Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def queued():
    with transaction() as session:
        return session.scalars(select(Job).where(Job.state == JobState.QUEUED)).all()


def send_import(client, user_id, *uploads):
    files = [("files", upload) for upload in uploads]
    return client.post("/api/imports", params={"user_id": str(user_id)}, files=files)


def imported(client, user_id, *rows):
    """Import one file with these rows; the record and the task, both at their end."""
    queued = send_import(client, user_id, zipped({"history.json": rows})).json()
    task = run_task(client, queued["task_id"])
    return client.get(f"/api/imports/{queued['import_id']}").json(), task


def a_snapshot_of(client, user_id):
    """The snapshot that an import of three plays leaves."""
    days = ("2024-05-01T10:00:00Z", "2024-05-02T20:00:00Z", "2024-05-03T23:30:00Z")
    _, task = imported(client, user_id, *(a_play(day) for day in days))
    return task["result"]["snapshot_id"]


def everything_stored():
    """All rows of all tables as text, to look for what must not be there."""
    with transaction() as session:
        tables = Base.metadata.sorted_tables
        return {table.name: repr(session.execute(table.select()).all()) for table in tables}
