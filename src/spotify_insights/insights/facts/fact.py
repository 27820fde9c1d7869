"""A fact: a value with all that is needed to check it, and nothing of how it will be worded."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

from spotify_insights.models.listening import TimeRange

LONGEST_NAME = 120
DAYS_A_WEEK = 7
_MS_A_MINUTE = 60_000
_MS_A_TENTH_OF_AN_HOUR = 360_000
_MINUTES_AN_HOUR = 60
# Control characters, and those that are invisible or turn the direction of the text after them.
_UNWRITABLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


class Unit(StrEnum):
    """What a value is of. Those from `ARTIST` on are words, not numbers."""

    HOURS = "hours"
    MINUTES = "minutes"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"
    PLAYS = "plays"
    TRACKS = "tracks"
    ARTISTS = "artists"
    ALBUMS = "albums"
    SESSIONS = "sessions"
    STRETCHES = "stretches"
    TIMES = "times"
    COUNTRIES = "countries"
    PERCENT = "percent"
    POINTS = "points"
    SKIPS_AN_HOUR = "skips per hour"
    OF_10 = "of 10"
    OF_1 = "of 1"
    RANK = "rank"
    ARTIST = "artist"
    TRACK = "track"
    ALBUM = "album"
    GENRE = "genre"
    MOOD = "mood"
    COUNTRY = "country"
    PLATFORM = "platform"
    PART_OF_DAY = "part of day"
    WEEKDAY = "weekday"
    CLOCK = "clock"
    DATE = "date"
    MONTH = "month"
    YEAR = "year"


# Names that the listener's data brings along; whatever else is a word comes from a closed list.
NAMES = frozenset({Unit.ARTIST, Unit.TRACK, Unit.ALBUM, Unit.GENRE})


class Says(StrEnum):
    """What a word of comparison may assert on the strength of a fact."""

    MORE = "more"
    LESS = "less"
    SAME = "same"
    MOST = "most"
    LEAST = "least"
    LONGEST = "longest"
    RECORD = "record"
    FIRST = "first"
    NEW = "new"
    AGAIN = "again"
    EVERY = "every"
    NONE = "none"


class Against(StrEnum):
    """What a fact compares its value with."""

    PREVIOUS = "previous"
    USUAL = "usual"
    REST = "rest"
    EVER = "ever"


class Method(StrEnum):
    """How a value came about that was not simply counted."""

    ESTIMATED_LENGTHS = "estimated_lengths"
    RANKED_BY_SPOTIFY = "ranked_by_spotify"
    TAGS = "tags"
    GENRE_FAMILIES = "genre_families"


@dataclass(frozen=True)
class Quantity:
    """A value and its unit.

    Shares are whole percent, hours have one decimal, scores one, evenness two; halves go up. A
    date is ISO (2024-09-07), a month 2024-09, a clock 21:00, a weekday its English name in lower
    case, a country its two letters.
    """

    value: float | str
    unit: Unit


@dataclass(frozen=True)
class Period:
    """The days a fact tells of, both inclusive, and which kind of range they are."""

    first: date
    last: date
    time_range: TimeRange

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def is_whole(self) -> bool:
        """Whether a week has its seven days, and a month all of its days."""
        if self.time_range is TimeRange.WEEK:
            return self.days == DAYS_A_WEEK
        return self.first.day == 1 and (self.last + timedelta(days=1)).day == 1


@dataclass(frozen=True)
class Fact:
    """A value of one period, with what it rests on.

    `parts` are further values that belong to it, by name ("share", "before"). `sample_size` counts
    what was looked at, `sampled` says of what. `interval` is the 95 % interval of an estimate, in
    the unit of `value`. `interest` (0..1) is how much it deserves to be told. `says` are the
    comparisons it supports, and `against` what they are made with.
    """

    id: str
    value: float | str
    unit: Unit
    period: Period
    sample_size: int
    provenance: tuple[str, ...]
    sampled: Unit = Unit.PLAYS
    parts: Mapping[str, Quantity] = field(default_factory=lambda: MappingProxyType({}))
    interval: tuple[float, float] | None = None
    interest: float = 0.0
    says: frozenset[Says] = frozenset()
    against: Against | None = None
    method: Method | None = None

    @property
    def quantity(self) -> Quantity:
        return Quantity(self.value, self.unit)

    @property
    def topic(self) -> str:
        return self.id.partition(".")[0]

    def part(self, name: str = "") -> Quantity:
        """A part by name; without one the value itself. Raises KeyError for an unknown name."""
        return self.parts[name] if name else self.quantity

    @property
    def quantities(self) -> Mapping[str, Quantity]:
        """All values, the main one under the empty name."""
        return {"": self.quantity, **self.parts}


def time_of(ms: float) -> Quantity:
    """A length of time: whole minutes below an hour, else hours with one decimal."""
    minutes = half_up(ms / _MS_A_MINUTE)
    if minutes < _MINUTES_AN_HOUR:
        return Quantity(minutes, Unit.MINUTES)
    return Quantity(half_up(ms / _MS_A_TENTH_OF_AN_HOUR) / 10, Unit.HOURS)


def percent(share: float) -> Quantity:
    """Whole percent of a share (0..1); the inner rounding makes 57.4999… the 57.5 it was."""
    return Quantity(half_up(round(100 * share, 6)), Unit.PERCENT)


def half_up(value: float) -> int:
    """The nearest whole number; Python's own `round` would take 0.5 to 0 and 1.5 to 2."""
    return math.floor(value + 0.5)


def clean(name: str) -> str:
    """A name on one line, without characters that would act on the text around it, and cut."""
    whole = " ".join(_UNWRITABLE.sub("", name).split())
    return whole if len(whole) <= LONGEST_NAME else f"{whole[: LONGEST_NAME - 1].rstrip()}…"
