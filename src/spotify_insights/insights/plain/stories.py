"""Facts that tell the same story in different ways: a text tells each of them once."""

from collections.abc import Iterable

from spotify_insights.insights.facts.fact import Fact, Unit

_STORIES = (
    ("repeats.rate", "change.repeats"),
    ("skips.rate", "change.skips", "usual.skips", "focus.interruptions"),
    ("rhythm.night", "change.night", "usual.night"),
    ("discovery.artists", "discovery.tracks", "change.discovery", "usual.discovery"),
    ("listening.days", "usual.days"),
    ("change.time", "change.plays", "change.steady", "usual.time", "record.time"),
    ("artists.evenness", "artists.loyalty"),
    ("rhythm.part", "change.part"),
    ("rhythm.part", "rhythm.hour"),
    ("rhythm.weekday", "rhythm.weekend"),
    ("calendar.peak", "anomaly.day"),
    ("calendar.peak", "sessions.longest"),
    ("history.span", "anniversary.first_play"),
    ("artists.distinct", "change.artists"),
)


def is_news(fact: Fact, told: Iterable[Fact]) -> bool:
    """Whether none of the facts told has the same story, or is about the same artist."""
    return not any(_is_same(fact, other) for other in told)


def _is_same(fact: Fact, other: Fact) -> bool:
    is_of_one_artist = fact.unit is Unit.ARTIST and fact.quantity == other.quantity
    return is_of_one_artist or any(fact.id in story and other.id in story for story in _STORIES)
