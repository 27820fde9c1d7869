"""What a word of comparison says behind a "not" or a "none": none was louder, not the favourite."""

import re
from collections.abc import Mapping
from dataclasses import replace

from spotify_insights.insights.check.reading import Reading
from spotify_insights.insights.check.tongue import Comparison
from spotify_insights.insights.facts.fact import Says

_REACH = 60
_DIRECTED = frozenset({Says.MORE, Says.LESS})
# Their own patterns hold the "no" or say what it would deny.
_NEGATIVE = frozenset({Says.NONE})
# What is left of a comparison that is denied; what is not listed leaves nothing to rest on.
_DENIED = {
    Says.MORE: (Says.LESS, Says.SAME, Says.LEAST),
    Says.LESS: (Says.MORE, Says.SAME, Says.RECORD),
    Says.SAME: (Says.MORE, Says.LESS),
    Says.FIRST: (Says.AGAIN,),
    Says.NEW: (Says.AGAIN,),
    Says.EVERY: (Says.EVERY,),
}
# No other one is more than this: it is the most.
_UNMATCHED = {
    Says.MORE: (Says.MOST, Says.RECORD, Says.LONGEST),
    Says.LESS: (Says.LEAST,),
}


def meant(reading: Reading, comparison: Comparison, found: re.Match[str]) -> Comparison:
    """The comparison as the words before it make it."""
    before = _before(reading, found)
    phrases = reading.tongue.phrases
    if _DIRECTED & _all(comparison) and _ends_with(phrases["none_is"], before):
        return _turned(comparison, _UNMATCHED)
    if not _NEGATIVE & _all(comparison) and _ends_with(phrases["denied"], before):
        return _turned(comparison, _DENIED)
    return comparison


def _all(comparison: Comparison) -> frozenset[Says]:
    return frozenset[Says]().union(*comparison.says)


def _before(reading: Reading, found: re.Match[str]) -> str:
    start, _ = reading.clause(*found.span())
    return reading.text[max(start, found.start() - _REACH) : found.start()].rstrip()


def _ends_with(pattern: re.Pattern[str], text: str) -> bool:
    return any(found.end() == len(text) for found in pattern.finditer(text))


def _turned(comparison: Comparison, into: Mapping[Says, tuple[Says, ...]]) -> Comparison:
    left = {other for says in _all(comparison) for other in into.get(says, ())}
    return replace(
        comparison, says=tuple(frozenset({one}) for one in left), topics=None, is_denied=True
    )
