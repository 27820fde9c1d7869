"""The texts that the checker is measured with, and the made-up listeners they are about.

`checker/sets.json` names the sets of facts, `facts.jsonl` holds the facts, and `texts_en.jsonl` and
`texts_de.jsonl` the texts written by hand: each sentence with the facts it cites, and whether the
text follows from them. The checker was improved with these; those in `held_out_en.jsonl` and
`held_out_de.jsonl` were all written before it read one of them, and measure texts it does not know.
It was improved after that; `held_out2_en.jsonl` and `held_out2_de.jsonl` were written by somebody
who knew neither it nor its wordings, and were kept from it until then.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from spotify_insights.insights.draft import Draft, Piece, Sentence
from spotify_insights.insights.facts.fact import (
    NAMES,
    Against,
    Fact,
    Method,
    Period,
    Quantity,
    Says,
    Unit,
)
from spotify_insights.models.listening import TimeRange

FOLDER = Path(__file__).parent / "checker"
LANGUAGES = ("en", "de")
KNOWN = "texts"
HELD_OUT = ("held_out", "held_out2")
GOOD_KINDS = frozenset(
    {"approximation", "clock", "comparison", "dates", "every", "fraction", "names", "no number"}
    | {"none", "number words", "paraphrase", "period", "possessive", "range", "rounding"}
)
BAD_KINDS = frozenset(
    {"number changed", "number in words", "unit swapped", "artist swapped", "artist invented"}
    | {"name invented", "wrong period", "wrong date or time", "invented comparison"}
    | {"direction reversed", "wrong fact cited", "uncited", "stale fact", "other listener"}
    | {"exaggeration", "injection"}
)
TITLES = {"en": "Your listening", "de": "Deine Musik"}
# In `sets.json`, what else the listener has heard stands under these keys.
_UNIT_OF = {
    "artists": Unit.ARTIST,
    "tracks": Unit.TRACK,
    "albums": Unit.ALBUM,
    "genres": Unit.GENRE,
}


@dataclass(frozen=True)
class FactSet:
    """What is known of a listener in one period; `names` also holds names that no fact tells."""

    name: str
    listener: str
    older_than: str | None
    facts: Mapping[str, Fact]
    names: Mapping[Unit, frozenset[str]]

    @property
    def all_names(self) -> frozenset[str]:
        return frozenset().union(*self.names.values())


@dataclass(frozen=True)
class Cited:
    """A sentence as a model hands it in: words and ids of facts."""

    words: str
    cites: tuple[str, ...]


@dataclass(frozen=True)
class Text:
    """A text with its label; `kind` says what is tried with it, or what is wrong with it."""

    id: str
    about: str
    language: str
    is_good: bool
    kind: str
    sentences: tuple[Cited, ...]

    @property
    def words(self) -> str:
        return " ".join(sentence.words for sentence in self.sentences)


def fact_sets() -> dict[str, FactSet]:
    facts: defaultdict[str, dict[str, Fact]] = defaultdict(dict)
    described = json.loads((FOLDER / "sets.json").read_text(encoding="utf-8"))
    for row in _lines("facts.jsonl"):
        facts[row["set"]][row["id"]] = _fact(row, described[row["set"]])
    return {name: _fact_set(name, about, facts[name]) for name, about in described.items()}


def texts(of: str = KNOWN) -> list[Text]:
    return [_text(row, language) for language in LANGUAGES for row in rows(language, of)]


def rows(language: str, of: str = KNOWN) -> Iterator[dict[str, Any]]:
    """The texts of a language as they are stored."""
    return _lines(f"{of}_{language}.jsonl")


def draft_of(sentences: Iterable[Cited], language: str) -> Draft:
    """The sentences as the one paragraph of an insight."""
    paragraph = tuple(Sentence((Piece(each.words),), each.cites) for each in sentences)
    return Draft(Sentence((Piece(TITLES[language]),)), (paragraph,))


def names_in(facts: Iterable[Fact], unit: Unit) -> frozenset[str]:
    """The names of a kind that facts tell."""
    quantities = (quantity for fact in facts for quantity in fact.quantities.values())
    return frozenset(
        quantity.value
        for quantity in quantities
        if quantity.unit is unit and isinstance(quantity.value, str)
    )


def _lines(name: str) -> Iterator[dict[str, Any]]:
    with (FOLDER / name).open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def _fact_set(name: str, about: Mapping[str, Any], facts: Mapping[str, Fact]) -> FactSet:
    others = {_UNIT_OF[kind]: frozenset(names) for kind, names in about["others"].items()}
    names = {unit: names_in(facts.values(), unit) | others.get(unit, frozenset()) for unit in NAMES}
    return FactSet(name, about["listener"], about["older_than"], facts, names)


def _fact(row: Mapping[str, Any], about: Mapping[str, Any]) -> Fact:
    parts = row.get("parts", {}).items()
    return Fact(
        id=row["id"],
        value=row["value"],
        unit=Unit(row["unit"]),
        period=Period(
            date.fromisoformat(about["first"]),
            date.fromisoformat(about["last"]),
            TimeRange(about["time_range"]),
        ),
        sample_size=row["sample_size"],
        provenance=("export",),
        parts={name: Quantity(value, Unit(unit)) for name, (value, unit) in parts},
        interval=tuple(row["interval"]) if "interval" in row else None,
        interest=row["interest"],
        says=frozenset(map(Says, row.get("says", ()))),
        against=Against(row["against"]) if "against" in row else None,
        method=Method(row["method"]) if "method" in row else None,
    )


def _text(row: Mapping[str, Any], language: str) -> Text:
    sentences = (Cited(each["text"], tuple(each["cites"])) for each in row["sentences"])
    is_good = row["label"] == "good"
    return Text(row["id"], row["set"], language, is_good, row["class"], tuple(sentences))
