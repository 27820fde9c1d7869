"""What came back, was left behind or played over and over, against plain counting."""

from datetime import UTC, date, datetime, timedelta
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.listening.stats.builders import heard, plays_of

from spotify_insights.listening.stats.clock import Clock
from spotify_insights.listening.stats.memory import (
    Forgotten,
    Obsession,
    Rediscovered,
    Repeats,
    Run,
    forgotten,
    obsessions,
    rediscovered,
    repeat_rate,
)
from spotify_insights.listening.stats.tops import TopKind

DAY = 24 * 60
DAY_S = 86_400
TOO_SHORT = 29_999
LENGTHS = st.sampled_from([5_000, TOO_SHORT, 30_000, 180_000])
# Clocks change on several of these days in the zones below.
AUTUMN = datetime(2017, 9, 25, tzinfo=UTC)
ZONES = ("UTC", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kolkata")

clocks = st.builds(Clock, st.sampled_from(ZONES), st.sampled_from([0, 4]))
kinds = st.sampled_from(TopKind)
limits = st.sampled_from([None, 1, 3])


def histories(minutes, *, largest=40):
    """Plays of few things, so that they come again; some have no track, artist or album."""
    play = st.builds(
        lambda minute, ms, track, artist: heard(
            AUTUMN + timedelta(minutes=minute), ms, track, artist, album=artist, content=7
        ),
        minutes,
        LENGTHS,
        st.integers(0, 3),
        st.integers(0, 2),
    )
    return st.lists(play, max_size=largest)


def some_days_apart(*days, **what):
    """A play on each of these days from the start of February 2024 on."""
    return [heard(day * DAY, **what) for day in days]


def in_order(history):
    return sorted(history, key=lambda play: (play.started, play.ended))


def thing_of(play, kind):
    return {
        TopKind.TRACKS: play.subject,
        TopKind.ARTISTS: play.artist,
        TopKind.ALBUMS: play.album,
    }[kind]


def counted_by_thing(history, kind):
    found = {}
    for play in in_order(history):
        if play.is_counted and thing_of(play, kind):
            found.setdefault(thing_of(play, kind), []).append(play)
    return found


def day_of(play, clock):
    wall = play.started_at.astimezone(ZoneInfo(clock.zone)).replace(tzinfo=None)
    return (wall - timedelta(hours=clock.day_starts_at)).date()


def share(part, whole):
    return round(part / whole, 4) if whole else None


@pytest.mark.parametrize("history", [[], [heard(0)], [heard(0, TOO_SHORT)]])
def test_nothing_or_one_play_is_neither_back_nor_gone_nor_an_obsession(history):
    plays = plays_of(*history)
    years_later = heard(3_000 * DAY).started

    assert rediscovered(plays, TopKind.TRACKS) == []
    assert forgotten(plays, TopKind.TRACKS, years_later) == []
    assert obsessions(plays) == []


def test_what_comes_back_after_half_a_year_is_rediscovered():
    history = some_days_apart(0, 1, 2, 182, 183, 184, 185)

    (found,) = rediscovered(plays_of(*history), TopKind.TRACKS)

    assert found == Rediscovered(
        id=1,
        away_from=history[2].started_at,
        back_at=history[3].started_at,
        days=180,
        plays_before=3,
        plays_since=4,
    )


def test_a_second_less_than_the_pause_asked_for_is_too_short():
    almost = datetime(2024, 7, 31, tzinfo=UTC) - timedelta(seconds=1)
    history = [*some_days_apart(0, 0.5, 1), *(heard(almost + timedelta(n)) for n in range(3))]

    assert rediscovered(plays_of(*history), TopKind.TRACKS) == []


@pytest.mark.parametrize("days", [(0, 1, 200, 201, 202), (0, 1, 2, 200, 201)])
def test_a_pause_needs_three_plays_before_it_and_three_after(days):
    assert rediscovered(plays_of(*some_days_apart(*days)), TopKind.TRACKS) == []


def test_plays_too_short_to_count_neither_end_a_pause_nor_stand_around_it():
    history = some_days_apart(0, 1, 2, 202, 203, 204)
    glimpses = some_days_apart(3, 100, 205, ms=TOO_SHORT)

    (found,) = rediscovered(plays_of(*history, *glimpses), TopKind.TRACKS)

    assert (found.days, found.plays_before, found.plays_since) == (200, 3, 3)


def test_of_several_pauses_of_one_thing_the_longest_with_enough_around_it_is_told():
    # The first pause is the longest, but has a single play before it.
    history = some_days_apart(0, 900, 901, 1_100, 1_101, 1_401, 1_402, 1_403)

    (found,) = rediscovered(plays_of(*history), TopKind.TRACKS)

    assert (found.days, found.plays_before, found.plays_since) == (300, 5, 3)


def test_of_equally_long_pauses_the_earlier_is_told():
    history = some_days_apart(0, 1, 2, 202, 203, 204, 404, 405, 406)

    (found,) = rediscovered(plays_of(*history), TopKind.TRACKS)

    assert (found.back_at, found.plays_before) == (history[3].started_at, 3)


def test_pauses_are_compared_by_whole_days_and_equal_ones_told_by_id():
    history = [
        *some_days_apart(0, 1, 2, 202, 203, 204, track=1),
        *some_days_apart(0, 1, 2, 202.5, 203, 204, track=2),
    ]

    found = rediscovered(plays_of(*history), TopKind.TRACKS)

    assert [(one.id, one.days) for one in found] == [(1, 200), (2, 200)]


def test_the_most_played_since_comes_first_then_the_longest_away():
    history = [
        *some_days_apart(0, 1, 2, 202, 203, 204, track=1),
        *some_days_apart(0, 1, 2, 302, 303, 304, track=2),
        *some_days_apart(0, 1, 2, 202, 203, 204, 205, track=3),
    ]

    found = rediscovered(plays_of(*history), TopKind.TRACKS, limit=2)

    assert [one.id for one in found] == [3, 2]


@given(histories(st.integers(0, 120).map(lambda day: day * DAY)), kinds, limits)
def test_rediscovered_is_what_plain_counting_finds(history, kind, limit):
    expected = []
    for thing, its in counted_by_thing(history, kind).items():
        pauses = [
            (its[n - 1], its[n], n)
            for n in range(3, len(its) - 2)
            if its[n].started - its[n - 1].started >= 10 * DAY_S
        ]
        if pauses:
            last, back, n = max(pauses, key=lambda pause: pause[1].started - pause[0].started)
            days = (back.started - last.started) // DAY_S
            expected.append(
                Rediscovered(thing, last.started_at, back.started_at, days, n, len(its) - n)
            )
    expected.sort(key=lambda one: (-one.plays_since, -one.days, one.id))

    found = rediscovered(plays_of(*history), kind, 10, limit=limit)

    assert found == expected[:limit]


def test_what_was_played_often_and_not_for_half_a_year_is_forgotten():
    history = some_days_apart(*range(10))
    glimpse = heard(50 * DAY, TOO_SHORT)
    today_s = history[-1].started + 190 * DAY_S + 5

    found = forgotten(plays_of(*history, glimpse), TopKind.TRACKS, today_s)

    assert found == [
        Forgotten(
            id=1,
            plays=10,
            ms_played=1_800_000 + TOO_SHORT,
            last_play_at=history[-1].started_at,
            days_quiet=190,
        )
    ]


def test_what_was_played_half_a_year_ago_to_the_second_is_not_forgotten_yet():
    plays = plays_of(*some_days_apart(*range(10)))
    half_a_year_s = int(plays.started[-1]) + 180 * DAY_S

    assert forgotten(plays, TopKind.TRACKS, half_a_year_s) == []
    assert len(forgotten(plays, TopKind.TRACKS, half_a_year_s + 1)) == 1


def test_what_was_played_nine_times_was_not_played_often_enough_to_be_forgotten():
    plays = plays_of(*some_days_apart(*range(9)))

    assert forgotten(plays, TopKind.TRACKS, int(plays.started[-1]) + 1_000 * DAY_S) == []


@given(histories(st.integers(0, 42 * DAY)), kinds, st.integers(0, 50), limits)
def test_forgotten_is_what_plain_counting_finds(history, kind, today, limit):
    today_s = int((AUTUMN + timedelta(days=today)).timestamp())
    expected = []
    for thing, its in counted_by_thing(history, kind).items():
        quiet_s = today_s - its[-1].started
        if len(its) >= 2 and quiet_s > 5 * DAY_S:
            ms = sum(play.ms_played for play in history if thing_of(play, kind) == thing)
            expected.append(Forgotten(thing, len(its), ms, its[-1].started_at, quiet_s // DAY_S))
    expected.sort(key=lambda one: (-one.plays, -one.ms_played, one.id))

    found = forgotten(plays_of(*history), kind, today_s, 5, 2, limit=limit)

    assert found == expected[:limit]


def test_an_obsession_is_the_week_with_most_plays_of_a_track():
    history = some_days_apart(0, *[20] * 4, *[23] * 3, *[26] * 4, 27)

    (found,) = obsessions(plays_of(*history))

    assert found == Obsession(
        id=1,
        first_on=date(2024, 2, 21),
        last_on=date(2024, 2, 27),
        plays=11,
        share_of_all=0.8462,
    )


def test_of_weeks_with_equally_many_plays_the_earliest_is_told():
    history = some_days_apart(*[0] * 10, *[30] * 10)

    (found,) = obsessions(plays_of(*history))

    assert (found.first_on, found.plays) == (date(2024, 2, 1), 10)


def test_nine_plays_in_a_week_are_no_obsession():
    assert obsessions(plays_of(*some_days_apart(*[0] * 9, 7, ms=40_000))) == []


def test_a_day_of_an_obsession_is_the_listeners():
    # On the wall it is half past two of 1 March; the day that starts at four is still 29 February.
    history = [heard("2024-03-01T01:30")] * 10

    (found,) = obsessions(plays_of(*history, clock=Clock("Europe/Berlin", day_starts_at=4)))

    assert found.first_on == date(2024, 2, 29)


@given(histories(st.integers(0, 42 * DAY)), kinds, clocks, st.integers(1, 9), limits)
def test_obsessions_are_what_plain_counting_finds(history, kind, clock, window, limit):
    expected = []
    for thing, its in counted_by_thing(history, kind).items():
        days = sorted(day_of(play, clock) for play in its)
        count, first = max(
            (
                (sum(first <= day < first + timedelta(days=window) for day in days), first)
                for first in days
            ),
            key=lambda found: (found[0], -found[1].toordinal()),
        )
        if count >= 2:
            last = first + timedelta(days=window - 1)
            expected.append(Obsession(thing, first, last, count, share(count, len(its))))
    expected.sort(key=lambda one: (-one.plays, one.first_on, one.id))

    found = obsessions(plays_of(*history, clock=clock), kind, window, 2, limit=limit)

    assert found == expected[:limit]


def test_without_counted_plays_no_rate_is_known():
    nothing = Repeats(0, 0, None, 0, None, None)

    assert repeat_rate(plays_of()) == nothing
    assert repeat_rate(plays_of(heard(0, TOO_SHORT), heard(5, TOO_SHORT))) == nothing


def test_one_play_repeats_nothing():
    assert repeat_rate(plays_of(heard(0))) == Repeats(1, 0, 0.0, 0, 0.0, None)


def test_a_repeat_is_of_what_was_heard_before_and_an_immediate_one_of_what_was_heard_last():
    tracks = [1, 1, 2, 1, 3, 3, 3]
    history = [heard(4 * n, track=track) for n, track in enumerate(tracks)]
    # Too short to count, it stands between two plays without parting them.
    glimpse = heard(23, 20_000, track=9)

    found = repeat_rate(plays_of(*history, glimpse))

    assert found == Repeats(
        plays=7,
        repeats=4,
        repeat_rate=0.5714,
        immediate_repeats=3,
        immediate_rate=0.4286,
        longest_run=Run(3, 3, history[4].started_at),
    )


def test_a_track_played_again_in_another_session_is_no_immediate_repeat_but_goes_on_with_its_run():
    at_once, after_a_pause = heard(33), heard(67)
    history = [heard(0), at_once, after_a_pause]

    found = repeat_rate(plays_of(*history))

    assert found.immediate_repeats == 1
    assert found.longest_run == Run(1, 3, history[0].started_at)


def test_of_equally_long_runs_the_first_is_told():
    history = [heard(4 * n, track=track) for n, track in enumerate([5, 5, 4, 4])]

    assert repeat_rate(plays_of(*history)).longest_run == Run(5, 2, history[0].started_at)


@given(histories(st.integers(0, 300)))
def test_repeats_are_what_plain_counting_finds(history):
    latest_end, session, session_of = None, 0, {}
    for play in in_order(history):
        session += latest_end is not None and play.started - latest_end > 1_800
        latest_end = max(latest_end or play.ended, play.ended)
        session_of[play] = session
    counted = [play for play in in_order(history) if play.is_counted]
    repeats = len(counted) - len({play.subject for play in counted})
    immediate = sum(
        one.subject == next_.subject and session_of[one] == session_of[next_]
        for one, next_ in pairwise(counted)
    )
    runs = [list(run) for _, run in groupby(counted, key=lambda play: play.subject)]
    longest = max(runs, key=len, default=[])

    found = repeat_rate(plays_of(*history))

    assert found == Repeats(
        plays=len(counted),
        repeats=repeats,
        repeat_rate=share(repeats, len(counted)),
        immediate_repeats=immediate,
        immediate_rate=share(immediate, len(counted)),
        longest_run=Run(longest[0].subject, len(longest), longest[0].started_at)
        if len(longest) > 1
        else None,
    )
