"""What a superlative is of: the name beside it, and the kind that its noun says."""

import re
from collections.abc import Iterator

from spotify_insights.insights.check.reading import NAME, Reading, Span
from spotify_insights.insights.facts.fact import NAMES, Fact, Says, Unit

_OF_ONE = frozenset({Says.MOST, Says.LONGEST, Says.LEAST, Says.RECORD})
_GAP = re.compile(r"[\s-]*")


def is_of_another(reading: Reading, found: re.Match[str], fact: Fact) -> bool:
    """Whether the words around a superlative speak of another name or kind than a fact does."""
    if not fact.says & _OF_ONE or not any(
        quantity.unit in NAMES for quantity in fact.quantities.values()
    ):
        return False
    noun = _noun(reading, found)
    if noun is not None and noun is not fact.unit:
        return True
    names = list(_names_beside(reading, found))
    return bool(names) and not any(_is_told(fact, name) for name in names)


def _noun(reading: Reading, found: re.Match[str]) -> Unit | None:
    """The kind that a noun in or right behind the words names: your top album."""
    gap = _GAP.match(reading.text, found.end())
    after = gap.end() if gap else found.end()
    for unit, pattern in reading.tongue.nouns.items():
        if pattern.search(reading.text, *found.span()) or pattern.match(reading.text, after):
            return unit
    return None


def _names_beside(reading: Reading, found: re.Match[str]) -> Iterator[Span]:
    """The names between the same breaks as a place."""
    start, end = reading.segment(*found.span())
    for span in reading.spans:
        is_here = start <= span.start and span.end <= end
        if is_here and span.is_of(NAMES) and reading.text[span.start] == NAME:
            yield span


def _is_told(fact: Fact, name: Span) -> bool:
    return name.quantity in fact.quantities.values()
