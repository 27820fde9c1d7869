"""Clock times, weekdays, weekends and parts of the day."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial

from spotify_insights.insights.check.reading import DASHES, Reading
from spotify_insights.insights.check.verdict import FaultKind
from spotify_insights.insights.facts.fact import Fact, Unit

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKEND = frozenset({"saturday", "sunday"})
_PARTS = ("night", "morning", "afternoon", "evening")
_HOURS_A_PART = 6
_LATE = 22
_NIGHT = "night"
_NOON = 12
_AT_NIGHT = re.compile(r"[.]night$")
_UNTIL = rf"\s*(?:[{DASHES}-]|to|and|until|bis|und)\s*"
_CLOCKS = {
    "en": re.compile(
        rf"(?<![\w.,:])(?:(?P<h1>\d{{1,2}})(?::(?P<m1>\d\d))?{_UNTIL})?(?P<h>\d{{1,2}})"
        r"(?::(?P<m>\d\d))?\s*(?:(?P<half>[ap])(?:m\b|\.m\.)|(?P<flat>o'clock))|"
        r"(?<![\w.,:])(?P<h24>\d{1,2}):(?P<m24>\d\d)(?!\w|:\d)",
        re.IGNORECASE,
    ),
    "de": re.compile(
        rf"(?<![\w.,:])(?:(?P<h1>\d{{1,2}})(?:[:.](?P<m1>\d\d))?(?:\s*Uhr)?{_UNTIL})?(?P<h>\d{{1,2}})"
        r"(?:[:.](?P<m>\d\d))?\s*Uhr(?P<half>)(?P<flat>)(?!\w)|"
        r"(?<![\w.,:])(?P<h24>\d{1,2}):(?P<m24>\d\d)(?!\w|:\d)",
        re.IGNORECASE,
    ),
}

Supports = Callable[[Fact], str | None]


def read(reading: Reading) -> None:
    """Strike out the times of day and of the week that a cited fact tells of."""
    for found in reading.find(_CLOCKS[reading.tongue.code]):
        _read_clock(reading, found)
    _read_words(reading)


def _read_clock(reading: Reading, found: re.Match[str]) -> None:
    claims = []
    for times in _times(found):
        fitting = ((fact, part) for fact in reading.facts for part in _clocks(fact, times))
        claims.append(next(fitting, None))
    if None in claims:
        reading.refuse(*found.span(), FaultKind.NUMBER, "no cited fact has this time")
    elif claims[0] is not None:
        reading.take(*found.span(), *claims[0])


def _times(found: re.Match[str]) -> Iterator[frozenset[str]]:
    """Each time that is named, as the clock times it may be."""
    if found["h24"]:
        yield frozenset({_clock(int(found["h24"]), found["m24"])})
        return
    named = [(found["h1"], found["m1"]), (found["h"], found["m"])]
    for hour, minute in named:
        if hour:
            yield frozenset(_clock(one, minute) for one in _hours(int(hour), found))


def _hours(hour: int, found: re.Match[str]) -> Iterator[int]:
    if found["half"]:
        yield hour % _NOON + (_NOON if found["half"].lower() == "p" else 0)
        return
    yield hour % 24
    if found["flat"]:
        yield hour % _NOON
        yield hour % _NOON + _NOON


def _clock(hour: int, minute: str | None) -> str:
    return f"{hour % 24:02}:{minute or '00'}"


def _clocks(fact: Fact, times: frozenset[str]) -> Iterator[str]:
    for part, quantity in fact.quantities.items():
        if quantity.unit is Unit.CLOCK and quantity.value in times:
            yield part
    if _AT_NIGHT.search(fact.id) and times & {"00:00", "06:00"}:
        yield ""


def _read_words(reading: Reading) -> None:
    days, phrases = reading.tongue.days, reading.tongue.phrases
    _read_pattern(reading, phrases["recent"], lambda _: None)
    for value, pattern in days["weekdays"].items():
        _read_pattern(reading, pattern, partial(_of_weekday, {value}))
    weekend, working = set(_WEEKEND), set(_WEEKDAYS) - _WEEKEND
    _read_pattern(reading, phrases["weekend"], partial(_of_week, weekend))
    _read_pattern(reading, phrases["weekday"], partial(_of_week, working))
    for value, pattern in days["parts"].items():
        _read_pattern(reading, pattern, partial(_of_part, value))
    _read_pattern(reading, phrases["midnight"], partial(_of_part, _NIGHT))
    _read_pattern(reading, phrases["noon"], _of_noon)
    for pattern in days["seasons"].values():
        _read_pattern(reading, pattern, lambda _: None)


def _read_pattern(reading: Reading, pattern: re.Pattern[str], supports: Supports) -> None:
    for found in reading.find(pattern):
        claims = ((fact, supports(fact)) for fact in reading.facts)
        supported = next(((fact, part) for fact, part in claims if part is not None), None)
        if supported is not None:
            reading.take(*found.span(), *supported)
        elif reading.is_advice:
            reading.strike(*found.span())
        else:
            why = "no cited fact tells of this time"
            reading.refuse(*found.span(), FaultKind.PERIOD, why)


def _of_weekday(values: set[str], fact: Fact) -> str | None:
    if fact.id == "rhythm.weekend" and values <= _WEEKEND:
        return ""
    for part, quantity in fact.quantities.items():
        if quantity.unit is Unit.WEEKDAY and quantity.value in values:
            return part
        if quantity.unit is Unit.DATE:
            day = date.fromisoformat(str(quantity.value))
            if _WEEKDAYS[day.weekday()] in values:
                return part
    return None


def _of_week(values: set[str], fact: Fact) -> str | None:
    if fact.id in ("rhythm.weekend", "rhythm.routine", "rhythm.weekday"):
        return ""
    return _of_weekday(values, fact)


def _of_part(value: str, fact: Fact) -> str | None:
    if value == _NIGHT and _AT_NIGHT.search(fact.id):
        return ""
    for part, quantity in fact.quantities.items():
        if quantity.unit is Unit.PART_OF_DAY and quantity.value == value:
            return part
        if quantity.unit is Unit.CLOCK and value in _parts_of(str(quantity.value)):
            return part
    return None


def _parts_of(clock: str) -> set[str]:
    hour = int(clock[:2])
    parts = {_PARTS[hour // _HOURS_A_PART]}
    return parts | {_NIGHT} if hour >= _LATE else parts


def _of_noon(fact: Fact) -> str | None:
    return next(
        (
            part
            for part, quantity in fact.quantities.items()
            if quantity.unit is Unit.CLOCK and str(quantity.value)[:2] in ("11", "12", "13")
        ),
        None,
    )
