"""Titles of charts: each its finding as a sentence, where the checked facts hold one (pure)."""

from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup, escape

from spotify_insights.insights.facts.fact import Fact, Unit
from spotify_insights.insights.languages.english import ENGLISH

Facts = Mapping[str, Fact]

# A name may be written from right to left; it must not turn round the words beside it.
_NAMED = Markup("<bdi>{}</bdi>{}")


def titles(facts: Sequence[Fact]) -> dict[str, Markup]:
    """The title of each chart, by the chart's name."""
    by_id = {fact.id: fact for fact in facts}
    return {chart: _find(by_id) or escape(plain) for chart, (_find, plain) in _TITLES.items()}


def _parts(facts: Facts) -> Markup | None:
    fact = facts.get("rhythm.part")
    if fact is None:
        return None
    return Markup("{} hold {} of your listening").format(
        _said(fact, form="plural").capitalize(), _said(fact, "share")
    )


def _artists(facts: Facts) -> Markup | None:
    return _leader(facts, "artists.top")


def _tracks(facts: Facts) -> Markup | None:
    return _leader(facts, "tracks.top")


def _leader(facts: Facts, key: str) -> Markup | None:
    """Where Spotify made the list, plays are unknown and only the order can be told."""
    if key not in facts:
        return None
    fact = facts[key]
    leads = f" leads with {_said(fact, 'plays')}" if "plays" in fact.parts else " comes first"
    return _NAMED.format(fact.value, leads)


def _genres(facts: Facts) -> Markup | None:
    if "genres.top" not in facts:
        return None
    fact = facts["genres.top"]
    leads = f" leads your genres with {_said(fact, 'share')}"
    return _NAMED.format(str(fact.value).capitalize(), leads)


def _moods(facts: Facts) -> Markup | None:
    if "moods.top" not in facts:
        return None
    fact = facts["moods.top"]
    looked_at = "top tracks" if fact.sampled is Unit.TRACKS else "plays"
    said = Markup("{} of the {} with a known mood are {}")
    return said.format(_said(fact, "share"), looked_at, _said(fact))


def _variety(facts: Facts) -> Markup | None:
    artists = facts.get("artists.distinct")
    return Markup("You played {}").format(_said(artists)) if artists else None


def _said(fact: Fact, part: str = "", form: str = "") -> str:
    return ENGLISH.say(fact.part(part), form)


_TITLES: Mapping[str, tuple[Callable[[Facts], Markup | None], str]] = {
    "parts": (_parts, "Listening by part of day"),
    "artists": (_artists, "Top artists"),
    "tracks": (_tracks, "Top tracks"),
    "genres": (_genres, "Genres"),
    "moods": (_moods, "Moods"),
    "variety": (_variety, "Artist variety"),
}
