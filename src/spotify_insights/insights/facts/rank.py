"""Which facts are worth telling: the most interesting ones, each thing told once."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from spotify_insights.insights.facts.fact import Fact, Unit

LIMIT = 40

# What an insight has a place of its own for, however ordinary it is.
ALWAYS = frozenset({"listening.time", "moods.score"})


@dataclass(frozen=True)
class _Alike:
    """Kinds of facts that tell the same, and how many of them are told.

    With `of` they do so only where they are about the same artist or day.
    """

    ids: frozenset[str]
    at_most: int = 1
    of: Unit | None = None


def _alike(*ids: str, at_most: int = 1, of: Unit | None = None) -> _Alike:
    return _Alike(frozenset(ids), at_most, of)


TELL_THE_SAME = (
    # More plays are more time.
    _alike("change.time", "change.plays", "change.steady"),
    _alike("usual.time", "record.time", "change.time", "change.steady", at_most=2),
    # A share that is not what it was is mostly one that is not what it usually is.
    _alike("change.night", "usual.night"),
    _alike("change.skips", "usual.skips"),
    _alike("change.discovery", "usual.discovery"),
    # One artist is introduced once.
    _alike(
        *("artists.rising", "artists.newcomer", "artists.returned", "change.leader"),
        of=Unit.ARTIST,
    ),
    _alike("artists.fading", "artists.returned", of=Unit.ARTIST),
    # The day with the most time, and that it was far out.
    _alike("calendar.peak", "anomaly.day", of=Unit.DATE),
    _alike("tracks.distinct", "tracks.ranked"),
)


def best(facts: Iterable[Fact], limit: int = LIMIT) -> list[Fact]:
    """At most `limit` facts, the most interesting first; those of `ALWAYS` among them.

    Of those that tell the same the more interesting are kept; of equal interest, those that come
    first by their id. Ids are unique afterwards. The order of what is given does not matter, and
    the best of the best are the same.
    """
    told: Counter[object] = Counter()
    kept: list[Fact] = []
    for fact in sorted(facts, key=_is_first):
        keys = list(_keys(fact))
        if len(kept) < limit and all(told[key] < most for key, most in keys):
            told.update(key for key, _ in keys)
            kept.append(fact)
    return sorted(kept, key=_order)


def _is_first(fact: Fact) -> tuple[object, ...]:
    return fact.id not in ALWAYS, *_order(fact)


def _order(fact: Fact) -> tuple[object, ...]:
    return -fact.interest, fact.id, str(fact.value), repr(fact.parts)


def _keys(fact: Fact) -> Iterator[tuple[object, int]]:
    """What a fact tells, and how often that may be told."""
    yield fact.id, 1
    for place, alike in enumerate(TELL_THE_SAME):
        if fact.id in alike.ids:
            yield (place, fact.value if alike.of else None), alike.at_most
