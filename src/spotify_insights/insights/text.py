"""Templates: sentences with their claims marked, to be filled with facts.

In `You give music [{}](listening.time).` the words in brackets are the claim, and the fact behind
them is what they rest on. `{}` stands for its value, `{share}` for a part of it, `{#}` and
`{before#}` for the number without the unit, `{:when}` and `{days:dative}` for a form that the
language has, and `{period}` for the days it tells of. A claim may be words alone:
`[widely](artists.evenness)`. Templates hold no numeral and no name of their own, so whatever
number or name a text has lies in a claim.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping

from spotify_insights.insights.draft import Piece, Sentence
from spotify_insights.insights.facts.fact import NAMES, Fact
from spotify_insights.insights.languages.language import Language

Facts = Mapping[str, Fact]

PERIOD = "period"

_CLAIM = re.compile(r"\[([^\]]*)\]\(([a-z_.]+)\)")
_VALUE = re.compile(r"\{([a-z_]*)(#?)(?::([a-z]+))?\}")
# What Markdown would act on within a line, also where an address becomes a link by itself.
_MARKDOWN = re.compile(r"[\\`*_\[\]<>&~|#@$]|:(?=//)|(?<=www)\.", re.IGNORECASE)
_RIGHT_TO_LEFT = ("R", "AL")
_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"


def cited(template: str) -> list[str]:
    """Ids of the facts a template needs."""
    return [key for _, key in _CLAIM.findall(template)]


def can_fill(template: str, facts: Facts) -> bool:
    """Whether every fact and every part that a template names is there."""
    return all(
        key in facts and all(_has(facts[key], part) for part, _, _ in _VALUE.findall(words))
        for words, key in _CLAIM.findall(template)
    )


def fill(template: str, facts: Facts, language: Language) -> Sentence:
    """The sentence with its values. Raises KeyError for a fact or part that is missing."""
    pieces = tuple(piece for piece in _pieces(template, facts, language) if piece.words)
    return Sentence(pieces, tuple(dict.fromkeys(cited(template))))


def say(fact: Fact, part: str, language: Language, *, bare: bool = False, form: str = "") -> str:
    """A value of a fact as it is read; `bare` leaves its unit out."""
    if part == PERIOD:
        return language.write_period(fact.period)
    quantity = fact.part(part)
    if bare:
        return language.number(quantity)
    said = language.say(quantity, form)
    return _isolated(said) if quantity.unit in NAMES else said


def escape(words: str) -> str:
    """Words that Markdown shows as they are, within a line."""
    return _MARKDOWN.sub(r"\\\g<0>", words)


def _has(fact: Fact, part: str) -> bool:
    return part in ("", PERIOD) or part in fact.parts


def _pieces(template: str, facts: Facts, language: Language) -> Iterator[Piece]:
    end = 0
    for claim in _CLAIM.finditer(template):
        yield Piece(template[end : claim.start()])
        words, key = claim.groups()
        fact = facts[key]
        values = [part for part, _, _ in _VALUE.findall(words)]
        yield Piece(_filled(words, fact, language), fact, values[0] if values else "")
        end = claim.end()
    yield Piece(template[end:])


def _filled(words: str, fact: Fact, language: Language) -> str:
    return _VALUE.sub(
        lambda found: say(fact, found[1], language, bare=bool(found[2]), form=found[3] or ""),
        words,
    )


def _isolated(name: str) -> str:
    """A name written from right to left must not turn round the words beside it."""
    turns = any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in name)
    return f"{_ISOLATE}{name}{_END_OF_ISOLATE}" if turns else name
