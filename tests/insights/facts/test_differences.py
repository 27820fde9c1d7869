"""The statistics behind a comparison, against published and worked-out values."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotify_insights.insights.facts import differences


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((56, 70, 48, 80), (0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.1705, 0.8090)),
        ((10, 10, 0, 20), (0.6791, 1.0)),
    ],
)
def test_the_interval_of_a_difference_is_that_of_the_paper(counts, expected):
    """Table II of Newcombe 1998, contrasts a, b and g, method 10."""
    assert differences.newcombe(*counts) == pytest.approx(expected, abs=0.00006)


@given(st.integers(1, 500), st.integers(1, 500), st.data())
def test_the_interval_holds_the_difference_and_turns_with_it(size, other, data):
    count, before = data.draw(st.integers(0, size)), data.draw(st.integers(0, other))

    low, high = differences.newcombe(count, size, before, other)

    assert -1 - 1e-9 <= low <= count / size - before / other + 1e-9
    assert count / size - before / other - 1e-9 <= high <= 1 + 1e-9
    assert differences.newcombe(before, other, count, size) == pytest.approx((-high, -low))


def test_z_is_the_difference_over_its_error():
    assert differences.z_of(60, 100, 40, 100) == pytest.approx(2 * math.sqrt(2))
    assert differences.z_of(40, 100, 60, 100) == pytest.approx(-2 * math.sqrt(2))
    assert differences.z_of(0, 50, 0, 50) == 0
    assert differences.z_of(50, 50, 50, 50) == 0


def test_what_is_ordinary_goes_by_the_middle_step():
    steps = differences.ordinary_ratio([10, 11, 10, 11, 10, 500, 10, 11])

    assert steps == pytest.approx(1.1 ** (1.4826 * 1.96), rel=1e-4)
    assert differences.ordinary_ratio([10, 0, 10, 0, 10]) == math.inf


def test_the_usual_range_is_between_the_first_and_the_last_decile():
    assert differences.usual_range(list(range(11))) == (1, 9)
    assert differences.usual_range([5, 5]) == (5, 5)


def test_far_out_is_three_middle_halves_above_the_upper_quarter():
    assert differences.far_fence([0, 1, 2, 3, 4]) == 3 + 3 * 2


def test_a_step_is_found_where_it_is():
    found = differences.pettitt([1.0, 2, 1, 2, 1, 2, 1, 2, 8, 9, 8, 9, 8, 9, 8, 9], 6)

    assert found is not None
    place, chance = found
    assert place == 8
    assert chance < 0.01


def test_noise_has_no_step():
    found = differences.pettitt([3.0, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3], 6)

    assert found is not None
    assert found[1] > 0.01


@given(st.lists(st.floats(0, 1e9), max_size=40), st.integers(1, 8))
def test_a_step_keeps_its_distance_from_both_ends(values, margin):
    found = differences.pettitt(values, margin)

    assert (found is None) == (len(values) < 2 * margin)
    if found:
        assert margin <= found[0] <= len(values) - margin
        assert 0 <= found[1] <= 1


@given(st.lists(st.integers(0, 20), min_size=12, max_size=30))
def test_the_sums_are_those_of_the_definition(values):
    """U of t is the sum of the signs of all differences across t."""
    signs = {
        t: abs(
            sum(
                (later < earlier) - (later > earlier)
                for earlier in values[:t]
                for later in values[t:]
            )
        )
        for t in range(6, len(values) - 5)
    }

    found = differences.pettitt(values, 6)

    assert found is not None
    length = len(values)
    most = max(signs.values())
    assert signs[found[0]] == most
    assert found[1] == pytest.approx(min(1, 2 * math.exp(-6 * most**2 / (length**3 + length**2))))
