"""A listener's clock: from instants to local days and hours, and back."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
from numpy.typing import NDArray

HOUR_S = 3_600
DAY_S = 86_400
# A zone changes its offset at most once in so long.
_LOOK_EVERY_S = 6 * HOUR_S
_EPOCH_DAY = date(1970, 1, 1).toordinal()
# 1970-01-01 was a Thursday.
_EPOCH_WEEKDAY = 4
DAYS_A_WEEK = 7

Seconds = NDArray[np.int64]
Days = NDArray[np.int64]


class _Change(NamedTuple):
    """From this instant on a zone is so many seconds ahead of UTC."""

    from_s: int
    offset_s: int


@dataclass(frozen=True)
class Clock:
    """An IANA zone, the hour (0-6) a day starts at and the weekday (1 = Monday) a week starts on.

    A day is named after the date on which it starts. Days are counted from 1970-01-01.
    """

    zone: str = "UTC"
    day_starts_at: int = 0
    week_starts_on: int = 1

    def local(self, instants: Seconds) -> Seconds:
        """What the clock on the wall shows at sorted instants, as seconds since 1970-01-01."""
        if not len(instants):
            return instants
        shown = instants.copy()
        changes = _changes_between(self.zone, int(instants[0]), int(instants[-1]))
        cuts = np.searchsorted(instants, [change.from_s for change in changes])
        for change, first, last in zip(changes, cuts, [*cuts[1:], len(instants)], strict=True):
            shown[first:last] += change.offset_s
        return shown

    def days(self, local: Seconds) -> Days:
        """The listener's day of each local time."""
        return (local - self.day_starts_at * HOUR_S) // DAY_S

    def day_of(self, moment: datetime) -> date:
        """The listener's day that holds an instant."""
        local = moment.astimezone(ZoneInfo(self.zone)) - timedelta(hours=self.day_starts_at)
        return local.date()

    def start_of(self, day: date) -> datetime | None:
        """The instant a day starts; None where it lies outside the calendar.

        A day whose first hour the clock leaves out starts as the clock is put forward.
        """
        zone = ZoneInfo(self.zone)
        local = datetime.combine(day, time(self.day_starts_at), zone)
        try:
            start = local.astimezone(UTC)
            if start.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
                return start
            before, after = local.replace(fold=1).timestamp(), local.timestamp()
            return instant(_first_with_other_offset(zone, int(before), int(after)).from_s)
        except OverflowError:
            return None

    def end_of(self, day: date) -> datetime | None:
        """The instant the day after it starts; None where it lies outside the calendar."""
        return None if day == date.max else self.start_of(day + timedelta(days=1))

    def week_start(self, day: date) -> date:
        """The first day of the listener's week that holds a day; the calendar's first at most."""
        since = (day.isoweekday() - self.week_starts_on) % DAYS_A_WEEK
        return date.fromordinal(max(1, day.toordinal() - since))


def hours(local: Seconds) -> Seconds:
    """The hour (0-23) that the clock shows."""
    return local % DAY_S // HOUR_S


def weekdays(days: Days) -> Days:
    """The weekday of each day, 1 = Monday."""
    return (days + _EPOCH_WEEKDAY - 1) % DAYS_A_WEEK + 1


def number(day: date) -> int:
    """A date as days since 1970-01-01."""
    return day.toordinal() - _EPOCH_DAY


def named(day: int) -> date:
    """The date of so many days since 1970-01-01."""
    return date.fromordinal(int(day) + _EPOCH_DAY)


def instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


@cache
def zones() -> frozenset[str]:
    """The IANA zones. `localtime` is this machine's own, under a name no database knows."""
    return frozenset(available_timezones() - {"localtime"})


def _changes_between(zone: str, first_s: int, last_s: int) -> list[_Change]:
    """The offsets in force from one instant to another, the first from before it on."""
    years = range(instant(first_s).year, instant(last_s).year + 1)
    return [change for year in years for change in _changes(zone, year)]


@cache
def _changes(zone: str, year: int) -> tuple[_Change, ...]:
    """The offset at the start of a year, and each one that follows within it."""
    known = ZoneInfo(zone)
    start, end = (int(datetime(y, 1, 1, tzinfo=UTC).timestamp()) for y in (year, year + 1))
    found = [_Change(start, _offset(known, start))]
    for looked_at in range(start + _LOOK_EVERY_S, end + 1, _LOOK_EVERY_S):
        if _offset(known, looked_at) != found[-1].offset_s:
            found.append(_first_with_other_offset(known, looked_at - _LOOK_EVERY_S, looked_at))
    return tuple(found)


def _first_with_other_offset(zone: ZoneInfo, before: int, after: int) -> _Change:
    old = _offset(zone, before)
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (middle, after) if _offset(zone, middle) == old else (before, middle)
    return _Change(after, _offset(zone, after))


def _offset(zone: ZoneInfo, second: int) -> int:
    offset = instant(second).astimezone(zone).utcoffset()
    assert offset is not None, "an aware time has an offset"
    return round(offset.total_seconds())
