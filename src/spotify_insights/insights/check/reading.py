"""A sentence while it is read: what is understood is struck out, what is left is suspicious."""

import re
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field

from spotify_insights.insights.check import tongue
from spotify_insights.insights.check.tongue import Tongue
from spotify_insights.insights.check.verdict import Fault, FaultKind
from spotify_insights.insights.draft import Piece
from spotify_insights.insights.facts.fact import Fact, Quantity, Unit
from spotify_insights.insights.languages.language import Language

# Stand in for a name and for whatever else was read; no letter, digit or space.
NAME, READ = "\ue000", "\ue001"
# Spaces, apostrophes and hyphens of all kinds read alike; one character for one, so that places
# stay.
LIKE_TEXT = str.maketrans("\u00a0\u202f\u2009\u2019\u2011\u2010", "   '--")
DASHES = "\u2013\u2014"
# Quotes, and the marks that keep the direction of a name to itself.
OPENING = '\u201c\u201e\u00ab\u00bb"\u2018\u201a\u2039\u203a\u2068'
CLOSING = "\u201d\u201c\u00ab\u00bb\"\u2019'\u2018\u2039\u203a\u2069"
_BREAK = re.compile(rf"[,;:.!?(){DASHES}]")
_START = re.compile(rf"(?:^|[.!?:…]|\s[{DASHES}-])[\s'(){OPENING}{CLOSING}]*$")


@dataclass(frozen=True)
class Span:
    """Where a claim stands, and the value that it says."""

    start: int
    end: int
    fact: Fact
    part: str = ""

    @property
    def quantity(self) -> Quantity | None:
        """The value that is said; None for the days of a period."""
        return self.fact.quantities.get(self.part)

    def is_of(self, units: Container[Unit]) -> bool:
        """Whether the value that is said is of one of these units."""
        return self.quantity is not None and self.quantity.unit in units


@dataclass(frozen=True)
class Label:
    """Words that say what a number beside them is of, and the facts that tell of it."""

    start: int
    end: int
    tells: Callable[[Fact], bool]


@dataclass
class Reading:
    """`text` is as long as `words`; what was read in it is struck out.

    `facts` are those the sentence cites. `spans` are the claims found to be true, `labels` the
    names, days and times among them, `past` the places that name the period before.
    """

    words: str
    facts: tuple[Fact, ...]
    language: Language
    tongue: Tongue
    is_title: bool = False
    text: str = ""
    spans: list[Span] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    past: list[tuple[int, int]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.text = self.words.translate(LIKE_TEXT)

    def strike(self, start: int, end: int, mark: str = READ) -> None:
        """Count words as read."""
        self.text = self.text[:start] + mark * (end - start) + self.text[end:]

    def take(self, start: int, end: int, fact: Fact, part: str = "", mark: str = READ) -> None:
        """Count words as a claim that a fact supports."""
        self.spans.append(Span(start, end, fact, part))
        self.strike(start, end, mark)

    def refuse(self, start: int, end: int, kind: FaultKind, why: str) -> None:
        """Count words as a claim that nothing supports."""
        self.faults.append(Fault(self.words, self.words[start:end].strip(), kind, why))
        self.strike(start, end)

    def find(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Matches in what is still unread, one after the other while it is being struck out."""
        if not tongue.may_match(pattern, self.text):
            return
        position = 0
        while found := pattern.search(self.text, position):
            position = max(found.end(), found.start() + 1)
            yield found

    def clause(self, start: int, end: int) -> tuple[int, int]:
        """The bounds of the part of the sentence between the marks around these words."""
        before = [found.end() for found in _BREAK.finditer(self.text, 0, start)]
        after = _BREAK.search(self.text, end)
        return (before[-1] if before else 0, after.start() if after else len(self.text))

    def segment(self, start: int, end: int) -> tuple[int, int]:
        """As a clause, and parted by words such as "and" and "while", too."""
        before = [found.end() for found in self.tongue.breaks.finditer(self.text, 0, start)]
        after = self.tongue.breaks.search(self.text, end)
        return (before[-1] if before else 0, after.start() if after else len(self.text))

    def starts_sentence(self, position: int) -> bool:
        """Whether a word here has a capital letter because of where it stands."""
        return _START.search(self.text, max(0, position - 8), position) is not None

    @property
    def is_advice(self) -> bool:
        """Whether the sentence suggests something, and so tells nothing that has been."""
        return self.tongue.advice.search(self.words) is not None

    def pieces(self) -> tuple[Piece, ...]:
        """The words, each supported claim on its own."""
        pieces, position = [], 0
        for span in sorted(self.spans, key=lambda span: (span.start, -span.end)):
            if span.start < position:
                continue
            pieces.append(Piece(self.words[position : span.start]))
            pieces.append(Piece(self.words[span.start : span.end], span.fact, span.part))
            position = span.end
        pieces.append(Piece(self.words[position:]))
        return tuple(piece for piece in pieces if piece.words)
