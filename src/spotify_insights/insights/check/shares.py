"""Fractions, multiples and ranks in words: half, one in five, twice as much, second."""

import itertools
import re
from collections.abc import Iterable, Iterator

from spotify_insights.insights.check import bounds, roles
from spotify_insights.insights.check.numerals import numerals
from spotify_insights.insights.check.reading import Reading
from spotify_insights.insights.check.support import Bound, Found, Value, find
from spotify_insights.insights.check.tongue import Share
from spotify_insights.insights.check.verdict import FaultKind
from spotify_insights.insights.facts.fact import Fact, Says, Unit

_TOLERANCE = 0.05
_MORE_THAN_HALF, _ALL = 51, 100
_OF_PROPORTION = 0.05
_LEAST_PARTS, _MOST_PARTS = 2, 20
# Values of one fact that a multiple may hold between, the larger one first.
_PAIRS = (("now", "before"), ("after", "before"), ("time", "typical"), ("", "before"))
_UNITS = {unit: f"{unit}s" for unit in ("hour", "day", "week", "month", "year")} | {
    "stunde": "hours"
}
_LEADS = re.compile(r"[.](?:top|leader)$")
_FOLLOWS = re.compile(r"[.]second$")
_COUNTED = frozenset({Unit.TIMES, Unit.PLAYS})


def read(reading: Reading) -> None:
    """Strike out the fractions, multiples and ranks that cited facts support."""
    _read_lengths(reading)
    for share in reading.tongue.shares:
        _read_share(reading, share)
    _read_proportions(reading)
    _read_multiples(reading)
    _read_counts(reading)
    _read_ordinals(reading)


def _read_lengths(reading: Reading) -> None:
    """Half an hour, a quarter of an hour, half a year."""
    for found in reading.find(reading.tongue.phrases["an_hour"]):
        bound, start = bounds.before(reading, found.start())
        value = Value(1.5, 0.1, bound, frozenset({Unit(_UNITS[found["unit"].lower()])}))
        _settle(reading, start, found.end(), _first(find(value, reading.facts)))
    for minutes in ("45", "30", "15"):
        for found in reading.find(reading.tongue.phrases[f"minutes_{minutes}"]):
            bound, start = bounds.before(reading, found.start())
            near = Bound.NEAR if bound is Bound.EXACT else bound
            value = Value(float(minutes), 1.0, near, frozenset({Unit.MINUTES}))
            in_hours = Value(int(minutes) / 60, 0.05, near, frozenset({Unit.HOURS}))
            matched = (*find(value, reading.facts), *find(in_hours, reading.facts))
            _settle(reading, start, found.end(), _first(matched))


def _first(found: Iterable[Found]) -> tuple[Fact, str] | None:
    return next(((one.fact, one.part) for one in found), None)


def _read_share(reading: Reading, share: Share) -> None:
    for found in reading.find(share.pattern):
        bound, start = bounds.before(reading, found.start())
        low, high = _meant(share, bound)
        is_step = roles.is_step(reading, start, found.end())
        fitting = (
            one
            for one in _of_share(reading.facts, low, high, bound, is_step=is_step)
            if roles.is_of_its_whole(reading, found.end(), one)
        )
        supported = _first(fitting)
        if supported is None and share.high == _ALL and share.low < _MORE_THAN_HALF:
            supported = _of_most(reading.facts)
        _settle(reading, start, found.end(), supported)


def _of_most(facts: tuple[Fact, ...]) -> tuple[Fact, str] | None:
    """What has the most may be told with "mostly" or "mainly"."""
    return next(((fact, "") for fact in facts if Says.MOST in fact.says), None)


def _meant(share: Share, bound: Bound) -> tuple[float, float]:
    middle = (share.low + share.high) / 2
    if bound in (Bound.BELOW, Bound.UNDER):
        return share.floor, middle
    if bound in (Bound.ABOVE, Bound.OVER):
        return middle, share.ceiling
    return share.low, share.high


def _of_share(
    facts: tuple[Fact, ...],
    low: float,
    high: float,
    bound: Bound = Bound.EXACT,
    *,
    is_step: bool = False,
) -> Iterator[Found]:
    """Percentages of the facts that lie in a range; those of a change where one is told."""
    for fact in facts:
        for part, quantity in fact.quantities.items():
            is_change = fact.topic == "change" and not part
            if quantity.unit is not Unit.PERCENT or is_change is not is_step:
                continue
            share = float(quantity.value)
            is_at_bound = (bound is Bound.UNDER and share == high) or (
                bound is Bound.OVER and share == low
            )
            if low <= share <= high and not is_at_bound:
                yield Found(fact, part, quantity)


def _read_proportions(reading: Reading) -> None:
    """One in five, nine out of ten; 9 out of 14 days is left to the counting of days."""
    if any(fact.unit is Unit.OF_10 for fact in reading.facts):
        return
    found = numerals(reading.text, reading.tongue)
    joint = reading.tongue.phrases["in_every"]
    for part, whole in itertools.pairwise(found):
        if part.value is None or whole.value is None or not whole.value:
            continue
        if not joint.fullmatch(reading.text[part.end : whole.start].strip()):
            continue
        if reading.tongue.phrases["counted_noun"].match(reading.text[whole.end :].lstrip()):
            continue
        if part.value % 1 or whole.value % 1:
            continue
        parts = range(_LEAST_PARTS, _MOST_PARTS + 1)
        if int(whole.value) not in parts or part.value >= whole.value:
            continue
        share = 100 * part.value / whole.value
        reach = share * _OF_PROPORTION
        bound, start = bounds.before(reading, part.start)
        if bound is not Bound.EXACT:
            reach += share * _TOLERANCE
        supported = _first(_of_share(reading.facts, share - reach, share + reach))
        if supported is not None:
            reading.take(start, whole.end, *supported)


def _read_multiples(reading: Reading) -> None:
    for pattern, factor in reading.tongue.multiples:
        for found in reading.find(pattern):
            bound, start = bounds.before(reading, found.start())
            _settle(reading, start, found.end(), _of_multiple(reading.facts, factor, bound))


def _of_multiple(facts: tuple[Fact, ...], factor: float, bound: Bound) -> tuple[Fact, str] | None:
    for fact in facts:
        for larger, smaller in _PAIRS:
            if larger in fact.quantities and smaller in fact.parts:
                ratio = _ratio(fact.part(larger).value, fact.part(smaller).value)
                if ratio is not None and _is_multiple(ratio, factor, bound):
                    return fact, larger
    return None


def _ratio(value: float | str, other: float | str) -> float | None:
    if isinstance(value, str) or isinstance(other, str) or not other:
        return None
    return value / other


def _is_multiple(ratio: float, factor: float, bound: Bound) -> bool:
    low, high = factor * (1 - _TOLERANCE), factor * (1 + _TOLERANCE)
    if bound in (Bound.ABOVE, Bound.OVER):
        return factor < ratio <= factor + max(1.0, factor / 2)
    if bound in (Bound.BELOW, Bound.UNDER):
        return low - factor * _TOLERANCE <= ratio < factor
    return low <= ratio <= high


def _read_counts(reading: Reading) -> None:
    """Once and twice, where they count."""
    for word, count in reading.tongue.counts.items():
        pattern = re.compile(rf"(?<!\w){word}(?!\w)", re.IGNORECASE)
        for found in reading.find(pattern):
            if count == 1 and reading.tongue.phrases["not_once"].match(reading.text, found.start()):
                continue
            bound, start = bounds.before(reading, found.start())
            value = Value(count, 1.0, bound, _COUNTED)
            supported = _first(find(value, reading.facts)) or _of_once(reading, count)
            supported = supported or (
                _of_multiple(reading.facts, count, bound) if count > 1 else None
            )
            _settle(reading, start, found.end(), supported)


def _of_once(reading: Reading, count: int) -> tuple[Fact, str] | None:
    singles = (fact for fact in reading.facts if fact.id == "tracks.singles" and count == 1)
    repeated = (fact for fact in reading.facts if fact.id == "repeats.rate" and count > 1)
    fact = next(iter((*singles, *repeated)), None)
    return None if fact is None else (fact, "immediate" if count > 1 else "")


def _read_ordinals(reading: Reading) -> None:
    ordinals = reading.tongue.phrases["ordinal"]
    for found in reading.find(ordinals):
        if reading.tongue.phrases["first_time"].match(reading.text, found.start()):
            continue
        rank = _rank(reading, found[0])
        if rank is None:
            continue
        _settle(reading, *found.span(), _of_rank(reading.facts, rank))


def _rank(reading: Reading, words: str) -> int | None:
    digits = re.search(r"\d+", words)
    if digits:
        return int(digits[0])
    known = reading.tongue.ordinals
    return next((rank for word, rank in known.items() if re.fullmatch(word, words.lower())), None)


def _of_rank(facts: tuple[Fact, ...], rank: int) -> tuple[Fact, str] | None:
    for fact, part in _ranks(facts, rank):
        return fact, part
    return None


def _ranks(facts: tuple[Fact, ...], rank: int) -> Iterator[tuple[Fact, str]]:
    for fact in facts:
        for part, quantity in fact.quantities.items():
            if quantity.unit is Unit.RANK and quantity.value == rank:
                yield fact, part
        leads = _LEADS.search(fact.id) or {Says.FIRST, Says.NEW, Says.MOST} & fact.says
        if rank == 1 and leads:
            yield fact, ""
        if rank == 2 and _FOLLOWS.search(fact.id):  # noqa: PLR2004 - the second place
            yield fact, ""


def _settle(reading: Reading, start: int, end: int, supported: tuple[Fact, str] | None) -> None:
    if supported is None:
        why = "no cited fact has this value"
        reading.refuse(start, end, FaultKind.NUMBER, why)
    else:
        reading.take(start, end, *supported)
