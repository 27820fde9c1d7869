"""Which pairs hold where several accounts may be of the same listens."""

from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise
from time import process_time

from hypothesis import given, settings
from hypothesis import strategies as st

from spotify_insights.listening.pairing import MOST_CELLS, Pair, assign

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def a_pair(poor, rich, cost=0.0):
    """The accounts are numbered in the order in which they were heard."""
    heard_at, started_at = (NOON + timedelta(minutes=no) for no in (poor, rich))
    return Pair(poor, rich, heard_at, started_at, cost)


def is_one_to_one_and_in_order(pairs):
    ordered = sorted(pairs)
    return all(a.poor_no < b.poor_no and a.rich_no < b.rich_no for a, b in pairwise(ordered))


def worth(pairs):
    """More pairs are better, then cheaper ones."""
    return -len(pairs), sum(pair.cost for pair in pairs)


def best_of_all(pairs):
    subsets = (
        subset
        for size in range(len(pairs) + 1)
        for subset in combinations(pairs, size)
        if is_one_to_one_and_in_order(subset)
    )
    return min(map(worth, subsets))


some_pairs = st.dictionaries(
    st.tuples(st.integers(0, 4), st.integers(0, 4)), st.integers(0, 20), max_size=10
).map(lambda costs: [a_pair(*ends, cost=float(cost)) for ends, cost in costs.items()])


@settings(derandomize=True, max_examples=150, deadline=None)
@given(some_pairs)
def test_no_other_choice_has_more_pairs_or_cheaper_ones(pairs):
    chosen = assign(pairs)

    assert set(chosen) <= set(pairs)
    for ends in ([pair.poor_no for pair in chosen], [pair.rich_no for pair in chosen]):
        assert len(ends) == len(set(ends))
    # Each group is in order by itself; groups have nothing in common and may lie across.
    assert worth(chosen) == worth_group_by_group(pairs)


def worth_group_by_group(pairs):
    left, total = list(pairs), (0, 0.0)
    while left:
        group = [left.pop()]
        for one in group:
            near = [p for p in left if p.poor_no == one.poor_no or p.rich_no == one.rich_no]
            group += near
            left = [p for p in left if p not in near]
        number, cost = best_of_all(group)
        total = total[0] + number, total[1] + cost
    return total


@settings(derandomize=True, max_examples=50, deadline=None)
@given(some_pairs, st.randoms(use_true_random=False))
def test_the_order_in_which_pairs_are_given_does_not_matter(pairs, dice):
    shuffled = list(pairs)
    dice.shuffle(shuffled)

    assert set(assign(shuffled)) == set(assign(pairs))


def test_a_loop_too_long_for_the_exact_way_is_paired_cheapest_first_and_soon():
    plays = int(MOST_CELLS**0.5) + 1
    pairs = [
        a_pair(no, other, cost=float(no != other))
        for no in range(plays)
        for other in (no - 1, no, no + 1)
        if 0 <= other < plays
    ]
    begun = process_time()

    chosen = assign(pairs)

    assert {(pair.poor_no, pair.rich_no) for pair in chosen} == {(no, no) for no in range(plays)}
    assert process_time() - begun < 2


def test_a_loop_of_hundreds_of_plays_is_paired_exactly_and_soon():
    plays = 600
    pairs = [
        a_pair(no, other, cost=float(abs(no - other)))
        for no in range(plays)
        for other in range(no, min(no + 3, plays))
    ]
    begun = process_time()

    chosen = assign(pairs)

    assert len(chosen) == plays
    assert sum(pair.cost for pair in chosen) == 0
    assert process_time() - begun < 10
