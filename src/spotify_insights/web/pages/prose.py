"""An insight's text as HTML: the few marks our writers use, and each claim tied to its evidence.

The marks are headings (`# `, `## `), items (`- `), lines of plain text and backslash escapes; an
item may begin with a word that says what it is about.
Everything else is shown as it stands, escaped, so that neither a track's name nor a model can
bring markup into a page.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from markupsafe import Markup, escape

Evidence = Mapping[str, Any]

_BLOCK = re.compile(r"^(## |# |- )?(.*\S.*)$", re.MULTILINE)
# A backslash before ASCII punctuation hides; before anything else it is itself.
_CHARACTER = re.compile(r"\\([!-/:-@\[-`{-~])|(.)")
_TAGS = {"# ": "h1", "## ": "h2", "- ": "li", None: "p"}
_LINK = Markup('<a class="claim"{1} href="#evidence-{0}">{2}<sup>{0}</sup></a>')


@dataclass(frozen=True)
class Note:
    """The evidence of one fact under the number that its claims carry, one piece for each claim."""

    number: int
    evidence: Sequence[Evidence]
    is_cited: bool


@dataclass(frozen=True)
class Prose:
    html: Markup
    notes: Sequence[Note]


@dataclass(frozen=True)
class _Claim:
    """Where a piece of evidence is claimed; `back` is what its note links back to."""

    number: int
    back: Markup


@dataclass
class _Citations:
    """Which claim each position of the text belongs to, and the notes in reading order."""

    claims: dict[int, _Claim] = field(default_factory=dict)
    notes: dict[str, Note] = field(default_factory=dict)


def render(content: str, evidence: Sequence[Evidence], leads: Collection[str] = ()) -> Prose:
    """The text with its claims as links to notes, which are numbered in reading order.

    `leads` are the words that items may begin with, before a colon.
    """
    cited = _cite(content, evidence)
    blocks = [
        (block[1], _block(content, block, cited.claims, leads))
        for block in _BLOCK.finditer(content)
    ]
    return Prose(_joined(blocks), list(cited.notes.values()))


def teaser(content: str) -> tuple[str, str]:
    """The title and the first lines below it, as plain text."""
    lines = [(mark, plain(text)) for mark, text in _BLOCK.findall(content)]
    title = next((text for mark, text in lines if mark == "# "), "")
    return title, next((text for mark, text in lines if not mark), "")


def plain(text: str) -> str:
    """Words without their backslash escapes."""
    return "".join(hidden or shown for hidden, shown in _CHARACTER.findall(text))


def _joined(blocks: Sequence[tuple[str | None, Markup]]) -> Markup:
    parts = []
    for is_item, group in groupby(blocks, key=lambda block: block[0] == "- "):
        inner = Markup().join(
            Markup("<{0}>{1}</{0}>").format(_TAGS[mark], text) for mark, text in group
        )
        parts.append(Markup("<ul>{}</ul>").format(inner) if is_item else inner)
    return Markup().join(parts)


def _block(
    content: str, block: re.Match[str], claims: Mapping[int, _Claim], leads: Collection[str]
) -> Markup:
    """The words of a block, with its lead set apart where it has one."""
    start, end = block.span(2)
    lead, colon, _ = block[2].partition(": ")
    if block[1] != "- " or not colon or lead not in leads:
        return _inline(content, (start, end), claims)
    after = start + len(lead) + len(colon)
    return Markup("<b>{}</b> {}").format(lead, _inline(content, (after, end), claims))


def _inline(content: str, span: tuple[int, int], claims: Mapping[int, _Claim]) -> Markup:
    characters = _CHARACTER.finditer(content, *span)
    parts = []
    for claim, run in groupby(characters, key=lambda found: claims.get(found.end() - 1)):
        words = escape("".join(found[1] or found[2] for found in run))
        parts.append(_linked(words, claim) if claim else words)
    return Markup().join(parts)


def _linked(words: Markup, claim: _Claim) -> Markup:
    return _LINK.format(claim.number, claim.back, words)


def _cite(content: str, evidence: Sequence[Evidence]) -> _Citations:
    cited = _Citations()
    placed = sorted(_placed(content, evidence), key=lambda place: place[0].start)
    for span, one in placed:
        key = str(one["id"])
        number = len(cited.notes) + 1
        back = Markup(' id="claim-{}"').format(number) if key not in cited.notes else Markup()
        same = [other for other in evidence if other["id"] == one["id"]]
        note = cited.notes.setdefault(key, Note(number, same, is_cited=True))
        claim = _Claim(note.number, back)
        cited.claims.update(dict.fromkeys(span, claim))
    for one in evidence:
        number = len(cited.notes) + 1
        cited.notes.setdefault(str(one["id"]), Note(number, [one], is_cited=False))
    return cited


def _placed(content: str, evidence: Sequence[Evidence]) -> Iterator[tuple[range, Evidence]]:
    """Each claim at a stretch of one line that is its own, as far as there is one."""
    taken: set[int] = set()
    for one in evidence:
        for start in _places(content, one):
            span = range(start, start + len(one["claim"]))
            if taken.isdisjoint(span):
                taken.update(span)
                yield span, one
                break


def _places(content: str, one: Evidence) -> Iterator[int]:
    """Where the claim may stand: where the writer says, else wherever its words are found."""
    claim, position = str(one["claim"]), one.get("position")
    if not claim or "\n" in claim:
        return
    if isinstance(position, int) and position >= 0 and content.startswith(claim, position):
        yield position
    start = content.find(claim)
    while start >= 0:
        yield start
        start = content.find(claim, start + 1)
