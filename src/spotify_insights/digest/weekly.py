"""A listener's week, told once: [tx] snapshot, figures, insight asked for, deliveries planned."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from spotify_insights import accounts, jobs, queue
from spotify_insights.digest import figures, summaries
from spotify_insights.errors import Unavailable
from spotify_insights.insights import rows
from spotify_insights.insights.facts.scene import Scene
from spotify_insights.listening import periods, predecessors, snapshots
from spotify_insights.listening.periods import Period
from spotify_insights.listening.stats.scope import clock_of
from spotify_insights.models import Job, Snapshot, User, WeeklySummary
from spotify_insights.models.insight import InsightType, Tone
from spotify_insights.models.listening import TimeRange
from spotify_insights.resources import transaction

# Written without a model, an insight takes less than that, and no delivery has to wait for it.
DELIVER_AFTER = timedelta(seconds=5)
_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class _Told:
    """What a run has brought about; the jobs are sent after the commit."""

    summary: WeeklySummary | None
    insight_job: Job | None = None


def run(job: Job) -> None:
    """Tell the week before the Sunday that is the job's subject; without one, the last week.

    A week is told once, however often this runs. One without listening is told only after one with.
    """
    assert job.user_id is not None, "a summary is always a listener's"
    with transaction() as session:
        # Two runs at once take turns here, so that the later one sees what the other told.
        accounts.lock_ledger(session, job.user_id)
        user = accounts.get_user(session, job.user_id)
        told = _tell(session, user, _week(user, job.subject))
        jobs.finish(session, job, _result(told.summary))
    if told.insight_job:
        queue.send(told.insight_job)


def _week(user: User, sunday: str) -> Period:
    today = clock_of(user).day_of(datetime.now(UTC))
    if sunday:
        return periods.ending(TimeRange.WEEK, date.fromisoformat(sunday))
    return periods.last_week(today)


def _tell(session: Session, user: User, week: Period) -> _Told:
    known = summaries.find_summary(session, user.id, week.first)
    if known is not None:
        return _Told(known)
    bounds = week.bounds(clock_of(user))
    _require_over(bounds[1])
    kept = session.begin_nested()
    taken = snapshots.take(session, user, TimeRange.WEEK, period=bounds, day=week.end)
    if not taken.totals["plays"] and not _was_heard_before(session, taken):
        kept.rollback()
        return _Told(None)
    kept.commit()
    insight, insight_job = rows.request(session, taken.id, InsightType.WELLNESS, Tone.NEUTRAL)
    summary = WeeklySummary(
        user_id=user.id,
        first_on=week.first,
        last_on=week.end - _A_DAY,
        snapshot_id=taken.id,
        insight_id=insight.id,
        figures=figures.of_week(_scene(session, user, taken)).as_json(),
    )
    session.add(summary)
    session.flush()
    summaries.begin_deliveries(session, summary, DELIVER_AFTER)
    return _Told(summary, insight_job)


def _require_over(end: datetime) -> None:
    """Whoever moved west since the clock asked has some hours of the week still before them."""
    left = end - datetime.now(UTC)
    if left > timedelta(0):
        seconds = left.total_seconds()
        raise Unavailable("week_not_over", "The week is not over yet.", retry_after=seconds)


def _was_heard_before(session: Session, week: Snapshot) -> bool:
    """Whether there was music in the week right before."""
    # Where the clock is put forward or back, or the listener moved, it ends some hours apart.
    near = Snapshot.period_end.between(week.period_start - _A_DAY, week.period_start + _A_DAY)
    own = Snapshot.user_id == week.user_id, Snapshot.time_range == TimeRange.WEEK
    heard = Snapshot.totals["plays"].as_integer() > 0
    return bool(session.scalar(select(exists().where(*own, near, heard))))


def _scene(session: Session, user: User, week: Snapshot) -> Scene:
    before = predecessors.before(session, user, week)
    known_until = predecessors.known_until(session, user)
    zone = ZoneInfo(user.timezone)
    scene = Scene.of(week, before, zone, user.day_starts_at, known_until=known_until)
    assert scene is not None, "of all sources together there is always a scene"
    return scene


def _result(summary: WeeklySummary | None) -> dict[str, str | None]:
    told = summary or WeeklySummary()
    return {
        "summary_id": str(told.id) if summary else None,
        "snapshot_id": str(told.snapshot_id) if summary else None,
        "insight_id": str(told.insight_id) if summary else None,
    }
