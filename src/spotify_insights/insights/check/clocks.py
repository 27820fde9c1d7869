"""Clock times, weekdays, weekends and parts of the day."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache, partial

from spotify_insights.insights.check import tongue
from spotify_insights.insights.check.reading import DASHES, Label, Reading
from spotify_insights.insights.check.verdict import FaultKind
from spotify_insights.insights.facts.fact import Fact, Unit

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKEND = frozenset({"saturday", "sunday"})
_PARTS = ("night", "morning", "afternoon", "evening")
_HOURS_A_PART = 6
_LATE = 22
_NIGHT = "night"
_NOON = 12
_REACH = 30
_AT_NIGHT = re.compile(r"[.]night$")
_UNTIL = rf"\s*(?:[{DASHES}-]|to|and|until|bis|und)\s*"
_DAYTIMES = {
    "en": r"in the (?:(?P<am>morning)|(?P<pm>afternoon|evening))|at night",
    "de": r"(?:(?P<am>morgens|vormittags)|(?P<pm>nachmittags|abends))|nachts|mittags",
}
_SUFFIXES = {
    "en": rf"(?:(?P<half>[ap])(?:m\b|\.m\.)|(?P<flat>o'clock)|{_DAYTIMES['en']})",
    "de": rf"Uhr(?P<half>)(?P<flat>)(?!\w)(?:\s+(?:{_DAYTIMES['de']})(?!\w))?",
}
_TWENTY_FOUR = 24

Supports = Callable[[Fact], str | None]


def read(reading: Reading) -> None:
    """Strike out the times of day and of the week that a cited fact tells of."""
    for found in reading.find(_clock_pattern(reading.tongue.code)):
        _read_clock(reading, found)
    _read_words(reading)


@cache
def _clock_pattern(code: str) -> re.Pattern[str]:
    """Clock times and ranges of them, the hour in digits or in words."""
    numbers = tongue.of(code).numbers
    words = "|".join(word for word, number in numbers.items() if number <= _TWENTY_FOUR)
    hour, minute = rf"\d{{1,2}}|(?:{words})(?!\w)", r"[:.]\d\d" if code == "de" else r":\d\d"
    o_clock = r"(?:\s*Uhr)?" if code == "de" else r"(?:\s*[ap]\.?m\.?)?"
    return re.compile(
        rf"(?<![\w.,:-])(?:(?P<h1>{hour})(?P<m1>{minute})?{o_clock}{_UNTIL})?(?P<h>{hour})"
        rf"(?P<m>{minute})?\s*(?:{_SUFFIXES[code]})|"
        r"(?<![\w.,:])(?P<h24>\d{1,2})(?P<m24>:\d\d)(?!\w|:\d)",
        re.IGNORECASE,
    )


def _read_clock(reading: Reading, found: re.Match[str]) -> None:
    claims = []
    ends = _ends(reading, found)
    for times in _times(reading.tongue.numbers, found):
        fitting = (
            (fact, part)
            for fact in reading.facts
            for part in (*_clocks(fact, times), *_bounds(fact, times, ends))
        )
        claims.append(next(fitting, None))
    if None in claims:
        reading.refuse(*found.span(), FaultKind.NUMBER, "no cited fact has this time")
    elif claims[0] is not None:
        fact, part = claims[0]
        reading.labels.append(Label(*found.span(), partial(_is_same_fact, fact)))
        reading.take(*found.span(), fact, part)


def _times(numbers: Mapping[str, int], found: re.Match[str]) -> Iterator[frozenset[str]]:
    """Each time that is named, as the clock times it may be."""
    if found["h24"]:
        yield frozenset({_clock(int(found["h24"]), found["m24"])})
        return
    named = [(found["h1"], found["m1"]), (found["h"], found["m"])]
    for written, minute in named:
        if written:
            hour = numbers.get(written.lower()) if written.isalpha() else int(written)
            yield frozenset(_clock(one, minute) for one in _hours(hour or 0, found))


def _hours(hour: int, found: re.Match[str]) -> Iterator[int]:
    half = (found["half"] or "").lower()
    if half or found["am"] or found["pm"]:
        is_late = half == "p" or found["pm"] is not None
        yield hour % _NOON + (_NOON if is_late else 0)
        return
    yield hour % _TWENTY_FOUR
    if found["flat"]:
        yield hour % _NOON
        yield hour % _NOON + _NOON


def _clock(hour: int, minute: str | None) -> str:
    return f"{hour % _TWENTY_FOUR:02}:{(minute or '00')[-2:]}"


def _clocks(fact: Fact, times: frozenset[str]) -> Iterator[str]:
    for part, quantity in fact.quantities.items():
        if quantity.unit is Unit.CLOCK and quantity.value in times:
            yield part


def _is_same_fact(fact: Fact, other: Fact) -> bool:
    return fact is other


def _ends(reading: Reading, found: re.Match[str]) -> frozenset[str]:
    """Whether a time is where something begins or ends: from six to noon, before noon."""
    before = reading.text[max(0, found.start() - _REACH) : found.start()].rstrip()
    sides = {
        side
        for side in ("start", "end")
        for match in reading.tongue.phrases[f"clock_{side}"].finditer(before)
        if match.end() == len(before)
    }
    is_range = "h1" in found.re.groupindex and found["h1"]
    return frozenset({"start", "end"} if is_range else sides)


def _bounds(fact: Fact, times: frozenset[str], ends: frozenset[str]) -> Iterator[str]:
    """Parts of the day of a fact that begin or end at a time."""
    for part, quantity in fact.quantities.items():
        if quantity.unit is Unit.PART_OF_DAY or _AT_NIGHT.search(fact.id):
            is_night = quantity.unit is not Unit.PART_OF_DAY
            first = _HOURS_A_PART * _PARTS.index(_NIGHT if is_night else str(quantity.value))
            clocks = {"start": _clock(first, None), "end": _clock(first + _HOURS_A_PART, None)}
            if any(clocks[end] in times for end in ends):
                yield part


def _read_words(reading: Reading) -> None:
    days, phrases = reading.tongue.days, reading.tongue.phrases
    _read_pattern(reading, phrases["recent"], lambda _: None)
    for value, pattern in days["weekdays"].items():
        _read_pattern(reading, pattern, partial(_of_weekday, {value}))
    weekend, working = set(_WEEKEND), set(_WEEKDAYS) - _WEEKEND
    for name, values in (("weekend", weekend), ("weekday", working)):
        told = partial(_of_half, values)
        _read_pattern(reading, phrases[name], partial(_of_week, values), told)
    for value, pattern in days["parts"].items():
        _read_pattern(reading, pattern, partial(_of_part, value))
    _read_bound(reading, phrases["twelve_at_night"], "00:00")
    _read_pattern(reading, phrases["midnight"], partial(_of_part, _NIGHT))
    _read_bound(reading, phrases["noon"], "12:00")
    _read_pattern(reading, phrases["noon"], _of_noon)
    for pattern in days["seasons"].values():
        _read_pattern(reading, pattern, lambda _: None)


def _read_bound(reading: Reading, pattern: re.Pattern[str], clock: str) -> None:
    """Midnight and noon, where they begin or end a part of the day that a fact tells of."""
    for found in reading.find(pattern):
        ends = _ends(reading, found)
        for fact in reading.facts:
            part = next(_bounds(fact, frozenset({clock}), ends), None)
            if part is not None:
                reading.labels.append(Label(*found.span(), partial(_is_same_fact, fact)))
                reading.take(*found.span(), fact, part)
                break
        else:
            _refuse_bound(reading, found, ends)


def _refuse_bound(reading: Reading, found: re.Match[str], ends: frozenset[str]) -> None:
    tells_of_parts = any(
        quantity.unit is Unit.PART_OF_DAY or _AT_NIGHT.search(fact.id)
        for fact in reading.facts
        for quantity in fact.quantities.values()
    )
    is_silent = any(_AT_NIGHT.search(fact.id) and fact.value == 0 for fact in reading.facts)
    has_exception = reading.tongue.phrases["except"].search(reading.text, found.end()) is not None
    if is_silent or has_exception:
        return
    if len(ends) == 1 and tells_of_parts and not reading.is_advice:
        why = "no part of the day in a cited fact begins or ends here"
        reading.refuse(*found.span(), FaultKind.PERIOD, why)


def _read_pattern(
    reading: Reading,
    pattern: re.Pattern[str],
    supports: Supports,
    tells: Supports | None = None,
) -> None:
    """Take the times that a fact supports; `tells`: whose numbers are of them, if fewer."""
    for found in reading.find(pattern):
        claims = ((fact, supports(fact)) for fact in reading.facts)
        supported = next(((fact, part) for fact, part in claims if part is not None), None)
        if supported is not None:
            reading.labels.append(Label(*found.span(), partial(_tells, tells or supports)))
            reading.take(*found.span(), *supported)
        elif reading.is_advice:
            reading.strike(*found.span())
        else:
            why = "no cited fact tells of this time"
            reading.refuse(*found.span(), FaultKind.PERIOD, why)


def _tells(supports: Supports, fact: Fact) -> bool:
    return supports(fact) is not None


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


def _of_half(values: set[str], fact: Fact) -> str | None:
    """As `_of_week`, without facts about a single day that is not among them."""
    is_of_days = fact.id in ("rhythm.weekend", "rhythm.routine")
    return "" if is_of_days else _of_weekday(values, fact)


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
