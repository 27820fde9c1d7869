"""The names a scene knows: a text may say none of them without the fact that brings it along."""

from collections.abc import Iterator

from spotify_insights.insights.facts.fact import clean
from spotify_insights.insights.facts.scene import Blocks, Scene

_LISTS = (("top_artists",), ("top_tracks",), ("statistics", "top_albums"))


def names(scene: Scene) -> frozenset[str]:
    """Artists, tracks, albums and genres of the period and of those before it."""
    found = {name for blocks in (scene.blocks, *scene.before) for name in _names(blocks)}
    return frozenset(clean(name) for name in found) - {""}


def _names(blocks: Blocks) -> Iterator[str]:
    for path in _LISTS:
        for line in blocks.items(*path):
            yield from (str(line[key]) for key in ("name", "artist") if line.get(key))
    yield from blocks.find("genre_distribution") or {}
