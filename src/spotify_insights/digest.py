"""The weekly summary: the week that ended, aggregated and told."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from spotify_insights import accounts, jobs, queue
from spotify_insights.insights import generate
from spotify_insights.listening import snapshots
from spotify_insights.models import Job
from spotify_insights.models.insight import InsightType, Tone
from spotify_insights.models.listening import TimeRange
from spotify_insights.resources import transaction

WEEK = timedelta(days=7)


def run(job: Job) -> None:
    """Take the snapshot of the seven days before today and ask for an insight on it."""
    assert job.user_id is not None, "a summary is always a listener's"
    with transaction() as session:
        user = accounts.get_user(session, job.user_id)
        period = last_seven_days(datetime.now(UTC), user.timezone, user.day_starts_at)
        week = snapshots.take(session, user, TimeRange.WEEK, period=period)
        told = generate.request(session, week.id, InsightType.WELLNESS, Tone.NEUTRAL)
        result = {"snapshot_id": str(week.id), "insight_id": str(told[0].id)}
        jobs.finish(session, job, result)
    queue.send(told[1])


def last_seven_days(now: datetime, zone: str, day_starts_at: int) -> tuple[datetime, datetime]:
    """The seven whole local days before the one that `now` falls on."""
    today = (now.astimezone(ZoneInfo(zone)) - timedelta(hours=day_starts_at)).date()
    return _start_of(today - WEEK, zone, day_starts_at), _start_of(today, zone, day_starts_at)


def _start_of(day: date, zone: str, hour: int) -> datetime:
    return datetime.combine(day, time(hour), ZoneInfo(zone)).astimezone(UTC)
