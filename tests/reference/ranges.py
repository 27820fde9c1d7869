"""Named spans of days, found by walking through the calendar."""

from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

ONE_DAY = timedelta(days=1)
UNITS = ("today", "week", "month", "quarter", "season", "year")
ROLLING_MONTHS = {"6_months": 6, "12_months": 12}


class Span(NamedTuple):
    first: date
    last: date


def resolve(name: str, today: date, week_starts_on: int, back: int = 0) -> Span:
    """The span that holds today, or so many units before it; never beyond today."""
    if name in UNITS:
        first = _start(name, today, week_starts_on)
        for _ in range(back):
            first = _start(name, first - ONE_DAY, week_starts_on)
        return Span(first, min(today, _end(name, first, week_starts_on)))
    if name == "4_weeks":
        last = today - 28 * back * ONE_DAY
        return Span(last - 27 * ONE_DAY, last)
    months = ROLLING_MONTHS[name]
    last = months_before(today, months * back)
    return Span(months_before(last, months) + ONE_DAY, last)


def previous(name: str, span: Span, week_starts_on: int) -> Span:
    """As many days from the start of the unit before, at most all of them; else right before."""
    length = span.last - span.first
    if name not in UNITS:
        return Span(span.first - length - ONE_DAY, span.first - ONE_DAY)
    first = _start(name, span.first - ONE_DAY, week_starts_on)
    return Span(first, min(first + length, span.first - ONE_DAY))


def year_ago(span: Span) -> Span:
    return Span(months_before(span.first, 12), months_before(span.last, 12))


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the month's last one."""
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _start(name: str, day: date, week_starts_on: int) -> date:
    while not _opens(name, day, week_starts_on):
        day -= ONE_DAY
    return day


def _end(name: str, first: date, week_starts_on: int) -> date:
    day = first
    while not _opens(name, day + ONE_DAY, week_starts_on):
        day += ONE_DAY
    return day


def _opens(name: str, day: date, week_starts_on: int) -> bool:
    """Whether a unit starts on a day. Seasons start with March, June, September and December."""
    if name == "today":
        return True
    if name == "week":
        return day.isoweekday() == week_starts_on
    months = {
        "month": range(1, 13),
        "quarter": (1, 4, 7, 10),
        "season": (3, 6, 9, 12),
        "year": (1,),
    }
    return day.day == 1 and day.month in months[name]
