"""Eras: from which years and decades the music is that was heard."""

from dataclasses import dataclass

import numpy as np

from spotify_insights.listening.stats.plays import Ids, Plays, factorised, summed

_YEARS = 10
# Years are those of the release that was played, as Spotify's catalogue has them.
_METHOD = "spotify"


@dataclass(frozen=True)
class Decade:
    """Counted plays and time in ms of what was released from the year `start` on, for ten years.

    `share` (0..1) is that of the counted plays whose year is known; None where there are none.
    """

    start: int
    name: str
    plays: int
    ms_played: int
    share: float | None


@dataclass(frozen=True)
class Eras:
    """Decades in their order, for the `told` counted plays whose year of release is known.

    `coverage` (0..1) is their share of all counted plays. `method` says whose years these are.
    """

    told: int
    coverage: float | None
    mean_year: float | None
    method: str | None
    decades: list[Decade]


def decades(plays: Plays, years: Ids) -> Eras:
    """Counted plays, and ms of all plays, by the decade in which what was played was released.

    `years` are the release years of each play (0 = unknown, see `details.years_of`): those of the
    album that was played, so a remaster or a collection counts for its own year, not for that of
    the first recording. Decades without a play are left out. `mean_year` is over counted plays.
    """
    is_known = years > 0
    counted = years[is_known & plays.is_counted]
    told, all_counted = len(counted), int(np.count_nonzero(plays.is_counted))
    return Eras(
        told=told,
        coverage=round(told / all_counted, 4) if all_counted else None,
        mean_year=round(float(counted.mean()), 1) if told else None,
        method=_METHOD if told else None,
        decades=_by_decade(plays, years, told),
    )


def _by_decade(plays: Plays, years: Ids, told: int) -> list[Decade]:
    is_known = years > 0
    starts, places = factorised(years[is_known] // _YEARS * _YEARS)
    counts = np.bincount(places[plays.is_counted[is_known]], minlength=len(starts))
    times = summed(places, plays.ms_played[is_known], len(starts))
    return [
        Decade(
            start=int(start),
            name=f"{start}s",
            plays=int(count),
            ms_played=int(ms_played),
            share=round(int(count) / told, 4) if told else None,
        )
        for start, count, ms_played in zip(starts, counts, times, strict=True)
    ]
