import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotify_insights.insights.facts.intervals import wilson


@pytest.mark.parametrize(
    ("count", "size", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_intervals_are_those_of_the_literature(count, size, low, high):
    """R. G. Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3."""
    assert wilson(count, size) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 10**7), st.floats(0, 1))
def test_an_interval_holds_the_share_and_stays_between_0_and_1(size, part):
    count = int(part * size)

    low, high = wilson(count, size)

    assert 0 <= low <= count / size + 1e-12
    assert count / size - 1e-12 <= high <= 1
