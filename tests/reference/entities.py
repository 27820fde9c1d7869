"""The page of one track, artist or album."""

from collections import Counter
from datetime import date
from typing import Any, NamedTuple

from tests.reference.amounts import Amount, Line, Totals, ms_of, timeline, top, totals
from tests.reference.clocks import (
    THING,
    Clock,
    Heard,
    bucket_of,
    buckets_between,
    counted,
    share,
)
from tests.reference.days import Stretch, streaks
from tests.reference.sessions import grouped, neighbours


class Standing(NamedTuple):
    start: date
    rank: int | None


class Slot(NamedTuple):
    number: int
    plays: int
    ms_played: int


class Neighbour(NamedTuple):
    id: Any
    times: int


class Neighbours(NamedTuple):
    before: list[Neighbour]
    after: list[Neighbour]


class Profile(NamedTuple):
    id: Any
    totals: Totals
    rank: int | None
    share_of_plays: float | None
    best_day: Amount | None
    best_week: Amount | None
    best_month: Amount | None
    longest_streak: Stretch | None
    sessions: int
    months: list[Amount]
    rank_over_time: list[Standing]
    hours: list[Slot]
    weekdays: list[Slot]
    top_tracks: list[Line]
    albums: list[Line]
    neighbours: Neighbours


Ranks = dict[date, dict[Any, int]]


class Scene(NamedTuple):
    """What all pages of one kind have in common; `ranks` are those of each month."""

    plays: list[Heard]
    counted_plays: int
    kind: str
    clock: Clock
    ranked: dict[Any, int]
    ranks: Ranks
    sessions: list[list[Heard]]
    pairs: list[tuple[Heard, Heard]]


def scene(plays: list[Heard], kind: str, clock: Clock) -> Scene:
    return Scene(
        plays=plays,
        counted_plays=len(counted(plays)),
        kind=kind,
        clock=clock,
        ranked={line.id: line.rank for line in top(plays, kind)},
        ranks=ranks_over_time(plays, kind, "month", clock),
        sessions=grouped(plays),
        pairs=neighbours(plays),
    )


def profile(scene: Scene, thing: Any) -> Profile:
    """Of a thing with at least one play."""
    name, kind, clock = THING[scene.kind], scene.kind, scene.clock
    own = [play for play in scene.plays if getattr(play, name) == thing]
    return Profile(
        id=thing,
        totals=totals(own),
        rank=scene.ranked.get(thing),
        share_of_plays=share(len(counted(own)), scene.counted_plays),
        best_day=_best(own, "day", clock),
        best_week=_best(own, "week", clock),
        best_month=_best(own, "month", clock),
        longest_streak=next(iter(streaks(own)), None),
        sessions=sum(
            any(getattr(play, name) == thing for play in group) for group in scene.sessions
        ),
        months=timeline(own, "month", clock),
        rank_over_time=standing(scene.ranks, thing),
        hours=[_slot(hour, [play for play in own if play.hour == hour]) for hour in range(24)],
        weekdays=[
            _slot(weekday, [play for play in own if play.day.isoweekday() == weekday])
            for weekday in range(1, 8)
        ],
        top_tracks=[] if kind == "tracks" else top(own, "tracks")[:50],
        albums=top(own, "albums")[:50] if kind == "artists" else [],
        neighbours=around(scene, thing),
    )


def ranks_over_time(plays: list[Heard], kind: str, bucket: str, clock: Clock) -> Ranks:
    """The top list of every bucket from the first play to the last."""
    days = [play.day for play in plays]
    if not days:
        return {}
    in_bucket: dict[date, list[Heard]] = {
        start: [] for start in buckets_between(min(days), max(days), bucket, clock)
    }
    for play in plays:
        in_bucket[bucket_of(play.day, bucket, clock)].append(play)
    return {
        start: {line.id: line.rank for line in top(its, kind)} for start, its in in_bucket.items()
    }


def standing(ranks: Ranks, thing: Any) -> list[Standing]:
    return [Standing(start, of_all.get(thing)) for start, of_all in ranks.items()]


def around(scene: Scene, thing: Any, among: str = "tracks") -> Neighbours:
    """What was heard right before and right after, within a session; the thing itself is none."""
    name, other = THING[scene.kind], THING[among]
    pairs = [
        (first, second)
        for first, second in scene.pairs
        if (getattr(first, name) == thing) != (getattr(second, name) == thing)
    ]
    before = [getattr(first, other) for first, second in pairs if getattr(second, name) == thing]
    after = [getattr(second, other) for first, second in pairs if getattr(first, name) == thing]
    return Neighbours(_ten(before), _ten(after))


def _best(own: list[Heard], bucket: str, clock: Clock) -> Amount | None:
    amounts = [amount for amount in timeline(own, bucket, clock) if amount.plays]
    return max(amounts, key=lambda amount: amount.plays, default=None)


def _slot(number: int, plays: list[Heard]) -> Slot:
    return Slot(number, len(counted(plays)), ms_of(plays))


def _ten(things: list[Any]) -> list[Neighbour]:
    times = Counter(thing for thing in things if thing is not None)
    found = [Neighbour(thing, often) for thing, often in times.items()]
    return sorted(found, key=lambda one: (-one.times, one.id))[:10]
