"""A day far out of the ordinary, and the month from which on listening was another."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean, median

from spotify_insights.insights.facts.differences import far_fence, pettitt
from spotify_insights.insights.facts.fact import (
    Against,
    Fact,
    Quantity,
    Says,
    Unit,
    time_of,
)
from spotify_insights.insights.facts.interest import rising
from spotify_insights.insights.facts.past import compared, past_of
from spotify_insights.insights.facts.scene import Blocks, Scene

# Fewer days say nothing about an ordinary one.
MIN_DAYS = 14
# Below it, a day with music is far out only because there is so little on the others.
MIN_MS = 3_600_000
# Nor is it where all days are alike to the minute.
MIN_TIMES = 2
# So many buckets on either side of a turning point, and by what factor they must differ.
MIN_BUCKETS = 6
MIN_RATIO = 1.5
MAX_CHANCE = 0.01

# The day as a multiple of an ordinary one, and the month as one of those before.
_ORDINARY_DAYS, _STRIKING_DAYS = math.log(2), math.log(8)
_STRIKING_TURN = math.log(4)

_DAYS_A_MONTH = 365.25 / 12
_DAYS_OF = {"day": 1.0, "week": 7.0, "month": _DAYS_A_MONTH}
_SAMPLED = {"day": Unit.DAYS, "week": Unit.WEEKS, "month": Unit.MONTHS}


@dataclass(frozen=True)
class _Bucket:
    start: str
    ms_played: int


def day(scene: Scene) -> Iterator[Fact]:
    """The day with the most time, where it lies beyond Tukey's far fence.

    Its fellows are the active days of this period and of those before it.
    """
    days = _days(scene.blocks)
    past = past_of(scene).known
    ordinary = [ms for one in (scene.blocks, *past) for ms in _days(one).values() if ms]
    if not days or len(ordinary) < MIN_DAYS:
        return
    most, typical = max(days.values()), median(ordinary)
    peaks = [start for start, ms in days.items() if ms == most]
    least = max(MIN_MS, MIN_TIMES * typical)
    if len(peaks) > 1 or most < least or most <= far_fence(ordinary):
        return
    yield compared(
        scene,
        "anomaly.day",
        Quantity(peaks[0], Unit.DATE),
        past,
        sample_size=len(ordinary),
        sampled=Unit.DAYS,
        parts={"time": time_of(most), "typical": time_of(typical)},
        interest=rising(math.log(most / typical), _ORDINARY_DAYS, _STRIKING_DAYS),
        says=[Says.MORE, Says.MOST],
        against=Against.USUAL,
    )


def turning_point(scene: Scene) -> Iterator[Fact]:
    """From when on there was clearly more or less listening time than before; once at most.

    `before` and `after` are hours a month. The change must show in all of the time before and after
    it, and in the weeks or months right beside it: a slow drift has no turning point. The first and
    the last bucket are known in part and left out.
    """
    bucket = str(scene.blocks.find("statistics", "timeline", "bucket"))
    buckets = _buckets(scene.blocks)[1:-1]
    values = [one.ms_played for one in buckets]
    found = pettitt(values, MIN_BUCKETS)
    if bucket not in _DAYS_OF or found is None or found[1] >= MAX_CHANCE:
        return
    place = found[0]
    before, after = fmean(values[:place]), fmean(values[place:])
    beside = values[place - MIN_BUCKETS : place], values[place : place + MIN_BUCKETS]
    factor, nearby = _factor(before, after), _factor(*map(fmean, beside))
    if min(abs(factor), abs(nearby)) < math.log(MIN_RATIO) or factor * nearby < 0:
        return
    a_month = _DAYS_A_MONTH / _DAYS_OF[bucket]
    yield scene.fact(
        "turning.point",
        _moment(buckets[place].start, bucket),
        sample_size=len(values),
        sampled=_SAMPLED[bucket],
        parts={"before": time_of(before * a_month), "after": time_of(after * a_month)},
        interest=rising(abs(factor), 0, _STRIKING_TURN),
        says=[Says.MORE if factor > 0 else Says.LESS],
        against=Against.PREVIOUS,
    )


def _days(blocks: Blocks) -> Mapping[str, int]:
    """Time in ms by day; empty where the timeline is a coarser one."""
    if blocks.find("statistics", "timeline", "bucket") != "day":
        return {}
    return {one.start: one.ms_played for one in _buckets(blocks)}


def _buckets(blocks: Blocks) -> Sequence[_Bucket]:
    items = blocks.items("statistics", "timeline", "items")
    return [_Bucket(str(one["start"])[:10], int(one["ms_played"])) for one in items]


def _factor(before: float, after: float) -> float:
    """The logarithm of how many times as much it is afterwards; infinite from or to nothing."""
    if not before or not after:
        return math.inf if after > before else -math.inf if before > after else 0.0
    return math.log(after / before)


def _moment(start: str, bucket: str) -> Quantity:
    if bucket == "month":
        return Quantity(start[:7], Unit.MONTH)
    return Quantity(date.fromisoformat(start).isoformat(), Unit.DATE)
