"""Facts as they are kept beside the insight that was written from them."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec

from spotify_insights.insights.facts.fact import Fact


def as_json(fact: Fact) -> dict[str, Any]:
    """A fact as plain values: dates in ISO 8601, what it says in alphabetical order."""
    whole = replace(fact, parts=dict(fact.parts), says=frozenset())
    told: dict[str, Any] = msgspec.to_builtins(whole)
    return told | {"says": sorted(fact.says)}


def hash_of(facts: Sequence[Fact]) -> str:
    """The same facts have the same hash, in whatever order they are."""
    ordered = sorted(facts, key=lambda fact: fact.id)
    lines = b"\n".join(msgspec.json.encode(as_json(fact), order="sorted") for fact in ordered)
    return hashlib.sha256(lines).hexdigest()
