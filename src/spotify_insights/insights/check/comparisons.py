"""Words of comparison: each must be what a cited fact says."""

import re
from collections.abc import Sequence

from spotify_insights.insights.check import negation
from spotify_insights.insights.check.reading import Reading
from spotify_insights.insights.check.subjects import is_of_another
from spotify_insights.insights.check.tongue import Comparison, Reference
from spotify_insights.insights.check.verdict import FaultKind
from spotify_insights.insights.facts.fact import Against, Fact, Says
from spotify_insights.models.listening import TimeRange

_DIRECTED = frozenset({Says.MORE, Says.LESS})
_OPPOSITES = (
    ({Says.MORE}, {Says.LESS, Says.LEAST}),
    ({Says.LESS}, {Says.MORE, Says.RECORD}),
)
_OVER_ALL = frozenset({Says.MOST, Says.LONGEST})
_REACH = 70
_FULL_SENTENCE = 5
_END = re.compile(r"[.!?:;]")


def read_neutral(reading: Reading) -> None:
    """Strike out turns of phrase that compare nothing."""
    for found in reading.find(reading.tongue.phrases["neutral"]):
        reading.strike(*found.span(), mark=" ")


def read(reading: Reading) -> None:
    """Strike out the comparisons that cited facts support, refuse the others."""
    references = _references(reading)
    for comparison in reading.tongue.comparisons:
        for found in reading.find(comparison.pattern):
            _read_comparison(reading, comparison, found, references)
    for reference, found in references:
        _read_reference(reading, reference, found)
    _read_ranges(reading)


def _references(reading: Reading) -> list[tuple[Reference, re.Match[str]]]:
    return [
        (reference, found)
        for reference in reading.tongue.references
        for found in reference.pattern.finditer(reading.text)
    ]


def _read_comparison(
    reading: Reading,
    comparison: Comparison,
    found: re.Match[str],
    references: Sequence[tuple[Reference, re.Match[str]]],
) -> None:
    against = _against(found, references)
    facts = _subjects(reading, comparison, found, _nearby(reading, comparison, found))
    meant = negation.meant(reading, comparison, found)
    for fact in facts:
        compares = against is None or _compares(fact, against)
        if compares and _supports(fact, meant) and not is_of_another(reading, found, fact):
            reading.strike(*found.span())
            return
    if comparison.weak:
        if not any(_is_opposite(fact, meant) for fact in facts):
            return
    elif not (comparison.strict or against) and _is_no_claim(reading, found):
        reading.strike(*found.span())
        return
    why = "no cited fact says this" if not facts else "the cited fact does not say this"
    reading.refuse(*found.span(), FaultKind.COMPARISON, why)


def _is_no_claim(reading: Reading, found: re.Match[str]) -> bool:
    return reading.is_advice or _is_figure(reading, found)


def _is_opposite(fact: Fact, comparison: Comparison) -> bool:
    """Whether a fact says the other direction of an amount."""
    says = frozenset[Says]().union(*comparison.says)
    if fact.against is None:
        return False
    return any(says & one and other & fact.says for one, other in _OPPOSITES)


def _is_figure(reading: Reading, found: re.Match[str]) -> bool:
    """Whether the sentence around it speaks of other things: goldfish get more surprises."""
    start = max((end.end() for end in _END.finditer(reading.text, 0, found.start())), default=0)
    stop = _END.search(reading.text, found.end())
    around = reading.text[start : stop.start() if stop else len(reading.text)]
    phrases = reading.tongue.phrases
    if phrases["of_data"].search(around) or phrases["refers"].match(around.lstrip(' “„"')):
        return False
    return len(around.split()) >= _FULL_SENTENCE and not reading.is_title


def _against(
    found: re.Match[str],
    references: Sequence[tuple[Reference, re.Match[str]]],
) -> Reference | None:
    """What the words after (or else before) a comparison compare it with."""
    near = [
        (place.start() - found.end(), reference)
        for reference, place in references
        if -_REACH <= place.start() - found.end() <= _REACH
    ]
    after = [(gap, reference) for gap, reference in near if gap >= -1]
    chosen = min(after or near, key=lambda one: abs(one[0]), default=None)
    return chosen[1] if chosen else None


def _nearby(reading: Reading, comparison: Comparison, found: re.Match[str]) -> Sequence[Fact]:
    """Facts whose values stand in the same clause, where these tell of a direction; else all."""
    if not _is_directed(comparison):
        return reading.facts
    start, end = reading.clause(*found.span())
    told = [span.fact for span in reading.spans if start <= span.start and span.end <= end]
    directed = [fact for fact in told if fact.says & _DIRECTED]
    return directed or reading.facts


def _is_directed(comparison: Comparison) -> bool:
    return any(says & _DIRECTED for says in comparison.says)


def _subjects(
    reading: Reading, comparison: Comparison, found: re.Match[str], facts: Sequence[Fact]
) -> Sequence[Fact]:
    """The facts that tell of what the noun behind "more" and "fewer" names."""
    if not comparison.counts:
        return facts
    after = reading.text[found.end() : found.end() + _REACH].lstrip()
    for words, ids in reading.tongue.subjects:
        if words.match(after):
            return [fact for fact in facts if ids.search(fact.id)]
    return facts


def _supports(fact: Fact, comparison: Comparison) -> bool:
    if comparison.topics and comparison.topics.search(fact.id):
        return not _contradicts(fact, comparison)
    if any(says <= fact.says for says in comparison.says):
        return not (comparison.is_denied and Says.EVERY in fact.says)
    if frozenset({Says.RECORD}) in comparison.says and fact.says & _OVER_ALL:
        return fact.period.time_range is TimeRange.LIFETIME
    if frozenset({Says.NONE}) in comparison.says:
        return any(quantity.value == 0 for quantity in fact.quantities.values())
    if frozenset({Says.EVERY}) in comparison.says:
        return _is_some(fact) if comparison.is_denied else _is_every(fact)
    return False


def _contradicts(fact: Fact, comparison: Comparison) -> bool:
    """Whether a fact of the right topic says the opposite direction."""
    says = frozenset[Says]().union(*comparison.says)
    if Says.SAME in says:
        return bool(fact.says & _DIRECTED)
    opposite = {Says.MORE: (Says.LESS, Says.LEAST), Says.LESS: (Says.MORE, Says.MOST)}
    return any(set(opposite.get(one, ())) & fact.says for one in says)


def _is_some(fact: Fact) -> bool:
    return "span" in fact.parts and not _is_every(fact)


def _is_every(fact: Fact) -> bool:
    if "span" in fact.parts:
        return fact.value == fact.part("span").value
    return any(
        quantity.unit == "percent" and quantity.value == 100  # noqa: PLR2004 - all of it
        for quantity in fact.quantities.values()
    )


def _compares(fact: Fact, reference: Reference) -> bool:
    if reference.time_range and fact.period.time_range != reference.time_range:
        return False
    if reference.against is Against.EVER:
        return Says.RECORD in fact.says or fact.period.time_range is TimeRange.LIFETIME
    return fact.against is reference.against


def _read_reference(reading: Reading, reference: Reference, found: re.Match[str]) -> None:
    if not reading.text[found.start() : found.end()].strip("\ue000\ue001 "):
        return
    if any(_compares(fact, reference) for fact in reading.facts):
        reading.strike(*found.span())
    elif not _is_range(reading, found):
        reading.refuse(*found.span(), FaultKind.COMPARISON, "no cited fact compares with this")


def _is_range(reading: Reading, found: re.Match[str]) -> bool:
    """Whether the words may as well name the period that a fact tells of."""
    words = reading.text[found.start() : found.end()]
    return any(
        pattern.search(words) and any(fact.period.time_range in ranges for fact in reading.facts)
        for pattern, ranges in reading.tongue.ranges
    )


def _read_ranges(reading: Reading) -> None:
    for pattern, ranges in reading.tongue.ranges:
        for found in reading.find(pattern):
            if any(fact.period.time_range in ranges for fact in reading.facts):
                reading.strike(*found.span())
            elif not reading.is_advice:
                why = "no cited fact is of such a period"
                reading.refuse(*found.span(), FaultKind.PERIOD, why)
