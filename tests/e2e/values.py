"""A value that an insight tells, rounded as insights round it and spelled in English."""

import math
import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

AN_HOUR, A_MINUTE = timedelta(hours=1), timedelta(minutes=1)
NOUNS = {
    "hours": "hours?",
    "minutes": "minutes?",
    "days": "days?",
    "plays": "plays?",
    "tracks": "tracks?",
    "artists": "artists?",
    "albums": "albums?",
    "sessions": "sessions?",
    "times": "times?",
    "of 10": "out of 10",
}
# What a spelled value is replaced by; no text has it.
TOLD = "\N{BULLET OPERATOR}"
_WITH_ANOTHER_UNIT = re.compile(rf"{TOLD} (?:{'|'.join(NOUNS.values())})\b")


class Value(NamedTuple):
    value: float | str
    unit: str

    @property
    def spelled(self) -> str:
        """As English writes it, without the noun of its unit."""
        if self.unit == "period":
            return _period(*self.value.split("/"))
        if self.unit == "date":
            return _day(self.value)
        if isinstance(self.value, str):
            return self.value
        number = f"{self.value:,}".removesuffix(".0")
        return f"{number}%" if self.unit == "percent" else number


# By id and part; the part of the value itself is None.
Facts = Mapping[tuple[str, str | None], Value]


def fact(key: str, value: Value, **parts: Value) -> Facts:
    return {(key, None): value, **{(key, name): part for name, part in parts.items()}}


def whole(value: float) -> int:
    """Halves go up, also where floating point puts them a hair too low."""
    return math.floor(round(value, 6) + 0.5)


def percent(share: float) -> Value:
    return Value(whole(100 * share), "percent")


def time(length: timedelta) -> Value:
    """Whole minutes below an hour, else hours with one decimal."""
    minutes = whole(length / A_MINUTE)
    if minutes < AN_HOUR // A_MINUTE:
        return Value(minutes, "minutes")
    return Value(whole(10 * (length / AN_HOUR)) / 10, "hours")


def without(text: str, values: Iterable[Value]) -> str:
    """The text with a mark in place of every value that is spelled in it, each with its noun.

    A number before the noun of another unit is not that value, and left where it is.
    """
    nouns: dict[str, set[str]] = {}
    for value in values:
        nouns.setdefault(value.spelled, set()).add(NOUNS.get(value.unit, ""))
    for spelled in sorted(nouns, key=len, reverse=True):
        pattern = rf"(?<!\d)(?<!\d[.,]){re.escape(spelled)}(?![.,]?\d)"
        known = "|".join(filter(None, nouns[spelled]))
        text = re.sub(rf"{pattern} (?:{known})\b" if known else pattern, TOLD, text)
        text = re.sub(pattern, TOLD, text)
    return text


def has_another_unit(rest: str) -> bool:
    """Whether, of a text without its values, one was told with the noun of another unit."""
    return bool(_WITH_ANOTHER_UNIT.search(rest))


def _period(first: str, last: str) -> str:
    days = (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
    return f"the {days:,} days to {_day(last)}" if days > 1 else f"the day of {_day(last)}"


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.day} {day:%B} {day.year}"
