"""Dates, months, years, clock times, weekdays and parts of the day."""

import re
from collections.abc import Iterator
from datetime import date

from spotify_insights.insights.check.reading import DASHES, READ, Reading
from spotify_insights.insights.check.verdict import FaultKind
from spotify_insights.insights.facts.fact import Fact, Unit
from spotify_insights.insights.text import PERIOD

_YEAR = re.compile(r"(?<![\w.,])(?:19|20)\d\d(?!\w|[.,]\d|s\b)")
_ISO = re.compile(r"(?<!\w)(\d{4})-(\d\d)(?:-(\d\d))?(?!\w)")
_NUMERIC = {
    "en": re.compile(r"(?<![\w.])(\d{1,2})([./])(\d{1,2})\2(\d{4}|\d\d)(?!\w)"),
    "de": re.compile(r"(?<![\w.])(\d{1,2})([./])(\d{1,2})\2(\d{4}|\d\d)?(?!\w)"),
}
_UNTIL = rf"\s*(?:[{DASHES}-]|to|and|until|through|bis zum|bis|und)\s*"


def read(reading: Reading) -> None:
    """Strike out what names a day, a month or a year of a cited fact; refuse the rest."""
    _read_written_periods(reading)
    _read_dates(reading)
    _read_months(reading)
    _read_years(reading)


def _read_written_periods(reading: Reading) -> None:
    """Periods as the language writes them, the longest first."""
    written = [(reading.language.write_period(fact.period), fact) for fact in reading.facts]
    for words, fact in sorted(written, key=lambda one: (-len(one[0]), one[1].id)):
        plain = re.escape(words.replace("\u00a0", " "))
        pattern = re.compile(rf"(?<!\w)(?<!\d )(?<!\d\. ){plain}(?!\w)", re.IGNORECASE)
        for found in reading.find(pattern):
            reading.take(*found.span(), fact, PERIOD)


def _read_dates(reading: Reading) -> None:
    for found, day, month, year in _dates(reading):
        _settle(reading, found, _of_day(reading, day, month, year), "no cited fact has this date")


def _dates(reading: Reading) -> Iterator[tuple[re.Match[str], int, int, int | None]]:
    for found in reading.find(_ISO):
        if found[3]:
            yield found, int(found[3]), int(found[2]), int(found[1])
    for pattern in _date_patterns(reading):
        for found in reading.find(pattern):
            named = found.groupdict()
            month = _month_number(reading, named["month"])
            year = int(named["year"]) if named["year"] else None
            yield found, int(named["day"]), month, year
            if named["first"]:
                yield found, int(named["first"]), month, year
    for found in reading.find(_NUMERIC[reading.tongue.code]):
        yield found, int(found[1]), int(found[3]), _full_year(found[4])


def _full_year(written: str | None) -> int | None:
    if not written:
        return None
    return int(written) + (2_000 if len(written) == 2 else 0)  # noqa: PLR2004 - '24 for 2024


def _date_patterns(reading: Reading) -> Iterator[re.Pattern[str]]:
    months = "|".join(_inner(pattern) for pattern in reading.tongue.days["months"].values())
    suffix = r"(?:st|nd|rd|th)?(?:\s+of)?" if reading.tongue.code == "en" else r"\."
    day = rf"(?:(?P<first>\d{{1,2}}){suffix}{_UNTIL})?(?P<day>\d{{1,2}}){suffix}"
    year = r"(?:,?\s+(?P<year>(?:19|20)\d\d))?(?!\w)"
    yield re.compile(rf"(?<![\w.,]){day}\s+(?P<month>{months}){year}", re.IGNORECASE)
    if reading.tongue.code == "en":
        late = rf"(?:(?P<first>\d{{1,2}}){_UNTIL})?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:%,.]\d)"
        yield re.compile(rf"(?<!\w)(?P<month>{months})\s+{late}{year}", re.IGNORECASE)


def _inner(pattern: re.Pattern[str]) -> str:
    return pattern.pattern.removeprefix(r"(?<!\w)").removesuffix(r"(?!\w)")


def _month_number(reading: Reading, words: str) -> int:
    months = reading.tongue.days["months"]
    return next(int(key) for key, pattern in months.items() if pattern.fullmatch(words))


def _of_day(reading: Reading, day: int, month: int, year: int | None) -> tuple[Fact, str] | None:
    for fact in reading.facts:
        for known, part in known_days(fact):
            if (known.day, known.month) == (day, month) and year in (None, known.year):
                return fact, part
    return None


def known_days(fact: Fact) -> Iterator[tuple[date, str]]:
    """The days a fact names, its own and those it begins and ends with."""
    for part, quantity in fact.quantities.items():
        if quantity.unit is Unit.DATE:
            yield date.fromisoformat(str(quantity.value)), part
    yield fact.period.first, PERIOD
    yield fact.period.last, PERIOD


def _read_months(reading: Reading) -> None:
    for found in reading.find(_ISO):
        _settle(
            reading,
            found,
            _of_month(reading, found, int(found[2]), int(found[1])),
            "no cited fact is of this month",
        )
    for key, pattern in reading.tongue.days["months"].items():
        with_year = re.compile(
            rf"(?<!\w)(?:{_inner(pattern)})(?:,?\s+(?:of\s+)?(?P<year>(?:19|20)\d\d))?(?!\w)",
            re.IGNORECASE,
        )
        for found in reading.find(with_year):
            if not _is_another_word(reading, found):
                year = int(found["year"]) if found["year"] else None
                supported = _of_month(reading, found, int(key), year)
                _settle(reading, found, supported, "no cited fact is of this month")


def _is_another_word(reading: Reading, found: re.Match[str]) -> bool:
    """Whether May and March are verbs: in lower case, or by the word after them."""
    word = found[0].lower()
    if reading.tongue.code != "en" or word not in ("may", "march"):
        return False
    verb = reading.tongue.phrases[f"verb_{word}"].match(reading.text, found.start())
    return found[0].islower() or verb is not None


def _of_month(
    reading: Reading, found: re.Match[str], month: int, year: int | None
) -> tuple[Fact, str] | None:
    bounds = _bounds(reading, found)
    for fact in reading.facts:
        for named, part in _months(fact, bounds):
            if named.month == month and year in (None, named.year):
                return fact, part
        first, last = fact.period.first, fact.period.last
        is_within = (first.year, first.month) == (last.year, last.month)
        if is_within and first.month == month and year in (None, first.year):
            return fact, PERIOD
    return None


def _bounds(reading: Reading, found: re.Match[str]) -> frozenset[str]:
    """Whether words such as "since" and "until" make it the first or the last of a range."""
    before = reading.text[max(0, found.start() - 20) : found.start()].rstrip()
    return frozenset(
        name
        for name in ("since", "until")
        if any(
            match.end() == len(before) for match in reading.tongue.phrases[name].finditer(before)
        )
    )


def _months(fact: Fact, bounds: frozenset[str]) -> Iterator[tuple[date, str]]:
    """The days whose month or year may be named, "since" for the first one of a period."""
    for part, quantity in fact.quantities.items():
        if quantity.unit is Unit.MONTH:
            yield date.fromisoformat(f"{quantity.value}-01"), part
        if quantity.unit is Unit.DATE:
            yield date.fromisoformat(str(quantity.value)), part
    if "since" in bounds:
        yield fact.period.first, PERIOD
    if "until" in bounds:
        yield fact.period.last, PERIOD


def _read_years(reading: Reading) -> None:
    for found in reading.find(_YEAR):
        after = reading.text[found.end() :].lstrip()
        if any(unit.match(after) for unit, _ in reading.tongue.units):
            continue
        supported = _of_year(reading, found, int(found[0]))
        _settle(reading, found, supported, "no cited fact is of this year")


def _of_year(reading: Reading, found: re.Match[str], year: int) -> tuple[Fact, str] | None:
    bounds = _bounds(reading, found)
    for fact in reading.facts:
        for part, quantity in fact.quantities.items():
            if quantity.unit is Unit.YEAR and quantity.value == year:
                return fact, part
        for named, part in _months(fact, bounds):
            if named.year == year:
                return fact, part
        if fact.period.first.year == fact.period.last.year == year:
            return fact, PERIOD
    return None


def _settle(
    reading: Reading, found: re.Match[str], supported: tuple[Fact, str] | None, why: str
) -> None:
    if READ in reading.text[found.start() : found.end()]:
        if supported is None:
            reading.refuse(*found.span(), FaultKind.PERIOD, why)
    elif supported is None:
        reading.refuse(*found.span(), FaultKind.PERIOD, why)
    else:
        reading.take(*found.span(), *supported)
