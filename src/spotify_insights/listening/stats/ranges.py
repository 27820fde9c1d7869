"""Spans of a listener's days: named ones, and what a span is compared with.

Calendar ranges (week, month, quarter, season, year) reach from their first day to today, or to
their last day when they lie in the past. They are compared with as many days from the start of the
unit before, so that the first ten days of May stand beside the first ten of April. Any other span
is compared with as many days right before it. Seasons are those of meteorology: spring starts in
March (on the northern half of the earth).
"""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from spotify_insights.errors import Invalid
from spotify_insights.listening.stats.clock import DAYS_A_WEEK, Clock

MONTHS_A_YEAR = 12


class RangeName(StrEnum):
    TODAY = "today"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    SEASON = "season"
    YEAR = "year"
    FOUR_WEEKS = "4_weeks"
    SIX_MONTHS = "6_months"
    TWELVE_MONTHS = "12_months"
    LIFETIME = "lifetime"


class Comparison(StrEnum):
    PREVIOUS = "previous"
    YEAR_AGO = "year_ago"


@dataclass(frozen=True)
class Span:
    """From the day `first` to the day `last`, both inclusive; None where it is open.

    Of a calendar range, `months` or `weeks` says how long the whole unit is.
    """

    first: date | None = None
    last: date | None = None
    months: int = 0
    weeks: int = 0

    @property
    def days(self) -> int | None:
        """How many days; None where it is open."""
        if self.first is None or self.last is None:
            return None
        return (self.last - self.first).days + 1


# The calendar ranges that are whole months, and how many; a season is a quarter a month early.
_MONTHS = {
    RangeName.MONTH: 1,
    RangeName.QUARTER: 3,
    RangeName.SEASON: 3,
    RangeName.YEAR: MONTHS_A_YEAR,
}
_ROLLING_MONTHS = {RangeName.SIX_MONTHS: 6, RangeName.TWELVE_MONTHS: 12}
_FOUR_WEEKS = timedelta(days=28)


def resolve(name: RangeName, today: date, clock: Clock, back: int = 0) -> Span:
    """The days of a named range, `back` units before the one that holds today.

    Raises Invalid where that lies before the first year of the calendar.
    """
    try:
        return _resolve(name, today, clock, back)
    except (OverflowError, ValueError) as error:
        detail = f"There is no {name.value.replace('_', ' ')} so far back."
        raise Invalid("range_too_early", detail, field="back") from error


def compared_with(span: Span, how: Comparison) -> Span | None:
    """The span that this one is compared with; None for one that is open or nothing lies before."""
    if span.first is None or span.last is None or span.days is None:
        return None
    try:
        if how is Comparison.YEAR_AGO:
            first, last = (shifted(day, -MONTHS_A_YEAR) for day in (span.first, span.last))
            return Span(first, last)
        if not span.months:
            step = timedelta(days=span.weeks * DAYS_A_WEEK or span.days)
            return Span(span.first - step, span.last - step)
        first = shifted(span.first, -span.months)
        return Span(first, min(first + timedelta(days=span.days), span.first) - timedelta(days=1))
    except (OverflowError, ValueError):
        return None


def between(first: date | None, last: date | None, *, field: str = "to") -> Span:
    """Any two days, both optional. Raises Invalid for an end before the start."""
    if first and last and last < first:
        raise Invalid("range_reversed", "The last day lies before the first one.", field=field)
    return Span(first, last)


def shifted(day: date, months: int) -> date:
    """The same day so many months later; the month's last one where it has no such day."""
    month = day.year * MONTHS_A_YEAR + day.month - 1 + months
    year, month = month // MONTHS_A_YEAR, month % MONTHS_A_YEAR + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _resolve(name: RangeName, today: date, clock: Clock, back: int) -> Span:
    if name is RangeName.LIFETIME:
        return Span()
    if name in _MONTHS:
        return _months(name, today, back)
    if name in _ROLLING_MONTHS:
        months = _ROLLING_MONTHS[name]
        before, last = (shifted(today, -months * units) for units in (back + 1, back))
        return Span(before + timedelta(days=1), last)
    if name is RangeName.FOUR_WEEKS:
        last = today - back * _FOUR_WEEKS
        return Span(last - _FOUR_WEEKS + timedelta(days=1), last)
    if name is RangeName.TODAY:
        day = today - timedelta(days=back)
        return Span(day, day)
    first = clock.week_start(today) - timedelta(days=back * DAYS_A_WEEK)
    return Span(first, min(today, first + timedelta(days=DAYS_A_WEEK - 1)), weeks=1)


def _months(name: RangeName, today: date, back: int) -> Span:
    months = _MONTHS[name]
    early = 1 if name is RangeName.SEASON else 0
    counted = today.year * MONTHS_A_YEAR + today.month - 1 + early
    since = counted % months
    first = shifted(today.replace(day=1), -since - back * months)
    last = shifted(first, months) - timedelta(days=1)
    return Span(first, min(last, today), months)
