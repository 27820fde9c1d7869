"""What came back, what was left, what was played again and again."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from tests.reference.amounts import ms_of
from tests.reference.clocks import Heard, by_thing, counted, share
from tests.reference.sessions import neighbours

ONE_DAY = timedelta(days=1)


class Rediscovered(NamedTuple):
    id: Any
    away_from: datetime
    back_at: datetime
    days: int
    plays_before: int
    plays_since: int


class Forgotten(NamedTuple):
    id: Any
    plays: int
    ms_played: int
    last_play_at: datetime
    days_quiet: int


class Obsession(NamedTuple):
    id: Any
    first_on: date
    last_on: date
    plays: int
    share_of_all: float


class InARow(NamedTuple):
    id: Any
    times: int
    started_at: datetime


class Repeats(NamedTuple):
    plays: int
    repeats: int
    repeat_rate: float | None
    immediate_repeats: int
    immediate_rate: float | None
    longest_run: InARow | None


def rediscovered(plays: list[Heard], kind: str, away_days: int = 180) -> list[Rediscovered]:
    """Things with three counted plays before a long pause and three after; the longest pause."""
    found = []
    for thing, its in by_thing(counted(plays), kind).items():
        pauses = []
        for n in range(3, len(its) - 2):
            away_from, back_at = its[n - 1].started_at, its[n].started_at
            if back_at - away_from >= away_days * ONE_DAY:
                before, since = n, len(its) - n
                days = (back_at - away_from) // ONE_DAY
                pauses.append(Rediscovered(thing, away_from, back_at, days, before, since))
        if pauses:
            found.append(max(pauses, key=lambda one: one.back_at - one.away_from))
    return sorted(found, key=lambda one: (-one.plays_since, -one.days, one.id))


def forgotten(
    plays: list[Heard], kind: str, today: datetime, quiet_days: int = 180, at_least: int = 10
) -> list[Forgotten]:
    """Things with many counted plays, the last one of them long ago."""
    found = []
    for thing, its in by_thing(plays, kind).items():
        heard = counted(its)
        if len(heard) < at_least:
            continue
        last = heard[-1].started_at
        if today - last > quiet_days * ONE_DAY:
            days = (today - last) // ONE_DAY
            found.append(Forgotten(thing, len(heard), ms_of(its), last, days))
    return sorted(found, key=lambda one: (-one.plays, -one.ms_played, one.id))


def obsessions(
    plays: list[Heard], kind: str = "tracks", window_days: int = 7, at_least: int = 10
) -> list[Obsession]:
    """The days in a row with most counted plays of each thing, from a day with a play on."""
    found = []
    for thing, its in by_thing(counted(plays), kind).items():
        best = None
        on_day = Counter(play.day for play in its)
        for first in sorted(on_day):
            last = first + (window_days - 1) * ONE_DAY
            times = sum(on_day[first + n * ONE_DAY] for n in range(window_days))
            if best is None or times > best.plays:
                best = Obsession(thing, first, last, times, share(times, len(its)))
        if best.plays >= at_least:
            found.append(best)
    return sorted(found, key=lambda one: (-one.plays, one.first_on, one.id))


def repeats(plays: list[Heard]) -> Repeats:
    """Counted plays of what was heard before, and of what was heard right before in a session."""
    heard = counted(plays)
    n, again = len(heard), len(heard) - len({play.track for play in heard})
    immediate = sum(before.track == play.track for before, play in neighbours(plays))
    run = most_in_a_row(plays)
    return Repeats(n, again, share(again, n), immediate, share(immediate, n), run)


def most_in_a_row(plays: list[Heard]) -> InARow | None:
    """The longest run of one track in consecutive counted plays, the earliest of equals."""
    best, run = None, None
    for play in counted(plays):
        if run and run.id == play.track:
            run = run._replace(times=run.times + 1)
        else:
            run = InARow(play.track, 1, play.started_at)
        if best is None or run.times > best.times:
            best = run
    return best if best and best.times > 1 else None
