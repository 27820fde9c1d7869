"""How much was heard: totals, top lists, timelines, the hours of the week."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from tests.reference.clocks import (
    Clock,
    Heard,
    bucket_of,
    buckets_between,
    by_thing,
    counted,
)


class Totals(NamedTuple):
    plays: int
    counted_plays: int
    ms_played: int
    distinct_tracks: int
    distinct_artists: int
    distinct_albums: int
    days_active: int
    first_play_at: datetime | None
    last_play_at: datetime | None


class Line(NamedTuple):
    """One line of a top list."""

    rank: int
    id: Any
    plays: int
    ms_played: int
    first_play_at: datetime
    last_play_at: datetime
    previous_rank: int | None


class Amount(NamedTuple):
    start: date | datetime
    plays: int
    ms_played: int


class Cell(NamedTuple):
    weekday: int
    hour: int
    plays: int
    ms_played: int


def totals(plays: list[Heard]) -> Totals:
    heard = counted(plays)
    starts = [play.started_at for play in plays]
    return Totals(
        plays=len(plays),
        counted_plays=len(heard),
        ms_played=ms_of(plays),
        distinct_tracks=len({play.track for play in heard}),
        distinct_artists=len({play.artist for play in heard} - {None}),
        distinct_albums=len({play.album for play in heard} - {None}),
        days_active=len({play.day for play in plays}),
        first_play_at=min(starts, default=None),
        last_play_at=max(starts, default=None),
    )


def ms_of(plays: list[Heard]) -> int:
    return sum(play.ms_played for play in plays)


def top(
    plays: list[Heard], kind: str, by: str = "plays", before: list[Heard] | None = None
) -> list[Line]:
    """The whole list: by counted plays or by time, then the other, the first start, the number."""
    previous = {line.id: line.rank for line in top(before, kind, by)} if before else {}
    found = []
    for thing, its in by_thing(plays, kind).items():
        times, ms = len(counted(its)), ms_of(its)
        if times:
            most = (-times, -ms) if by == "plays" else (-ms, -times)
            found.append((*most, its[0].started_at, thing, times, ms, its[-1].started_at))
    return [
        Line(rank, thing, times, ms, first, last, previous.get(thing))
        for rank, (_, _, first, thing, times, ms, last) in enumerate(sorted(found), start=1)
    ]


def timeline(plays: list[Heard], bucket: str, clock: Clock) -> list[Amount]:
    """Every bucket from the first play to the last; of hours only those with plays."""
    if not plays:
        return []
    sums: dict[date | datetime, list[int]] = {}
    if bucket != "hour":
        days = [play.day for play in plays]
        sums = {start: [0, 0] for start in buckets_between(min(days), max(days), bucket, clock)}
    for play in plays:
        start = _full_hour(play) if bucket == "hour" else bucket_of(play.day, bucket, clock)
        amount = sums.setdefault(start, [0, 0])
        amount[0] += play.is_counted
        amount[1] += play.ms_played
    return [Amount(start, *amount) for start, amount in sorted(sums.items())]


def heatmap(plays: list[Heard]) -> list[Cell]:
    if not plays:
        return []
    sums = {(weekday, hour): [0, 0] for weekday in range(1, 8) for hour in range(24)}
    for play in plays:
        amount = sums[play.day.isoweekday(), play.hour]
        amount[0] += play.is_counted
        amount[1] += play.ms_played
    return [Cell(*place, *amount) for place, amount in sums.items()]


def parts_of_day(plays: list[Heard]) -> dict[str, int]:
    parts = {"morning": 0, "afternoon": 0, "evening": 0, "night": 0}
    for play in plays:
        part = ("night", "morning", "afternoon", "evening")[play.hour // 6]
        parts[part] += play.ms_played
    return parts


def _full_hour(play: Heard) -> datetime:
    """The instant at which the clock on the wall last showed a full hour."""
    return play.started_at - timedelta(minutes=play.local.minute, seconds=play.local.second)
