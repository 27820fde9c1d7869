"""Background work as a page tells it: what was asked for here, or what is under way."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from spotify_insights.models import Job
from spotify_insights.models.job import UNFINISHED, JobKind, JobState
from spotify_insights.web.format import count, moment
from spotify_insights.web.schemas.tasks import Progress

# From here on a time left is told in minutes.
_MOST_SECONDS = 90


def find_ingest(session: Session, listener_id: UUID, named: UUID | None) -> Job | None:
    """The listener's ingest of this id, else the newest unfinished one."""
    is_named = Job.id == named
    return session.scalars(
        select(Job)
        .where(
            Job.user_id == listener_id,
            Job.kind == JobKind.INGEST,
            is_named | Job.state.in_(UNFINISHED),
        )
        .order_by(is_named.desc().nulls_last(), Job.created_at.desc())
        .limit(1)
    ).one_or_none()


def headline(job: Job, zone: str) -> str:
    match job.state:
        case JobState.QUEUED | JobState.RUNNING:
            return "Collecting from Spotify"
        case JobState.PAUSED:
            return f"Waiting for Spotify until {moment(job.run_after, zone)}"
        case JobState.SUCCEEDED:
            added = int((job.result or {}).get("plays_added", 0))
            return (
                f"Collected: {count(added, 'plays')} added" if added else "Nothing new to collect"
            )
        case JobState.FAILED:
            return "Collecting from Spotify did not work"
        case JobState.CANCELLED:
            return "Collecting from Spotify was cancelled"


def is_under_way(job: Job) -> bool:
    return job.state in UNFINISHED


def progress_of(job: Job | None) -> Progress | None:
    return Progress.of(job) if job else None


def said(progress: Progress | None) -> str:
    """How far it is, how fast, how long still. `progress.js` goes on in the same words."""
    return f"{_amount(progress)}You can leave this page."


def _amount(progress: Progress | None) -> str:
    if progress is None or not progress.total:
        return ""
    if progress.done >= progress.total:
        everything = count(progress.total, progress.unit)
        return f"All {everything} are read; matching and counting are left. "
    parts = [f"{progress.done:,} of about {count(progress.total, progress.unit)}"]
    if progress.rows_per_s is not None:
        parts.append(f"{progress.rows_per_s:,} a second")
    if progress.seconds_left is not None:
        parts.append(f"about {_time(progress.seconds_left)} left")
    return f"{', '.join(parts)}. "


def _time(seconds: int) -> str:
    if seconds > _MOST_SECONDS:
        return count(round(seconds / 60), "minutes")
    return count(seconds, "seconds")
