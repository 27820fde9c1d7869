"""The weekly summary: the week that ended, aggregated and told."""

from datetime import UTC, datetime

from spotify_insights import accounts, jobs, queue
from spotify_insights.insights import generate
from spotify_insights.listening import periods, snapshots
from spotify_insights.listening.stats.scope import clock_of
from spotify_insights.models import Job
from spotify_insights.models.insight import InsightType, Tone
from spotify_insights.models.listening import TimeRange
from spotify_insights.resources import transaction


def run(job: Job) -> None:
    """Take the snapshot of the last whole week and ask for an insight on it."""
    assert job.user_id is not None, "a summary is always a listener's"
    with transaction() as session:
        user = accounts.get_user(session, job.user_id)
        clock = clock_of(user)
        period = periods.last_week(clock.day_of(datetime.now(UTC))).bounds(clock)
        week = snapshots.take(session, user, TimeRange.WEEK, period=period)
        told = generate.request(session, week.id, InsightType.WELLNESS, Tone.NEUTRAL)
        result = {"snapshot_id": str(week.id), "insight_id": str(told[0].id)}
        jobs.finish(session, job, result)
    queue.send(told[1])
