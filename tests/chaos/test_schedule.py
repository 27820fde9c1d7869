"""Ticks may come late, twice or not at all; what is due is started once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import text

from spotify_insights import accounts, schedule
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
    """Two listeners whose tokens end within the hour."""
    with transaction() as session:
        for _ in range(2):
            token = Token(access_token="access", refresh_token="refresh", expires_in=60)
            accounts.save_token(session, a_listener().id, token)


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
