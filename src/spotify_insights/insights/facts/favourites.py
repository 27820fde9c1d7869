"""Which artists and tracks, and how widely the plays are spread over them."""

from collections.abc import Iterator, Sequence
from typing import Any

from spotify_insights.insights.facts.fact import Fact, clean, half_up, measure, percent
from spotify_insights.insights.facts.scene import Scene, find_most_played

# A favourite was chosen more often than by chance.
MIN_PLAYS = 3
# Evenness compares artists with each other; of fewer it says nothing about a taste.
MIN_ARTISTS = 5
RANKED = "ranked by Spotify"


def tracks(scene: Scene) -> Iterator[Fact]:
    value = scene.snapshot.total_tracks_analyzed
    if value:
        statement = f"This looks at {measure(value, 'tracks')}, each counted once."
        yield scene.period.fact("tracks.looked_at", value, "tracks", statement)


def artists(scene: Scene) -> Iterator[Fact]:
    value = scene.total("distinct_artists")
    if value:
        statement = f"Plays of 30 seconds or more are by {measure(value, 'artists')}."
        yield scene.counted_plays.fact("artists.distinct", value, "artists", statement)


def top_artist(scene: Scene) -> Iterator[Fact]:
    """By counted plays; in Spotify's ranking plays are unknown and only the name is told."""
    items = scene.snapshot.top_artists
    if scene.is_ranked_by_spotify:
        yield from _first_artist(scene, items)
        return
    leader = find_most_played(scene, items, MIN_PLAYS)
    if leader is None or not _is_named(leader):
        return
    name, value, basis = clean(leader["name"]), leader["plays"], scene.counted_plays
    share = percent(value / basis.sample_size)
    said = f"“{name}” has {measure(value, 'plays')} of {basis.sample_size:,}"
    yield basis.fact("artists.top", name, "artist", f"“{name}” is your most played artist.")
    yield basis.fact("artists.top_plays", value, "plays", f"{said}.")
    yield basis.fact("artists.top_share", share, "percent", f"{said}, {share}%.")


def _first_artist(scene: Scene, items: Sequence[Any]) -> Iterator[Fact]:
    if items and _is_named(items[0]):
        name, basis = clean(items[0]["name"]), scene.tops(len(items))
        statement = f"Spotify ranks “{name}” above your other artists."
        yield basis.fact("artists.top", name, "artist", statement, method=RANKED)


def top_track(scene: Scene) -> Iterator[Fact]:
    """Title and artist are facts of their own, for each is a name that a text may use."""
    items = scene.snapshot.top_tracks
    if scene.is_ranked_by_spotify:
        yield from _first_track(scene, items)
        return
    leader = find_most_played(scene, items, MIN_PLAYS)
    if leader is None or not _is_named(leader):
        return
    value, basis = leader["plays"], scene.counted_plays
    said = f"{_titled(leader)} has {measure(value, 'plays')} of {basis.sample_size:,}."
    statement = f"{_titled(leader)} is your most played track."
    yield basis.fact("tracks.top", clean(leader["name"]), "track", statement)
    yield basis.fact("tracks.top_artist", clean(leader["artist"]), "artist", statement)
    yield basis.fact("tracks.top_plays", value, "plays", said)


def _first_track(scene: Scene, items: Sequence[Any]) -> Iterator[Fact]:
    if items and _is_named(items[0]):
        title, artist = clean(items[0]["name"]), clean(items[0]["artist"])
        basis = scene.tops(len(items))
        statement = f"Spotify ranks {_titled(items[0])} above your other tracks."
        yield basis.fact("tracks.top", title, "track", statement, method=RANKED)
        yield basis.fact("tracks.top_artist", artist, "artist", statement, method=RANKED)


def _is_named(item: Any) -> bool:
    return all(clean(item[name]) for name in ("name", "artist") if name in item)


def _titled(track: Any) -> str:
    return f"“{clean(track['name'])}” by “{clean(track['artist'])}”"


def evenness(scene: Scene) -> Iterator[Fact]:
    """Normalised Shannon entropy of the artists over counted plays."""
    score, number = scene.snapshot.artist_diversity_score, scene.total("distinct_artists")
    if score is None or not scene.has_enough_plays or number < MIN_ARTISTS:
        return
    value = half_up(100 * score) / 100
    scale = "0 would be all plays by one of them, 1 the same number by each"
    statement = f"Plays are spread over {number:,} artists with an evenness of {value}: {scale}."
    yield scene.counted_plays.fact("artists.evenness", value, "of 1", statement)
