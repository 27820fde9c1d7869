"""The weekly summary: which seven days, and what is asked for."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from tests.listening.builders import a_play, import_rows

from spotify_insights import digest, jobs
from spotify_insights.insights import generate
from spotify_insights.listening import snapshots
from spotify_insights.models import Job
from spotify_insights.models.insight import InsightStatus, InsightType, Tone
from spotify_insights.models.job import JobKind, JobState
from spotify_insights.models.listening import TimeRange
from spotify_insights.resources import transaction
from spotify_insights.worker import FLOWS

DAY = timedelta(days=1)


def summarise(user):
    with transaction() as session:
        job = jobs.submit(session, JobKind.WEEKLY_SUMMARY, user.id)
    jobs.run(job.id, FLOWS[JobKind.WEEKLY_SUMMARY])
    with transaction() as session:
        return jobs.get_job(session, job.id)


def weeks_of(user):
    with transaction() as session:
        return snapshots.find_snapshots(session, user.id, 10, TimeRange.WEEK)


def insights_of(user):
    with transaction() as session:
        return generate.list_insights(session, user.id, 10)


def jobs_of(user, kind):
    with transaction() as session:
        query = select(Job).where(Job.user_id == user.id, Job.kind == kind)
        return session.scalars(query).all()


@pytest.mark.parametrize(
    ("now", "zone", "day_starts_at", "start", "end"),
    [
        ("2026-05-03T09:00Z", "UTC", 0, "2026-04-26T00:00Z", "2026-05-03T00:00Z"),
        ("2026-05-03T00:00Z", "UTC", 0, "2026-04-26T00:00Z", "2026-05-03T00:00Z"),
        ("2026-05-03T04:59Z", "UTC", 5, "2026-04-25T05:00Z", "2026-05-02T05:00Z"),
        ("2026-05-03T09:00Z", "Asia/Kolkata", 0, "2026-04-25T18:30Z", "2026-05-02T18:30Z"),
        ("2026-05-03T09:00Z", "Pacific/Midway", 0, "2026-04-25T11:00Z", "2026-05-02T11:00Z"),
        ("2024-04-02T09:00Z", "Europe/Berlin", 0, "2024-03-25T23:00Z", "2024-04-01T22:00Z"),
        ("2024-10-29T09:00Z", "Europe/Berlin", 5, "2024-10-22T03:00Z", "2024-10-29T04:00Z"),
    ],
)
def test_the_week_is_the_seven_whole_local_days_before_today(now, zone, day_starts_at, start, end):
    found = digest.last_seven_days(datetime.fromisoformat(now), zone, day_starts_at)

    assert found == (datetime.fromisoformat(start), datetime.fromisoformat(end))


@given(
    st.sampled_from(["UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Kolkata"]),
    st.integers(0, 6),
    st.integers(1_100_000_000, 2_100_000_000),
)
def test_weeks_a_week_apart_join_without_a_gap(zone, day_starts_at, second):
    now = datetime.fromtimestamp(second, UTC)
    week_later = (now.astimezone(ZoneInfo(zone)) + 7 * DAY).astimezone(UTC)

    start, end = digest.last_seven_days(now, zone, day_starts_at)
    next_start, next_end = digest.last_seven_days(week_later, zone, day_starts_at)

    assert start < end <= now
    assert now - end <= timedelta(hours=25)
    assert next_end <= week_later
    assert next_start == end


def test_a_summary_takes_the_week_and_asks_for_an_insight(a_listener):
    listener = a_listener(timezone="Europe/Berlin", day_starts_at=5)
    start, end = digest.last_seven_days(datetime.now(UTC), "Europe/Berlin", 5)
    ends = [start - DAY, start + DAY, start + 3 * DAY, end - timedelta(hours=1)]
    import_rows(listener.id, *(a_play(f"{moment:%Y-%m-%dT%H:%M:%SZ}") for moment in ends))

    ended = summarise(listener)

    (week,), (insight,) = weeks_of(listener), insights_of(listener)
    (its_job,) = jobs_of(listener, JobKind.INSIGHT)
    assert ended.state is JobState.SUCCEEDED
    assert ended.result == {"snapshot_id": str(week.id), "insight_id": str(insight.id)}
    assert (week.period_start, week.period_end) == (start, end)
    assert week.snapshot_date == end.astimezone(ZoneInfo("Europe/Berlin")).date()
    assert (week.totals["plays"], week.coverage["tops"]) == (3, "ledger")
    assert (insight.snapshot_id, insight.status) == (week.id, InsightStatus.PENDING)
    assert (insight.insight_type, insight.tone_mode) == (InsightType.WELLNESS, Tone.NEUTRAL)
    assert (its_job.state, its_job.subject) == (JobState.QUEUED, str(insight.id))


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


def test_a_second_summary_on_the_same_day_is_the_same_week_and_insight(listener):
    first, second = summarise(listener), summarise(listener)

    assert second.result == first.result
    assert len(weeks_of(listener)) == len(insights_of(listener)) == 1
