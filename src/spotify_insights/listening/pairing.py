"""Which of several possible pairs hold, where a song was played again and again (pure)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

# Beyond this the exact way is too slow; only a loop of one song over weeks comes here.
MOST_CELLS = 1_000_000


class Pair(NamedTuple):
    """Two accounts that may be one listen; the lower the cost, the likelier."""

    poor_no: int
    rich_no: int
    heard_at: datetime
    started_at: datetime
    cost: float


def assign(pairs: Sequence[Pair]) -> list[Pair]:
    """Give each account at most one other: as many pairs as can be, then the cheapest ones.

    Accounts are paired in the order of time, as they were heard: pairs never cross.
    """
    return [pair for group in _groups(pairs) for pair in _aligned(group)]


def _groups(pairs: Iterable[Pair]) -> Iterator[list[Pair]]:
    """Pairs that share accounts, directly or through others, stand in one group."""
    groups: dict[tuple[str, int], list[Pair]] = {}
    for pair in pairs:
        ends = (("poor", pair.poor_no), ("rich", pair.rich_no))
        known = {id(group): group for end in ends if (group := groups.get(end))}
        merged, *others = sorted(known.values(), key=len, reverse=True) or [[]]
        for other in others:
            merged += other
            for one in other:
                groups[("poor", one.poor_no)] = groups[("rich", one.rich_no)] = merged
        merged.append(pair)
        for end in ends:
            groups[end] = merged
    yield from {id(group): group for group in groups.values()}.values()


def _aligned(pairs: list[Pair]) -> list[Pair]:
    """The best pairs of one group, by aligning both sides in the order of time."""
    poor = sorted({(pair.heard_at, pair.poor_no) for pair in pairs})
    rich = sorted({(pair.started_at, pair.rich_no) for pair in pairs})
    if len(poor) * len(rich) > MOST_CELLS:
        return _cheapest_first(pairs)
    options = {(pair.poor_no, pair.rich_no): pair for pair in pairs}
    # Per cell: pairs left out, cost, and the last pair with the cell it came from.
    above: list[_Cell] = [_Cell(0, 0.0, None, None)] * (len(rich) + 1)
    for _, poor_no in poor:
        row = [above[0].skipped()]
        for column, (_, rich_no) in enumerate(rich):
            best = min(above[column + 1].skipped(), row[column], key=_Cell.rank)
            if pair := options.get((poor_no, rich_no)):
                best = min(best, above[column].with_pair(pair), key=_Cell.rank)
            row.append(best)
        above = row
    return above[-1].pairs()


class _Cell(NamedTuple):
    """The best pairing of the first accounts of both sides."""

    unpaired: int
    cost: float
    last: Pair | None
    before: "_Cell | None"

    def rank(self) -> tuple[int, float]:
        return self.unpaired, self.cost

    def skipped(self) -> "_Cell":
        return self._replace(unpaired=self.unpaired + 1)

    def with_pair(self, pair: Pair) -> "_Cell":
        return _Cell(self.unpaired, self.cost + pair.cost, pair, self)

    def pairs(self) -> list[Pair]:
        found, cell = [], self
        while cell.last and cell.before:
            found.append(cell.last)
            cell = cell.before
        return found


def _cheapest_first(pairs: list[Pair]) -> list[Pair]:
    taken: set[tuple[str, int]] = set()
    chosen = []
    for pair in sorted(pairs, key=_by_cost):
        ends = {("poor", pair.poor_no), ("rich", pair.rich_no)}
        if not ends & taken:
            taken |= ends
            chosen.append(pair)
    return chosen


def _by_cost(pair: Pair) -> tuple[float, datetime, datetime, int, int]:
    return pair.cost, pair.heard_at, pair.started_at, pair.poor_no, pair.rich_no
