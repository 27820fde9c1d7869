"""Mood, estimated from genre families.

Spotify no longer gives audio features, so mood rests on a small table: the first family with a
word that stands in one of an artist's genres decides. An artist without a known genre has no mood.
The estimate is told together with its coverage, the share of top tracks that have a mood at all.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

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


def mood_of(genres: Iterable[str]) -> str | None:
    """The mood of an artist's genres; None when no family knows one of them."""
    known = [genre.lower() for genre in genres]
    for mood, words in FAMILIES.items():
        if any(word in genre for genre in known for word in words):
            return mood
    return None


def patterns(moods: Sequence[str | None]) -> dict[str, dict[str, float | int]]:
    """Share (0..1 of the tracks that have a mood) and number of tracks for each mood."""
    counted = Counter(mood for mood in moods if mood is not None)
    return {
        mood: {"percentage": round(count / counted.total(), 4), "track_count": count}
        for mood, count in counted.most_common()
    }


def evenness(counts: Iterable[int]) -> float | None:
    """Normalised Shannon entropy (Pielou's evenness): 0 = all in one, 1 = all alike.

    Defined for two or more kinds: -sum(p ln p) / ln n; None otherwise.
    """
    present = [count for count in counts if count > 0]
    if len(present) < 2:  # noqa: PLR2004 - the entropy of one kind says nothing
        return None
    total = sum(present)
    entropy = -sum(count / total * math.log(count / total) for count in present)
    return round(entropy / math.log(len(present)), 4)
