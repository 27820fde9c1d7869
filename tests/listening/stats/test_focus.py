"""Focus stretches, against the same found play by play."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.listening.stats.builders import EXAMPLES, heard, histories, plays_of

from spotify_insights.listening.stats.clock import Clock
from spotify_insights.listening.stats.details import Details
from spotify_insights.listening.stats.focus import Focus, focus
from spotify_insights.models import Circumstances

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
MINUTE = 60_000
# By number: a play that tells how it ended, one that nobody tells the end of.
TOLD, UNTOLD = 0, 1
HOW = [Circumstances(id=1, reason_end="trackdone"), Circumstances(id=2)]


def after(minutes, lasts, how=TOLD):
    """A play that started so many minutes after noon and lasted so many."""
    at = NOON + timedelta(minutes=minutes)
    return heard(at, ms=round(lasts * MINUTE), circumstances=how)


def found_in(*plays, skipped=(), clock=None):
    """The stretches of plays in order, of which those at some places were skipped."""
    seen = plays_of(*plays, clock=clock)
    flags = np.zeros(len(seen), bool)
    flags[list(skipped)] = True
    return focus(seen, Details(HOW, seen.circumstances), flags)


def test_a_stretch_is_told_by_what_was_played_in_it_and_by_its_length_with_pauses():
    found = found_in(after(0, 10), after(12, 10), after(25, 3))

    assert found == Focus(
        told=3,
        count=1,
        ms_played=23 * MINUTE,
        longest_ms=28 * MINUTE,
        ms_by_part={"morning": 0, "afternoon": 23 * MINUTE, "evening": 0, "night": 0},
    )


@pytest.mark.parametrize(("lasts", "count"), [(25, 1), (24.98, 0)])
def test_a_stretch_lasts_at_least_twenty_five_minutes(lasts, count):
    assert found_in(after(0, lasts)).count == count


@pytest.mark.parametrize(("pause", "count"), [(5, 1), (5.02, 0)])
def test_a_pause_of_more_than_five_minutes_ends_a_stretch(pause, count):
    assert found_in(after(0, 15), after(15 + pause, 15)).count == count


def test_a_pause_begins_at_the_latest_end_of_all_plays_before():
    found = found_in(after(0, 20), after(1, 1), after(24, 5))

    assert (found.count, found.longest_ms) == (1, 29 * MINUTE)


def test_a_skip_ends_a_stretch_and_belongs_to_none():
    found = found_in(after(0, 30), after(30, 0.2), after(31, 26), after(57, 4), skipped=[1])

    assert (found.count, found.ms_played, found.longest_ms) == (2, 60 * MINUTE, 30 * MINUTE)


def test_a_play_whose_end_nobody_tells_belongs_to_no_stretch():
    found = found_in(after(0, 20), after(20, 20, UNTOLD), after(40, 20))

    assert (found.told, found.count, found.longest_ms) == (2, 0, None)


def test_a_stretch_belongs_to_the_part_of_the_day_in_which_it_began_on_the_wall():
    found = found_in(after(-5, 20), after(15, 20), clock=Clock("Europe/Berlin"))

    assert found.ms_by_part == {"morning": 0, "afternoon": 40 * MINUTE, "evening": 0, "night": 0}
    assert found_in(after(-5, 40)).ms_by_part["morning"] == 40 * MINUTE


def test_where_all_was_skipped_there_is_no_stretch():
    nothing = {"morning": 0, "afternoon": 0, "evening": 0, "night": 0}

    assert found_in(after(0, 30), skipped=[0]) == Focus(1, 0, 0, None, nothing)


@pytest.mark.parametrize("plays", [[], [after(0, 30, UNTOLD)]])
def test_where_no_end_is_told_stretches_are_unknown(plays):
    assert found_in(*plays) == Focus(0, None, None, None, None)


def walked(plays, skipped):
    """Runs of plays that were not skipped, a new one after each skip or pause."""
    runs, latest = [[]], None
    for play, is_skipped in zip(plays, skipped, strict=True):
        if is_skipped or latest is None or play.started - latest > 300:
            runs.append([])
        if not is_skipped:
            runs[-1].append(play)
        latest = max(latest or 0, play.ended)
    return [run for run in runs if run]


@EXAMPLES
@given(histories(), st.data())
def test_stretches_are_what_a_walk_over_the_plays_finds(history, data):
    clock, made_up = history
    plays = sorted(made_up, key=lambda play: (play.started, play.ended))
    skipped = [data.draw(st.integers(0, 3)) == 0 for _ in plays]
    places = [place for place, is_skipped in enumerate(skipped) if is_skipped]

    found = found_in(
        *(heard(play.started_at, play.ms_played, circumstances=TOLD) for play in plays),
        skipped=places,
        clock=clock,
    )

    runs = walked(plays, skipped)
    lengths = [max(play.ended for play in run) - run[0].started for run in runs]
    long = [run for run, length in zip(runs, lengths, strict=True) if length >= 1_500]
    assert (found.count or 0) == len(long)
    assert (found.ms_played or 0) == sum(play.ms_played for run in long for play in run)
    assert (found.longest_ms or 0) == (1_000 * max(lengths) if long else 0)
    assert sum((found.ms_by_part or {}).values()) == (found.ms_played or 0)
