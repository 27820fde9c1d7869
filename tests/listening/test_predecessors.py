"""The periods before a snapshot: which there are, and that they tell what theirs would."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from tests.listening.builders import a_play, import_rows
from tests.listening.test_series import content, heard, kept_from, poll, series

from spotify_insights import accounts
from spotify_insights.listening import predecessors, snapshots
from spotify_insights.models import Snapshot
from spotify_insights.models.listening import TimeRange
from spotify_insights.resources import transaction
from spotify_insights.settings import get_settings

DAY, WEEK = timedelta(days=1), timedelta(days=7)
# A Sunday, and far enough in the past for all to be over.
SUNDAY = datetime(2024, 9, 1, 12, tzinfo=UTC)
ROLLING = (TimeRange.SHORT, TimeRange.MEDIUM, TimeRange.LONG)


@pytest.fixture
def keep_days(clean_database):
    def keep_days(days):
        clean_database.setenv("HISTORY_RETENTION_DAYS", str(days))
        get_settings.cache_clear()

    return keep_days


def import_days(user, *days, **changes):
    """A play of thirty seconds at noon of each of these days before the Sunday."""
    import_rows(user.id, *heard([(SUNDAY - n * DAY).isoformat() for n in days], **changes))


def before(user, snapshot, **limit):
    with transaction() as session:
        return predecessors.before(session, accounts.get_user(session, user.id), snapshot, **limit)


def week_of(user, end):
    return series(user)[TimeRange.WEEK, end]


def rolling(user, time_range, end=SUNDAY):
    """The snapshot of a rolling range as it was taken at an instant."""
    with transaction() as session:
        owner = accounts.get_user(session, user.id)
        period = snapshots.period_of(time_range, end)
        return snapshots.take(session, owner, time_range, period=period)


def ends(found):
    return [one.snapshot_date for one in found]


def count_of_snapshots(user):
    with transaction() as session:
        return session.scalar(select(func.count()).where(Snapshot.user_id == user.id))


# Weeks and months


def test_the_weeks_before_are_the_stored_ones_newest_first(listener):
    import_days(listener, *range(1, 50))

    found = before(listener, week_of(listener, date(2024, 9, 1)))

    assert ends(found) == [date(2024, 8, 25) - n * WEEK for n in range(5)]
    assert content(found[0]) == content(week_of(listener, date(2024, 8, 25)))


def test_a_week_without_plays_is_missing_and_the_very_first_one_is_known_in_part(listener):
    import_days(listener, 1, 8, 9, 30, 31, 50)

    found = before(listener, week_of(listener, date(2024, 9, 1)))

    assert ends(found) == [date(2024, 8, 25), date(2024, 8, 4)]


def test_months_go_back_a_year_and_no_further(listener):
    import_days(listener, *range(2, 700, 25))

    found = before(listener, series(listener)[TimeRange.MONTH, date(2024, 9, 1)])

    assert len(found) == predecessors.AT_MOST[TimeRange.MONTH]
    assert ends(found)[0] == date(2024, 8, 1)
    assert ends(found)[-1] == date(2023, 9, 1)


def test_weeks_further_back_than_half_a_year_are_left_out_however_few_there_are(listener):
    import_days(listener, 1, 8, 26 * 7 + 1, 27 * 7 + 1, 500)

    found = before(listener, week_of(listener, date(2024, 9, 1)))

    assert ends(found) == [date(2024, 8, 25), date(2024, 9, 1) - 26 * WEEK]


def test_a_limit_leaves_out_the_oldest(listener):
    import_days(listener, *range(1, 50))
    newest = week_of(listener, date(2024, 9, 1))

    assert ends(before(listener, newest, limit=2)) == [date(2024, 8, 25), date(2024, 8, 18)]
    assert before(listener, newest, limit=0) == []


def test_weeks_on_another_clock_do_not_reach_into_each_other(listener):
    import_days(listener, *range(1, 60))
    shifted = week_of(listener, date(2024, 8, 18))
    with transaction() as session:
        session.get_one(Snapshot, shifted.id).period_end += timedelta(hours=9)

    found = before(listener, week_of(listener, date(2024, 9, 1)))

    assert ends(found)[:2] == [date(2024, 8, 25), date(2024, 8, 11)]


def test_nobody_else_is_among_them(a_listener):
    one, other = a_listener(), a_listener()
    import_days(one, *range(1, 50))
    import_days(other, 1)

    assert before(other, week_of(other, date(2024, 9, 1))) == []


# Rolling ranges


def test_before_four_weeks_lie_four_weeks_that_are_not_stored(listener):
    import_days(listener, *range(1, 100))
    snapshot = rolling(listener, TimeRange.SHORT)
    stored = count_of_snapshots(listener)

    found = before(listener, snapshot)

    length = snapshots.LENGTH[TimeRange.SHORT]
    assert [(one.period_start, one.period_end) for one in found] == [
        (SUNDAY - (n + 1) * length, SUNDAY - n * length) for n in (1, 2)
    ]
    assert count_of_snapshots(listener) == stored


@pytest.mark.parametrize("time_range", ROLLING)
def test_they_tell_what_a_snapshot_of_their_days_would(time_range, a_listener):
    listener = a_listener(timezone="Europe/Berlin", day_starts_at=4)
    titles = ("Blue", "Red", "Green")
    plays = [
        a_play((SUNDAY - n * DAY).isoformat(), 60_000 + n, title=titles[n % 3], artist=f"A{n % 7}")
        for n in range(1, 1300, 11)
    ]
    import_rows(listener.id, *plays)
    poll(listener, *((SUNDAY - n * DAY).isoformat() for n in range(5, 600, 50)))
    end = SUNDAY - timedelta(hours=3)

    found = before(listener, rolling(listener, time_range, end))

    assert found
    for one in found:
        again = rolling(listener, time_range, one.period_end)
        assert content(one) == content(again)
    assert any(one.export_basis for one in found)


@pytest.mark.parametrize("time_range", ROLLING)
def test_there_are_only_so_many(time_range, listener):
    import_days(listener, *range(1, 2500, 9))

    found = before(listener, rolling(listener, time_range))

    assert len(found) == predecessors.AT_MOST[time_range]


def test_a_period_that_began_before_the_first_play_is_left_out(listener):
    import_days(listener, *range(1, 84))

    assert len(before(listener, rolling(listener, TimeRange.SHORT))) == 1

    import_days(listener, 84)

    assert len(before(listener, rolling(listener, TimeRange.SHORT))) == 2


def test_a_period_without_plays_is_missing(listener):
    import_days(listener, 1, 29, 100, 300)

    found = before(listener, rolling(listener, TimeRange.SHORT))

    assert [(SUNDAY - one.period_end).days for one in found] == [28, 84]


def test_private_sessions_are_in_none_of_them(listener):
    import_days(listener, 1, 30, 200)
    import_days(listener, 40, incognito_mode=True, title="Red")

    (found,) = before(listener, rolling(listener, TimeRange.SHORT))

    assert found.totals["plays"] == 1


def test_what_retention_does_not_keep_is_not_looked_at(listener, keep_days):
    end = datetime.now(UTC).replace(microsecond=0)
    days = [(end - n * DAY).isoformat() for n in range(1, 400, 3)]
    import_rows(listener.id, *heard(days))
    snapshot = rolling(listener, TimeRange.SHORT, end)
    everything = len(before(listener, snapshot))

    keep_days(120)
    found = before(listener, snapshot)

    assert everything == predecessors.AT_MOST[TimeRange.SHORT]
    assert 0 < len(found) < everything
    assert min(one.period_start for one in found).date() >= kept_from(listener, 120)

    keep_days(30)

    assert before(listener, rolling(listener, TimeRange.SHORT, end - 100 * DAY)) == []


def test_a_snapshot_without_any_play_has_none(listener):
    assert before(listener, rolling(listener, TimeRange.SHORT)) == []


def test_a_lifetime_has_none(listener):
    import_days(listener, *range(1, 50))
    snapshot = rolling(listener, TimeRange.LIFETIME)

    assert before(listener, snapshot) == []


# How far the history goes


def known_until(user, **changes):
    with transaction() as session:
        owner = accounts.get_user(session, user.id)
        return predecessors.known_until(session, owner, **changes)


def test_a_history_goes_as_far_as_its_last_play(listener):
    assert known_until(listener) is None

    import_days(listener, 9, 3)

    assert known_until(listener) == date(2024, 8, 29)


def test_or_as_far_as_spotify_was_asked(listener):
    import_days(listener, 9)
    poll(listener, "2024-08-25T12:00:00Z")
    with transaction() as session:
        accounts.get_user(session, listener.id).polled_at = SUNDAY

    assert known_until(listener) == date(2024, 9, 1)
    assert known_until(listener, export_only=True) == date(2024, 8, 23)
