"""What is due when. The clock only asks; a unique row per period makes every start happen once.

Times are UTC, but for the weekly summary, which is due on Sunday at nine where the listener is. A
tick that was missed is caught up with for a day; a tick too many does nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from spotify_insights import accounts, jobs, queue, tags
from spotify_insights.models import Job, ScheduleRun, User
from spotify_insights.models.job import JobKind
from spotify_insights.models.listening import TimeRange
from spotify_insights.resources import transaction

POLL_EVERY = timedelta(minutes=60)
CATCH_UP = timedelta(days=1)
# Two hours more than a day: so far apart are the first and the last zone. Whoever moves from where
# it is not nine yet to where it was nine a day ago misses no week.
CATCH_UP_WEEK = timedelta(hours=26)
WEEK_TOLD_AT = time(9)
SPREAD_S = 3600
KEEP_RUNS = timedelta(days=30)
MONDAY = 0


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
    Entry(JobKind.RETENTION, daily(4), None),
    Entry(JobKind.CLEANUP, weekly(MONDAY, 3), None),
)


@dataclass(frozen=True)
class Sunday:
    """The last Sunday on which it has been nine in a zone, and when that and the day began."""

    day: date
    began_at: datetime
    due_at: datetime


def last_sunday(zone: str, now: datetime) -> Sunday:
    """Up to which day weeks are told in a zone; the week itself ended as that day began."""
    here = ZoneInfo(zone)
    today = now.astimezone(here).date()
    day = today - timedelta(days=today.isoweekday() % 7)
    if datetime.combine(day, WEEK_TOLD_AT, here).astimezone(UTC) > now:
        day -= timedelta(days=7)
    began_at, due_at = (
        datetime.combine(day, at, here).astimezone(UTC) for at in (time(), WEEK_TOLD_AT)
    )
    return Sunday(day, began_at, due_at)


def submit_due(now: datetime | None = None) -> None:
    """Submit what has become due since the last time, then nudge the workers."""
    now = now or datetime.now(UTC)
    with transaction() as session:
        submitted = [job for entry in ENTRIES for job in _start(session, entry, now)]
        submitted += _polls(session) + _weeks(session, now)
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


def _weeks(session: Session, now: datetime) -> list[Job]:
    """The summaries that are due, each week of a listener once, whatever becomes of it.

    A listener's `summarised_until` moves on in the same transaction. It moves without a summary
    when that is due too long, or when the listener came after the week was over.
    """
    zones = session.scalars(select(User.timezone).distinct()).all()
    sundays = {zone: last_sunday(zone, now) for zone in zones}
    submitted: list[Job] = []
    for day in sorted({one.day for one in sundays.values()}):
        ended = {zone: one for zone, one in sundays.items() if one.day == day}
        behind = _mark_told(session, day, list(ended))
        delays: dict[UUID | None, timedelta] = {
            user.id: _delay(user.id)
            for user in behind
            if user.created_at < ended[user.timezone].began_at
            and now - ended[user.timezone].due_at < CATCH_UP_WEEK
        }
        subject = day.isoformat()
        submitted += jobs.submit_many(session, JobKind.WEEKLY_SUMMARY, delays, subject=subject)
    return submitted


def _mark_told(session: Session, day: date, zones: Sequence[str]) -> Sequence[User]:
    """Mark the listeners of some zones as told up to a Sunday; return those who were not.

    One whose row is held elsewhere, as during an import, has to wait for a later tick.
    """
    behind = (
        select(User.id)
        .where(
            User.timezone.in_(zones),
            or_(User.summarised_until.is_(None), User.summarised_until < day),
        )
        .with_for_update(key_share=True, skip_locked=True)
    )
    marked = update(User).where(User.id.in_(behind)).values(summarised_until=day)
    options = {"synchronize_session": False, "populate_existing": True}
    return session.scalars(marked.returning(User), execution_options=options).all()


def _delay(user_id: UUID | None) -> timedelta:
    """Spread listeners over an hour, each always at the same minute."""
    return timedelta(seconds=user_id.int % SPREAD_S if user_id else 0)
