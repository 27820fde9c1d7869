"""Genres and moods: estimates, told only with the share of the listening they are known for."""

from collections.abc import Iterator, Mapping
from typing import Any

from spotify_insights.insights.facts.fact import (
    Fact,
    Method,
    Quantity,
    Says,
    Unit,
    clean,
    half_up,
    percent,
)
from spotify_insights.insights.facts.interest import either_way, rising
from spotify_insights.insights.facts.scene import Scene, find_leader

# The mood score is 10 times the share of these among what has a mood.
LIVELY = ("bright", "energetic")
# Fewer names in a ranking are no taste.
MIN_LISTED = 5

# Shares of what is known; four moods would have a quarter each.
ORDINARY_GENRE, STRIKING_GENRE = 0.12, 0.5
SECOND = 0.7
ORDINARY_MOOD, STRIKING_MOOD = 0.45, 0.9
QUIET, ORDINARY_SCORE, LIVELIEST = 1.0, 6.0, 10.0


def genres(scene: Scene) -> Iterator[Fact]:
    """The leading genre and its share of the plays whose genres are known."""
    shares = _genre_shares(scene)
    leader = find_leader(shares)
    if not leader or not _is_known(scene, "genres"):
        return
    yield scene.fact(
        "genres.top",
        Quantity(leader, Unit.GENRE),
        parts={"share": percent(shares[leader]), "coverage": _coverage(scene, "genres")},
        interest=rising(shares[leader], ORDINARY_GENRE, STRIKING_GENRE),
        says=[Says.MOST],
        method=Method.TAGS,
        **_basis(scene, "genres"),
    )


def second(scene: Scene) -> Iterator[Fact]:
    """The genre that only the leading one has more of."""
    shares = _genre_shares(scene)
    leader = find_leader(shares)
    others = {name: share for name, share in shares.items() if name != leader}
    runner_up = find_leader(others)
    if not leader or not runner_up or not _is_known(scene, "genres"):
        return
    interest = rising(shares[runner_up], ORDINARY_GENRE, STRIKING_GENRE)
    yield scene.fact(
        "genres.second",
        Quantity(runner_up, Unit.GENRE),
        parts={"share": percent(shares[runner_up])},
        interest=round(SECOND * interest, 3),
        method=Method.TAGS,
        **_basis(scene, "genres"),
    )


def moods(scene: Scene) -> Iterator[Fact]:
    """The leading mood and its share of what has a mood."""
    shares = _mood_shares(scene)
    leader = find_leader(shares)
    if leader is None or not _is_known(scene, "moods"):
        return
    yield scene.fact(
        "moods.top",
        Quantity(leader, Unit.MOOD),
        parts={"share": percent(shares[leader]), "coverage": _coverage(scene, "moods")},
        interest=rising(shares[leader], ORDINARY_MOOD, STRIKING_MOOD),
        says=[Says.MOST],
        method=Method.GENRE_FAMILIES,
        **_basis(scene, "moods"),
    )


def score(scene: Scene) -> Iterator[Fact]:
    """0 (nothing bright or energetic) to 10 (nothing else), with one decimal."""
    value = _score(scene)
    if value is None or not _is_known(scene, "moods"):
        return
    yield scene.fact(
        "moods.score",
        Quantity(value, Unit.OF_10),
        parts={"coverage": _coverage(scene, "moods")},
        interest=either_way(value, QUIET, ORDINARY_SCORE, LIVELIEST),
        method=Method.GENRE_FAMILIES,
        **_basis(scene, "moods"),
    )


def _score(scene: Scene) -> float | None:
    """That of the plays where it was kept; else from the shares, which is all a ranking has."""
    kept = scene.number("mood_score")
    if kept is not None and not scene.blocks.is_ranked_by_spotify:
        return float(kept)
    shares = _mood_shares(scene)
    if not shares:
        return None
    return half_up(round(100 * sum(shares.get(mood, 0.0) for mood in LIVELY), 6)) / 10


def _genre_shares(scene: Scene) -> dict[str, float]:
    found: Mapping[str, Any] = scene.blocks.find("genre_distribution") or {}
    return {clean(name): float(share) for name, share in found.items() if share}


def _mood_shares(scene: Scene) -> dict[str, float]:
    return {mood: float(one.get("percentage") or 0) for mood, one in _patterns(scene).items()}


def _patterns(scene: Scene) -> dict[str, Mapping[str, Any]]:
    found: Mapping[str, Any] = scene.blocks.find("mood_patterns") or {}
    return {mood: pattern for mood, pattern in found.items() if pattern}


def _is_known(scene: Scene, what: str) -> bool:
    is_ranked = scene.blocks.is_ranked_by_spotify
    is_enough = _listed(scene, what) >= MIN_LISTED if is_ranked else scene.has_enough_plays
    return is_enough and scene.covers(what)


def _listed(scene: Scene, what: str) -> int:
    """The listed artists that have genres, or the listed tracks that have a mood."""
    if what == "genres":
        return sum(bool(artist.get("genres")) for artist in scene.blocks.items("top_artists"))
    return sum(int(pattern.get("track_count") or 0) for pattern in _patterns(scene).values())


def _coverage(scene: Scene, what: str) -> Quantity:
    return percent(scene.blocks.coverage(what))


def _basis(scene: Scene, what: str) -> dict[str, Any]:
    """What shares are of: the counted plays, or the lines of Spotify's ranking."""
    if not scene.blocks.is_ranked_by_spotify:
        return {"sample_size": scene.total("counted_plays")}
    sampled = Unit.ARTISTS if what == "genres" else Unit.TRACKS
    return {"sample_size": _listed(scene, what), "sampled": sampled, "is_ranked": True}
