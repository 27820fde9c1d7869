"""Records and milestones."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from tests.reference.amounts import ms_of
from tests.reference.clocks import Clock, Heard, bucket_of, counted
from tests.reference.sessions import Session, sessions

NUMBERS = (1, 100, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000)
HOURS = (1, 10, 100, 250, 500, 1_000, 2_500, 5_000, 10_000)
MS_AN_HOUR = 3_600_000


class Best(NamedTuple):
    """The period that starts on a day: all plays, the counted ones, and the time of all."""

    on: date
    plays: int
    counted_plays: int
    ms_played: int


class Longest(NamedTuple):
    id: Any
    at: datetime
    ms_played: int


class Artists(NamedTuple):
    on: date
    number: int


class OfOne(NamedTuple):
    id: Any
    on: date
    number: int


class Records(NamedTuple):
    day: Best | None
    busiest_day: Best | None
    week: Best | None
    month: Best | None
    year: Best | None
    longest_play: Longest | None
    longest_session: Session | None
    most_artists: Artists | None
    most_of_one_track: OfOne | None


class Milestone(NamedTuple):
    number: int
    at: datetime
    id: Any


class Next(NamedTuple):
    """The number of plays or hours, and how many plays or ms are missing."""

    number: int
    to_go: int


class Milestones(NamedTuple):
    plays: list[Milestone]
    hours: list[Milestone]
    next_plays: Next
    next_hours: Next | None


def records(plays: list[Heard], clock: Clock) -> Records:
    """Of several with the same number the earliest."""
    longest = _first_most(plays, lambda play: play.ms_played)
    day, week, month, year = (
        _first_most(_best(plays, bucket, clock), lambda best: best.ms_played)
        for bucket in ("day", "week", "month", "year")
    )
    return Records(
        day=day,
        busiest_day=_first_most(_best(plays, "day", clock), lambda best: best.counted_plays),
        week=week,
        month=month,
        year=year,
        longest_play=longest and Longest(longest.track, longest.started_at, longest.ms_played),
        longest_session=_first_most(sessions(plays).longest, lambda one: one.ms_played),
        most_artists=_first_most(_artists(plays), lambda most: most.number),
        most_of_one_track=_first_most(_of_one(plays), lambda most: most.number),
    )


def milestones(plays: list[Heard], before: int = 0) -> Milestones:
    """Which counted play was the hundredth and so on; `before` were heard earlier."""
    heard, played, reached, hours = counted(plays), 0, [], []
    for number, play in enumerate(heard, start=before + 1):
        if number in NUMBERS or number % 100_000 == 0:
            reached.append(Milestone(number, play.started_at, play.track))
    for play in plays:
        hours += [
            Milestone(hour, play.started_at, play.track)
            for hour in HOURS
            if played < hour * MS_AN_HOUR <= played + play.ms_played
        ]
        played += play.ms_played
    total = before + len(heard)
    ahead = next(number for number in _numbers() if number > total)
    left = [Next(hour, hour * MS_AN_HOUR - played) for hour in HOURS if hour * MS_AN_HOUR > played]
    return Milestones(reached, hours, Next(ahead, ahead - total), next(iter(left), None))


def _numbers() -> Iterator[int]:
    yield from NUMBERS
    number = NUMBERS[-1]
    while True:
        number += 100_000
        yield number


def _best(plays: list[Heard], bucket: str, clock: Clock) -> list[Best]:
    """One for each bucket with a play, oldest first."""
    found: dict[date, list[Heard]] = {}
    for play in plays:
        found.setdefault(bucket_of(play.day, bucket, clock), []).append(play)
    return [Best(on, len(its), len(counted(its)), ms_of(its)) for on, its in sorted(found.items())]


def _artists(plays: list[Heard]) -> list[Artists]:
    """The different artists with a counted play on each day."""
    found: dict[date, set[Any]] = {}
    for play in counted(plays):
        if play.artist is not None:
            found.setdefault(play.day, set()).add(play.artist)
    return [Artists(on, len(artists)) for on, artists in sorted(found.items())]


def _of_one(plays: list[Heard]) -> list[OfOne]:
    """The counted plays of each track on each day, by day, then by which was heard first."""
    found: dict[tuple[date, Any], int] = {}
    for play in counted(plays):
        found[play.day, play.track] = found.get((play.day, play.track), 0) + 1
    lines = [OfOne(track, on, times) for (on, track), times in found.items()]
    return sorted(lines, key=lambda most: most.on)


def _first_most(things: list[Any], number: Callable[[Any], int]) -> Any:
    """The first with the highest number, if that is any."""
    best = max(things, key=number, default=None)
    return best if best is not None and number(best) else None
