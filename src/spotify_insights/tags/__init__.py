"""What listeners call an artist, asked of MusicBrainz and Last.fm where the operator allows it.

Only the name of an artist is sent, and only to a service whose contact or key is set.

    Answer                              Raised        code
    ──────────────────────────────────  ────────────  ──────────────────
    429 or 503, Last.fm's error 29      Unavailable   `tags_busy`
    many callers wait already           Unavailable   `tags_busy`
    the calls of this day are used up   Unavailable   `tags_used_up`
    401 or 403, Last.fm's 4, 10, 26     Unavailable   `tags_refused`
    5xx, timeout, broken connection     Unavailable   `tags_unavailable`
    anything else, what cannot be read  Unavailable   `tags_protocol`
"""

from typing import NamedTuple

from spotify_insights.tags import lastfm, musicbrainz
from spotify_insights.tags.source import Source, configured

__all__ = ["Found", "Source", "configured", "find_tags"]

_FIND = {Source.MUSICBRAINZ: musicbrainz.find_tags, Source.LASTFM: lastfm.find_tags}


class Found(NamedTuple):
    """Tags, most used first, and who told them: nobody where there are none."""

    tags: list[str]
    source: Source | None


def find_tags(artist_name: str) -> Found:
    """What the first of the configured services that knows the artist calls it."""
    for source in configured():
        found = _FIND[source](artist_name)
        if found:
            return Found(found, source)
    return Found([], None)
