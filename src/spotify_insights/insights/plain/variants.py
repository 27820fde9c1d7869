"""Which wording of a kind fits a fact: the names that follow a key, as in `change.time:less`."""

import math
from collections.abc import Iterator

from spotify_insights.insights.facts.fact import Fact, Method, Quantity, Says, Unit

_METHODS = {Method.RANKED_BY_SPOTIFY: "ranked", Method.ESTIMATED_LENGTHS: "estimated"}
_DIRECTIONS = (Says.MORE, Says.LESS, Says.SAME, Says.NONE, Says.LEAST)
# Up to this value (in its unit: of the fact, or of a part) a kind is told as a small one.
_FEW = {
    "listening.days": ("share", 40),
    "rhythm.night": ("", 10),
    "rhythm.routine": ("", 50),
    "discovery.artists": ("share", 10),
    "artists.top": ("plays", 20),
    "tracks.top": ("plays", 10),
    "repeats.rate": ("", 20),
    "skips.rate": ("", 10),
    "shuffle.share": ("", 20),
    "focus.interruptions": ("", 1.5),
}


def of(fact: Fact, speaking_of: Quantity | None) -> Iterator[str]:
    """The variants of a fact, what fits best first; `speaking_of` is an artist just named."""
    if fact.method in _METHODS:
        yield _METHODS[fact.method]
    yield from (says.value for says in _DIRECTIONS if says in fact.says)
    if _is_few(fact):
        yield "few"
    if speaking_of is not None and fact.parts.get("artist") == speaking_of:
        yield "theirs"


def artist_of(fact: Fact) -> Quantity | None:
    """The artist a fact is about."""
    return fact.quantity if fact.unit is Unit.ARTIST else fact.parts.get("artist")


def _is_few(fact: Fact) -> bool:
    part, limit = _FEW.get(fact.id, ("", -math.inf))
    if part not in fact.quantities:
        return False
    value = fact.part(part).value
    return not isinstance(value, str) and value <= limit
