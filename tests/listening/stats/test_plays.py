"""Plays in arrays: what is chosen of them and how they are grouped."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.listening.stats.builders import FEBRUARY, heard, plays_of

from spotify_insights.listening.packed import Columns
from spotify_insights.listening.stats.clock import Clock, named
from spotify_insights.listening.stats.plays import Plays, factorised, summed, tally

STEADY = settings(derandomize=True, deadline=None)
FROM = int(FEBRUARY.timestamp())

# Close together, far apart, below zero, and the ends of what 32 bits hold.
IDS = st.one_of(
    st.integers(-5, 5),
    st.integers(-(2**31), 2**31 - 1),
    st.sampled_from([-(2**31), -1_000_001, 0, 1, 1_000_001, 2**31 - 1]),
)
PLAYS = st.lists(
    st.builds(
        heard,
        st.integers(0, 500),
        st.sampled_from([0, 1, 29_999, 30_000, 200_000, 2**31 - 1]),
        track=st.integers(1, 6),
    ),
    max_size=40,
)


def ids(*numbers):
    return np.array(numbers, np.int32)


def lines(counts):
    """A tally as tuples: id, plays, ms, first, last."""
    columns = (counts.ids, counts.plays, counts.ms_played, counts.first, counts.last)
    return list(zip(*(column.tolist() for column in columns), strict=True))


# What a play says


def test_thirty_seconds_make_a_play_count():
    plays = plays_of(heard(0, 29_999), heard(1, 30_000), heard(2, 0), heard(3, 30_001))

    assert plays.is_counted.tolist() == [False, True, False, True]
    assert plays.counted.ms_played.tolist() == [30_000, 30_001]


def test_a_play_is_of_its_recording_or_of_its_content_where_there_is_none():
    plays = plays_of(heard(0, track=7, content=3), heard(1, track=0, content=7))

    assert plays.subjects.tolist() == [7, -7]


def test_a_play_ends_after_the_whole_seconds_it_was_played():
    plays = plays_of(heard(0, 999), heard(1, 1_000), heard(2, 61_999))

    assert (plays.ended - plays.started).tolist() == [0, 1, 61]


def test_flags_say_what_is_estimated_and_who_told_of_it():
    plays = plays_of(
        heard(0),
        heard(1, is_private=True),
        heard(2, is_estimated=True, provenance=1),
        heard(3, is_private=True, is_estimated=True, provenance=2),
    )

    assert plays.is_estimated.tolist() == [False, False, True, True]
    assert plays.provenances.tolist() == [0, 0, 1, 2]


def test_days_and_hours_are_those_of_the_listeners_clock():
    night_owl = Clock("Asia/Kolkata", day_starts_at=4)
    plays = plays_of(heard("2024-02-01T22:29:59Z"), heard("2024-02-01T22:30:00Z"), clock=night_owl)

    assert [named(day) for day in plays.days] == [date(2024, 2, 1), date(2024, 2, 2)]
    assert plays.hours.tolist() == [3, 4]


def test_columns_of_the_database_are_plays_on_a_clock():
    columns = Columns(np.array([FROM]), *(ids(number) for number in range(1, 8)))

    plays = Plays.of(columns, Clock("Asia/Tokyo"))

    assert (len(plays), plays.clock.zone) == (1, "Asia/Tokyo")
    names = ("ms_played", "contents", "tracks", "artists", "albums", "circumstances", "flags")
    assert [getattr(plays, name).item() for name in names] == list(range(1, 8))


def test_without_plays_there_is_nothing_in_anything():
    nothing = plays_of()

    assert len(nothing) == len(nothing.counted) == 0
    for name in ("subjects", "ended", "local", "days", "hours", "is_estimated", "provenances"):
        assert len(getattr(nothing, name)) == 0


# Some of the plays


def test_some_plays_are_taken_by_mask_slice_or_place_with_all_they_say():
    plays = plays_of(*(heard(n, track=n + 1, artist=n + 2, album=n + 3) for n in range(4)))

    by_mask = plays.take(np.array([False, True, False, True]))
    by_slice = plays.take(slice(1, 4, 2))
    by_place = plays.take(np.array([1, 3]))

    for taken in (by_mask, by_slice, by_place):
        assert taken.clock is plays.clock
        assert taken.tracks.tolist() == [2, 4]
        assert taken.artists.tolist() == [3, 5]
        assert taken.albums.tolist() == [4, 6]
        assert taken.started.tolist() == [FROM + 60, FROM + 180]


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        (None, None, [0, 1, 1, 2]),
        (FROM, FROM + 120, [0, 1, 1]),
        (FROM + 60, None, [1, 1, 2]),
        (FROM + 61, FROM + 121, [2]),
        (None, FROM + 60, [0]),
        (FROM + 59.5, FROM + 60.5, [1, 1]),
        (FROM + 121, None, []),
        (None, FROM, []),
        (FROM + 60, FROM + 60, []),
    ],
)
def test_between_two_instants_the_first_belongs_to_it_and_the_last_does_not(start, end, minutes):
    plays = plays_of(heard(0), heard(1), heard(1, track=2), heard(2))

    chosen = plays.between(start, end)

    assert ((chosen.started - FROM) // 60).tolist() == minutes


# Groups


@STEADY
@given(st.lists(IDS, max_size=60))
def test_ids_are_made_distinct_and_each_knows_its_place(numbers):
    distinct, places = factorised(ids(*numbers))

    assert distinct.tolist() == sorted(set(numbers))
    assert distinct[places].tolist() == numbers
    assert distinct.dtype == np.int32


def test_ids_far_apart_are_grouped_as_those_close_together():
    far = ids(5, -1_000_000_000, 5, 2_000_000_000)

    distinct, places = factorised(far)

    assert distinct.tolist() == [-1_000_000_000, 5, 2_000_000_000]
    assert places.tolist() == [1, 0, 1, 2]


@STEADY
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2**31 - 1)), max_size=30))
def test_values_are_summed_exactly_by_place(pairs):
    places = np.array([place for place, _ in pairs], np.intp)

    sums = summed(places, ids(*(value for _, value in pairs)), 5)

    assert sums.dtype == np.int64
    assert sums.tolist() == [sum(v for place, v in pairs if place == n) for n in range(5)]


@STEADY
@given(PLAYS)
def test_a_tally_has_counted_plays_and_the_ms_first_and_last_of_all_plays(some):
    plays = plays_of(*some)

    counts = tally(plays, plays.tracks)

    expected = []
    for track in sorted({one.track for one in some}):
        of_it = [one for one in some if one.track == track]
        starts = [one.started for one in of_it]
        counted = sum(one.is_counted for one in of_it)
        ms = sum(one.ms_played for one in of_it)
        expected.append((track, counted, ms, min(starts), max(starts)))
    assert lines(counts) == expected


def test_a_tally_leaves_out_what_belongs_to_nothing():
    plays = plays_of(heard(0, artist=0), heard(1, artist=3), heard(2, 10_000, artist=-2))

    counts = tally(plays, plays.artists)

    assert lines(counts) == [
        (-2, 0, 10_000, FROM + 120, FROM + 120),
        (3, 1, 180_000, FROM + 60, FROM + 60),
    ]
    assert lines(tally(plays, ids(0, 0, 0))) == []


def test_a_tally_of_no_plays_is_empty_and_some_of_its_lines_can_be_taken():
    plays = plays_of(*(heard(n, track=n + 1) for n in range(3)))
    counts = tally(plays, plays.tracks)

    assert len(tally(plays_of(), ids())) == 0
    assert counts.take(counts.ids > 1).ids.tolist() == [2, 3]
    assert counts.take(slice(1)).plays.tolist() == [1]
