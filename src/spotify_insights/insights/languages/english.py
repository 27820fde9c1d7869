"""English: Oxford spelling, day before month, a 24-hour clock."""

from datetime import date

from spotify_insights.insights.facts.fact import Period, Unit
from spotify_insights.insights.languages import countries
from spotify_insights.insights.languages.language import Language
from spotify_insights.models.listening import TimeRange

_UNITS = {
    Unit.HOURS: ("hour", "hours"),
    Unit.MINUTES: ("minute", "minutes"),
    Unit.DAYS: ("day", "days"),
    Unit.WEEKS: ("week", "weeks"),
    Unit.MONTHS: ("month", "months"),
    Unit.YEARS: ("year", "years"),
    Unit.PLAYS: ("play", "plays"),
    Unit.TRACKS: ("track", "tracks"),
    Unit.ARTISTS: ("artist", "artists"),
    Unit.ALBUMS: ("album", "albums"),
    Unit.SESSIONS: ("session", "sessions"),
    Unit.STRETCHES: ("stretch", "stretches"),
    Unit.TIMES: ("time", "times"),
    Unit.COUNTRIES: ("country", "countries"),
    Unit.POINTS: ("percentage point", "percentage points"),
    Unit.SKIPS_AN_HOUR: ("skip an hour", "skips an hour"),
    Unit.OF_10: ("out of 10", "out of 10"),
    Unit.OF_1: ("", ""),
}
_PARTS = {
    "morning": {"": "morning", "when": "in the morning", "plural": "mornings"},
    "afternoon": {"": "afternoon", "when": "in the afternoon", "plural": "afternoons"},
    "evening": {"": "evening", "when": "in the evening", "plural": "evenings"},
    "night": {"": "night", "when": "at night", "plural": "nights"},
}
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_WORDS = {
    Unit.PART_OF_DAY: _PARTS,
    Unit.WEEKDAY: {
        name.lower(): {"": name, "when": f"on {name}s", "plural": f"{name}s"} for name in _WEEKDAYS
    },
    Unit.MOOD: {mood: {"": mood} for mood in ("melancholic", "calm", "energetic", "bright")},
    Unit.COUNTRY: countries.of_language("en"),
}


def _number(value: float) -> str:
    return f"{value:,}".removesuffix(".0")


def _date(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _month(first: date) -> str:
    return f"{_MONTHS[first.month - 1]} {first.year}"


def _period(period: Period) -> str:
    last = _date(period.last)
    if period.time_range is TimeRange.MONTH and period.is_whole:
        return _month(period.first)
    if period.time_range is TimeRange.WEEK and period.is_whole:
        return f"the week to {last}"
    if period.days == 1:
        return f"the day of {last}"
    if period.time_range is TimeRange.LIFETIME:
        return f"the time from {_date(period.first)} to {last}"
    return f"the {period.days:,} days to {last}"


def _ordinal(rank: int) -> str:
    special = {1: "first", 2: "second", 3: "third"}
    return special.get(rank) or f"number {rank}"


ENGLISH = Language(
    code="en",
    name="English",
    units=_UNITS,
    words=_WORDS,
    write_number=_number,
    write_percent="{}%".format,
    write_date=_date,
    write_month=_month,
    write_period=_period,
    write_clock=str,
    write_ordinal=_ordinal,
    quote="“{}”".format,
)
