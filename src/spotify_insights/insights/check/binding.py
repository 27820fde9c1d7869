"""Which name a number or a rank belongs to, where a sentence tells of several."""

import itertools
from collections.abc import Callable, Iterable, Sequence

from spotify_insights.insights.check.reading import LIKE_TEXT, NAME, Reading, Span
from spotify_insights.insights.check.verdict import FaultKind
from spotify_insights.insights.facts.fact import NAMES, Fact, Unit

_BEFORE = "before"
_REACH = 60
# Words whose roles a change from one to another swaps.
_MAKERS, _MADE = frozenset({Unit.ARTIST}), frozenset({Unit.TRACK, Unit.ALBUM})
_SWAPPED = NAMES | {Unit.PART_OF_DAY}


def read(reading: Reading) -> None:
    """Refuse numbers beside a name of another fact, and roles that are turned round."""
    _read_numbers(reading)
    _read_roles(reading)
    _read_order(reading)
    _read_makers(reading)


def names_beside(reading: Reading, place: Span) -> list[Span]:
    """The nearest name before a place and the nearest one after it."""
    spans = _names(reading)
    before = [span for span in spans if span.end <= place.start][-1:]
    return before + [span for span in spans if span.start >= place.end][:1]


def has_name(fact: Fact, span: Span) -> bool:
    """Whether a fact tells of the name that stands in a span."""
    return any(
        quantity.unit in NAMES and quantity == span.quantity
        for quantity in fact.quantities.values()
    )


def _names(reading: Reading) -> list[Span]:
    spans = [span for span in reading.spans if _is_name(reading, span)]
    return sorted(spans, key=lambda span: span.start)


def _is_name(reading: Reading, span: Span) -> bool:
    """Whether a span is a name itself, and not a rank that its fact supports."""
    return span.is_of(NAMES) and reading.text[span.start] == NAME


def _read_numbers(reading: Reading) -> None:
    names = _names(reading)
    numbers = sorted(
        (span for span in reading.spans if _counts_a_name(reading, span)),
        key=lambda span: span.start,
    )
    if not names or not numbers:
        return
    for number in numbers:
        beside = [name for name in names if _is_in_same_part(reading, number, name)]
        if beside and not any(has_name(number.fact, name) for name in beside):
            _refuse(reading, number)
            return
    styles = (_nearest_before, _nearest_after)
    if any(_all_fit(numbers, names, style) for style in styles) or _fit_in_order(numbers, names):
        return
    alone = (
        number
        for number in numbers
        if not any(has_name(number.fact, name) for name in names_beside(reading, number)[:1])
    )
    _refuse(reading, next(alone, numbers[0]))


def _refuse(reading: Reading, number: Span) -> None:
    why = "its fact tells this of another name"
    reading.refuse(number.start, number.end, FaultKind.NUMBER, why)


def _is_in_same_part(reading: Reading, number: Span, name: Span) -> bool:
    first, last = sorted((number, name), key=lambda span: span.start)
    return not set(";.:!?") & set(reading.text[first.end : last.start])


def _counts_a_name(reading: Reading, span: Span) -> bool:
    """Whether a span is a number or a rank of something that has a name."""
    named = any(quantity.unit in NAMES for quantity in span.fact.quantities.values())
    if not named or span.quantity is None or reading.text[span.start] == NAME:
        return False
    return not span.part or not isinstance(span.quantity.value, str)


def _all_fit(
    numbers: Sequence[Span], names: Sequence[Span], style: Callable[[Span, Sequence[Span]], Span]
) -> bool:
    return all(has_name(number.fact, style(number, names)) for number in numbers)


def _nearest_before(number: Span, names: Sequence[Span]) -> Span:
    return next((name for name in reversed(names) if name.end <= number.start), names[0])


def _nearest_after(number: Span, names: Sequence[Span]) -> Span:
    return next((name for name in names if name.start >= number.end), names[-1])


def _fit_in_order(numbers: Sequence[Span], names: Sequence[Span]) -> bool:
    return len(numbers) == len(names) and all(
        has_name(number.fact, name) for number, name in zip(numbers, names, strict=True)
    )


def _read_roles(reading: Reading) -> None:
    """What was before and what is now must not change places: A took over from B."""
    for fact in reading.facts:
        if _BEFORE not in fact.parts or fact.parts[_BEFORE].unit not in _SWAPPED:
            continue
        now = _places(reading, fact, "")
        past = _places(reading, fact, _BEFORE)
        for one, other in ((one, other) for one in now for other in past):
            if _is_turned(reading, one, other):
                why = "the fact tells it the other way round"
                reading.refuse(one.start, one.end, FaultKind.COMPARISON, why)


def _read_order(reading: Reading) -> None:
    """Who leads stands before "ahead of", who follows before "behind"."""
    phrases = reading.tongue.phrases
    for first, last in itertools.pairwise(_names(reading)):
        between = reading.words[first.end : last.start]
        leads = phrases["ahead"].search(between) is not None
        if not leads and phrases["behind"].search(between) is None:
            continue
        above, below = (first, last) if leads else (last, first)
        if _is_second(reading.facts, above) and _is_first(reading.facts, below):
            why = "the facts have it the other way round"
            reading.refuse(first.start, last.end, FaultKind.COMPARISON, why)


def _is_second(facts: Iterable[Fact], name: Span) -> bool:
    return any(fact.id.endswith(".second") and fact.quantity == name.quantity for fact in facts)


def _is_first(facts: Iterable[Fact], name: Span) -> bool:
    return any(fact.id.endswith(".top") and fact.quantity == name.quantity for fact in facts)


def _read_makers(reading: Reading) -> None:
    """A track by an artist, and an artist's track, are of one fact."""
    phrases = reading.tongue.phrases
    for first, last in itertools.pairwise(_names(reading)):
        between = reading.words[first.end : last.start].translate(LIKE_TEXT)
        is_by = phrases["is_by"].fullmatch(between) is not None and last.is_of(_MAKERS)
        is_of = phrases["is_whose"].fullmatch(between) is not None and first.is_of(_MAKERS)
        if not (is_by and first.is_of(_MADE)) and not (is_of and last.is_of(_MADE)):
            continue
        if not any(has_name(fact, first) and has_name(fact, last) for fact in reading.facts):
            why = "no cited fact has the two together"
            reading.refuse(first.start, last.end, FaultKind.NAME, why)


def _places(reading: Reading, fact: Fact, part: str) -> Iterable[Span]:
    return [span for span in reading.spans if span.fact is fact and span.part == part]


def _is_turned(reading: Reading, now: Span, past: Span) -> bool:
    phrases = reading.tongue.phrases
    first, last = sorted((now, past), key=lambda span: span.start)
    between = reading.words[first.end : last.start]
    before = reading.words[max(0, first.start - _REACH) : first.start]
    gives_way = phrases["gives_way"].search(between) or phrases["from_to"].search(before)
    if gives_way:
        return first is now
    return phrases["takes_over"].search(between) is not None and first is past
