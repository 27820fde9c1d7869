"""Listening sessions, against the same found play by play."""

from datetime import UTC, datetime, timedelta
from statistics import median

import pytest
from hypothesis import given
from tests.listening.stats.builders import EXAMPLES, day_of, heard, histories, plays_of

from spotify_insights.listening.stats.clock import Clock
from spotify_insights.listening.stats.sessions import (
    GAP_S,
    Session,
    SessionStats,
    first_plays,
    session_numbers,
    sessions,
)

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


def after(seconds, **what):
    """A play of three minutes that started so many seconds after noon."""
    return heard(NOON + timedelta(seconds=seconds), **what)


def walked(plays):
    """Lists of plays, a new one after each pause."""
    found = []
    for play in plays:
        if found and play.started - max(one.ended for one in found[-1]) <= GAP_S:
            found[-1].append(play)
        else:
            found.append([play])
    return found


def told(plays):
    return Session(
        plays[0].started_at,
        datetime.fromtimestamp(max(play.ended for play in plays), UTC),
        len(plays),
        sum(play.is_counted for play in plays),
        sum(play.ms_played for play in plays),
        len({play.subject for play in plays}),
    )


@pytest.mark.parametrize(("pause", "count"), [(0, 1), (1_800, 1), (1_801, 2)])
def test_a_pause_of_more_than_half_an_hour_ends_a_session(pause, count):
    plays = plays_of(after(0), after(180 + pause))

    assert sessions(plays).count == count


def test_a_pause_begins_at_the_latest_end_of_all_plays_before():
    hour_long, short, an_hour_later = after(0, ms=3_600_000), after(60), after(5_000)

    found = sessions(plays_of(hour_long, short, an_hour_later))

    assert found.count == 1
    assert found.longest[0].ended_at == NOON + timedelta(seconds=5_180)


def test_an_end_is_a_whole_second():
    plays = plays_of(after(0, ms=999), after(1_801))

    assert sessions(plays).count == 2


def test_a_session_is_told_with_all_its_plays():
    plays = plays_of(
        after(0, track=1),
        after(200, track=2, ms=29_999),
        after(300, track=1),
        after(500, track=0, content=7),
    )

    found = sessions(plays)

    assert found.longest == [
        Session(
            started_at=NOON,
            ended_at=NOON + timedelta(seconds=680),
            plays=4,
            counted_plays=3,
            ms_played=569_999,
            tracks=3,
        )
    ]


def test_the_length_of_a_session_is_what_was_played_in_it():
    day = 86_400
    plays = plays_of(
        after(0, ms=60_000), after(day, ms=100_000), after(day + 900, ms=100_000), after(2 * day)
    )

    found = sessions(plays)

    assert (found.count, found.mean_ms, found.median_ms) == (3, 146_667, 180_000)


def test_sessions_are_counted_by_day_with_a_play():
    at_ten_to_midnight = after(11 * 3_600 + 3_000, ms=1_200_000)
    next_day = [after(13 * 3_600 + hour * 3_600) for hour in (0, 4, 8)]

    found = sessions(plays_of(after(0), at_ten_to_midnight, *next_day))

    assert (found.count, found.per_day) == (5, 2.5)


def test_of_equally_long_sessions_the_earlier_comes_first():
    day = 86_400
    plays = plays_of(after(0), after(day, ms=200_000), after(2 * day))

    found = sessions(plays)

    starts = [(session.started_at - NOON).days for session in found.longest]
    assert starts == [1, 0, 2]


def test_ten_sessions_are_listed_unless_told_otherwise():
    plays = plays_of(*(after(day * 86_400) for day in range(12)))

    assert len(sessions(plays).longest) == 10
    assert len(sessions(plays, limit=3).longest) == 3
    assert sessions(plays, limit=3).count == 12


@EXAMPLES
@given(histories())
def test_sessions_are_what_a_walk_over_the_plays_finds(history):
    clock, plays = history
    seen = plays_of(*plays, clock=clock)

    found = sessions(seen, limit=100)

    expected = walked(sorted(plays, key=lambda play: (play.started, play.ended)))
    lengths = [sum(play.ms_played for play in session) for session in expected]
    days = {day_of(play, clock) for play in plays}
    assert found.longest == sorted(
        map(told, expected), key=lambda session: (-session.ms_played, session.started_at)
    )
    assert found.count == len(expected)
    assert found.mean_ms == (round(sum(lengths) / len(lengths)) if lengths else None)
    assert found.median_ms == (round(median(lengths)) if lengths else None)
    assert found.per_day == (round(len(expected) / len(days), 4) if days else None)
    numbers = [number for number, session in enumerate(expected) for _ in session]
    assert session_numbers(seen).tolist() == numbers
    assert first_plays(seen).tolist() == [numbers.index(number) for number in sorted(set(numbers))]


def test_without_plays_there_is_no_session():
    nothing = plays_of()

    assert sessions(nothing) == SessionStats(0, None, None, None, [])
    assert first_plays(nothing).tolist() == []
    assert session_numbers(nothing).tolist() == []


def test_one_play_is_one_session():
    only = after(0, ms=1_500)

    found = sessions(plays_of(only, clock=Clock("Asia/Kolkata", 4)))

    session = Session(NOON, NOON + timedelta(seconds=1), 1, 0, 1_500, 1)
    assert found == SessionStats(1, 1_500, 1_500, 1.0, [session])
