"""Plays as a listener's clock shows them, one after the other."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from tests.reference.exports import THIRTY_SECONDS, How, Play

# What a play counts for in a list of tracks, artists or albums.
THING = {"tracks": "track", "artists": "artist", "albums": "album"}


class Clock(NamedTuple):
    zone: str = "UTC"
    day_starts_at: int = 0
    week_starts_on: int = 1


class Numbers(NamedTuple):
    """By what numbers an answer names contents, tracks, artists and albums."""

    contents: dict[Any, int]
    tracks: dict[Any, int]
    artists: dict[Any, int]
    albums: dict[Any, int]


class Heard(NamedTuple):
    """One play. The first four fields are the order of plays.

    Playing was over at `ended_at` by what its row says, `until` by the time it was played for.
    """

    started_at: datetime
    ended_at: datetime
    content: Any
    ms_played: int
    until: datetime
    day: date
    hour: int
    local: datetime
    is_counted: bool
    track: Any
    artist: Any
    album: Any
    kind: str
    is_private: bool
    how: How


def heard_on(
    plays: list[Play], clock: Clock, kind: str = "track", numbers: Numbers | None = None
) -> list[Heard]:
    """The plays of one kind, oldest first, with their day and hour on the wall.

    A day may begin later than midnight. What is called by a number is also sorted by it.
    """
    heard = [_heard(play, clock, numbers) for play in plays if play.kind == kind]
    return sorted(heard, key=lambda play: play[:4])


def within(plays: list[Heard], first: date | None, last: date | None) -> list[Heard]:
    """The plays of the days from the first to the last, both inclusive and optional."""
    return [
        play
        for play in plays
        if (first is None or play.day >= first) and (last is None or play.day <= last)
    ]


def counted(plays: list[Heard]) -> list[Heard]:
    return [play for play in plays if play.is_counted]


def by_thing(plays: list[Heard], kind: str) -> dict[Any, list[Heard]]:
    """The plays of each track, artist or album; what has none belongs to none."""
    found: dict[Any, list[Heard]] = defaultdict(list)
    thing_of = attrgetter(THING[kind])
    for play in plays:
        found[thing_of(play)].append(play)
    found.pop(None, None)
    return found


def bucket_of(day: date, bucket: str, clock: Clock) -> date:
    """The first day of the week, month, quarter or year that holds a day."""
    if bucket == "day":
        return day
    if bucket == "week":
        while day.isoweekday() != clock.week_starts_on:
            day -= timedelta(days=1)
        return day
    if bucket == "month":
        return day.replace(day=1)
    if bucket == "quarter":
        return day.replace(month=(1, 1, 1, 4, 4, 4, 7, 7, 7, 10, 10, 10)[day.month - 1], day=1)
    return day.replace(month=1, day=1)


def buckets_between(first: date, last: date, bucket: str, clock: Clock) -> list[date]:
    """The first days of all buckets from one day to another."""
    day, found = first, []
    while day <= last:
        start = bucket_of(day, bucket, clock)
        if start not in found[-1:]:
            found.append(start)
        day += timedelta(days=1)
    return found


def share(part: float, whole: float) -> float | None:
    """0..1 with four places; None of nothing."""
    return round(part / whole, 4) if whole else None


def _heard(play: Play, clock: Clock, numbers: Numbers | None) -> Heard:
    shown = play.started_at.astimezone(ZoneInfo(clock.zone)).replace(tzinfo=None)
    content, *what = play.uri, play.track, play.artist, play.album
    if numbers:
        content = numbers.contents[content]
        what = [known[name] for known, name in zip(numbers[1:], what, strict=True)]
    track, artist, album = what
    return Heard(
        started_at=play.started_at,
        ended_at=play.ended_at,
        content=content,
        ms_played=play.ms_played,
        until=play.started_at + timedelta(seconds=play.ms_played // 1000),
        day=(shown - timedelta(hours=clock.day_starts_at)).date(),
        hour=shown.hour,
        local=shown,
        is_counted=play.ms_played >= THIRTY_SECONDS,
        track=track,
        artist=artist,
        album=album,
        kind=play.kind,
        is_private=play.is_private,
        how=play.how,
    )
