import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotify_insights.insights.facts.interest import either_way, rising

values = st.floats(-1e6, 1e6)


def test_the_ordinary_is_hardly_worth_telling_and_the_striking_is():
    assert rising(0.1, 0.1, 0.5) == rising(0.0, 0.1, 0.5) == 0.2
    assert rising(0.5, 0.1, 0.5) == 0.9
    assert rising(0.3, 0.1, 0.5) == 0.55
    assert rising(9, 0.1, 0.5) == 1.0


def test_the_small_are_interesting_where_the_striking_value_is_small():
    assert rising(0.0, 0.5, 0.1) == 1.0
    assert rising(0.6, 0.5, 0.1) == 0.2


def test_a_value_can_be_interesting_on_both_sides():
    low, high = either_way(0.1, 0.1, 0.5, 1.0), either_way(1.0, 0.1, 0.5, 1.0)

    assert low == high == 0.9
    assert either_way(0.5, 0.1, 0.5, 1.0) == 0.2


def test_a_distance_seen_in_forty_plays_counts_half():
    assert rising(0.5, 0.1, 0.5, size=40) == pytest.approx(0.55)
    assert rising(0.5, 0.1, 0.5, size=0) == 0.2


@given(values, st.integers(0, 10**7))
def test_interest_lies_between_0_and_1(value, size):
    assert 0.2 <= either_way(value, 0.1, 0.5, 0.9, size) <= 1
