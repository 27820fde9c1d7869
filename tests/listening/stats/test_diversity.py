"""Diversity: known distributions, bounds, and plain counting."""

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.listening.stats.builders import heard, plays_of

from spotify_insights.listening.stats.diversity import (
    Concentration,
    Loyalty,
    concentration,
    evenness,
    loyalty,
)
from spotify_insights.listening.stats.tops import TopKind

TOO_SHORT = 29_999
COUNTS = st.lists(st.integers(1, 10_000), min_size=2, max_size=40)
NOTHING = Concentration(0, 0, None, None, None, None, None, None, None)

histories = st.lists(
    st.builds(
        heard,
        st.integers(0, 10_000),
        st.sampled_from([5_000, TOO_SHORT, 30_000, 180_000]),
        track=st.integers(0, 30),
        artist=st.integers(0, 15),
        album=st.integers(0, 5),
        content=st.just(7),
    ),
    max_size=60,
)


def plays_with(*counts):
    """So many plays of track 1, of track 2, and so on."""
    tracks = [track for track, count in enumerate(counts, start=1) for _ in range(count)]
    return plays_of(*(heard(minute, track=track) for minute, track in enumerate(tracks)))


def things_of(play):
    return dict(zip(TopKind, (play.subject, play.artist, play.album), strict=True))


def gini_of(counts):
    """By its other definition: the mean difference of any two, over twice the mean."""
    differences = sum(abs(one - other) for one in counts for other in counts)
    return differences / (2 * len(counts) * sum(counts))


def entropy_of(counts):
    return -sum(n / sum(counts) * math.log(n / sum(counts)) for n in counts)


def share_of_first(n, counts):
    return round(sum(sorted(counts, reverse=True)[:n]) / sum(counts), 4)


@pytest.mark.parametrize("history", [[], [heard(0, TOO_SHORT)], [heard(0, artist=0)]])
def test_without_a_counted_play_of_an_artist_no_number_is_known(history):
    assert concentration(plays_of(*history), TopKind.ARTISTS) == NOTHING


def test_one_thing_has_all_the_plays_and_nothing_to_be_compared_with():
    found = concentration(plays_with(1), TopKind.TRACKS)

    assert found == Concentration(1, 1, 1.0, 1.0, 1.0, None, None, 1.0, 1.0)


def test_a_known_distribution_has_its_known_numbers():
    found = concentration(plays_with(2, 1, 1), TopKind.TRACKS)

    # Entropy 1.5 bits, so 2 ** 1.5 things played alike; Gini 2 * 9 / (3 * 4) - 4 / 3.
    assert found == Concentration(
        things=3,
        plays=4,
        top_1=0.5,
        top_10=1.0,
        top_50=1.0,
        gini=0.1667,
        evenness=0.9464,
        effective_number=2.8284,
        singles=0.6667,
    )


def test_the_first_ten_and_fifty_are_those_with_most_plays():
    found = concentration(plays_with(*[1] * 60, *[2] * 10), TopKind.TRACKS)

    assert (found.top_1, found.top_10, found.top_50) == (0.025, 0.25, 0.75)


@given(st.integers(2, 40), st.integers(1, 5))
def test_things_that_are_all_alike_are_as_many_as_they_are(things, count):
    found = concentration(plays_with(*[count] * things), TopKind.TRACKS)

    assert (found.gini, found.evenness, found.effective_number) == (0, 1, things)
    assert math.copysign(1, found.gini) == 1


@given(histories, st.sampled_from(TopKind))
def test_concentration_is_what_plain_counting_finds(history, kind):
    things = [things_of(play)[kind] for play in history if play.is_counted]
    counts = list(Counter(thing for thing in things if thing).values())

    found = concentration(plays_of(*history), kind)

    if not counts:
        assert found == NOTHING
        return
    assert (found.things, found.plays) == (len(counts), sum(counts))
    assert found.top_1 == share_of_first(1, counts)
    assert found.top_10 == share_of_first(10, counts)
    assert found.top_50 == share_of_first(50, counts)
    assert found.singles == round(counts.count(1) / len(counts), 4)
    assert found.effective_number == pytest.approx(math.exp(entropy_of(counts)), abs=0.0001)
    if len(counts) == 1:
        assert found.gini is found.evenness is None
    else:
        assert found.gini == pytest.approx(gini_of(counts), abs=0.0001)
        even = entropy_of(counts) / math.log(len(counts))
        assert found.evenness == pytest.approx(even, abs=0.0001)


@pytest.mark.parametrize("counts", [[], [0], [7], [7, 0, 0]])
def test_fewer_than_two_kinds_have_no_evenness(counts):
    assert evenness(counts) is None


def test_a_known_distribution_has_its_known_evenness():
    # One half and two quarters: 1.5 bits of log2(3) = 1.585.
    assert evenness(iter([2, 1, 1])) == 0.9464


@given(st.integers(1, 1_000), st.integers(2, 100))
def test_kinds_that_are_all_alike_are_perfectly_even(count, kinds):
    assert evenness([count] * kinds) == 1


@given(COUNTS, st.randoms(use_true_random=False))
def test_evenness_lies_between_nothing_and_one_in_any_order(counts, rng):
    shuffled = rng.sample(counts, len(counts))

    assert 0 <= evenness(counts) <= 1
    assert evenness([*shuffled, 0]) == evenness(counts)


@given(st.integers(2, 10_000))
def test_the_more_one_kind_prevails_the_less_even_it_is(most):
    assert evenness([most, 1]) >= evenness([most + 1, 1])


@pytest.mark.parametrize("history", [[], [heard(0, artist=0)]])
def test_without_an_artist_there_is_no_loyalty(history):
    assert loyalty(plays_of(*history)) == Loyalty(artists=0, ms_played=0, share=None)


def test_one_play_gives_all_its_time_to_its_artist():
    assert loyalty(plays_of(heard(0, 40_000))) == Loyalty(artists=1, ms_played=40_000, share=1.0)


def test_loyalty_is_time_with_the_ten_most_played_artists_however_long_others_were_heard():
    favourites = [heard(n, 60_000, artist=1 + n % 10) for n in range(20)]
    long_once = heard(30, 300_000, artist=11)
    glimpse, nobody = heard(40, 500_000, artist=0), heard(50, TOO_SHORT, artist=1)

    found = loyalty(plays_of(*favourites, long_once, glimpse, nobody))

    assert found == Loyalty(artists=10, ms_played=1_229_999, share=0.8039)


@given(histories)
def test_loyalty_is_what_plain_counting_finds(history):
    history = [play for play in history if play.artist]
    lines = {}
    for play in sorted(history, key=lambda play: play.started):
        line = lines.setdefault(play.artist, [0, 0, -play.started, -play.artist])
        line[0] += play.is_counted
        line[1] += play.ms_played
    favourites = sorted((line for line in lines.values() if line[0]), reverse=True)[:10]
    total, theirs = (sum(line[1] for line in some) for some in (lines.values(), favourites))

    found = loyalty(plays_of(*history))

    assert found == Loyalty(len(favourites), theirs, round(theirs / total, 4) if total else None)
