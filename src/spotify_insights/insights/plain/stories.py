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


# An album can be one track, and that track can have been played in a row.
_PIECES = {"albums.top": "plays", "tracks.top": "plays", "repeats.run": ""}


def is_news(fact: Fact, told: Iterable[Fact]) -> bool:
    """Whether none of the facts told has the same story, or is about the same artist."""
    return not any(_is_same(fact, other) for other in told)


def _is_same(fact: Fact, other: Fact) -> bool:
    is_of_one_artist = fact.unit is Unit.ARTIST and fact.quantity == other.quantity
    if is_of_one_artist or _is_one_piece(fact, other):
        return True
    return any(fact.id in story and other.id in story for story in _STORIES)


def _is_one_piece(fact: Fact, other: Fact) -> bool:
    """Whether an album, a track or a run of one artist were played the same number of times."""
    if not {fact.id, other.id} <= set(_PIECES) or "artist" not in fact.parts:
        return False
    return _times(fact) == _times(other) and fact.parts["artist"] == other.parts.get("artist")


def _times(fact: Fact) -> float | str | None:
    part = _PIECES[fact.id]
    return fact.part(part).value if part in fact.quantities else None
