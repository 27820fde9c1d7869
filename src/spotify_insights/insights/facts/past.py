"""The periods before the one that is told of, and facts that compare it with them.

Between two periods that are known and share a source, one that is missing was silent: the history
covers it. Where no source covers a gap, what lies before it is not looked at.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from spotify_insights.insights.facts.fact import Fact, Period, Quantity, Unit
from spotify_insights.insights.facts.scene import MIN_COUNTED_PLAYS, Blocks, Scene
from spotify_insights.models.listening import TimeRange

# What so many periods of a range amount to; longer ranges have too few of them to be counted.
_COUNTED_IN = {
    TimeRange.WEEK: (Unit.WEEKS, 1),
    TimeRange.MONTH: (Unit.MONTHS, 1),
    TimeRange.SHORT: (Unit.WEEKS, 4),
}
# A source may have ended before the period did. With plays in its last part it went on.
_LAST_PART = 0.25
_MONTHS_A_YEAR = 12


@dataclass(frozen=True)
class Past:
    """The periods one after another before a scene's own, newest first; None is a silent one."""

    periods: tuple[Blocks | None, ...]

    @property
    def known(self) -> tuple[Blocks, ...]:
        """Those with plays."""
        return tuple(one for one in self.periods if one is not None)

    @property
    def told(self) -> tuple[Blocks, ...]:
        """Those with enough plays for a share of them to say something."""
        return tuple(one for one in self.known if has_enough_plays(one))

    def amounts(self, of: Callable[[Blocks], float]) -> list[float]:
        """A number of each period, 0 for a silent one."""
        return [of(one) if one else 0.0 for one in self.periods]


def past_of(scene: Scene) -> Past:
    """What is known without a gap before a scene."""
    places: dict[int, Blocks] = {}
    for one in scene.before:
        places.setdefault(_place(one.period, scene.period), one)
    places.pop(0, None)
    found: list[Blocks | None] = []
    for (place, newer), (older_place, older) in pairwise(
        [(0, scene.blocks), *sorted(places.items())]
    ):
        if not set(newer.provenance) & set(older.provenance):
            break
        found += [None] * (older_place - place - 1) + [older]
    return Past(tuple(found))


def previous_of(scene: Scene) -> Blocks | None:
    """The period right before, where both have enough plays to be compared."""
    first = past_of(scene).periods[:1]
    if not first or first[0] is None or not scene.has_enough_plays:
        return None
    return first[0] if has_enough_plays(first[0]) else None


def has_enough_plays(blocks: Blocks) -> bool:
    return blocks.total("counted_plays") >= MIN_COUNTED_PLAYS


def reaches_its_end(scene: Scene) -> bool:
    """Whether the history goes on to the last quarter: else little may be just little known."""
    if scene.known_until and scene.known_until >= scene.period.last:
        return True
    last_play_at = scene.blocks.find("totals", "last_play_at")
    if not isinstance(last_play_at, str):
        return False
    silent = (scene.period.last - scene.day_of(last_play_at)).days
    return silent < scene.period.days * _LAST_PART


def length_of(periods: int, time_range: TimeRange) -> Quantity | None:
    """So many periods in weeks or months; None for ranges that are longer than a month."""
    if time_range not in _COUNTED_IN:
        return None
    unit, each = _COUNTED_IN[time_range]
    return Quantity(periods * each, unit)


def compared(
    scene: Scene, key: str, quantity: Quantity, others: Iterable[Blocks], **told: Any
) -> Fact:
    """A fact that rests on other periods too; for what else is told see `Scene.fact`."""
    fact = scene.fact(key, quantity, **told)
    sources = {*fact.provenance, *(source for one in others for source in one.provenance)}
    return replace(fact, provenance=tuple(sorted(sources)))


def listed(blocks: Blocks, *path: str) -> Sequence[Any]:
    """The lines of a top list that have plays, best first; those of Spotify's ranking have none."""
    return [line for line in blocks.items(*path) if line.get("plays")]


def _place(period: Period, of: Period) -> int:
    """How many periods one lies before another one."""
    if of.time_range is TimeRange.MONTH:
        return _months(of) - _months(period)
    return round((of.first - period.first).days / of.days)


def _months(period: Period) -> int:
    return period.first.year * _MONTHS_A_YEAR + period.first.month
