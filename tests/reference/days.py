"""Days with and without listening."""

from datetime import date, timedelta
from typing import NamedTuple

from tests.reference.amounts import ms_of
from tests.reference.clocks import Heard, counted

ONE_DAY = timedelta(days=1)


class Day(NamedTuple):
    """The day, all plays, the counted ones, and the time of all."""

    on: date
    plays: int
    counted_plays: int
    ms_played: int


class Stretch(NamedTuple):
    """Consecutive days, both ends inclusive: of a streak or of a gap."""

    first_on: date
    last_on: date
    days: int


class Averages(NamedTuple):
    days_active: int
    active_weekdays: list[int]
    ms_per_active_day: int | None
    ms_per_calendar_day: int | None


def calendar(plays: list[Heard]) -> list[Day]:
    """Each day from the first with a play to the last, also those without one."""
    days = {play.day: [0, 0, 0] for play in plays}
    for play in plays:
        amount = days[play.day]
        amount[0] += 1
        amount[1] += play.is_counted
        amount[2] += play.ms_played
    return [Day(on, *days.get(on, (0, 0, 0))) for on in _days(min(days), max(days))] if days else []


def streaks(plays: list[Heard]) -> list[Stretch]:
    """Runs of days with a counted play, longest first, then earliest."""
    return _runs({play.day for play in counted(plays)}, 1)


def current_streak(plays: list[Heard], today: date) -> Stretch | None:
    ends = (today, today - ONE_DAY)
    return next((run for run in streaks(plays) if run.last_on in ends), None)


def gaps(plays: list[Heard], at_least: int = 2, until: date | None = None) -> list[Stretch]:
    """Runs of days without any play between the first and the last, or up to `until`."""
    with_plays = {play.day for play in plays}
    if not with_plays:
        return []
    last = max(with_plays)
    if until and until > last:
        last = until
    return _runs(set(_days(min(with_plays), last)) - with_plays, at_least)


def averages(plays: list[Heard], days_in_range: int | None) -> Averages:
    """Means in whole ms, by day with any play and by day of the range; active days by weekday."""
    active = {play.day for play in plays}
    ms = ms_of(plays)
    return Averages(
        len(active),
        [sum(day.isoweekday() == weekday for day in active) for weekday in range(1, 8)],
        round(ms / len(active)) if active else None,
        round(ms / days_in_range) if days_in_range else None,
    )


def _days(first: date, last: date) -> list[date]:
    return [first + n * ONE_DAY for n in range((last - first).days + 1)]


def _runs(days: set[date], at_least: int) -> list[Stretch]:
    found = []
    for day in sorted(days):
        if day - ONE_DAY in days:
            continue
        last = day
        while last + ONE_DAY in days:
            last += ONE_DAY
        found.append(Stretch(day, last, (last - day).days + 1))
    found.sort(key=lambda run: (-run.days, run.first_on))
    return [run for run in found if run.days >= at_least]
