"""Titles of charts: each its finding as a sentence, where the checked facts hold one (pure)."""

from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup, escape

from spotify_insights.insights.facts import Fact, measure

Facts = Mapping[str, Fact]

# A name may be written from right to left; it must not turn round the words beside it.
_NAMED = Markup("<bdi>{}</bdi>{}")


def titles(facts: Sequence[Fact]) -> dict[str, Markup]:
    """The title of each chart, by the chart's name."""
    by_id = {fact.id: fact for fact in facts}
    return {chart: _find(by_id) or escape(plain) for chart, (_find, plain) in _TITLES.items()}


def _parts(facts: Facts) -> Markup | None:
    strongest = facts.get("hours.strongest_part")
    if strongest is None:
        return None
    share = facts[f"hours.{strongest.value}_share"]
    part = str(strongest.value).capitalize()
    return Markup("{}s hold {} of your listening").format(part, _said(share))


def _artists(facts: Facts) -> Markup | None:
    return _leader(facts, "artists.top", "artists.top_plays")


def _tracks(facts: Facts) -> Markup | None:
    return _leader(facts, "tracks.top", "tracks.top_plays")


def _leader(facts: Facts, name: str, plays: str) -> Markup | None:
    """Where Spotify made the list, plays are unknown and only the order can be told."""
    if name not in facts:
        return None
    leads = f" leads with {_said(facts[plays])}" if plays in facts else " comes first"
    return _NAMED.format(facts[name].value, leads)


def _genres(facts: Facts) -> Markup | None:
    if "genres.top" not in facts:
        return None
    leads = f" leads your genres with {_said(facts['genres.top_share'])}"
    return _NAMED.format(str(facts["genres.top"].value).capitalize(), leads)


def _moods(facts: Facts) -> Markup | None:
    if "moods.top" not in facts:
        return None
    mood, share = facts["moods.top"].value, _said(facts["moods.top_share"])
    return Markup("{} of your top tracks with a known mood are {}").format(share, mood)


def _variety(facts: Facts) -> Markup | None:
    artists = facts.get("artists.distinct")
    return Markup("You played {}").format(_said(artists)) if artists else None


def _said(fact: Fact) -> str:
    assert not isinstance(fact.value, str)
    return measure(fact.value, fact.unit)


_TITLES: Mapping[str, tuple[Callable[[Facts], Markup | None], str]] = {
    "parts": (_parts, "Listening by part of day"),
    "artists": (_artists, "Top artists"),
    "tracks": (_tracks, "Top tracks"),
    "genres": (_genres, "Genres"),
    "moods": (_moods, "Moods"),
    "variety": (_variety, "Artist variety"),
}
