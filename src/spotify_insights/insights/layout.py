"""From a checked draft to what is stored: Markdown, structured output and the evidence."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from spotify_insights.insights import wording
from spotify_insights.insights.draft import Draft, Item, Piece, Sentence
from spotify_insights.insights.facts.fact import Fact, Unit
from spotify_insights.insights.languages.language import Language
from spotify_insights.insights.statements import statement
from spotify_insights.insights.text import PERIOD, escape
from spotify_insights.models.insight import InsightType

LAYOUT = "layout"
HEADING, SECTION, ITEM = "# ", "## ", "- "

# What would make a list or a rule of a paragraph that starts with it, as "1. Outside" does.
_BLOCK_START = re.compile(r"^(\d*)([-+.)])")
_SPACE = Piece(" ")


@dataclass(frozen=True)
class Written:
    """An insight: Markdown, and what the contract calls its structured output."""

    content: str
    structured_output: dict[str, Any]


def lay_out(
    draft: Draft, insight_type: InsightType, language: Language, mood_score: float | None
) -> Written:
    """Put a draft on a page, with one piece of evidence for each claim in reading order.

    `mood_score` (0..10) is a fact or None, whoever wrote the words.
    """
    page = _Page(language)
    page.put(HEADING, draft.title.pieces)
    for paragraph in draft.paragraphs:
        page.put("", _joined(paragraph))
    sections = draft.sections
    for name in _SHOWN[insight_type]:
        _put_section(page, name, sections.get(name, ()))
    output = _STRUCTURED[insight_type](draft)
    if insight_type is InsightType.WELLNESS:
        output["mood_score"] = mood_score
    return Written(page.content, output | {"evidence": page.evidence})


@dataclass
class _Page:
    """Markdown under construction.

    `position` in the evidence is where the claim starts in the content, in code points: the same
    words may stand elsewhere by chance.
    """

    language: Language
    content: str = ""
    evidence: list[dict[str, Any]] = field(default_factory=list)

    def put(self, mark: str, pieces: Iterable[Piece]) -> None:
        """Add a block: a heading, an item of a list, or without a mark a paragraph."""
        is_next_item = mark == ITEM and self.content.rpartition("\n")[2].startswith(ITEM)
        gap = "\n" if is_next_item else "\n\n"
        self.content = f"{self.content}{gap}{mark}" if self.content else mark
        for piece in pieces:
            self._say(piece)

    def _say(self, piece: Piece) -> None:
        words = escape(piece.words)
        if not self.content or self.content.endswith("\n"):
            words = _BLOCK_START.sub(r"\1\\\2", words)
        if piece.fact:
            at = len(self.content)
            self.evidence.append(_evidence(piece.fact, piece.part, words, at, self.language))
        self.content += words


def _put_section(page: _Page, name: str, items: Sequence[Item]) -> None:
    texts = wording.read(page.language.code, LAYOUT)
    if not items:
        return
    if name in texts["headings"]:
        page.put(SECTION, [Piece(texts["headings"][name])])
    for item in items:
        lead = [Piece(f"{texts['categories'][item.category]}: ")] if item.category else []
        page.put("" if name in _ALONE else ITEM, [*lead, *_joined(item.sentences)])


def _joined(sentences: Sequence[Sentence]) -> list[Piece]:
    return [piece for sentence in sentences for piece in (_SPACE, *sentence.pieces)][1:]


def _words(sentences: Sequence[Sentence]) -> str:
    return " ".join(sentence.words for sentence in sentences)


def _lines(draft: Draft, name: str) -> list[str]:
    return [item.words for item in draft.sections.get(name, ())]


def _wellness(draft: Draft) -> dict[str, Any]:
    opening = draft.paragraphs[0] if draft.paragraphs else ()
    return {
        "overall_assessment": f"{draft.title.words.rstrip('.')}. {_words(opening)}".rstrip(),
        "wellness_nudges": [
            {"category": nudge.category, "priority": nudge.priority, "message": nudge.words}
            for nudge in draft.sections.get("wellness_nudges", ())
        ],
        "key_patterns": _lines(draft, "key_patterns"),
    }


def _roast(draft: Draft) -> dict[str, Any]:
    return {
        "roast_title": draft.title.words,
        "main_roast": "\n\n".join(_words(paragraph) for paragraph in draft.paragraphs),
        "specific_callouts": _lines(draft, "specific_callouts"),
        "redemption_quality": " ".join(_lines(draft, "redemption_quality")),
    }


def _productivity(draft: Draft) -> dict[str, Any]:
    return {name: _lines(draft, name) for name in _SHOWN[InsightType.PRODUCTIVITY]}


def _evidence(
    fact: Fact, part: str, claim: str, position: int, language: Language
) -> dict[str, Any]:
    texts = wording.read(language.code, LAYOUT)
    first, last = fact.period.first.isoformat(), fact.period.last.isoformat()
    is_period = part == PERIOD
    quantity = fact.quantity if is_period else fact.part(part)
    source = texts["and"].join(texts["sources"][one] for one in fact.provenance)
    return {
        "id": fact.id,
        "part": part or None,
        "claim": claim,
        "position": position,
        "statement": statement(fact, language),
        "value": f"{first}/{last}" if is_period else quantity.value,
        "unit": PERIOD if is_period else quantity.unit.value,
        "from": first,
        "to": last,
        "sample_size": fact.sample_size,
        "sampled": language.unit(Unit(fact.sampled), fact.sample_size),
        "interval": fact.interval,
        "comparison": fact.against,
        "method": texts["methods"][fact.method] if fact.method else None,
        "source": source[:1].upper() + source[1:],
        "provenance": list(fact.provenance),
    }


# The sections that the content shows, in this order; key patterns repeat what the text says.
_SHOWN: Mapping[InsightType, Sequence[str]] = {
    InsightType.WELLNESS: ("wellness_nudges",),
    InsightType.ROAST: ("specific_callouts", "redemption_quality"),
    InsightType.PRODUCTIVITY: ("focus_patterns", "distractions", "strategies", "balance"),
}
# A section that is one paragraph, not a list.
_ALONE = {"redemption_quality"}
_STRUCTURED = {
    InsightType.WELLNESS: _wellness,
    InsightType.ROAST: _roast,
    InsightType.PRODUCTIVITY: _productivity,
}
