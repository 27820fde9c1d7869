"""What was heard for the first time."""

from datetime import date, datetime
from typing import Any, NamedTuple

from tests.reference.amounts import ms_of
from tests.reference.clocks import (
    Clock,
    Heard,
    bucket_of,
    buckets_between,
    by_thing,
    counted,
    share,
)


class Discovery(NamedTuple):
    heard: int
    new: int
    plays: int
    plays_of_new: int
    share_new: float | None
    share_of_plays: float | None


class Discovered(NamedTuple):
    id: Any
    first_heard_at: datetime
    plays: int
    ms_played: int


class Novelty(NamedTuple):
    start: date
    heard: int
    new: int
    share_new: float | None


Firsts = dict[Any, Heard]


def firsts(everything: list[Heard], kind: str) -> Firsts:
    """The first counted play of each thing, ever."""
    return {thing: its[0] for thing, its in by_thing(counted(everything), kind).items()}


def discovery(plays: list[Heard], kind: str, known: Firsts) -> Discovery:
    """New is what has its very first counted play among these."""
    its = by_thing(counted(plays), kind)
    new = {thing for thing in its if known[thing] in its[thing]}
    all_plays = sum(len(of_one) for of_one in its.values())
    of_new = sum(len(its[thing]) for thing in new)
    return Discovery(
        heard=len(its),
        new=len(new),
        plays=all_plays,
        plays_of_new=of_new,
        share_new=share(len(new), len(its)),
        share_of_plays=share(of_new, all_plays),
    )


def discovered(plays: list[Heard], kind: str, known: Firsts) -> list[Discovered]:
    """What is new, the most played first."""
    found = []
    for thing, its in by_thing(plays, kind).items():
        heard = counted(its)
        if heard and known[thing] == heard[0]:
            found.append(Discovered(thing, heard[0].started_at, len(heard), ms_of(its)))
    found.sort(key=lambda one: (-one.plays, -one.ms_played, one.first_heard_at, one.id))
    return found


def discovery_over_time(
    plays: list[Heard], kind: str, known: Firsts, bucket: str, clock: Clock
) -> list[Novelty]:
    days = [play.day for play in plays]
    starts = buckets_between(min(days), max(days), bucket, clock) if days else []
    heard: dict[date, set[Any]] = {start: set() for start in starts}
    new: dict[date, set[Any]] = {start: set() for start in starts}
    for thing, its in by_thing(counted(plays), kind).items():
        for play in its:
            start = bucket_of(play.day, bucket, clock)
            heard[start].add(thing)
            if play == known[thing]:
                new[start].add(thing)
    return [
        Novelty(
            start, len(heard[start]), len(new[start]), share(len(new[start]), len(heard[start]))
        )
        for start in starts
    ]
