"""Words joined to the facts they rest on.

A template is a sentence with its claims marked: `You give music [{}](listening.time).` The words
in brackets are the claim; `{}` stands for the value of the fact named behind them, `{#}` for its
number without the unit, and a claim may be words alone: `[widely](artists.evenness)`. Templates
hold no numeral and no name of their own, so whatever number or name a text has lies in a claim.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from spotify_insights.insights.facts import Fact, measure

Facts = Mapping[str, Fact]

HEADING = "# "
ITEM = "- "

_CLAIM = re.compile(r"\[([^\]]*)\]\(([a-z_.]+)\)")
# What Markdown would act on within a line, also where an address becomes a link by itself.
_MARKDOWN = re.compile(r"[\\`*_\[\]<>&~|#@$]|:(?=//)|(?<=www)\.", re.IGNORECASE)
# What would make a list or a rule of a paragraph that starts with it, as "1. Outside" does.
_BLOCK_START = re.compile(r"^(\d*)([-+.)])")
_RIGHT_TO_LEFT = ("R", "AL")
_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"


@dataclass(frozen=True)
class Piece:
    """Words as they are read; with a fact, a claim."""

    words: str
    fact: Fact | None = None


Pieces = list[Piece]


def cited(template: str) -> list[str]:
    """Ids of the facts a template needs."""
    return [key for _, key in _CLAIM.findall(template)]


def fill(template: str, facts: Facts) -> Pieces:
    return list(_pieces(template, facts))


def _pieces(template: str, facts: Facts) -> Iterator[Piece]:
    end = 0
    for claim in _CLAIM.finditer(template):
        yield Piece(template[end : claim.start()])
        words, key = claim.groups()
        yield Piece(_filled(words, facts[key]), facts[key])
        end = claim.end()
    yield Piece(template[end:])


def _filled(words: str, fact: Fact) -> str:
    if isinstance(fact.value, str):
        return words.replace("{}", _isolated(fact.value))
    number, said = measure(fact.value, ""), measure(fact.value, fact.unit)
    return words.replace("{#}", number).replace("{}", said)


def _isolated(name: str) -> str:
    """A name written from right to left must not turn round the words beside it."""
    turns = any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in name)
    return f"{_ISOLATE}{name}{_END_OF_ISOLATE}" if turns else name


def plain(pieces: Pieces) -> str:
    return "".join(piece.words for piece in pieces)


def joined(sentences: Sequence[Pieces]) -> Pieces:
    return [piece for sentence in sentences for piece in (Piece(" "), *sentence)][1:]


def escape(words: str) -> str:
    """Words that Markdown shows as they are, within a line."""
    return _MARKDOWN.sub(r"\\\g<0>", words)


@dataclass
class Text:
    """Markdown under construction, and the evidence for each claim in it, in reading order.

    `position` in the evidence is where the claim starts in the content, in code points: the same
    words may stand elsewhere by chance.
    """

    content: str = ""
    evidence: list[dict[str, Any]] = field(default_factory=list)

    def begin(self, block: str = "") -> None:
        """Start a block: a heading, an item of a list, or by default a paragraph."""
        is_next_item = block == ITEM and self.content.rpartition("\n")[2].startswith(ITEM)
        gap = "\n" if is_next_item else "\n\n"
        self.content = f"{self.content}{gap}{block}" if self.content else block

    def say(self, pieces: Pieces) -> None:
        for piece in pieces:
            words = escape(piece.words)
            if not self.content or self.content.endswith("\n"):
                words = _BLOCK_START.sub(r"\1\\\2", words)
            if piece.fact:
                self.evidence.append(_evidence(piece.fact, words, len(self.content)))
            self.content += words


def _evidence(fact: Fact, claim: str, position: int) -> dict[str, Any]:
    return {
        "id": fact.id,
        "claim": claim,
        "position": position,
        "statement": fact.statement,
        "value": fact.value,
        "unit": fact.unit,
        "from": fact.start.isoformat(),
        "to": fact.end.isoformat(),
        "sample_size": fact.sample_size,
        "comparison": fact.comparison,
        "method": fact.method,
        "source": fact.source,
        "provenance": list(fact.provenance),
    }
