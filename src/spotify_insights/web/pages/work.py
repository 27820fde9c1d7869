"""Collecting from Spotify as a page tells it: what was asked for here, or what is under way."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from spotify_insights.models import Job
from spotify_insights.models.job import UNFINISHED, JobKind, JobState
from spotify_insights.web.format import count, moment


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
