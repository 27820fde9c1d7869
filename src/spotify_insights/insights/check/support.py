"""Which value of a fact a number says: the rules of rounding."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from spotify_insights.insights.facts.fact import Fact, Quantity, Unit, half_up
from spotify_insights.insights.text import PERIOD
from spotify_insights.models.listening import TimeRange

_NEAR = 0.05
_NEAR_POINTS = 1.0
_IN_POINTS = frozenset({Unit.PERCENT, Unit.POINTS})
_TINY = 1e-9
# What a number without a noun may be of: a rank is always called one.
_COUNTED = frozenset(Unit) - {Unit.RANK}
# Lengths that belong to what a fact is, not to its value.
_BY_DEFINITION = {
    "focus.stretches": Quantity(25, Unit.MINUTES),
    "rhythm.night": Quantity(6, Unit.HOURS),
    "rhythm.weekend": Quantity(2, Unit.DAYS),
}
_LENGTHS = {
    TimeRange.WEEK: (Quantity(1, Unit.WEEKS),),
    TimeRange.MONTH: (Quantity(1, Unit.MONTHS),),
    TimeRange.SHORT: (Quantity(4, Unit.WEEKS), Quantity(1, Unit.MONTHS)),
    TimeRange.MEDIUM: (Quantity(6, Unit.MONTHS),),
    TimeRange.LONG: (Quantity(12, Unit.MONTHS), Quantity(1, Unit.YEARS)),
    TimeRange.LIFETIME: (),
}


class Bound(StrEnum):
    """What a number claims of the value; below and above may be equal, under and over not."""

    EXACT = "exact"
    NEAR = "near"
    BELOW = "below"
    UNDER = "under"
    ABOVE = "above"
    OVER = "over"


@dataclass(frozen=True)
class Value:
    """A number as a text gives it. Without units it may be of anything that is counted."""

    number: float
    step: float = 1.0
    bound: Bound = Bound.EXACT
    units: frozenset[Unit] = frozenset()


@dataclass(frozen=True)
class Found:
    """A value of a fact, by the name of the part."""

    fact: Fact
    part: str
    quantity: Quantity


def find(value: Value, facts: Sequence[Fact]) -> Iterator[Found]:
    """The values that a number may stand for, in the order of the facts."""
    for fact in facts:
        for part, quantity in _numbers(fact):
            fits = quantity.unit in (value.units or _COUNTED)
            if fits and matches(value, float(quantity.value), quantity.unit):
                yield Found(fact, part, quantity)


def matches(value: Value, true: float, unit: Unit) -> bool:
    """Whether a number says a value: rounded to its own step, or on its side and near enough."""
    said = value.number
    if value.bound is Bound.EXACT:
        return _is_rounded(said, value.step, true, unit)
    allowance = _NEAR_POINTS if unit in _IN_POINTS else _NEAR * max(abs(true), abs(said))
    if abs(said - true) > allowance + _TINY:
        return value.bound is Bound.NEAR and _is_rounded(said, value.step, true, unit)
    return is_on_side(value.bound, said, true)


def is_on_side(bound: Bound, said: float, true: float) -> bool:
    """Whether a value lies where the words before a number put it."""
    sides = {
        Bound.BELOW: true <= said + _TINY,
        Bound.UNDER: true < said - _TINY,
        Bound.ABOVE: true >= said - _TINY,
        Bound.OVER: true > said + _TINY,
    }
    return sides.get(bound, True)


def _is_rounded(said: float, step: float, true: float, unit: Unit) -> bool:
    if unit is Unit.OF_1 and step >= 1:
        return said == true
    return abs(half_up(true / step + _TINY) * step - said) < _TINY * max(1.0, abs(said))


def _numbers(fact: Fact) -> Iterator[tuple[str, Quantity]]:
    for part, quantity in fact.quantities.items():
        if not isinstance(quantity.value, str) and quantity.unit is not Unit.YEAR:
            yield part, quantity
    if fact.id in _BY_DEFINITION:
        yield "", _BY_DEFINITION[fact.id]
    if fact.period.time_range is not TimeRange.LIFETIME:
        yield PERIOD, Quantity(fact.period.days, Unit.DAYS)
    for length in _LENGTHS[fact.period.time_range]:
        yield PERIOD, length
