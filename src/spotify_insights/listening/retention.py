"""What is not kept: plays older than the operator wants, and what a connection that ended brought.

One job a day goes through all listeners, each in a transaction of its own. A month of plays goes as
a whole and only once there is a snapshot of it, so that what is told of the month stays true.
"""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, delete, exists, or_, select, text
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from spotify_insights import accounts, jobs
from spotify_insights.listening import firsts, matching, packed, snapshots, sources, uploads
from spotify_insights.listening.sources import POLLED
from spotify_insights.models import Import, Job, Play, Snapshot, Source, User
from spotify_insights.models.listening import Provenance, TimeRange
from spotify_insights.models.sources import UNDER_WAY
from spotify_insights.resources import transaction
from spotify_insights.settings import get_settings

# The job runs once a day and its listeners one after another, so all is gone within the five days
# that `accounts.API_DATA_KEPT` promises; until it runs, a connection made by mistake is back whole.
FORGET_AFTER = timedelta(days=3)
_ASKED = (Provenance.API.value, Provenance.DEMO.value)

_MONTHS = """
    select distinct date_trunc('month', (started_at at time zone :zone) - :day_starts_at)::date
    from plays
    where user_id = :user_id and started_at < :before
        and not (is_superseded or is_private or is_deleted)
"""

# All accounts of a listen go together: a poorer one that started a little later would else come
# back as a play of the month after, and be counted a second time.
_GONE = """
    create temp table gone on commit drop as
    with recursive heard as (
        select id from plays where user_id = :user_id and started_at < :before
        union
        select m.play_id from matches m join heard on m.by_play_id = heard.id
        where m.user_id = :user_id
    )
    select p.id, p.started_at, p.source_id, p.content_id, p.track_id
    from plays p join heard using (id) where p.user_id = :user_id
"""
_DELETE = (
    "analyze gone",
    """
    delete from plays p using gone
    where p.user_id = :user_id and p.started_at = gone.started_at and p.id = gone.id
    """,
    "delete from matches m using gone where m.user_id = :user_id and m.play_id = gone.id",
    # A file whose plays are not all here any more is no known content: it is read when it comes
    # again. No content has such a digest.
    """
    update sources s set sha256 = s.id::text
    where s.sha256 <> '' and s.id in (
        select source_id from gone
        union
        select c.source_id from claims c join gone on gone.id = c.play_id
        where c.user_id = :user_id
    )
    """,
    "delete from claims c using gone where c.user_id = :user_id and c.play_id = gone.id",
    # Only around the cut can what is left be matched otherwise than before.
    """
    create temp table touched on commit drop as
    select distinct coalesce(t.match_key, c.match_key) as match_key,
        cast(:before as timestamptz) as earliest, cast(:before as timestamptz) as latest
    from gone join contents c on c.id = gone.content_id
    left join tracks t on t.id = gone.track_id
    """,
)


def run(job: Job) -> None:
    """Let go of what is not to be kept; the result says how much that was."""
    now = datetime.now(UTC)
    result = forget_disconnected(job, now) | forget_old(job, now) | _discard_orphans()
    with transaction() as session:
        jobs.finish(session, job, result)


def forget_disconnected(job: Job, now: datetime) -> dict[str, int]:
    """Delete what was asked from Spotify for listeners who disconnected a while ago.

    Plays that an uploaded file tells of stay, and a new lifetime snapshot is taken of them.
    """
    with transaction() as session:
        due = list(session.scalars(select(User.id).where(*_is_due(now)).order_by(User.id)))
    gone = [_forget_asked(job, user_id, now) for user_id in due]
    return {"listeners_disconnected": len(gone), "asked_plays_deleted": sum(gone)}


def forget_old(job: Job, now: datetime) -> dict[str, int]:
    """Delete plays older than `HISTORY_RETENTION_DAYS`, by whole months of each listener."""
    days = get_settings().history_retention_days
    if days is None:
        return {"snapshots_taken": 0, "old_plays_deleted": 0}
    oldest_kept = now - timedelta(days=days)
    has_older = exists().where(Play.user_id == User.id, Play.started_at < oldest_kept)
    with transaction() as session:
        listeners = list(session.scalars(select(User.id).where(has_older).order_by(User.id)))
    done = [_forget_months(job, user_id, oldest_kept) for user_id in listeners]
    return {
        "snapshots_taken": sum(taken for taken, _ in done),
        "old_plays_deleted": sum(gone for _, gone in done),
    }


def _discard_orphans() -> dict[str, int]:
    """Delete uploaded files that a dying worker left behind after their import was over.

    Files without an import stay: they may just be coming in, and their import is noted after them.
    """
    is_over = Import.id.in_(uploads.kept()), Import.status.not_in(UNDER_WAY)
    with transaction() as session:
        orphans = session.scalars(select(Import.id).where(*is_over)).all()
    for import_id in orphans:
        uploads.discard(import_id)
    return {"uploads_discarded": len(orphans)}


def month_of(user: User, moment: datetime) -> date:
    """The first day of the listener's month that holds `moment`."""
    local = moment.astimezone(ZoneInfo(user.timezone)) - timedelta(hours=user.day_starts_at)
    return local.date().replace(day=1)


def _forget_asked(job: Job, user_id: UUID, now: datetime) -> int:
    with transaction() as session:
        accounts.lock_ledger(session, user_id)
        user = session.scalars(select(User).where(User.id == user_id, *_is_due(now))).one_or_none()
        if user is None:
            # Connected again since the list was made.
            return 0
        polling = select(Source.id).where(Source.user_id == user_id, Source.format == POLLED)
        gone = sources.drop(session, user_id, list(session.scalars(polling)))
        told_by_spotify = Snapshot.sources.has_any(array(_ASKED))
        session.execute(delete(Snapshot).where(Snapshot.user_id == user_id, told_by_spotify))
        user.polled_at = None
        snapshots.take_series(session, user, firsts.settle(session, user_id))
        if session.scalar(select(exists().where(Play.user_id == user_id))):
            snapshots.take(session, user, TimeRange.LIFETIME)
        jobs.beat(session, job)
    return gone


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Listeners who disconnected long enough ago, and of whom something that was asked is left."""
    polled = exists().where(Source.user_id == User.id, Source.format == POLLED)
    return User.disconnected_at <= now - FORGET_AFTER, or_(User.polled_at.is_not(None), polled)


def _forget_months(job: Job, user_id: UUID, oldest_kept: datetime) -> tuple[int, int]:
    """Delete the months before the one of `oldest_kept`; return snapshots taken and plays gone."""
    with transaction() as session:
        accounts.lock_ledger(session, user_id)
        user = accounts.get_user(session, user_id)
        before = _start_of(user, month_of(user, oldest_kept))
        taken = _take_missing(session, user, before)
        gone = _delete(session, user_id, before)
        jobs.beat(session, job)
    return taken, gone


def _take_missing(session: Session, user: User, before: datetime) -> int:
    """Take the snapshot of each month with plays before an instant that has none yet."""
    clock = {"zone": user.timezone, "day_starts_at": timedelta(hours=user.day_starts_at)}
    given = {"user_id": user.id, "before": before} | clock
    taken = select(Snapshot.snapshot_date).where(
        Snapshot.user_id == user.id, Snapshot.time_range == TimeRange.MONTH
    )
    ends = {_next(month) for month in session.scalars(text(_MONTHS), given)}
    missing = sorted(ends - set(session.scalars(taken)))
    for end in missing:
        first = (end - timedelta(days=1)).replace(day=1)
        period = _start_of(user, first), _start_of(user, end)
        snapshots.take(session, user, TimeRange.MONTH, period=period)
    return len(missing)


def _delete(session: Session, user_id: UUID, before: datetime) -> int:
    given = {"user_id": user_id, "before": before}
    session.execute(text(_GONE), given)
    gone, earliest = session.execute(text("select count(*), min(started_at) from gone")).one()
    if not gone:
        return 0
    for statement in _DELETE:
        session.execute(text(statement), given)
    matching.resolve(session, user_id)
    packed.mark(session, user_id, earliest, before)
    firsts.settle(session, user_id)
    return int(gone)


def _next(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _start_of(user: User, day: date) -> datetime:
    local = datetime.combine(day, time(user.day_starts_at), ZoneInfo(user.timezone))
    return local.astimezone(UTC)
