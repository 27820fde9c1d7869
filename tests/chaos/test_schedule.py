"""Ticks may come late, twice or not at all; what is due is started once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import select, text

from spotify_insights import accounts, schedule
from spotify_insights.models import Job, User
from spotify_insights.models.job import JobKind
from spotify_insights.resources import transaction
from spotify_insights.settings import get_settings
from spotify_insights.spotify.payloads import Token

SUNDAY = datetime(2026, 3, 1, tzinfo=UTC)
MONDAY = SUNDAY + timedelta(days=1)
MINUTE = timedelta(minutes=1)
A_DAY_OF_TICKS = [number * MINUTE for number in range(24 * 60)]


@pytest.fixture
def two_connected(a_listener):
    """Two listeners whose tokens end within the hour, and who have been here for long."""
    with transaction() as session:
        for _ in range(2):
            token = Token(access_token="access", refresh_token="refresh", expires_in=60)
            accounts.save_token(session, here_for_long(a_listener()).id, token)


def here_for_long(user):
    with transaction() as session:
        session.get_one(User, user.id).created_at = SUNDAY - timedelta(days=365)
    return user


def weeks_told():
    """For whom, and up to which Sunday, summaries were asked for, in that order."""
    with transaction() as session:
        query = select(Job.user_id, Job.subject).where(Job.kind == JobKind.WEEKLY_SUMMARY)
        return [tuple(row) for row in session.execute(query.order_by(Job.created_at))]


def started():
    """How many jobs of each kind there have been."""
    with transaction() as session:
        return Counter(session.scalars(text("select job_type from background_jobs")))


def end_all():
    """Finished jobs do not stand in the way of new ones, so each start too many would show."""
    with transaction() as session:
        session.execute(
            text("update background_jobs set status = 'succeeded' where status = 'queued'")
        )


def test_two_ticks_at_the_same_moment_start_each_period_once(two_connected):
    barrier = Barrier(2)

    def tick(now):
        barrier.wait(timeout=10)
        schedule.submit_due(now)
        end_all()

    for day in range(20):
        now = SUNDAY + timedelta(days=day, hours=2)
        with ThreadPoolExecutor(2) as clocks:
            list(clocks.map(tick, [now, now]))

    assert started()[JobKind.INGEST] == 20 * 2


def test_a_tick_that_was_missed_at_night_is_caught_up_with(two_connected):
    schedule.submit_due(MONDAY + timedelta(hours=1, minutes=59))
    end_all()
    before = started()

    schedule.submit_due(MONDAY + timedelta(hours=3, minutes=30))

    assert started() - before == {
        JobKind.INGEST: 2,
        JobKind.REFRESH_TOKEN: 2,
        JobKind.ENRICH: 2,
        JobKind.CLEANUP: 1,
    }


def test_a_day_of_ticks_starts_nothing_twice(two_connected):
    schedule.submit_due(SUNDAY - MINUTE)
    end_all()
    before = started()

    for since_midnight in A_DAY_OF_TICKS:
        schedule.submit_due(SUNDAY + since_midnight)
        end_all()

    assert started() - before == {
        JobKind.INGEST: 2,
        JobKind.REFRESH_TOKEN: 2 * 48,
        JobKind.ENRICH: 2 * 24,
        JobKind.RETENTION: 1,
        JobKind.WEEKLY_SUMMARY: 2,
    }


@pytest.mark.parametrize(
    ("given", "enriched"),
    [
        ({}, 2),
        ({"MUSICBRAINZ_CONTACT": "ada@example.org"}, 3),
        ({"LASTFM_API_KEY": "key"}, 3),
        ({"LASTFM_API_KEY": "key", "TAGS_CALLS_PER_DAY": "0"}, 2),
    ],
)
def test_where_tags_can_be_asked_for_they_are_for_who_never_connected_too(
    two_connected, a_listener, clean_database, given, enriched
):
    a_listener()
    for name, value in given.items():
        clean_database.setenv(name, value)
    get_settings.cache_clear()

    schedule.submit_due(MONDAY)

    assert started()[JobKind.ENRICH] == enriched


def test_two_ticks_at_the_same_moment_tell_a_week_once(two_connected):
    barrier = Barrier(2)

    def tick(now):
        barrier.wait(timeout=10)
        schedule.submit_due(now)
        end_all()

    for week in range(5):
        now = SUNDAY + timedelta(days=7 * week, hours=9)
        with ThreadPoolExecutor(2) as clocks:
            list(clocks.map(tick, [now, now]))
        schedule.submit_due(now)
        end_all()

    told = Counter(weeks_told())
    assert len(told) == 5 * 2
    assert set(told.values()) == {1}


@pytest.mark.parametrize(
    ("zone", "due"),
    [
        ("Pacific/Kiritimati", "2026-02-28T19:00Z"),
        ("Pacific/Pago_Pago", "2026-03-01T20:00Z"),
        ("Asia/Kolkata", "2026-03-01T03:30Z"),
    ],
)
def test_a_week_is_told_at_nine_on_the_listeners_own_sunday(a_listener, zone, due):
    user = here_for_long(a_listener(timezone=zone))
    due = datetime.fromisoformat(due)
    schedule.submit_due(due - MINUTE)

    schedule.submit_due(due)

    assert weeks_told() == [(user.id, "2026-03-01")]


@pytest.mark.parametrize(
    ("first", "then"),
    [("Pacific/Kiritimati", "Pacific/Pago_Pago"), ("Pacific/Pago_Pago", "Pacific/Kiritimati")],
)
@pytest.mark.parametrize("moves_after", [-5, 10, 19, 20])
def test_whoever_moves_round_the_earth_is_told_each_week_once(a_listener, first, then, moves_after):
    user = here_for_long(a_listener(timezone=first))
    moves_at = SUNDAY + timedelta(hours=moves_after)
    for hour in [*range(-6, 22), 7 * 24 + 20]:
        now = SUNDAY + timedelta(hours=hour)
        if now == moves_at:
            with transaction() as session:
                accounts.change(session, user.id, {"timezone": then})
        schedule.submit_due(now)
        end_all()

    assert weeks_told() == [(user.id, "2026-03-01"), (user.id, "2026-03-08")]


def test_a_week_that_is_due_for_more_than_a_day_is_not_told_any_more(two_connected):
    schedule.submit_due(SUNDAY - MINUTE)

    schedule.submit_due(SUNDAY + timedelta(days=1, hours=11))

    assert weeks_told() == []
    schedule.submit_due(SUNDAY + timedelta(days=7, hours=9))
    assert {day for _, day in weeks_told()} == {"2026-03-08"}


def test_a_tick_that_comes_late_by_less_than_a_day_tells_the_week(two_connected):
    schedule.submit_due(SUNDAY + timedelta(days=1, hours=8))

    assert {day for _, day in weeks_told()} == {"2026-03-01"}


@pytest.mark.parametrize(("came", "weeks"), [(-1, ["2026-03-01"]), (0, []), (8, []), (12, [])])
def test_a_listener_is_not_told_of_weeks_that_were_over_before_they_came(a_listener, came, weeks):
    user = a_listener()
    with transaction() as session:
        session.get_one(User, user.id).created_at = SUNDAY + timedelta(hours=came)

    for hour in (9, 15, 29):
        schedule.submit_due(SUNDAY + timedelta(hours=hour))

    assert [day for _, day in weeks_told()] == weeks


def test_a_listener_whose_row_is_held_is_told_by_a_later_tick(a_listener):
    held, free = here_for_long(a_listener()), here_for_long(a_listener())
    with transaction() as session:
        accounts.lock_ledger(session, held.id)
        schedule.submit_due(SUNDAY + timedelta(hours=9))
        assert weeks_told() == [(free.id, "2026-03-01")]

    schedule.submit_due(SUNDAY + timedelta(hours=9) + MINUTE)

    assert weeks_told()[1:] == [(held.id, "2026-03-01")]
