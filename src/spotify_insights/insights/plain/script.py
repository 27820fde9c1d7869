"""The wordings of an insight, the facts at hand to fill them with, and what was told of them."""

import hashlib
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from spotify_insights.insights.draft import Paragraph
from spotify_insights.insights.facts.fact import Fact, Quantity
from spotify_insights.insights.languages.language import Language
from spotify_insights.insights.plain import variants
from spotify_insights.insights.plain.saying import Saying
from spotify_insights.insights.wording import Table

# So often a word may begin a sentence before others are preferred.
FRESH_OPENINGS = 2


class Script:
    """Says what can be said, each fact at most once, and begins no two sentences alike if it can.

    Which of several wordings is taken follows from the seed and from what was said before, so the
    same insight is written the same way again. `told` are the ids of the facts that title and body
    have told, `announced` those of which the title gave no number.
    """

    def __init__(
        self, facts: Sequence[Fact], tables: Mapping[str, Table], language: Language, seed: str
    ) -> None:
        self.facts = {fact.id: fact for fact in facts}
        self.told: set[str] = set()
        self.announced: set[str] = set()
        self._tables = tables
        self.language = language
        self._seed = seed
        self._openings: Counter[str] = Counter()
        self._last_opening = ""
        self._speaking_of: Quantity | None = None

    def begin(self) -> None:
        """Start a paragraph or a line: nobody was named in it yet."""
        self._speaking_of = None

    def number(self, key: str, part: str = "") -> float:
        """A number of a fact; NaN, for which no comparison holds, where there is none."""
        fact = self.facts.get(key)
        if fact is None or part not in fact.quantities:
            return math.nan
        value = fact.part(part).value
        return math.nan if isinstance(value, str) else value

    def can_tell(self, table: str, key: str) -> bool:
        """Whether something can be said for the key that tells no fact a second time."""
        return bool(self._fresh(table, key))

    def can_mention(self, table: str, key: str) -> bool:
        return bool(self._known(table, key))

    def tell(self, table: str, key: str, about: Fact | None = None) -> Paragraph:
        """The sentences for a fact or a situation; nothing where no wording can be filled.

        `about` is the fact that a wording means when it cites `any`.
        """
        saying = self._pick(key, self._fresh(table, key, about))
        self.told |= saying.tells
        return saying.sentences

    def announce(self, table: str, key: str) -> Paragraph:
        """As `tell`, for a title: what it gives no number of is told further on."""
        saying = self._pick(key, self._fresh(table, key))
        self.told |= saying.numbers
        self.announced = set(saying.tells - saying.numbers)
        return saying.sentences

    def mention(self, table: str, key: str) -> Paragraph:
        """As `tell`, for a list: it may come back to what was told, and tells nothing itself."""
        self.begin()
        return self._pick(key, self._known(table, key)).sentences

    def _fresh(self, table: str, key: str, about: Fact | None = None) -> list[Saying]:
        known = self._known(table, key, about)
        return [saying for saying in known if self.told.isdisjoint(saying.tells)]

    def _known(self, table: str, key: str, about: Fact | None = None) -> list[Saying]:
        """What can be said for the key: wordings of its first variant that has one to fill."""
        for variant in self._variants(key):
            wordings = self._tables.get(table, {}).get(variant, ())
            filled = (Saying.of(each, self.facts, self.language, about) for each in wordings)
            if known := [saying for saying in filled if saying is not None]:
                return known
        return []

    def _variants(self, key: str) -> Iterator[str]:
        if key in self.facts:
            names = variants.of(self.facts[key], self._speaking_of)
            yield from (f"{key}:{name}" for name in names)
        yield key

    def _pick(self, key: str, sayings: list[Saying]) -> Saying:
        if not sayings:
            return Saying()
        picked = min(sayings, key=lambda saying: (*self._staleness(saying), self._lot(key, saying)))
        for opening in picked.openings:
            self._last_opening = opening
            self._openings[opening] += 1
        self._speaking_of = picked.artist
        return picked

    def _staleness(self, saying: Saying) -> tuple[bool, int]:
        opening = saying.openings[0]
        return opening == self._last_opening, self._openings[opening] // FRESH_OPENINGS

    def _lot(self, key: str, saying: Saying) -> bytes:
        return hashlib.sha256(f"{self._seed} {key} {saying.words}".encode()).digest()
