"""Background tasks."""

import math
from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel

from spotify_insights.models import Job
from spotify_insights.models.job import JobState

# Before that much time of an attempt has passed, its pace says nothing.
SHORTEST_PACE_S = 0.5


class Progress(BaseModel):
    """How far work is. Pace and time left are known only while it runs; `total` is an estimate."""

    done: int
    total: int
    unit: str
    rows_per_s: int | None = None
    seconds_left: int | None = None

    @classmethod
    def of(cls, job: Job) -> Self | None:
        """The progress a job has reported, with the pace of this attempt up to that report."""
        if job.progress_done is None or job.progress_total is None:
            return None
        shown = cls(done=job.progress_done, total=job.progress_total, unit=job.progress_unit or "")
        if job.state is not JobState.RUNNING or job.claimed_at is None:
            return shown
        passed_s = (job.updated_at - job.claimed_at).total_seconds()
        if passed_s < SHORTEST_PACE_S or not shown.done:
            return shown
        pace = shown.done / passed_s
        shown.rows_per_s = round(pace)
        shown.seconds_left = math.ceil(max(0, shown.total - shown.done) / pace)
        return shown


TaskStatus = Literal["PENDING", "STARTED", "RETRY", "PAUSED", "SUCCESS", "FAILURE", "REVOKED"]
_STATUS: dict[JobState, TaskStatus] = {
    JobState.QUEUED: "PENDING",
    JobState.RUNNING: "STARTED",
    JobState.PAUSED: "PAUSED",
    JobState.SUCCEEDED: "SUCCESS",
    JobState.FAILED: "FAILURE",
    JobState.CANCELLED: "REVOKED",
}


class Task(BaseModel):
    """A background job. `error` is a code and `message` a sentence for people."""

    task_id: UUID
    kind: str
    user_id: UUID | None
    status: TaskStatus
    progress: Progress | None
    message: str | None
    resumes_at: datetime | None
    result: dict[str, Any] | None
    error: str | None
    attempt: int
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None

    @classmethod
    def of(cls, job: Job) -> Self:
        queued_again = job.state is JobState.QUEUED and job.attempt > 0
        return cls(
            task_id=job.id,
            kind=job.kind,
            user_id=job.user_id,
            status="RETRY" if queued_again else _STATUS[job.state],
            progress=Progress.of(job),
            message=job.error_message,
            resumes_at=job.resumes_at,
            result=job.result,
            error=job.error_code if job.state is JobState.FAILED else None,
            attempt=job.attempt,
            created_at=job.created_at,
            started_at=job.started_at,
            completed_at=job.completed_at,
        )
