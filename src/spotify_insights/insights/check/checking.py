"""The check of a whole draft."""

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial

from spotify_insights.insights.check import (
    belonging,
    binding,
    clocks,
    comparisons,
    days,
    marks,
    names,
    numbers,
    shares,
    tongue,
    vocabulary,
)
from spotify_insights.insights.check.marks import LONGEST_SENTENCE, LONGEST_TEXT
from spotify_insights.insights.check.names import Known
from spotify_insights.insights.check.reading import Reading
from spotify_insights.insights.check.verdict import Fault, FaultKind, Verdict
from spotify_insights.insights.draft import Draft, Sentence
from spotify_insights.insights.facts.fact import Fact
from spotify_insights.insights.languages.language import Language

_SHOWN = 80


@dataclass(frozen=True)
class _Ground:
    """What all sentences of a draft are checked against."""

    facts: Mapping[str, Fact]
    language: Language
    known: Known


def check(
    draft: Draft, facts: Mapping[str, Fact], language: Language, names: Collection[str] = ()
) -> Verdict:
    """Find what in a draft does not follow from the facts that each sentence cites.

    `names` are those the listener's data knows beside the cited ones: one of them where it is
    not cited is a fault. In the draft that is handed back the supported claims are pieces with
    their facts; sentences that came with such pieces are as they were.
    """
    if fault := _too_long(draft):
        return Verdict((fault,), draft)
    faults: list[Fault] = []
    read = partial(_checked, _Ground(facts, language, Known.of(names)), faults)
    title = read(draft.title, is_title=True)
    paragraphs = tuple(tuple(map(read, paragraph)) for paragraph in draft.paragraphs)
    sections = {
        name: tuple(replace(item, sentences=tuple(map(read, item.sentences))) for item in items)
        for name, items in draft.sections.items()
    }
    return Verdict(tuple(faults), Draft(title, paragraphs, sections))


def _too_long(draft: Draft) -> Fault | None:
    length = 0
    for sentence in draft.sentences():
        words = sentence.words
        length += len(words)
        if len(words) > LONGEST_SENTENCE:
            return _length_fault(words, f"a sentence has at most {LONGEST_SENTENCE} characters")
        if length > LONGEST_TEXT:
            return _length_fault(words, f"a text has at most {LONGEST_TEXT} characters")
    return None


def _length_fault(words: str, why: str) -> Fault:
    return Fault(words[:_SHOWN], words[:_SHOWN], FaultKind.LENGTH, why)


def _checked(
    ground: _Ground, faults: list[Fault], sentence: Sentence, *, is_title: bool = False
) -> Sentence:
    """The sentence with its claims as pieces; what is wrong with it is added to the faults."""
    words = unicodedata.normalize("NFC", sentence.words)
    unknown = [key for key in sentence.cites if key not in ground.facts]
    cited = tuple(ground.facts[key] for key in sentence.cites if key in ground.facts)
    lexicon = tongue.of(ground.language.code)
    reading = Reading(words, cited, ground.language, lexicon, is_title=is_title)
    _read(reading, ground.known)
    faults.extend(
        Fault(words, key[:_SHOWN], FaultKind.CITE, "there is no such fact") for key in unknown
    )
    faults.extend(reading.faults)
    if any(piece.fact for piece in sentence.pieces):
        return sentence
    return Sentence(reading.pieces(), sentence.cites)


def _read(reading: Reading, known: Known) -> None:
    """Every rule strikes out what it understands, so their order counts."""
    names.read(reading, known)
    marks.read(reading)
    comparisons.read_neutral(reading)
    days.read(reading)
    clocks.read(reading)
    shares.read(reading)
    numbers.read(reading)
    binding.read(reading)
    belonging.read(reading)
    comparisons.read(reading)
    names.read_kinds(reading)
    vocabulary.read(reading)
