"""What the listener tends to do, as a function of the seed and the day alone.

Nothing here looks at the present: what happened on a day must stay the same for ever. Phases
such as an obsession or a holiday therefore follow the calendar, often enough that the last
weeks always hold one.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate
from random import Random
from typing import NamedTuple

from spotify_insights.demo.catalogue import Catalogue, catalogue

_OBSESSION_DAYS = 35
_OBSESSION_PEAK = 0.2
_OBSESSION_RISE_DAYS = 10
_OBSESSION_FADE_DAYS = 25
_OBSESSIONS = 24
_RISE_DAYS = 120
_RISE_PEAK = 9.0
_RISE_FADE_DAYS = 40
_HOLIDAY_DAYS = 12
_HOLIDAY_PLAY_CHANCE = 0.15
_SILENT_DAY_CHANCE = 0.04
_SATURDAY = 5
_BIG_NIGHTS = (4, 5)

_LIKED_AT = {
    "morning": {"ambient": 5, "folk": 4, "modern classical": 5, "bossa nova": 3},
    "afternoon": {"jazz": 3, "neo soul": 5, "hip hop": 4, "bossa nova": 3},
    "evening": {"indie rock": 4, "dream pop": 4, "post-rock": 3, "jazz": 2},
    "night": {"techno": 7, "synthwave": 6, "ambient": 2},
}


class Session(NamedTuple):
    """Some plays in a row, from `minute` after midnight UTC."""

    minute: int
    plays: int
    part: str


@dataclass(frozen=True)
class Habits:
    """One listener. Hours are UTC; weights are per track of the catalogue, in its order."""

    seed: int
    morning_minute: int
    afternoon_minute: int
    evening_minute: int
    night_chance: float
    appetite: float
    weights: dict[str, tuple[float, ...]]
    obsessions: tuple[int, ...]
    risers: tuple[tuple[int, ...], ...]


@lru_cache(maxsize=4)
def habits(seed: int) -> Habits:
    rng = Random(f"{seed}:habits")
    music = catalogue(seed)
    return Habits(
        seed=seed,
        morning_minute=rng.randrange(390, 500),
        afternoon_minute=rng.randrange(740, 860),
        evening_minute=rng.randrange(1050, 1140),
        night_chance=rng.uniform(0.05, 0.1),
        appetite=rng.uniform(0.85, 1.2),
        weights=_weights(rng, music),
        obsessions=tuple(rng.sample(range(len(music.tracks)), _OBSESSIONS)),
        risers=_risers(rng, music),
    )


def _weights(rng: Random, music: Catalogue) -> dict[str, tuple[float, ...]]:
    ranks = rng.sample(range(len(music.tracks)), len(music.tracks))
    fondness = [(rank + 4) ** -0.8 for rank in ranks]
    return {
        part: tuple(
            weight * liked.get(track.album.artist.style, 1)
            for weight, track in zip(fondness, music.tracks, strict=True)
        )
        for part, liked in _LIKED_AT.items()
    }


def _risers(rng: Random, music: Catalogue) -> tuple[tuple[int, ...], ...]:
    """The track numbers of each artist with enough music to become a favourite, shuffled."""
    numbers: dict[str, list[int]] = {}
    for number, track in enumerate(music.tracks):
        numbers.setdefault(track.album.artist.id, []).append(number)
    risers = [tuple(tracks) for tracks in numbers.values() if len(tracks) > 2]  # noqa: PLR2004
    rng.shuffle(risers)
    return tuple(risers)


def is_holiday(seed: int, day: date) -> bool:
    """Nearly two weeks each summer, when the listener is away from all speakers."""
    shift = Random(f"{seed}:holiday:{day.year}").randrange(60)
    start = date(day.year, 6, 20) + timedelta(days=shift)
    return start <= day < start + timedelta(days=_HOLIDAY_DAYS)


def sessions(who: Habits, day: date, rng: Random) -> list[Session]:
    """When the listener puts music on that day, earliest first."""
    if is_holiday(who.seed, day):
        away = rng.random() > _HOLIDAY_PLAY_CHANCE
        return [] if away else [Session(who.evening_minute, 2, "evening")]
    if rng.random() < _SILENT_DAY_CHANCE:
        return []
    weekend = day.weekday() >= _SATURDAY
    daily = _weekend(who, rng) if weekend else _workday(who, rng)
    late = rng.random() < who.night_chance * (3 if day.weekday() in _BIG_NIGHTS else 1)
    night = [Session(rng.randrange(1375, 1425), _some(who, rng, 8, 14), "night")]
    return [*daily, *night] if late else daily


def _workday(who: Habits, rng: Random) -> list[Session]:
    morning = who.morning_minute + rng.randrange(-20, 40)
    evening = who.evening_minute + rng.randrange(-45, 120)
    return [
        Session(morning, _some(who, rng, 3, 8), "morning"),
        Session(evening, _some(who, rng, 6, 15), "evening"),
    ]


def _weekend(who: Habits, rng: Random) -> list[Session]:
    afternoon = who.afternoon_minute + rng.randrange(-60, 130)
    evening = who.evening_minute + rng.randrange(0, 80)
    return [
        Session(afternoon, _some(who, rng, 11, 20), "afternoon"),
        Session(evening, _some(who, rng, 0, 7), "evening"),
    ]


def _some(who: Habits, rng: Random, least: int, most: int) -> int:
    return round(rng.randint(least, most) * who.appetite)


def obsessed_with(who: Habits, day: date) -> list[tuple[int, float]]:
    """Track numbers that push in, each with the chance that a play is theirs."""
    era, age = divmod(day.toordinal(), _OBSESSION_DAYS)
    growing = _OBSESSION_PEAK * min(1.0, age / _OBSESSION_RISE_DAYS)
    fading = _OBSESSION_PEAK * max(0.0, 1 - age / _OBSESSION_FADE_DAYS)
    return [
        (who.obsessions[era % _OBSESSIONS], growing),
        (who.obsessions[(era - 1) % _OBSESSIONS], fading),
    ]


def taste(who: Habits, day: date, part: str) -> list[float]:
    """Running total of the weights of all tracks at that time of that day."""
    weights = list(who.weights[part])
    season, age = divmod(day.toordinal(), _RISE_DAYS)
    for number in who.risers[season % len(who.risers)]:
        weights[number] *= 0.3 + _RISE_PEAK * (age / _RISE_DAYS) ** 2
    for number in who.risers[(season - 1) % len(who.risers)]:
        weights[number] *= max(1.0, _RISE_PEAK * (1 - age / _RISE_FADE_DAYS))
    for number in _not_discovered(who, day):
        weights[number] = 0.0
    return list(accumulate(weights))


def _not_discovered(who: Habits, day: date) -> list[int]:
    """Later obsessions: unheard for over a year before, so that each of them is new."""
    era = day.toordinal() // _OBSESSION_DAYS
    return [
        number
        for position, number in enumerate(who.obsessions)
        if (era - position) % _OBSESSIONS >= _OBSESSIONS // 2
    ]
