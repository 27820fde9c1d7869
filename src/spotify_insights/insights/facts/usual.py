"""What this period is beside the listener's own ordinary ones, and the most and least of them."""

import math
from collections.abc import Callable, Iterator, Sequence
from statistics import median

from spotify_insights.insights.facts import rates
from spotify_insights.insights.facts.differences import usual_range
from spotify_insights.insights.facts.fact import (
    Against,
    Fact,
    Quantity,
    Says,
    Unit,
    half_up,
    percent,
    time_of,
)
from spotify_insights.insights.facts.interest import rising
from spotify_insights.insights.facts.past import (
    compared,
    length_of,
    past_of,
    reaches_its_end,
)
from spotify_insights.insights.facts.rates import Rate
from spotify_insights.insights.facts.scene import Blocks, Scene

# Of fewer periods, the 10th and 90th percentile are the smallest and the largest.
MIN_PERIODS = 8
# The most of three weeks is no record.
MIN_PERIODS_FOR_A_RECORD = 12

# Three times an ordinary period, or 30 points more, is worth telling a friend.
_STRIKING_RATIO, _STRIKING_POINTS = math.log(3), 0.3
_AS_USUAL = 0.25
# In days: a record of twelve weeks, and one of a year.
_SHORT_RECORD, _LONG_RECORD = 84, 365

_Values = Sequence[float]


def time(scene: Scene) -> Iterator[Fact]:
    yield from _amount(scene, "usual.time", "ms_played", time_of)


def days(scene: Scene) -> Iterator[Fact]:
    """Days with a play."""
    yield from _amount(scene, "usual.days", "days_active", _days)


def night(scene: Scene) -> Iterator[Fact]:
    yield from _share(scene, "usual.night", rates.night)


def skips(scene: Scene) -> Iterator[Fact]:
    yield from _share(scene, "usual.skips", rates.skips)


def discovery(scene: Scene) -> Iterator[Fact]:
    yield from _share(scene, "usual.discovery", rates.discovery)


def record(scene: Scene) -> Iterator[Fact]:
    """More or less listening time than in any of the periods before; silent ones count."""
    past = past_of(scene)
    before, now = past.amounts(_ms), _ms(scene.blocks)
    length = length_of(1 + len(before), scene.period.time_range)
    if 1 + len(before) < MIN_PERIODS_FOR_A_RECORD or length is None or not scene.has_enough_plays:
        return
    is_most = _is_above(now, max(before), time_of)
    is_least = _is_above(min(before), now, time_of) and reaches_its_end(scene)
    days = (1 + len(before)) * scene.period.days
    if is_most or is_least:
        yield compared(
            scene,
            "record.time",
            time_of(now),
            past.known,
            sample_size=1 + len(before),
            sampled=length.unit,
            parts={"periods": length},
            interest=rising(days, _SHORT_RECORD, _LONG_RECORD),
            says=[Says.RECORD, Says.MOST] if is_most else [Says.LEAST],
            against=Against.USUAL,
        )


def _amount(scene: Scene, key: str, name: str, said: Callable[[float], Quantity]) -> Iterator[Fact]:
    past = past_of(scene)
    before = past.amounts(lambda one: one.total(name))
    if len(before) < MIN_PERIODS or not scene.has_enough_plays:
        return
    now, ordinary = scene.total(name), median(before)
    far = abs(math.log(now / ordinary)) / _STRIKING_RATIO if now and ordinary else 1.0
    yield from _against_usual(scene, key, now, before, said, far, past.known)


def _share(scene: Scene, key: str, of: Callable[[Blocks], Rate | None]) -> Iterator[Fact]:
    """A share among those of the periods that have enough plays for one."""
    now = of(scene.blocks)
    told = past_of(scene).told
    before = [rate.share for rate in map(of, told) if rate]
    if len(before) < MIN_PERIODS or now is None or not scene.has_enough_plays:
        return
    far = abs(now.share - median(before)) / _STRIKING_POINTS
    yield from _against_usual(scene, key, now.share, before, percent, far, told)


def _against_usual(
    scene: Scene,
    key: str,
    now: float,
    before: _Values,
    said: Callable[[float], Quantity],
    far: float,
    others: Sequence[Blocks],
) -> Iterator[Fact]:
    """`far` is how far the value lies from the middle one: 1 is worth telling a friend."""
    length = length_of(len(before), scene.period.time_range)
    low, high = usual_range(before)
    says = _says(now, low, high, said)
    is_known = says is Says.MORE or said is percent or reaches_its_end(scene)
    if length is None or not is_known:
        return
    yield compared(
        scene,
        key,
        said(now),
        others,
        sample_size=len(before),
        sampled=length.unit,
        parts={"low": said(low), "high": said(high), "periods": length},
        interest=_AS_USUAL if says is Says.SAME else rising(far, 0, 1),
        says=[says],
        against=Against.USUAL,
    )


def _says(now: float, low: float, high: float, said: Callable[[float], Quantity]) -> Says:
    if _is_above(now, high, said):
        return Says.MORE
    return Says.LESS if _is_above(low, now, said) else Says.SAME


def _is_above(one: float, other: float, said: Callable[[float], Quantity]) -> bool:
    """Whether a value is larger, and reads so."""
    return one > other and said(one) != said(other)


def _days(value: float) -> Quantity:
    return Quantity(half_up(value), Unit.DAYS)


def _ms(blocks: Blocks) -> int:
    return blocks.total("ms_played")
