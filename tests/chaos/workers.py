"""Worker processes as production runs them, to be killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
from sqlalchemy import text
from tests.embedded.conftest import gone
from tests.eventually import eventually

from spotify_insights import jobs, queue, worker
from spotify_insights.models.job import JobState
from spotify_insights.resources import transaction

# Import, connection and the first look at the queue take four seconds on a busy machine.
IN_TIME = 30.0
CELERY = (sys.executable, "-m", "celery", "--quiet", "-A", "spotify_insights.worker")


class Worker:
    """A Celery main process with its children, for the settings of the test."""

    def __init__(self, folder: Path, concurrency: int = 2) -> None:
        options = ("--queues", ",".join(queue.NAMES), "--concurrency", str(concurrency))
        with (folder / "worker.log").open("ab") as log:
            self.process = psutil.Popen(
                [*CELERY, "worker", "--without-gossip", "--without-mingle", *options],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """End all its processes at once, as a lack of memory or a power cut would."""
        if self.process.poll() is not None:
            return
        everybody = [self.process, *self.process.children(recursive=True)]
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=10)
        assert gone(everybody)


def look_at(job):
    with transaction() as session:
        return jobs.get_job(session, job.id)


def is_in(job, state):
    return look_at(job).state is state


def ended_well(*all_jobs):
    """Wait until all of these have succeeded; return them as they are then."""
    for job in all_jobs:
        eventually(lambda job=job: look_at(job).completed_at, IN_TIME)
    ended = [look_at(job) for job in all_jobs]
    assert {job.state for job in ended} == {JobState.SUCCEEDED}
    return ended


def turn_back(column, by):
    """Move an instant of every unfinished job into the past; `now()` cannot be moved."""
    with transaction() as session:
        session.execute(
            text(
                f"update background_jobs set {column} = {column} - :by where completed_at is null"
            ),
            {"by": by},
        )


def notice_the_death():
    """What the clock does once the lease of a dead worker has run out."""
    turn_back("lease_until", 2 * jobs.LEASE)
    worker.sweep()
