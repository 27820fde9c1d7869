"""A wording filled with facts, and what it tells of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from spotify_insights.insights import text
from spotify_insights.insights.draft import Paragraph
from spotify_insights.insights.facts.fact import Fact, Quantity
from spotify_insights.insights.languages.language import Language
from spotify_insights.insights.plain import variants
from spotify_insights.insights.wording import Wording

_CLAIM = re.compile(r"\[([^\]]*)\]\(([a-z_.]+)\)")
_PART = re.compile(r"\{([a-z_]*)")
_ANY = "](any)"


@dataclass(frozen=True)
class Saying:
    """Sentences and the ids of the facts that they tell, and those they give a number of.

    A claim that says nothing but the period tells nothing. `artist` is whom all of it is about, if
    there is one.
    """

    sentences: Paragraph = ()
    tells: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    artist: Quantity | None = None

    @classmethod
    def of(
        cls, wording: Wording, facts: Mapping[str, Fact], language: Language, about: Fact | None
    ) -> Self | None:
        """The wording filled, `any` in it meaning the fact `about`; None if it cannot be."""
        meant = [_about(template, about) for template in wording]
        if not all(text.can_fill(template, facts) for template in meant):
            return None
        claims = [
            (facts[key], _PART.findall(words))
            for template in meant
            for words, key in _CLAIM.findall(template)
        ]
        telling = [(fact, parts) for fact, parts in claims if parts != [text.PERIOD]]
        return cls(
            tuple(text.fill(template, facts, language) for template in meant),
            frozenset(fact.id for fact, _ in telling),
            frozenset(fact.id for fact, parts in telling if _has_number(fact, parts)),
            _only_artist([fact for fact, _ in telling]),
        )

    @property
    def words(self) -> str:
        return " ".join(sentence.words for sentence in self.sentences)

    @property
    def openings(self) -> list[str]:
        """The words that the sentences begin with, in lower case and without quotation marks."""
        first = [sentence.words.partition(" ")[0] for sentence in self.sentences]
        return [word.lower().strip("“”„,:") for word in first]


def _about(template: str, fact: Fact | None) -> str:
    return template.replace(_ANY, f"]({fact.id})") if fact else template


def _has_number(fact: Fact, parts: list[str]) -> bool:
    said = [fact.part(part) for part in parts if part != text.PERIOD]
    return any(not isinstance(quantity.value, str) for quantity in said)


def _only_artist(facts: list[Fact]) -> Quantity | None:
    artists = [variants.artist_of(fact) for fact in facts]
    return artists[0] if artists and artists.count(artists[0]) == len(artists) else None
