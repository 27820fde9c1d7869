"""The weekly summary: which seven days, and what is asked for."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from tests.listening.builders import a_play, import_rows

from spotify_insights import jobs
from spotify_insights.insights import generate
from spotify_insights.listening import periods, snapshots
from spotify_insights.listening.stats.clock import Clock
from spotify_insights.models import Job
from spotify_insights.models.insight import InsightStatus, InsightType, Tone
from spotify_insights.models.job import JobKind, JobState
from spotify_insights.models.listening import TimeRange
from spotify_insights.resources import transaction
from spotify_insights.worker import FLOWS

DAY, WEEK = timedelta(days=1), timedelta(days=7)


def summarise(user):
    with transaction() as session:
        job = jobs.submit(session, JobKind.WEEKLY_SUMMARY, user.id)
    jobs.run(job.id, FLOWS[JobKind.WEEKLY_SUMMARY])
    with transaction() as session:
        return jobs.get_job(session, job.id)


def weeks_of(user):
    with transaction() as session:
        return snapshots.find_snapshots(session, user.id, 10, TimeRange.WEEK)


def last_week_of(user):
    """The start and the end of the seven days before the latest Sunday on a listener's clock."""
    zone, hour = ZoneInfo(user.timezone), time(user.day_starts_at)
    today = (datetime.now(zone).replace(tzinfo=None) - timedelta(hours=user.day_starts_at)).date()
    sunday = today - timedelta(days=today.isoweekday() % 7)
    starts = (datetime.combine(day, hour, zone) for day in (sunday - WEEK, sunday))
    return tuple(start.astimezone(UTC) for start in starts)


def insights_of(user):
    with transaction() as session:
        return generate.list_insights(session, user.id, 10)


def jobs_of(user, kind):
    with transaction() as session:
        query = select(Job).where(Job.user_id == user.id, Job.kind == kind)
        return session.scalars(query).all()


@pytest.mark.parametrize(
    ("now", "clock", "start", "end"),
    [
        ("2026-05-03T09:00Z", Clock(), "2026-04-26T00:00Z", "2026-05-03T00:00Z"),
        ("2026-05-03T00:00Z", Clock(), "2026-04-26T00:00Z", "2026-05-03T00:00Z"),
        # Any later day of the week tells of the same week.
        ("2026-05-09T23:59Z", Clock(), "2026-04-26T00:00Z", "2026-05-03T00:00Z"),
        # Saturday goes on until five, so the week is not over yet.
        ("2026-05-03T04:59Z", Clock("UTC", 5), "2026-04-19T05:00Z", "2026-04-26T05:00Z"),
        ("2026-05-03T05:00Z", Clock("UTC", 5), "2026-04-26T05:00Z", "2026-05-03T05:00Z"),
        ("2026-05-03T09:00Z", Clock("Asia/Kolkata"), "2026-04-25T18:30Z", "2026-05-02T18:30Z"),
        ("2026-05-03T11:00Z", Clock("Pacific/Midway"), "2026-04-26T11:00Z", "2026-05-03T11:00Z"),
        # Clocks went forward and back on the first day of these.
        ("2024-04-09T09:00Z", Clock("Europe/Berlin"), "2024-03-30T23:00Z", "2024-04-06T22:00Z"),
        ("2024-11-05T09:00Z", Clock("Europe/Berlin", 5), "2024-10-27T04:00Z", "2024-11-03T04:00Z"),
    ],
)
def test_the_week_is_the_last_before_a_sunday_that_is_over_where_the_listener_is(
    now, clock, start, end
):
    week = periods.last_week(clock.day_of(datetime.fromisoformat(now)))

    assert week.bounds(clock) == (datetime.fromisoformat(start), datetime.fromisoformat(end))


def test_a_summary_takes_the_week_and_asks_for_an_insight(a_listener):
    listener = a_listener(timezone="Europe/Berlin", day_starts_at=5)
    start, end = last_week_of(listener)
    ends = [start - DAY, start + DAY, start + 3 * DAY, end - timedelta(hours=1)]
    import_rows(listener.id, *(a_play(f"{moment:%Y-%m-%dT%H:%M:%SZ}") for moment in ends))

    ended = summarise(listener)

    (week, _), (insight,) = weeks_of(listener), insights_of(listener)
    (its_job,) = jobs_of(listener, JobKind.INSIGHT)
    assert ended.state is JobState.SUCCEEDED
    assert ended.result == {"snapshot_id": str(week.id), "insight_id": str(insight.id)}
    assert (week.period_start, week.period_end) == (start, end)
    assert week.snapshot_date == end.astimezone(ZoneInfo("Europe/Berlin")).date()
    assert (week.totals["plays"], week.coverage["tops"]) == (3, "ledger")
    assert (insight.snapshot_id, insight.status) == (week.id, InsightStatus.PENDING)
    assert (insight.insight_type, insight.tone_mode) == (InsightType.WELLNESS, Tone.NEUTRAL)
    assert (its_job.state, its_job.subject) == (JobState.QUEUED, str(insight.id))


def test_a_summary_is_about_the_week_of_the_series(listener):
    start, _ = last_week_of(listener)
    import_rows(listener.id, a_play(f"{start + DAY:%Y-%m-%dT%H:%M:%SZ}"))
    (before,) = weeks_of(listener)

    ended = summarise(listener)

    (week,) = weeks_of(listener)
    assert ended.result["snapshot_id"] == str(before.id) == str(week.id)
    assert (week.statistics, week.totals) == (before.statistics, before.totals)


def test_plays_that_come_late_are_told_in_the_week_an_insight_was_asked_for(listener):
    start, _ = last_week_of(listener)
    summarise(listener)
    (empty,) = weeks_of(listener)

    import_rows(listener.id, a_play(f"{start + DAY:%Y-%m-%dT%H:%M:%SZ}"))

    (week,) = weeks_of(listener)
    assert week.id == empty.id
    assert (empty.totals["plays"], week.totals["plays"]) == (0, 1)


def test_the_insight_of_a_week_can_be_written(listener):
    summarise(listener)
    (its_job,) = jobs_of(listener, JobKind.INSIGHT)

    jobs.run(its_job.id, FLOWS[JobKind.INSIGHT])

    (insight,) = insights_of(listener)
    assert insight.status is InsightStatus.READY
    assert insight.content


def test_a_summary_of_no_plays_is_a_week_all_the_same(listener):
    ended = summarise(listener)

    (week,) = weeks_of(listener)
    assert ended.state is JobState.SUCCEEDED
    assert (week.totals["plays"], week.artist_diversity_score, week.sources) == (0, None, [])


def test_a_second_summary_in_the_same_week_is_the_same_snapshot_and_insight(listener):
    first, second = summarise(listener), summarise(listener)

    assert second.result == first.result
    assert len(weeks_of(listener)) == len(insights_of(listener)) == 1
