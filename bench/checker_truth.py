"""What a changed text would have to say to be true all the same: the mutants' own oracle.

It knows the facts a sentence cites and reads numbers and dates out of the words, with nothing of
the checker in it. In doubt it says that a mutant may be true; such a mutant is left out.
"""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from spotify_insights.insights.facts.fact import Fact, Period, Quantity, Says, Unit

_MONTHS_EN = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_MONTHS_DE = (
    *("Januar", "Februar", "März", "April", "Mai", "Juni"),
    *("Juli", "August", "September", "Oktober", "November", "Dezember"),
)
MONTHS = {"en": _MONTHS_EN, "de": _MONTHS_DE}
_EN, _DE = "|".join(_MONTHS_EN), "|".join(_MONTHS_DE)
_DATES = {
    "en": re.compile(
        rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)?(?: to \d{{1,2}})?(?: of)? )?(?:{_EN})\b"
        r"(?: \d{1,2}\b(?!%))?(?:,? \d{4}\b)?|\b\d{4}-\d\d(?:-\d\d)?\b|\b(?:19|20)\d\d\b(?![,.]\d)"
        r"|\b\d{1,2}:\d\d\b"
    ),
    "de": re.compile(
        rf"\b(?:\d{{1,2}}\.(?: bis(?: zum)? \d{{1,2}}\.)? )?(?:{_DE})\b(?: \d{{4}}\b)?"
        r"|\b\d{1,2}\.\d{1,2}\.(?:\d{4})?|\b(?:19|20)\d\d\b(?![,.]\d)"
        r"|\b(?:\d{1,2} (?:und|bis) )?\d{1,2}(?::\d\d)? Uhr\b|\b\d{1,2}:\d\d\b"
    ),
}
_NUMBERS = {
    "en": re.compile(r"(?<![\w.,])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?!\w)"),
    "de": re.compile(r"(?<![\w.,])(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?(?!\w)"),
}
_HEDGES = re.compile(
    r"\b(?:about|around|nearly|almost|roughly|over|under|than|just|close|some|rund|etwa|knapp|gut"
    r"|ungefähr|fast|über|als|circa)\b",
    re.IGNORECASE,
)
# "More than ten" is true of a hundred, if little is said with it.
_MORE_THAN = re.compile(r"\b(?:over|than|über|als)\b", re.IGNORECASE)
# "Not as much as a hundred" is true of ten.
_NOT = re.compile(r"\b(?:not|no|never|nicht|kein\w*|nie)\b", re.IGNORECASE)
_FIRST_BY_DEFINITION = frozenset({"anniversary.artist", "anniversary.first_play", "history.span"})
_UNITS = (
    (re.compile(r"\s*(?:percentage points?|Prozentpunkte?)", re.IGNORECASE), "share"),
    (re.compile(r"\s*(?:%|percent|Prozent)", re.IGNORECASE), "share"),
    (re.compile(r"\s*(?:hours?|Stunden?)\b"), "hours"),
    (re.compile(r"\s*(?:minutes?|Minuten?)\b"), "minutes"),
    (re.compile(r"\s*(?:days?|Tagen?|Tage)\b"), "days"),
)
_KIND_OF = {
    Unit.PERCENT: "share",
    Unit.POINTS: "share",
    Unit.HOURS: "hours",
    Unit.MINUTES: "minutes",
    Unit.DAYS: "days",
}


@dataclass(frozen=True)
class Number:
    """A number in digits, where it stands, and what it is of ("" when the next word tells not)."""

    start: int
    end: int
    value: float
    decimals: int
    kind: str
    is_hedged: bool
    is_floor: bool = False
    is_denied: bool = False


def masked(words: str, names: Iterable[str]) -> str:
    """The words with every name blanked out, at the same length."""
    for name in sorted(names, key=len, reverse=True):
        if any(character.isspace() or character.isdigit() for character in name) or len(name) > 4:
            words = words.replace(name, "\x00" * len(name))
    return words


def dates(words: str, language: str) -> Iterator[re.Match[str]]:
    return _DATES[language].finditer(words)


def numbers(words: str, language: str) -> Iterator[Number]:
    """The numbers in digits that are no part of a date or a time of day."""
    bare = _DATES[language].sub(lambda found: "\x00" * len(found[0]), words)
    for found in _NUMBERS[language].finditer(bare):
        yield _number(found, bare, language)


def write(value: float, decimals: int, language: str) -> str:
    """A number in digits as the language writes it."""
    said = f"{value:,.{decimals}f}"
    return said if language == "en" else said.translate(str.maketrans(",.", ".,"))


def may_be_true(number: Number, facts: Iterable[Fact]) -> bool:
    """Whether a value of the facts, in a unit that fits, could be told as this number."""
    return any(
        _tells(number, quantity.value)
        for fact in facts
        for quantity in (*fact.quantities.values(), Quantity(fact.period.days, Unit.DAYS))
        if not isinstance(quantity.value, str) and _fits(number.kind, quantity.unit)
    )


def comparisons(facts: Iterable[Fact]) -> frozenset[Says]:
    """What the facts compare, by themselves or by their definition."""
    found: set[Says] = set()
    for fact in facts:
        found |= fact.says
        found |= {Says.FIRST} if fact.id in _FIRST_BY_DEFINITION else set()
        found |= {Says.LONGEST} if "longest" in fact.parts else set()
        found |= {Says.EVERY} if fact.topic == "streaks" else set()
    return frozenset(found)


def known_days(facts: Iterable[Fact]) -> list[tuple[int, int, int]]:
    """Year, month and day of every date the facts have; a month counts with its first day."""
    days: list[tuple[int, int, int]] = []
    for fact in facts:
        days += [_parts(day) for day in _ends(fact.period)]
        for quantity in fact.quantities.values():
            value = quantity.value
            if quantity.unit is Unit.YEAR:
                days.append((int(value), 0, 0))
            elif quantity.unit in (Unit.DATE, Unit.MONTH):
                days.append(_parts(date.fromisoformat(f"{value}-01"[:10])))
    return days


def _ends(period: Period) -> tuple[date, date]:
    return period.first, period.last


def _parts(day: date) -> tuple[int, int, int]:
    return day.year, day.month, day.day


def _number(found: re.Match[str], words: str, language: str) -> Number:
    digits = found[0] if language == "en" else found[0].translate(str.maketrans(",.", ".,"))
    whole, _, decimals = digits.replace(",", "").partition(".")
    after, before = words[found.end() :], " ".join(words[: found.start()].split()[-4:])
    kind = next((kind for unit, kind in _UNITS if unit.match(after)), "")
    return Number(
        found.start(),
        found.end(),
        float(f"{whole}.{decimals or 0}"),
        len(decimals),
        kind,
        _HEDGES.search(before) is not None,
        _MORE_THAN.search(before) is not None,
        _NOT.search(words[: found.start()]) is not None,
    )


def _fits(kind: str, unit: Unit) -> bool:
    return not kind or _KIND_OF.get(unit) == kind


def _tells(number: Number, value: float) -> bool:
    power = 10**number.decimals
    if math.isclose(math.floor(value * power + 0.5 + 1e-9) / power, number.value, abs_tol=1e-9):
        return True
    if (number.is_floor and number.value < value) or (number.is_denied and number.value > value):
        return True
    slack = 2.5 if number.kind == "share" else max(0.06 * value, 0.5)
    return number.is_hedged and abs(number.value - value) <= slack
