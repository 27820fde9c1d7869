"""The weekly summary: which seven days, and what is asked for."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.digest.builders import (
    LAST_WEEK,
    a_target,
    deliveries,
    hear,
    jobs_of,
    summaries_of,
    summarise,
)
from tests.listening.builders import a_play, import_rows

from spotify_insights import jobs
from spotify_insights.digest.figures import Figures, Leader, Pair
from spotify_insights.insights import rows
from spotify_insights.listening import periods, snapshots
from spotify_insights.listening.stats.clock import Clock
from spotify_insights.models.insight import InsightStatus, InsightType, Tone
from spotify_insights.models.job import JobKind, JobState
from spotify_insights.models.listening import TimeRange
from spotify_insights.resources import transaction
from spotify_insights.worker import FLOWS

DAY, WEEK = timedelta(days=1), timedelta(days=7)


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
        return rows.list_insights(session, user.id, 10)


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
    (summary,) = summaries_of(listener)
    assert ended.result == {
        "summary_id": str(summary.id),
        "snapshot_id": str(week.id),
        "insight_id": str(insight.id),
    }
    assert (summary.snapshot_id, summary.insight_id) == (week.id, insight.id)
    assert (summary.first_on, summary.last_on) == (
        week.snapshot_date - WEEK,
        week.snapshot_date - DAY,
    )
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
    hear(listener, 1, weeks_ago=1)
    start, _ = last_week_of(listener)
    summarise(listener)
    empty, _ = weeks_of(listener)

    import_rows(listener.id, a_play(f"{start + DAY:%Y-%m-%dT%H:%M:%SZ}"))

    week, _ = weeks_of(listener)
    assert week.id == empty.id
    assert (empty.totals["plays"], week.totals["plays"]) == (0, 1)


def test_the_insight_of_a_week_can_be_written(listener):
    hear(listener, 1)
    summarise(listener)
    (its_job,) = jobs_of(listener, JobKind.INSIGHT)

    jobs.run(its_job.id, FLOWS[JobKind.INSIGHT])

    (insight,) = insights_of(listener)
    assert insight.status is InsightStatus.READY
    assert insight.content


def test_a_quiet_week_after_one_with_music_is_told(listener):
    hear(listener, 1, weeks_ago=1)

    ended = summarise(listener)

    (summary,) = summaries_of(listener)
    assert ended.result["summary_id"] == str(summary.id)
    assert Figures.of_json(summary.figures).is_quiet


def test_a_second_quiet_week_is_not_told_and_leaves_nothing(listener):
    hear(listener, 1, weeks_ago=2)

    ended = summarise(listener)

    assert ended.state is JobState.SUCCEEDED
    assert set(ended.result.values()) == {None}
    assert summaries_of(listener) == []
    assert insights_of(listener) == []
    assert [week.totals["plays"] for week in weeks_of(listener)] == [1]


def test_a_listener_without_any_plays_is_told_nothing(listener):
    assert set(summarise(listener).result.values()) == {None}
    assert weeks_of(listener) == []


def test_a_second_summary_in_the_same_week_is_the_same_one(listener):
    hear(listener, 1)

    first, second = summarise(listener), summarise(listener)

    assert second.result == first.result
    assert len(weeks_of(listener)) == len(insights_of(listener)) == len(summaries_of(listener)) == 1


def test_two_workers_at_once_tell_a_week_once(listener):
    hear(listener, 1)
    sunday = LAST_WEEK.end.isoformat()

    with ThreadPoolExecutor(2) as workers:
        ended = list(workers.map(lambda subject: summarise(listener, subject), ["", sunday]))

    assert ended[0].result == ended[1].result
    assert len(insights_of(listener)) == len(summaries_of(listener)) == 1


def test_the_job_names_the_sunday_up_to_which_it_tells(listener):
    hear(listener, 1, weeks_ago=3)
    sunday = LAST_WEEK.end - 3 * WEEK

    summarise(listener, sunday.isoformat())

    (summary,) = summaries_of(listener)
    assert summary.last_on == sunday - DAY


def test_a_week_that_is_not_over_where_the_listener_is_now_waits_until_it_is(listener):
    hear(listener, 1)
    sunday = LAST_WEEK.end + WEEK

    ended = summarise(listener, sunday.isoformat())

    assert (ended.state, ended.error_code) == (JobState.PAUSED, "week_not_over")
    assert ended.run_after.date() == sunday
    assert summaries_of(listener) == []


def test_a_week_stands_beside_the_one_before_and_the_usual(listener):
    for week in range(10, 0, -1):
        hear(listener, *range(week % 3 + 1), weeks_ago=week)
    hear(listener, 0, 1, 2, 3, artist="The New Ones", title="Red")

    summarise(listener)

    (summary,) = summaries_of(listener)
    figures = Figures.of_json(summary.figures)
    days = figures.amounts["days"]
    # The first week of all is known in part only.
    assert figures.usual_weeks == 9
    assert (days.now, days.before, days.low, days.high) == (4, 2, 1, 3)
    assert figures.amounts["new_artists"].now == 1
    assert figures.leaders["top_artist"] == Pair(
        Leader("The New Ones", 4), Leader("The Painters", 2)
    )
    assert figures.leaders["top_track"].now == Leader("Red", 4, "The New Ones")


def test_each_active_target_gets_its_delivery(listener):
    a_target(listener)
    a_target(listener)
    hear(listener, 1)

    summarise(listener)

    assert len(deliveries()) == len(jobs_of(listener, JobKind.DELIVER)) == 2
