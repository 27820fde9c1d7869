"""What a writer hands in, with a model or without: sentences, and the facts each rests on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from spotify_insights.insights.facts.fact import Fact


@dataclass(frozen=True)
class Piece:
    """Words as they are read; with a fact, a claim, and `part` is the value of it that they say."""

    words: str
    fact: Fact | None = None
    part: str = ""


@dataclass(frozen=True)
class Sentence:
    """One sentence and the ids of the facts it cites."""

    pieces: tuple[Piece, ...]
    cites: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        return "".join(piece.words for piece in self.pieces)


Paragraph = tuple[Sentence, ...]


@dataclass(frozen=True)
class Item:
    """A line of a list: a nudge, a callout, a strategy. Wellness nudges have the two names."""

    sentences: Paragraph
    category: str = ""
    priority: str = ""

    @property
    def words(self) -> str:
        return " ".join(sentence.words for sentence in self.sentences)


@dataclass(frozen=True)
class Draft:
    """A whole insight before it is laid out; `sections` by their name in the structured output."""

    title: Sentence
    paragraphs: tuple[Paragraph, ...]
    sections: Mapping[str, tuple[Item, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def sentences(self) -> Iterator[Sentence]:
        """Every sentence, in reading order."""
        yield self.title
        for paragraph in self.paragraphs:
            yield from paragraph
        for items in self.sections.values():
            for item in items:
                yield from item.sentences
