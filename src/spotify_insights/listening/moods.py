"""Mood, estimated from genre families, and how the music sounds, where Spotify ever told.

Spotify no longer gives audio features to new apps, so mood rests on a small table: the first family
with a word that begins or ends a word of one of an artist's genres decides. An artist without a
known genre has no mood. The estimate is told together with its coverage, the share of plays that
have a mood at all.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text
from sqlalchemy.orm import Session

from spotify_insights.listening.stats.genres import Tagged, is_finding, labelled, sources_of
from spotify_insights.listening.stats.plays import Plays, factorised

METHOD = "estimated from the genre families of the artists"

# Read from the top: "emo rap" is melancholic, "chill pop" calm, "dance pop" energetic.
FAMILIES: Mapping[str, Sequence[str]] = {
    "melancholic": ("blues", "darkwave", "emo", "goth", "sad", "shoegaze", "slowcore"),
    "calm": (
        "acoustic",
        "ambient",
        "chill",
        "classical",
        "folk",
        "jazz",
        "lo-fi",
        "lofi",
        "new age",
        "piano",
        "singer-songwriter",
    ),
    "energetic": (
        "dance",
        "drum and bass",
        "edm",
        "electro",
        "hip hop",
        "house",
        "metal",
        "punk",
        "rap",
        "rock",
        "techno",
    ),
    "bright": ("afrobeat", "disco", "funk", "latin", "pop", "reggae", "ska", "soul"),
}
# The mood score is ten times their share.
LIVELY = ("bright", "energetic")

# What Spotify measures of a track: 0..1, but for loudness (dB) and tempo (beats a minute).
FEATURES = (
    *("acousticness", "danceability", "energy", "instrumentalness", "liveness", "loudness"),
    *("speechiness", "tempo", "valence"),
)

_NUMBERS = {mood: number for number, mood in enumerate(FAMILIES)}
_NO_MOOD = -1

_FEATURES = """
    select id, audio_features from contents
    where id = any(cast(:ids as int[])) and audio_features is not null
        and audio_features not in ('{}', 'null')
"""


@dataclass(frozen=True)
class Mood:
    """A mood: its counted plays, their share of all that have a mood, and distinct tracks."""

    name: str
    plays: int
    share: float
    track_count: int


@dataclass(frozen=True)
class Moods:
    """The moods of some plays, most heard first, and how much of the listening they tell of.

    `known` of the counted `plays` have a mood. `coverage` (0..1) is None without plays. `score` (0
    to 10) is None while too little is known to be a finding.
    """

    items: list[Mood]
    plays: int
    known: int
    coverage: float | None
    score: float | None
    method: str
    is_finding: bool


def moods(plays: Plays, tags: Mapping[int, Tagged]) -> Moods:
    """The moods of the counted plays, each that of its artist's leading tags by `FAMILIES`.

    A share is of the counted plays that have a mood; coverage is theirs among all counted plays.
    The score is ten times the share of `LIVELY` moods.
    """
    artists, counts = plays.by_artist.ids, plays.by_artist.plays
    of_artist = {one: mood_of(tags[one].tags) for one in artists.tolist() if one in tags}
    numbers = [_NUMBERS.get(of_artist.get(one) or "", _NO_MOOD) for one in artists.tolist()]
    items = _shares(plays, np.array(numbers, np.int8))
    known = sum(one.plays for one in items)
    total = int(np.count_nonzero(plays.is_counted))
    heard = artists[counts > 0].tolist()
    sources = sources_of(tags[artist] for artist in heard if of_artist.get(artist))
    return Moods(
        items=items,
        plays=total,
        known=known,
        coverage=round(known / total, 4) if total else None,
        score=_score(items, known) if is_finding(known, total) else None,
        method=f"{METHOD} ({labelled(sources)})" if sources else METHOD,
        is_finding=is_finding(known, total),
    )


def mood_of(genres: Iterable[str]) -> str | None:
    """The mood of an artist's genres; None when no family knows one of them."""
    found = {family for genre in genres if (family := _family_of(genre))}
    return next((mood for mood in FAMILIES if mood in found), None)


def patterns(moods: Sequence[str | None]) -> dict[str, dict[str, float | int]]:
    """Share (0..1 of the tracks that have a mood) and number of tracks for each mood."""
    counted = Counter(mood for mood in moods if mood is not None)
    return {
        mood: {"percentage": round(count / counted.total(), 4), "track_count": count}
        for mood, count in counted.most_common()
    }


def sound(plays: Plays, features: Mapping[int, Mapping[str, float]]) -> dict[str, float]:
    """Mean and standard deviation of `FEATURES` over the counted plays whose track has them.

    `avg_valence`, `std_valence` and so on, each play weighing the same, and `coverage`: the share
    of counted plays with any feature (0..1). Empty where nothing is known.
    """
    contents, places = factorised(plays.counted.contents)
    played = zip(contents.tolist(), np.bincount(places).tolist(), strict=True)
    known = [(told, times) for one, times in played if (told := features.get(one))]
    if not known:
        return {}
    found: dict[str, float] = {}
    for name in FEATURES:
        found |= _spread(name, [(told[name], times) for told, times in known if name in told])
    return found | {"coverage": round(sum(n for _, n in known) / len(plays.counted), 4)}


def features_of(session: Session, plays: Plays) -> dict[int, dict[str, float]]:
    """The audio features of what was played, by content, as far as Spotify told them."""
    ids = factorised(plays.counted.contents)[0].tolist()
    rows = session.execute(text(_FEATURES), {"ids": ids})
    return {row.id: row.audio_features for row in rows}


@lru_cache(maxsize=4096)
def _family_of(genre: str) -> str | None:
    """The first family that knows a genre, by its words; a hyphen is as good as a space."""
    plain = genre.lower().replace("-", " ")
    return next((family for family, words in _WORDS.items() if words.search(plain)), None)


def _shares(plays: Plays, of_artist: NDArray[np.int8]) -> list[Mood]:
    """One line for each mood that is there, most heard first; `of_artist` is as `by_artist`."""
    by_artist, by_track = plays.by_artist, plays.by_track
    times = {mood: int(by_artist.plays[of_artist == n].sum()) for mood, n in _NUMBERS.items()}
    known = sum(times.values())
    artists = plays.artists_of_tracks[by_track.plays > 0]
    of_track = of_artist[np.searchsorted(by_artist.ids, artists[artists != 0])]
    found = [
        Mood(
            mood,
            plays=count,
            share=round(count / known, 4),
            track_count=int(np.count_nonzero(of_track == _NUMBERS[mood])),
        )
        for mood, count in times.items()
        if count
    ]
    return sorted(found, key=lambda mood: (-mood.plays, mood.name))


def _score(items: Iterable[Mood], known: int) -> float:
    """Rounded half up, from whole numbers, so that no binary fraction decides."""
    lively = sum(mood.plays for mood in items if mood.name in LIVELY)
    return (200 * lively + known) // (2 * known) / 10


def _spread(name: str, told: Sequence[tuple[float, int]]) -> dict[str, float]:
    """Mean and standard deviation (of all, not of a sample) of values and how often each counts."""
    if not told:
        return {}
    values, times = np.array(told).T
    mean = float(np.average(values, weights=times))
    variance = float(np.average((values - mean) ** 2, weights=times))
    return {f"avg_{name}": round(mean, 4), f"std_{name}": round(math.sqrt(variance), 4)}


_WORDS = {
    family: re.compile(
        "|".join(rf"\b{word}|{word}\b" for word in (re.escape(w.replace("-", " ")) for w in words))
    )
    for family, words in FAMILIES.items()
}
