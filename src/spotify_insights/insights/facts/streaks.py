"""Days in a row with music, and days in a row without."""

from collections.abc import Iterator, Mapping
from typing import Any

from spotify_insights.insights.facts.fact import Fact, Quantity, Says, Unit
from spotify_insights.insights.facts.interest import rising
from spotify_insights.insights.facts.scene import Scene

MIN_STREAK = MIN_GAP = 3

# Days in a row.
ORDINARY_STREAK, STRIKING_STREAK = 5, 30
ORDINARY_GAP, STRIKING_GAP = 4, 120


def longest(scene: Scene) -> Iterator[Fact]:
    """The longest run of days with a counted play on each; of equal ones the first."""
    found = scene.blocks.find("statistics", "streaks", "longest") or {}
    yield from _run(scene, "streaks.longest", found, MIN_STREAK, (ORDINARY_STREAK, STRIKING_STREAK))


def gap(scene: Scene) -> Iterator[Fact]:
    """The longest run of days without a play on record, if no other is as long."""
    gaps = scene.items("gaps")
    lengths = [int(one.get("days") or 0) for one in gaps[:2]]
    if len(lengths) > 1 and lengths[0] == lengths[1]:
        return
    found = gaps[0] if gaps else {}
    yield from _run(scene, "gaps.longest", found, MIN_GAP, (ORDINARY_GAP, STRIKING_GAP))


def _run(
    scene: Scene, key: str, run: Mapping[str, Any], least: int, reference: tuple[float, float]
) -> Iterator[Fact]:
    days, first, last = int(run.get("days") or 0), run.get("first_on"), run.get("last_on")
    if days < least or not first or not last:
        return
    yield scene.fact(
        key,
        Quantity(days, Unit.DAYS),
        sample_size=scene.known_days,
        sampled=Unit.DAYS,
        parts={"first": Quantity(first, Unit.DATE), "last": Quantity(last, Unit.DATE)},
        interest=rising(days, *reference),
        says=[Says.LONGEST],
    )
