"""The phrases of a tone, and the facts at hand to fill them with."""

import hashlib
import math
from collections.abc import Iterable, Sequence

from spotify_insights.insights import text
from spotify_insights.insights.facts import Fact
from spotify_insights.insights.text import Pieces
from spotify_insights.insights.wording import PATTERNS, Phrases


class Script:
    """Says what can be said: a wording is left out while a fact it cites is missing."""

    def __init__(self, found: Sequence[Fact], phrases: Phrases, seed: str) -> None:
        self._facts = {fact.id: fact for fact in found}
        self._phrases = phrases
        self._seed = seed
        part = self.value("hours.strongest_part")
        if part is not None:
            self._facts["hours.strongest"] = self._facts[f"hours.{part}_share"]

    def value(self, key: str) -> float | str | None:
        fact = self._facts.get(key)
        return fact.value if fact else None

    def number(self, key: str) -> float:
        """A fact's number; NaN, for which no comparison holds, when it is missing."""
        value = self.value(key)
        return math.nan if value is None else float(value)

    def method(self, key: str) -> str | None:
        fact = self._facts.get(key)
        return fact.method if fact else None

    def sample_size(self, key: str) -> int:
        fact = self._facts.get(key)
        return fact.sample_size if fact else 0

    def can(self, key: str) -> bool:
        return bool(self._wordings(key))

    def best(self, *keys: str) -> str:
        """The first of these that can be said, else the last."""
        return next(filter(self.can, keys), keys[-1])

    def say(self, key: str) -> Pieces:
        """The wording that the seed picks."""
        wordings = self._wordings(key)
        digest = hashlib.sha256(f"{self._seed} {key}".encode()).digest()
        return text.fill(wordings[digest[0] % len(wordings)], self._facts)

    def say_all(self, keys: Iterable[str]) -> list[Pieces]:
        return [self.say(key) for key in keys if self.can(key)]

    def patterns(self) -> list[Pieces]:
        return [text.fill(pattern, self._facts) for pattern in PATTERNS if self._knows(pattern)]

    def _wordings(self, key: str) -> list[str]:
        return [wording for wording in self._phrases[key] if self._knows(wording)]

    def _knows(self, template: str) -> bool:
        return all(key in self._facts for key in text.cited(template))
