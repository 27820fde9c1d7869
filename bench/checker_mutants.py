"""Texts that were true, each made false in one place.

Every generator takes a true sentence with the facts it cites and gives changed sentences; what the
oracle of `checker_truth` does not hold for surely false is left out.
"""

import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

import checker_truth as truth
import checker_words as wordings
from checker_corpus import Cited, FactSet, names_in
from spotify_insights.insights.facts.fact import NAMES, Fact, Unit

NUMBER, IN_WORDS, NAME = "changed number", "number in words", "swapped name"
PERIOD, COMPARISON = "wrong period", "invented comparison"
OTHER, STALE = "fact of another listener", "stale fact"
CLASSES = (NUMBER, IN_WORDS, NAME, PERIOD, COMPARISON, OTHER, STALE)
Thing = TypeVar("Thing")
_QUOTES = re.compile(r"[“„\"]\Z")
_END = re.compile(r"[.!?…]*\Z")


@dataclass(frozen=True)
class Original:
    """A text that is true, and the facts it is about; `at` is the sentence to be changed."""

    id: str
    about: FactSet
    language: str
    sentences: tuple[Cited, ...]
    at: int
    is_by_hand: bool

    @property
    def sentence(self) -> Cited:
        return self.sentences[self.at]

    @property
    def facts(self) -> list[Fact]:
        return [self.about.facts[key] for key in self.sentence.cites]

    @property
    def masked(self) -> str:
        return truth.masked(self.sentence.words, self.about.all_names)


@dataclass(frozen=True)
class Mutant:
    """A false text of a class, and the facts it is to be checked against."""

    kind: str
    original: Original
    about: FactSet
    sentences: tuple[Cited, ...]


def mutants(
    original: Original, sets: Mapping[str, FactSet], rng: random.Random, most: int
) -> Iterator[Mutant]:
    """At most so many false versions of each class."""
    for kind, changes in _CHANGES.items():
        for words in _some(dict.fromkeys(changes(original, rng)), rng, most):
            changed = replace(original.sentence, words=words)
            sentences = (*original.sentences[: original.at], changed)
            rest = original.sentences[original.at + 1 :]
            yield Mutant(kind, original, original.about, (*sentences, *rest))
    others = [about for about in sets.values() if _is_false_of(original, about)]
    for about in _some(others, rng, most):
        same = about.listener == original.about.listener
        yield Mutant(STALE if same else OTHER, original, about, original.sentences)


def _some(things: Iterable[Thing], rng: random.Random, most: int) -> list[Thing]:
    found = list(things)
    return found if len(found) <= most else rng.sample(found, most)


def _numbers(original: Original, rng: random.Random) -> Iterator[str]:
    """Each number in digits, moved a little, moved far, turned round, or taken from elsewhere."""
    for number in truth.numbers(original.masked, original.language):
        for value in _other_values(number, original, rng):
            changed = replace(number, value=value)
            if value >= 0 and not truth.may_be_true(changed, original.facts):
                said = truth.write(value, number.decimals, original.language)
                yield _with(original, number.start, number.end, said)


def _other_values(number: truth.Number, original: Original, rng: random.Random) -> Iterator[float]:
    step = 10.0**-number.decimals
    yield from (number.value + step, number.value - step, number.value + rng.randint(2, 9) * step)
    yield from (_rounded(number, number.value * factor) for factor in (0.5, 0.8, 1.2, 2, 10))
    digits = str(round(number.value / step))
    yield round(int(digits[::-1]) * step, number.decimals)
    elsewhere = [
        quantity.value
        for fact in original.about.facts.values()
        for quantity in fact.quantities.values()
        if not isinstance(quantity.value, str)
    ]
    yield from (_rounded(number, value) for value in rng.sample(elsewhere, 3))


def _rounded(number: truth.Number, value: float) -> float:
    return round(value, number.decimals)


def _numbers_in_words(original: Original, rng: random.Random) -> Iterator[str]:
    yield from _exchanged_words(original)
    for number in truth.numbers(original.masked, original.language):
        for value in (rng.randint(2, 19), round(number.value) + rng.randint(2, 30)):
            changed = replace(number, value=float(value), decimals=0)
            if value < 1000 and not truth.may_be_true(changed, original.facts):
                yield _spelled(original, number, value)


def _spelled(original: Original, number: truth.Number, value: int) -> str:
    said, end = wordings.spelled(value, original.language), number.end
    sign = re.match(r"\s?%", original.sentence.words[end:])
    if sign:
        said, end = said + wordings.PERCENT_WORD[original.language], end + sign.end()
    if re.match(r"-mal\b", original.sentence.words[end:]):
        end += 1
    return _with(original, number.start, end, said)


def _exchanged_words(original: Original) -> Iterator[str]:
    words = wordings.SMALL_NUMBERS[original.language]
    for found in wordings.NUMBER_WORD[original.language].finditer(original.masked):
        for word, value in words.items():
            as_number = truth.Number(found.start(1), found.end(1), value, 0, "", True)
            as_share = replace(as_number, value=100 / value, kind="share")
            if not any(truth.may_be_true(each, original.facts) for each in (as_number, as_share)):
                said = word.capitalize() if found[1][0].isupper() else word
                yield _with(original, found.start(1), found.end(1), said)


def _names(original: Original, rng: random.Random) -> Iterator[str]:
    """Each name that is cited, exchanged for another one of the listener's of its kind."""
    words = original.sentence.words
    for unit in sorted(NAMES):
        cited = names_in(original.facts, unit)
        for name in sorted(cited):
            others = sorted(original.about.names[unit] - cited)
            for other in rng.sample(others, len(others)):
                for found in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", words):
                    if _is_told_as_a_name(words[: found.start()], other, unit):
                        yield _renamed(original, found, other)
    yield from _turned_round(original)


def _renamed(original: Original, found: re.Match[str], name: str) -> str:
    """With the other name, and its genitive after a name in s put right."""
    end = found.end()
    if original.sentence.words[end : end + 2] == "\u2019 " and not name.endswith("s"):
        return _with(original, found.start(), end + 1, f"{name}\u2019s")
    return _with(original, found.start(), end, name)


def _is_told_as_a_name(before: str, name: str, unit: Unit) -> bool:
    """A single word, without quotes, may read as an ordinary one."""
    return " " in name or unit is Unit.GENRE or _QUOTES.search(before) is not None


def _turned_round(original: Original) -> Iterator[str]:
    """The names of two facts exchanged, where each is told with a number of its own."""
    told = {number.value for number in truth.numbers(original.masked, original.language)}
    named = [(fact.value, fact.parts.get("plays")) for fact in original.facts]
    for one, own in named:
        for other, others in named:
            if own is None or others is None or not isinstance(one, str) or own == others:
                continue
            both = f"{one}", f"{other}"
            if {own.value, others.value} <= told and all(
                original.sentence.words.count(name) == 1 for name in both
            ):
                yield _exchanged(original.sentence.words, *both)


def _exchanged(words: str, one: str, other: str) -> str:
    return words.replace(one, "\x00").replace(other, one).replace("\x00", other)


def _periods(original: Original, rng: random.Random) -> Iterator[str]:
    """Each date moved to another day, month or year, or a month added that no cited fact knows."""
    days = truth.known_days(original.facts)
    years, months = {day[0] for day in days}, {day[1] for day in days}
    numbers = {day[2] for day in days} | months
    all_months = truth.MONTHS[original.language]
    for found in truth.dates(original.masked, original.language):
        said = found[0]
        for month in re.findall("|".join(all_months), said):
            for place, other in enumerate(all_months, start=1):
                if place not in months:
                    yield _with(original, *found.span(), said.replace(month, other))
        for digits in re.finditer(r"\d+", said):
            known = years if len(digits[0]) == 4 else numbers | _hours(original.facts)
            value = int(digits[0]) + rng.choice((-3, -2, -1, 1, 2, 3))
            if value not in known and (0 < value <= 23 or value >= 1990):
                other = said[: digits.start()] + str(value).zfill(len(digits[0]))
                yield _with(original, *found.span(), other + said[digits.end() :])
    yield from _added_periods(original, years, rng)


def _hours(facts: Iterable[Fact]) -> set[int]:
    return {
        int(str(quantity.value)[:2])
        for fact in facts
        for quantity in fact.quantities.values()
        if quantity.unit is Unit.CLOCK
    }


def _added_periods(original: Original, years: set[int], rng: random.Random) -> Iterator[str]:
    for _ in range(2):
        year, month = rng.randint(2011, 2025), rng.choice(truth.MONTHS[original.language])
        if year not in years:
            tail = wordings.PERIODS[original.language].format(month=month, year=year)
            yield from _with_tail(original, tail)


def _comparisons(original: Original, _: random.Random) -> Iterator[str]:
    says = truth.comparisons(original.facts)
    for tail, carried_by in wordings.COMPARISONS[original.language]:
        if not says & carried_by:
            yield from _with_tail(original, tail)


def _with_tail(original: Original, tail: str) -> Iterator[str]:
    words = original.sentence.words
    end = _END.search(words)
    if original.facts and end and "?" not in end[0]:
        yield words[: end.start()] + tail + (end[0] or ".")


def _with(original: Original, start: int, end: int, said: str) -> str:
    words = original.sentence.words
    return words[:start] + said + words[end:]


def _is_false_of(original: Original, about: FactSet) -> bool:
    """Whether the sentence, true of one set, tells a number or a name that another set has not.

    A name in small letters that the other listener never heard may read as ordinary words.
    """
    cites = original.sentence.cites
    if about.name == original.about.name or not cites or not about.facts.keys() >= set(cites):
        return False
    if any(each.cites and not about.facts.keys() >= set(each.cites) for each in original.sentences):
        return False
    facts = [about.facts[key] for key in cites]
    told = truth.numbers(original.masked, original.language)
    return any(not truth.may_be_true(number, facts) for number in told) or any(
        name in original.sentence.words and name != name.lower()
        for unit in (Unit.ARTIST, Unit.TRACK, Unit.ALBUM)
        for name in names_in(original.facts, unit) - names_in(facts, unit)
    )


_CHANGES: Mapping[str, Callable[[Original, random.Random], Iterator[str]]] = {
    NUMBER: _numbers,
    IN_WORDS: _numbers_in_words,
    NAME: _names,
    PERIOD: _periods,
    COMPARISON: _comparisons,
}
