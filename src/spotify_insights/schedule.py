"""What is due when. The clock only asks; a unique row per period makes every start happen once.

Times are UTC. A tick that was missed is caught up with for a day; a tick too many does nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from spotify_insights import accounts, jobs, queue, tags
from spotify_insights.models import Job, ScheduleRun, User
from spotify_insights.models.job import JobKind
from spotify_insights.models.listening import TimeRange
from spotify_insights.resources import transaction

POLL_EVERY = timedelta(minutes=60)
CATCH_UP = timedelta(days=1)
SPREAD_S = 3600
KEEP_RUNS = timedelta(days=30)
SUNDAY, MONDAY = 6, 0


@dataclass(frozen=True)
class Entry:
    """A kind of job, when its latest period began, and for whom (None: for no one listener)."""

    kind: JobKind
    latest: Callable[[datetime], datetime]
    listeners: Callable[[Session], list[UUID]] | None
    subject: str = ""
    spread: bool = False


def every_half_hour(now: datetime) -> datetime:
    return now.replace(minute=now.minute // 30 * 30, second=0, microsecond=0)


def hourly(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)


def daily(hour: int) -> Callable[[datetime], datetime]:
    def latest(now: datetime) -> datetime:
        today = now.replace(hour=hour, minute=0, second=0, microsecond=0)
        return today if today <= now else today - timedelta(days=1)

    return latest


def weekly(weekday: int, hour: int) -> Callable[[datetime], datetime]:
    def latest(now: datetime) -> datetime:
        day = daily(hour)(now)
        return day - timedelta(days=(day.weekday() - weekday) % 7)

    return latest


def all_listeners(session: Session) -> list[UUID]:
    return list(session.scalars(select(User.id).order_by(User.id)))


def to_enrich(session: Session) -> list[UUID]:
    """Spotify answers for connected listeners; where tags can be asked for, they are for all."""
    return all_listeners(session) if tags.configured() else accounts.connected_users(session)


ENTRIES = (
    Entry(JobKind.REFRESH_TOKEN, every_half_hour, accounts.users_with_ending_tokens),
    Entry(JobKind.ENRICH, hourly, to_enrich, spread=True),
    Entry(JobKind.INGEST, daily(2), accounts.connected_users, TimeRange.MEDIUM, spread=True),
    Entry(JobKind.WEEKLY_SUMMARY, weekly(SUNDAY, 9), all_listeners, spread=True),
    Entry(JobKind.RETENTION, daily(4), None),
    Entry(JobKind.CLEANUP, weekly(MONDAY, 3), None),
)


def submit_due(now: datetime | None = None) -> None:
    """Submit what has become due since the last time, then nudge the workers."""
    now = now or datetime.now(UTC)
    with transaction() as session:
        submitted = [job for entry in ENTRIES for job in _start(session, entry, now)]
        submitted += _polls(session)
    for job in submitted:
        if job.sent_at is not None:
            queue.send(job)


def clean_up(job: Job) -> None:
    """Forget jobs and schedule entries that ended long ago."""
    with transaction() as session:
        forgotten = jobs.forget_finished(session)
        session.execute(delete(ScheduleRun).where(ScheduleRun.period < func.now() - KEEP_RUNS))
        jobs.finish(session, job, {"jobs_deleted": forgotten})


def _start(session: Session, entry: Entry, now: datetime) -> list[Job]:
    """Submit one entry's jobs if its latest period is recent and nobody has started it."""
    period = entry.latest(now)
    if now - period >= CATCH_UP:
        return []
    run = insert(ScheduleRun).values(kind=entry.kind, period=period).on_conflict_do_nothing()
    if session.scalars(run.returning(ScheduleRun.kind)).first() is None:
        return []
    whom: list[UUID | None] = [None] if entry.listeners is None else [*entry.listeners(session)]
    return jobs.submit_many(
        session,
        entry.kind,
        {user_id: _delay(user_id) if entry.spread else timedelta(0) for user_id in whom},
        subject=entry.subject,
    )


def _polls(session: Session) -> list[Job]:
    """Marked as polled at once: a poll that fails waits for its next turn like any other."""
    stale = accounts.users_to_poll(session, POLL_EVERY)
    accounts.mark_polled(session, stale)
    return jobs.submit_many(session, JobKind.POLL, dict.fromkeys(stale, timedelta(0)))


def _delay(user_id: UUID | None) -> timedelta:
    """Spread listeners over an hour, each always at the same minute."""
    return timedelta(seconds=user_id.int % SPREAD_S if user_id else 0)
