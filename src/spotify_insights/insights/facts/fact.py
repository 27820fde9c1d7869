"""A fact, and how its value is rounded and written."""

import math
import re
from dataclasses import dataclass
from datetime import date

from spotify_insights.models.listening import Provenance

_SOURCES = {
    Provenance.EXPORT: "your export",
    Provenance.API: "Spotify",
    Provenance.DEMO: "demo Spotify",
}
# Control characters, and those that turn the direction of the text after them.
_UNWRITABLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)


@dataclass(frozen=True)
class Fact:
    """A value with all that is needed to check it.

    `sample_size` counts what was looked at: plays, or the names of a top list. `method` says how
    a value came about that was not simply counted.
    """

    id: str
    statement: str
    value: float | str
    unit: str
    start: date
    end: date
    sample_size: int
    provenance: tuple[str, ...]
    method: str | None = None
    comparison: str | None = None

    @property
    def source(self) -> str:
        names = " and ".join(_SOURCES[Provenance(key)] for key in self.provenance)
        return names[:1].upper() + names[1:]


def measure(value: float, unit: str) -> str:
    """A value as people write it: 41%, 1 play, 1,204 plays, 10.8 hours."""
    if unit == "percent":
        return f"{value}%"
    number = f"{value:,}".removesuffix(".0")
    return f"{number} {unit.removesuffix('s') if value == 1 else unit}".rstrip()


def percent(share: float) -> int:
    """Whole percent; the inner rounding takes off what floating point adds: 57.4999… is 57.5."""
    return half_up(round(100 * share, 6))


def half_up(value: float) -> int:
    """The nearest whole number; Python's own `round` would take 0.5 to 0 and 1.5 to 2."""
    return math.floor(value + 0.5)


def written(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"


def clean(name: str) -> str:
    """A name on one line, without characters that would act on the text around it."""
    return " ".join(_UNWRITABLE.sub("", name).split())
