"""The small table behind moods, and the two numbers made from it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotify_insights.listening import moods

COUNTS = st.lists(st.integers(1, 10_000), min_size=2, max_size=40)


@pytest.mark.parametrize(
    ("genres", "mood"),
    [
        (["emo rap"], "melancholic"),
        (["chill pop"], "calm"),
        (["dance pop"], "energetic"),
        (["indie pop"], "bright"),
        (["Drum and Bass"], "energetic"),
        (["field recording"], None),
        ([], None),
    ],
)
def test_the_first_family_that_knows_a_genre_decides(genres, mood):
    assert moods.mood_of(genres) == mood


def test_the_order_of_an_artists_genres_does_not_matter():
    assert moods.mood_of(["pop", "slowcore"]) == moods.mood_of(["slowcore", "pop"]) == "melancholic"


def test_no_word_stands_in_two_families():
    words = [word for family in moods.FAMILIES.values() for word in family]

    assert len(words) == len(set(words))


def test_a_share_is_one_of_the_tracks_that_have_a_mood():
    assert moods.patterns(["calm", None, "bright", "calm", "calm", None]) == {
        "calm": {"percentage": 0.75, "track_count": 3},
        "bright": {"percentage": 0.25, "track_count": 1},
    }


@pytest.mark.parametrize("found", [[], [None, None]])
def test_without_any_mood_there_is_no_pattern(found):
    assert moods.patterns(found) == {}


@given(st.lists(st.sampled_from([*moods.FAMILIES, None])))
def test_shares_add_up_to_one_and_the_largest_comes_first(found):
    shares = [pattern["percentage"] for pattern in moods.patterns(found).values()]

    assert shares == sorted(shares, reverse=True)
    assert not shares or math.isclose(sum(shares), 1, abs_tol=0.001)


@pytest.mark.parametrize("counts", [[], [0], [7], [7, 0, 0]])
def test_fewer_than_two_kinds_have_no_evenness(counts):
    assert moods.evenness(counts) is None


def test_a_known_distribution_has_its_known_evenness():
    # One half and two quarters: 1.5 bits of log2(3) = 1.585.
    assert moods.evenness([2, 1, 1]) == 0.9464


@given(st.integers(1, 1_000), st.integers(2, 100))
def test_kinds_that_are_all_alike_are_perfectly_even(count, kinds):
    assert moods.evenness([count] * kinds) == 1


@given(COUNTS, st.randoms(use_true_random=False))
def test_evenness_lies_between_nothing_and_one_in_any_order(counts, rng):
    shuffled = rng.sample(counts, len(counts))

    assert 0 <= moods.evenness(counts) <= 1
    assert moods.evenness([*shuffled, 0]) == moods.evenness(counts)


@given(st.integers(2, 10_000))
def test_the_more_one_kind_prevails_the_less_even_it_is(most):
    assert moods.evenness([most, 1]) >= moods.evenness([most + 1, 1])
