"""Genres and moods: estimates, told only with the share of the top list they are known for."""

from collections.abc import Iterator

from spotify_insights.insights.facts.fact import Fact, clean, half_up, percent
from spotify_insights.insights.facts.scene import Scene, find_leader

# The mood score is 10 times the share of these among the top tracks whose mood is known.
LIVELY_MOODS = ("bright", "energetic")


def genres(scene: Scene) -> Iterator[Fact]:
    """The leading genre and its share among the genres of the top artists."""
    distribution = scene.snapshot.genre_distribution
    shares = {clean(name): float(share) for name, share in distribution.items()}
    genre = find_leader(shares)
    if not genre or not scene.covers("genres"):
        return
    top_artists = scene.snapshot.top_artists
    known = [artist for artist in top_artists if artist["genres"]]
    method = scene.snapshot.coverage.get("genres_method")
    basis, share = scene.tops(len(known)), percent(shares[genre])
    leads = f"“{genre}” leads the genres of your top artists with {share}%."
    yield basis.fact("genres.top", genre, "genre", leads, method=method)
    yield basis.fact("genres.top_share", share, "percent", leads, method=method)
    yield _coverage(scene, "genres", "artists", len(top_artists))


def moods(scene: Scene) -> Iterator[Fact]:
    """The leading mood and the mood score: 0 (no lively top track) to 10 (nothing else)."""
    patterns = scene.snapshot.mood_patterns
    shares = {mood: float(pattern["percentage"]) for mood, pattern in patterns.items()}
    if not shares or not scene.covers("moods"):
        return
    method = str(scene.snapshot.coverage.get("moods_method", "estimated from genres"))
    basis = scene.tops(sum(int(pattern["track_count"]) for pattern in patterns.values()))
    mood = find_leader(shares)
    if mood:
        share = percent(shares[mood])
        leads = f"“{mood}” leads the moods of your top tracks with {share}%, {method}."
        yield basis.fact("moods.top", mood, "mood", leads, method=method)
        yield basis.fact("moods.top_share", share, "percent", leads, method=method)
    score = half_up(100 * sum(shares.get(mood, 0.0) for mood in LIVELY_MOODS)) / 10
    lively = " or ".join(LIVELY_MOODS)
    statement = f"Ten times the share of {lively} top tracks is {score}, {method}."
    yield basis.fact("moods.score", score, "of 10", statement, method=method)
    yield _coverage(scene, "moods", "tracks", len(scene.snapshot.top_tracks))


def _coverage(scene: Scene, what: str, names: str, size: int) -> Fact:
    value = percent(scene.coverage(what))
    statement = f"The {what} of {value}% of your top {names} are known."
    return scene.tops(size).fact(f"{what}.coverage", value, "percent", statement)
