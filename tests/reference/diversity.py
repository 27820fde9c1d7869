"""How evenly listening spreads over tracks, artists or albums, and over decades."""

import math
from collections import Counter
from typing import Any, NamedTuple

from tests.reference.amounts import ms_of, top
from tests.reference.clocks import Heard, by_thing, counted, share


class Concentration(NamedTuple):
    things: int
    plays: int
    top_1: float | None
    top_10: float | None
    top_50: float | None
    gini: float | None
    evenness: float | None
    effective_number: float | None
    singles: float | None


class Loyalty(NamedTuple):
    """The time that the ten most played artists have, of all with an artist."""

    artists: int
    ms_played: int
    share: float | None


class Decade(NamedTuple):
    start: int
    name: str
    plays: int
    ms_played: int
    share: float | None


class Eras(NamedTuple):
    told: int
    coverage: float | None
    mean_year: float | None
    decades: list[Decade]


def concentration(plays: list[Heard], kind: str) -> Concentration:
    """Over counted plays; what speaks of one thing against others is None without two things."""
    times = sorted(len(its) for its in by_thing(counted(plays), kind).values())
    n, total = len(times), sum(times)
    entropy = -sum(x / total * math.log(x / total) for x in times)
    return Concentration(
        things=n,
        plays=total,
        top_1=share(sum(times[-1:]), total),
        top_10=share(sum(times[-10:]), total),
        top_50=share(sum(times[-50:]), total),
        gini=_gini(times) if n > 1 else None,
        evenness=entropy / math.log(n) if n > 1 else None,
        effective_number=math.exp(entropy) if n else None,
        singles=share(times.count(1), n),
    )


def loyalty(plays: list[Heard]) -> Loyalty:
    favourites = top(plays, "artists")[:10]
    theirs = sum(line.ms_played for line in favourites)
    of_all = ms_of([play for play in plays if play.artist is not None])
    return Loyalty(len(favourites), theirs, share(theirs, of_all))


def decades(plays: list[Heard], years: dict[Any, int]) -> Eras:
    """By the year in which what was played came out; `years` has the years that are known."""
    known = [play for play in plays if play.content in years]
    heard = counted(known)
    times = Counter(_decade(play, years) for play in heard)
    found = []
    for start in sorted({_decade(play, years) for play in known}):
        ms = ms_of([play for play in known if _decade(play, years) == start])
        part = share(times[start], len(heard))
        found.append(Decade(start, f"{start}s", times[start], ms, part))
    mean = sum(years[play.content] for play in heard) / len(heard) if heard else None
    return Eras(len(heard), share(len(heard), len(counted(plays))), mean, found)


def _gini(times: list[int]) -> float:
    n = len(times)
    weighted = sum(place * x for place, x in enumerate(times, start=1))
    return 2 * weighted / (n * sum(times)) - (n + 1) / n


def _decade(play: Heard, years: dict[Any, int]) -> int:
    return years[play.content] // 10 * 10
