"""Milestones, against the same found by counting on, play by play."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.listening.stats.builders import EXAMPLES, FEBRUARY, heard, histories, plays_of

from spotify_insights.listening.stats.milestones import (
    HourMilestone,
    Milestones,
    NextHours,
    NextPlays,
    PlayMilestone,
    milestones,
)

HOUR_MS = 3_600_000
HOURS = [1, 10, 100, 250, 500, 1_000, 2_500, 5_000, 10_000]
NUMBERS = [1, 100, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 200_000, 300_000]


def evenly(count, ms=180_000):
    """So many plays, one a minute, of the tracks 1, 2, 3, …"""
    return [heard(minute, ms, track=minute + 1) for minute in range(count)]


def minutes(count):
    return FEBRUARY + timedelta(minutes=count)


# Plays


def test_the_first_the_hundredth_and_the_five_hundredth_play_are_milestones():
    found = milestones(plays_of(*evenly(600)))

    assert found.plays == [
        PlayMilestone(1, minutes(0), id=1),
        PlayMilestone(100, minutes(99), id=100),
        PlayMilestone(500, minutes(499), id=500),
    ]
    assert found.next_plays == NextPlays(1_000, to_go=400)


def test_plays_under_half_a_minute_do_not_count():
    short = heard(0, 29_999, track=7)
    counted = heard(5, track=0, content=9)

    found = milestones(plays_of(short, counted))

    assert found.plays == [PlayMilestone(1, minutes(5), id=-9)]
    assert found.next_plays == NextPlays(100, to_go=99)


@pytest.mark.parametrize(
    ("before", "reached"), [(0, [1]), (1, []), (98, [100]), (99, [100]), (100, [])]
)
def test_plays_from_before_the_range_are_counted_on(before, reached):
    found = milestones(plays_of(*evenly(2)), offset_counted=before)

    assert [one.number for one in found.plays] == reached


def test_a_milestone_after_earlier_plays_is_the_play_of_that_number():
    found = milestones(plays_of(*evenly(20)), offset_counted=90)

    assert found.plays == [PlayMilestone(100, minutes(9), id=10)]
    assert found.next_plays == NextPlays(500, to_go=390)


@pytest.mark.parametrize(
    ("before", "number"),
    [*zip((number - 1 for number in NUMBERS), NUMBERS, strict=True), (1_199_999, 1_200_000)],
)
def test_every_number_is_a_milestone_on_its_play(before, number):
    found = milestones(plays_of(heard(0)), offset_counted=before)

    assert [one.number for one in found.plays] == [number]
    assert found.next_plays.number > number


def test_after_a_hundred_thousand_every_hundred_thousandth_is_next():
    found = milestones(plays_of(), offset_counted=1_234_567)

    assert found.next_plays == NextPlays(1_300_000, to_go=65_433)


# Hours


def test_an_hour_is_reached_with_the_play_that_completes_it():
    almost_an_hour, the_last_ms = heard(0, HOUR_MS - 1), heard(60, 1, track=2)

    found = milestones(plays_of(almost_an_hour, the_last_ms, heard(90, track=3)))

    assert found.hours == [HourMilestone(1, minutes(60), id=2)]
    assert found.next_hours == NextHours(10, ms_to_go=9 * HOUR_MS - 180_000)


def test_one_play_may_complete_several_numbers_of_hours():
    found = milestones(plays_of(heard(0, 100 * HOUR_MS)))

    assert [(one.hours, one.reached_at) for one in found.hours] == [
        (hours, minutes(0)) for hours in (1, 10, 100)
    ]


def test_hours_from_before_the_range_are_counted_on():
    found = milestones(plays_of(heard(0, 1_000)), offset_ms=10 * HOUR_MS - 1_000)

    assert [one.hours for one in found.hours] == [10]
    assert found.next_hours == NextHours(100, ms_to_go=90 * HOUR_MS)


def test_hours_reached_before_the_range_are_not_told_again():
    found = milestones(plays_of(heard(0)), offset_ms=10 * HOUR_MS)

    assert found.hours == []


def test_after_the_last_number_of_hours_none_is_next():
    found = milestones(plays_of(), offset_ms=10_000 * HOUR_MS)

    assert found.next_hours is None


# Both


@EXAMPLES
@given(
    histories(most=40),
    st.sampled_from([0, 1, 80, 99, 490, 49_990, 99_990, 299_990]),
    st.sampled_from([0, HOUR_MS - 1, HOUR_MS, 9 * HOUR_MS, 99 * HOUR_MS, 9_999 * HOUR_MS]),
)
def test_milestones_are_what_counting_on_finds(history, counted, ms):
    clock, plays = history
    columns = plays_of(*plays, clock=clock)

    found = milestones(columns, counted, ms)

    of_plays, of_hours = [], []
    for play in sorted(plays, key=lambda play: (play.started, play.ended)):
        counted += play.is_counted
        if play.is_counted and counted in NUMBERS:
            of_plays.append(PlayMilestone(counted, play.started_at, play.subject))
        of_hours += [
            HourMilestone(hours, play.started_at, play.subject)
            for hours in HOURS
            if ms < hours * HOUR_MS <= ms + play.ms_played
        ]
        ms += play.ms_played
    number = min(number for number in [*NUMBERS, 400_000] if number > counted)
    hours = min((hours for hours in HOURS if hours * HOUR_MS > ms), default=None)
    next_hours = NextHours(hours, hours * HOUR_MS - ms) if hours else None
    next_plays = NextPlays(number, number - counted)
    assert found == Milestones(of_plays, of_hours, next_plays, next_hours)


def test_without_plays_the_first_play_and_the_first_hour_are_next():
    found = milestones(plays_of())

    assert found == Milestones([], [], NextPlays(1, 1), NextHours(1, HOUR_MS))


def test_one_play_is_the_first_milestone():
    found = milestones(plays_of(heard(0, 30_000, track=5)))

    first = PlayMilestone(1, minutes(0), id=5)
    assert found == Milestones([first], [], NextPlays(100, 99), NextHours(1, HOUR_MS - 30_000))
