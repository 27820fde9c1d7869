"""What a snapshot says, as values: the only numbers and names an insight may use.

Every value can be computed again from the snapshot alone. Shares are whole percent, hours have
one decimal (less than an hour: whole minutes), scores one decimal, evenness two; halves go up.

A kind of fact is a function of a `Scene` that yields its facts, or nothing where the data is too
thin; a new one is such a function and a line below.
"""

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from spotify_insights.insights.facts import favourites, habits, taste
from spotify_insights.insights.facts.fact import Fact, measure
from spotify_insights.insights.facts.scene import Scene
from spotify_insights.models import Snapshot

__all__ = ["Fact", "find", "measure", "mood_score"]

_KINDS = (
    habits.time,
    habits.plays,
    habits.days,
    habits.parts_of_day,
    favourites.tracks,
    favourites.artists,
    favourites.top_artist,
    favourites.top_track,
    favourites.evenness,
    taste.genres,
    taste.moods,
)


def find(snapshot: Snapshot, zone: ZoneInfo, day_starts_at: int = 0) -> list[Fact]:
    """All facts the snapshot has enough data for, in a fixed order.

    Days are those of the listener's zone and start at the hour `day_starts_at`.
    """
    scene = Scene(snapshot, zone, timedelta(hours=day_starts_at))
    return [fact for kind in _KINDS for fact in kind(scene)]


def mood_score(facts: Sequence[Fact]) -> float | None:
    """0 to 10, or None while too little is known of moods; `taste.moods` defines it."""
    return next((float(fact.value) for fact in facts if fact.id == "moods.score"), None)
