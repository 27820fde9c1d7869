"""Totals, counted a second time play by play."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.listening.stats.builders import FEBRUARY, heard, plays_of

from spotify_insights.listening.stats.clock import Clock
from spotify_insights.listening.stats.totals import Totals, distinct, totals

STEADY = settings(derandomize=True, deadline=None)
MINUTE = timedelta(minutes=1)
# Around a change of the clock in Berlin and one in São Paulo, and long before either.
DAYS = ["2018-02-17", "2018-02-18", "2018-10-28", "2018-11-04", "2009-06-01"]
MOMENTS = st.builds(
    lambda day, minute: datetime.fromisoformat(f"{day}T00:00:00Z") + minute * MINUTE,
    st.sampled_from(DAYS),
    st.integers(0, 1_439),
)
PLAYS = st.lists(
    st.builds(
        heard,
        MOMENTS,
        st.sampled_from([0, 29_999, 30_000, 240_000]),
        track=st.integers(0, 3),
        content=st.integers(1, 4),
        artist=st.integers(-2, 2),
        album=st.integers(-1, 2),
        is_estimated=st.booleans(),
    ),
    max_size=30,
)
CLOCKS = st.builds(
    Clock,
    st.sampled_from(["UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Kolkata"]),
    st.sampled_from([0, 4]),
)


def expected(some, clock):
    counted = [play for play in some if play.is_counted]
    shown = [play.started_at.astimezone(ZoneInfo(clock.zone)) for play in some]
    boundary = timedelta(hours=clock.day_starts_at)
    starts = [play.started_at for play in some]
    return Totals(
        plays=len(some),
        counted_plays=len(counted),
        ms_played=sum(play.ms_played for play in some),
        distinct_tracks=len({play.subject for play in counted}),
        distinct_artists=len({play.artist for play in counted} - {0}),
        distinct_albums=len({play.album for play in counted} - {0}),
        days_active=len({(at.replace(tzinfo=None) - boundary).date() for at in shown}),
        first_play_at=min(starts, default=None),
        last_play_at=max(starts, default=None),
        is_estimated=any(play.flags & 2 for play in some),
    )


@STEADY
@given(PLAYS, CLOCKS)
def test_totals_are_what_counting_one_by_one_gives(some, clock):
    assert totals(plays_of(*some, clock=clock)) == expected(some, clock)


def test_without_plays_there_are_zeros_and_no_moments():
    nothing = totals(plays_of())

    assert nothing == Totals()
    assert (nothing.plays, nothing.first_play_at, nothing.last_play_at) == (0, None, None)


def test_one_play_is_first_and_last_and_one_of_everything():
    assert totals(plays_of(heard(0, 60_000))) == Totals(
        plays=1,
        counted_plays=1,
        ms_played=60_000,
        distinct_tracks=1,
        distinct_artists=1,
        distinct_albums=1,
        days_active=1,
        first_play_at=FEBRUARY,
        last_play_at=FEBRUARY,
    )


def test_a_play_under_thirty_seconds_adds_its_time_and_its_day_but_no_track():
    seen = totals(plays_of(heard(0, 30_000), heard("2024-02-02", 29_999, 2, 2, 2)))

    assert (seen.plays, seen.counted_plays, seen.ms_played) == (2, 1, 59_999)
    assert (seen.distinct_tracks, seen.distinct_artists, seen.distinct_albums) == (1, 1, 1)
    assert seen.days_active == 2
    assert seen.last_play_at == datetime(2024, 2, 2, tzinfo=UTC)


def test_a_track_without_artist_is_never_taken_for_another_track():
    plays = plays_of(heard(0, track=7), heard(1, track=0, content=7, artist=0, album=0))

    seen = totals(plays)

    assert (seen.distinct_tracks, seen.distinct_artists, seen.distinct_albums) == (2, 1, 1)


def test_a_single_estimate_makes_a_total_an_estimate():
    assert totals(plays_of(heard(0), heard(1))).is_estimated is False
    assert totals(plays_of(heard(0), heard(1, 10, is_estimated=True))).is_estimated is True


def test_milliseconds_of_many_years_do_not_overflow():
    three_weeks = 3 * 7 * 86_400_000

    assert totals(plays_of(*(heard(n, three_weeks) for n in range(9)))).ms_played == 9 * three_weeks


def test_nothing_is_not_a_thing():
    assert distinct(plays_of(heard(0, artist=0), heard(1, artist=-3)).artists) == 1
