"""Background jobs: the row is the truth, the message on the broker only a nudge."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from spotify_insights.models.base import Base, Identified, choice


class Queue(StrEnum):
    """`spotify` collects, `insights` writes, `scheduled` keeps time; each has its own workers."""

    SPOTIFY = "spotify"
    INSIGHTS = "insights"
    SCHEDULED = "scheduled"


class JobKind(StrEnum):
    INGEST = "ingest"
    POLL = "poll"
    REFRESH_TOKEN = "refresh_token"  # noqa: S105 - the name of a job
    IMPORT = "import"
    UNDO = "undo"
    FORGET = "forget"
    ENRICH = "enrich"
    RETENTION = "retention"
    INSIGHT = "insight"
    WEEKLY_SUMMARY = "weekly_summary"
    CLEANUP = "cleanup"
    REBUILD = "rebuild"
    DELIVER = "deliver"


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


UNFINISHED = (JobState.QUEUED, JobState.RUNNING, JobState.PAUSED)
_UNFINISHED_SQL = text("status in ('queued', 'running', 'paused')")


class Job(Identified, Base):
    """One piece of background work and all that is known of it."""

    __tablename__ = "background_jobs"
    __table_args__ = (
        # A double click, two tabs and the schedule all get the same job.
        Index(
            "uq_background_jobs_unfinished",
            "user_id",
            "job_type",
            "subject",
            unique=True,
            postgresql_where=_UNFINISHED_SQL,
            postgresql_nulls_not_distinct=True,
        ),
        # What the sweep reads every few seconds.
        Index("ix_background_jobs_due", "run_after", postgresql_where=_UNFINISHED_SQL),
        Index("ix_background_jobs_user_id_created_at", "user_id", "created_at"),
    )

    kind: Mapped[JobKind] = mapped_column("job_type", choice(JobKind))
    subject: Mapped[str] = mapped_column(server_default="")
    queue: Mapped[Queue] = mapped_column(choice(Queue))
    celery_task_id: Mapped[str | None]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    state: Mapped[JobState] = mapped_column(
        "status", choice(JobState), server_default=JobState.QUEUED.value
    )
    params: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    result: Mapped[dict[str, Any] | None]
    error_code: Mapped[str | None]
    error_message: Mapped[str | None]
    progress_done: Mapped[int | None]
    progress_total: Mapped[int | None]
    progress_unit: Mapped[str | None]

    attempt: Mapped[int] = mapped_column(server_default="0")
    fence: Mapped[int] = mapped_column(server_default="0")
    lease_until: Mapped[datetime | None]
    run_after: Mapped[datetime] = mapped_column(server_default=func.now())
    sent_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())

    @property
    def resumes_at(self) -> datetime | None:
        return self.run_after if self.state is JobState.PAUSED else None


class ScheduleRun(Base):
    """A period of the schedule that has been started: two ticks at once start it only once."""

    __tablename__ = "schedule_runs"

    kind: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[datetime] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
