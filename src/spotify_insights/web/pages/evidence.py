"""Evidence in words: what a value is, and what was looked at for it (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spotify_insights.insights.facts.fact import Quantity, Unit
from spotify_insights.insights.languages import Language
from spotify_insights.insights.text import PERIOD
from spotify_insights.web.format import count, iso_day, sentence
from spotify_insights.web.pages.prose import Note, plain

Evidence = Mapping[str, Any]

_COMPARED = {
    "previous": "As many days right before",
    "usual": "Your own usual range",
    "rest": "The rest of the period",
    "ever": "All that is on record",
}
# What a sample consists of in evidence that does not say, where it is not plays.
_ALWAYS = {"genres": "artists", "moods": "tracks"}
_IN_A_RANKING = {"artists": "artists", "tracks": "tracks"}
_TRACKS_LOOKED_AT = "tracks.looked_at"


@dataclass(frozen=True)
class Claim:
    """Words of the text, and the value behind them."""

    words: str
    value: str


@dataclass(frozen=True)
class Card:
    """All that a note says; None where there is nothing to say.

    `values` stand for the note; a period that is claimed beside them is told below anyway. `claims`
    are those in other words than their value, where several values share the note.
    """

    number: int
    is_cited: bool
    values: str
    claims: Sequence[Claim]
    statement: str
    period: str
    sample: str
    interval: str | None
    comparison: str | None
    method: str | None
    source: str


def card(note: Note, language: Language) -> Card:
    """A note in words; values are in the language of the insight, the rest is the page's."""
    first = note.evidence[0]
    told_as = {plain(one["claim"]): value(one, language) for one in note.evidence}
    claims = [Claim(words, shown) for words, shown in told_as.items() if words != shown]
    told = [one for one in note.evidence if one["unit"] != PERIOD] or note.evidence
    values = dict.fromkeys(value(one, language) for one in told)
    return Card(
        number=note.number,
        is_cited=note.is_cited,
        values=" · ".join(values),
        claims=claims if len(told_as) > 1 else [],
        statement=first["statement"],
        period=f"{iso_day(first['from'])} to {iso_day(first['to'])}",
        sample=sample(first, language),
        interval=_interval(note.evidence, language),
        comparison=_compared(first.get("comparison")),
        method=sentence(first["method"]) if first.get("method") else None,
        source=first["source"],
    )


def value(evidence: Evidence, language: Language) -> str:
    """The value with its unit; a name stands for itself."""
    given, unit = evidence["value"], evidence["unit"]
    if unit == PERIOD:
        days = str(given).split("/")
        return " \u2013 ".join(language.say(Quantity(day, Unit.DATE)) for day in days)
    return language.say(Quantity(given, Unit(unit))) if unit in set(Unit) else str(given)


def sample(evidence: Evidence, language: Language) -> str:
    """The size of the sample, with what it consists of."""
    size = evidence["sample_size"]
    if sampled := evidence.get("sampled"):
        return f"{language.write_number(size)} {sampled}"
    key = str(evidence["id"])
    noun = key.partition(".")[0]
    unit = _ALWAYS.get(noun, "plays")
    if noun in _IN_A_RANKING and (evidence.get("method") or key == _TRACKS_LOOKED_AT):
        unit = _IN_A_RANKING[noun]
    return count(size, unit)


def _interval(evidence: Sequence[Evidence], language: Language) -> str | None:
    """In the unit of the fact's own value, which is known where that value is claimed."""
    bounds = evidence[0].get("interval")
    if not bounds:
        return None
    own = next((one for one in evidence if not one.get("part") and one["unit"] != PERIOD), None)
    low, high = (
        value({"value": bound, "unit": own["unit"]}, language)
        if own
        else language.write_number(bound)
        for bound in bounds
    )
    return f"{low} to {high}"


def _compared(told: str | None) -> str | None:
    """What a fact compares with; what is not from the closed list says itself."""
    return _COMPARED.get(told, told) if told else None
