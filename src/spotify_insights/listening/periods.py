"""The weeks and months of a listener that are told one by one, as a series from the first play on.

A week is the seven whole days before a Sunday, as in the weekly summary. Days are the listener's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from spotify_insights.listening.packed import WEEK_S
from spotify_insights.listening.stats.clock import DAYS_A_WEEK, Clock, instant
from spotify_insights.models.listening import TimeRange

SUNDAY = 7


@dataclass(frozen=True)
class Period:
    """A range and its days, from `first` to before `end`."""

    time_range: TimeRange
    first: date
    end: date

    def bounds(self, clock: Clock) -> tuple[datetime, datetime]:
        """The instants it starts and ends at."""
        start, end = clock.start_of(self.first), clock.start_of(self.end)
        assert start, "a period of plays lies within the calendar"
        assert end, "a period of plays lies within the calendar"
        return start, end


def week_of(day: date) -> Period:
    first = day - timedelta(days=day.isoweekday() % SUNDAY)
    return Period(TimeRange.WEEK, first, first + timedelta(days=DAYS_A_WEEK))


def month_of(day: date) -> Period:
    first = day.replace(day=1)
    return Period(TimeRange.MONTH, first, (first + timedelta(days=31)).replace(day=1))


def ending(time_range: TimeRange, end: date) -> Period:
    """The week or month that is over when a day begins."""
    last = end - timedelta(days=1)
    return month_of(last) if time_range is TimeRange.MONTH else week_of(last)


def last_week(today: date) -> Period:
    """The last week that is over."""
    return week_of(week_of(today).first - timedelta(days=1))


def finished(weeks: Sequence[int], clock: Clock, today: date) -> list[Period]:
    """The weeks and months that are over and have a part in some weeks of UTC, oldest first."""
    days = (
        clock.day_of(instant(week * WEEK_S)) + timedelta(days=n)
        for week in weeks
        # A week of UTC touches eight days elsewhere.
        for n in range(DAYS_A_WEEK + 1)
    )
    return _over(days, today)


def _over(days: Iterable[date], today: date) -> list[Period]:
    found = {period for day in days for period in (week_of(day), month_of(day))}
    return sorted(
        (period for period in found if period.end <= today), key=lambda one: (one.end, one.first)
    )
