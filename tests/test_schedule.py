"""When each entry's latest period began: values in, values out."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotify_insights import schedule
from spotify_insights.listening.stats import clock
from spotify_insights.models.job import JobKind

# A Wednesday.
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
PAGO_PAGO, KIRITIMATI = "Pacific/Pago_Pago", "Pacific/Kiritimati"
BERLIN, BEIRUT = "Europe/Berlin", "Asia/Beirut"
moments = st.integers(0, 40 * 365 * 86_400).map(lambda seconds: NOON + timedelta(seconds=seconds))
entries = pytest.mark.parametrize("entry", schedule.ENTRIES, ids=lambda entry: entry.kind)
LONGEST = {
    JobKind.REFRESH_TOKEN: timedelta(minutes=30),
    JobKind.ENRICH: timedelta(hours=1),
    JobKind.INGEST: timedelta(days=1),
    JobKind.RETENTION: timedelta(days=1),
    JobKind.CLEANUP: timedelta(days=7),
}


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "period"),
    [
        ("2026-11-25 12:00:00", "2026-11-25 12:00"),
        ("2026-11-25 12:29:59", "2026-11-25 12:00"),
        ("2026-11-25 12:30:00", "2026-11-25 12:30"),
        ("2026-11-25 23:59:59", "2026-11-25 23:30"),
    ],
)
def test_tokens_are_looked_at_every_half_hour(now, period):
    assert schedule.every_half_hour(at(now)) == at(period)


@pytest.mark.parametrize(
    ("now", "period"),
    [
        ("2026-11-25 01:59:59", "2026-11-24 02:00"),
        ("2026-11-25 02:00:00", "2026-11-25 02:00"),
        ("2026-11-25 23:59:59", "2026-11-25 02:00"),
        ("2027-01-01 00:00:00", "2026-12-31 02:00"),
    ],
)
def test_a_daily_period_begins_at_its_hour(now, period):
    assert schedule.daily(2)(at(now)) == at(period)


@pytest.mark.parametrize(
    ("now", "period"),
    [
        ("2026-11-23 02:59:59", "2026-11-16 03:00"),
        ("2026-11-23 03:00:00", "2026-11-23 03:00"),
        ("2026-11-25 12:00:00", "2026-11-23 03:00"),
        ("2026-11-29 23:59:59", "2026-11-23 03:00"),
    ],
)
def test_a_weekly_period_begins_on_its_day(now, period):
    assert schedule.weekly(schedule.MONDAY, 3)(at(now)) == at(period)


@pytest.mark.parametrize(
    ("kind", "now", "begins"),
    [
        (JobKind.REFRESH_TOKEN, NOON, "2026-11-25 12:00"),
        (JobKind.ENRICH, NOON + timedelta(minutes=59), "2026-11-25 12:00"),
        (JobKind.INGEST, NOON, "2026-11-25 02:00"),
        (JobKind.RETENTION, NOON, "2026-11-25 04:00"),
        (JobKind.CLEANUP, NOON, "2026-11-23 03:00"),
    ],
)
def test_the_schedule_is_the_documented_one(kind, now, begins):
    (entry,) = (entry for entry in schedule.ENTRIES if entry.kind is kind)

    assert entry.latest(now) == at(begins)


@entries
@given(now=moments)
def test_the_latest_period_has_begun_and_the_next_one_has_not(entry, now):
    begun = entry.latest(now)

    assert begun <= now < begun + LONGEST[entry.kind]
    assert entry.latest(begun) == begun
    assert entry.latest(begun - timedelta(microseconds=1)) == begun - LONGEST[entry.kind]


@pytest.mark.parametrize(
    ("zone", "now", "day", "began_at", "due_at"),
    [
        ("UTC", "2026-11-22 08:59", "2026-11-15", "2026-11-15 00:00", "2026-11-15 09:00"),
        ("UTC", "2026-11-22 09:00", "2026-11-22", "2026-11-22 00:00", "2026-11-22 09:00"),
        ("UTC", "2026-11-28 23:59", "2026-11-22", "2026-11-22 00:00", "2026-11-22 09:00"),
        # A day ahead of the last zone, and more than a day behind the first.
        (KIRITIMATI, "2026-11-21 18:59", "2026-11-15", "2026-11-14 10:00", "2026-11-14 19:00"),
        (KIRITIMATI, "2026-11-21 19:00", "2026-11-22", "2026-11-21 10:00", "2026-11-21 19:00"),
        (PAGO_PAGO, "2026-11-22 19:59", "2026-11-15", "2026-11-15 11:00", "2026-11-15 20:00"),
        (PAGO_PAGO, "2026-11-22 20:00", "2026-11-22", "2026-11-22 11:00", "2026-11-22 20:00"),
        # That night the clocks were put forward, and back.
        (BERLIN, "2026-03-29 07:00", "2026-03-29", "2026-03-28 23:00", "2026-03-29 07:00"),
        (BERLIN, "2026-10-25 07:59", "2026-10-18", "2026-10-17 22:00", "2026-10-18 07:00"),
        (BERLIN, "2026-10-25 08:00", "2026-10-25", "2026-10-24 22:00", "2026-10-25 08:00"),
        # A Sunday that begins at one.
        (BEIRUT, "2026-03-29 06:00", "2026-03-29", "2026-03-28 22:00", "2026-03-29 06:00"),
    ],
)
def test_a_week_is_told_at_nine_where_the_listener_is(zone, now, day, began_at, due_at):
    sunday = schedule.last_sunday(zone, at(now))

    assert sunday.day.isoformat() == day
    assert (sunday.began_at, sunday.due_at) == (at(began_at), at(due_at))


@given(now=moments, zone=st.sampled_from(sorted(clock.zones())))
def test_the_last_sunday_has_come_and_the_next_one_has_not(now, zone):
    sunday = schedule.last_sunday(zone, now)
    local = sunday.due_at.astimezone(ZoneInfo(zone))

    assert sunday.day.isoweekday() == 7
    assert (local.date(), local.hour) == (sunday.day, 9)
    assert sunday.due_at <= now
    assert schedule.last_sunday(zone, now + timedelta(days=8)).day > sunday.day
    assert schedule.last_sunday(zone, sunday.due_at).day == sunday.day


@given(user_id=st.uuids())
def test_a_listener_is_always_at_the_same_minute_of_the_hour(user_id):
    delay = schedule._delay(user_id)

    assert timedelta(0) <= delay < timedelta(hours=1)
    assert schedule._delay(user_id) == delay


def test_what_is_no_listeners_does_not_wait():
    assert schedule._delay(None) == timedelta(0)
