"""Dates, months, years, clock times, weekdays and parts of the day."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from spotify_insights.insights.check import datewords
from spotify_insights.insights.check.numerals import numerals
from spotify_insights.insights.check.reading import READ, Label, Reading
from spotify_insights.insights.check.verdict import FaultKind
from spotify_insights.insights.facts.fact import Against, Fact, Period, Unit
from spotify_insights.insights.text import PERIOD
from spotify_insights.models.listening import TimeRange

_YEAR = re.compile(r"(?<![\w.,])(?:19|20)\d\d(?!\w|[.,]\d|s\b)")
_ISO = re.compile(r"(?<!\w)(\d{4})-(\d\d)(?:-(\d\d))?(?!\w)")
_NUMERIC = {
    "en": re.compile(r"(?<![\w.])(\d{1,2})([./])(\d{1,2})\2(\d{4}|\d\d)(?!\w)"),
    "de": re.compile(r"(?<![\w.])(\d{1,2})([./])(\d{1,2})\2(\d{4}|\d\d)?(?!\w)"),
}
_OF_DAYS = frozenset({Unit.DATE, Unit.MONTH, Unit.YEAR})
_TO_THE_DAY, _TO_THE_MONTH, _TO_THE_YEAR = 10, 7, 4
# Days that early, mid and late in a month, or one of its halves, may be.
_THIRDS = {
    "early": range(1, 13),
    "mid": range(9, 23),
    "late": range(19, 32),
    "first_half": range(1, 17),
    "second_half": range(15, 32),
}
_ANY_DAY = range(1, 32)
_NO_MONTH = "no cited fact is of this month"


def read(reading: Reading) -> None:
    """Strike out what names a day, a month or a year of a cited fact; refuse the rest."""
    _read_written_periods(reading)
    _read_dates(reading)
    _read_feasts(reading)
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
    for pattern in datewords.dates(reading.tongue.code):
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


def _read_feasts(reading: Reading) -> None:
    """Days that have a name and the same date every year; others are not worked out."""
    for days_of_year, pattern in datewords.feasts(reading.tongue.code, reading.text):
        for found in reading.find(pattern):
            year = int(found["year"]) if found["year"] else None
            days = (_of_day(reading, day, month, year) for month, day in days_of_year)
            supported = next(filter(None, days), None)
            _settle(reading, found, supported, "no cited fact has this date")
    for found in reading.find(reading.tongue.phrases["movable"]):
        reading.refuse(*found.span(), FaultKind.PERIOD, "the date of this day is not known")


def _read_months(reading: Reading) -> None:
    for found in reading.find(_ISO):
        supported = _of_month(reading, found, int(found[2]), int(found[1]))
        _settle(reading, found, supported, _NO_MONTH, _TO_THE_MONTH)
    for month, pattern in datewords.months(reading.tongue.code, reading.text):
        for found in reading.find(pattern):
            if not _is_another_word(reading, found):
                _read_month(reading, found, month)


def _read_month(reading: Reading, found: re.Match[str], month: int) -> None:
    year = int(found["year"]) if found["year"] else None
    is_before = any(_is_month_before(fact, month, year) for fact in reading.facts)
    if is_before and _is_beside_a_number(reading, found):
        reading.past.append(found.span())
        reading.strike(*found.span())
        return
    days = next((_THIRDS[name] for name in _THIRDS if found[name]), _ANY_DAY)
    supported = _of_month(reading, found, month, year, days)
    _settle(reading, found, supported, _NO_MONTH, _TO_THE_MONTH)


def _is_beside_a_number(reading: Reading, found: re.Match[str]) -> bool:
    """Whether the month before is compared with, or has a number of its own."""
    first, last = reading.segment(*found.span())
    before = reading.text[first : found.start()]
    if reading.tongue.phrases["versus"].search(before):
        return True
    beside = f"{before} {reading.text[found.end() : last]}"
    return bool(numerals(beside, reading.tongue))


def _is_month_before(fact: Fact, month: int, year: int | None) -> bool:
    """Whether a fact about a month compares it with this one."""
    if fact.against is not Against.PREVIOUS or fact.period.time_range is not TimeRange.MONTH:
        return False
    before = fact.period.first - timedelta(days=1)
    return before.month == month and year in (None, before.year)


def _is_another_word(reading: Reading, found: re.Match[str]) -> bool:
    """Whether May and March are verbs: in lower case, or by the word after them."""
    word = found[0].lower()
    if reading.tongue.code != "en" or word not in ("may", "march"):
        return False
    verb = reading.tongue.phrases[f"verb_{word}"].match(reading.text, found.start())
    return found[0].islower() or verb is not None


def _of_month(
    reading: Reading,
    found: re.Match[str],
    month: int,
    year: int | None,
    days: range = _ANY_DAY,
) -> tuple[Fact, str] | None:
    bounds = _bounds(reading, found)
    for fact in reading.facts:
        for named, part in _months(fact, bounds):
            is_known = part == PERIOD or fact.part(part).unit is Unit.DATE
            is_then = days is _ANY_DAY or (is_known and named.day in days)
            if named.month == month and year in (None, named.year) and is_then:
                return fact, part
        if days is _ANY_DAY and _lies_in(fact.period, month, year):
            return fact, PERIOD
    return None


def _lies_in(period: Period, month: int, year: int | None) -> bool:
    first, last = period.first, period.last
    is_within = (first.year, first.month) == (last.year, last.month)
    return is_within and first.month == month and year in (None, first.year)


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
        _settle(reading, found, supported, "no cited fact is of this year", _TO_THE_YEAR)


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
    reading: Reading,
    found: re.Match[str],
    supported: tuple[Fact, str] | None,
    why: str,
    precision: int = _TO_THE_DAY,
) -> None:
    """Take or refuse words; `precision` is how much of an ISO date they say."""
    if READ in reading.text[found.start() : found.end()]:
        if supported is None:
            reading.refuse(*found.span(), FaultKind.PERIOD, why)
    elif supported is None:
        reading.refuse(*found.span(), FaultKind.PERIOD, why)
    else:
        fact, part = supported
        if part != PERIOD:
            said = str(fact.part(part).value)[:precision]
            reading.labels.append(Label(*found.span(), partial(_tells, said)))
        reading.take(*found.span(), fact, part)


def _tells(said: str, fact: Fact) -> bool:
    return any(
        quantity.unit in _OF_DAYS and str(quantity.value).startswith(said)
        for quantity in fact.quantities.values()
    )
