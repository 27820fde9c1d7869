"""MusicBrainz: a search by name, no key, a contact in every request."""

import re
import time
from collections.abc import Callable

import httpx2
import msgspec

from spotify_insights.settings import get_settings
from spotify_insights.tags import asking, words
from spotify_insights.tags.source import Source
from spotify_insights.tags.words import Tag

LEAST_SCORE = 95
LEAST_COUNT = 1
_HITS = 10
# Within quotation marks only these two mean something to its search.
_SPECIAL = re.compile(r'(["\\])')


class _Hit(msgspec.Struct):
    name: str = ""
    score: int = 0
    tags: list[Tag] = msgspec.field(default_factory=list)


class _Answer(msgspec.Struct):
    artists: list[_Hit] = msgspec.field(default_factory=list)


def find_tags(
    artist_name: str,
    *,
    transport: httpx2.BaseTransport | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> list[str]:
    """Tags of the best hit that has this very name, most used first; empty if there is none.

    Nothing but the name is compared, so of several artists of one name it is the best known one.
    """
    settings = get_settings()
    response = asking.send(
        Source.MUSICBRAINZ,
        f"{settings.musicbrainz_base_url}/ws/2/artist",
        {"query": f'artist:"{_escaped(artist_name)}"', "fmt": "json", "limit": _HITS},
        user_agent=f"{asking.PRODUCT} ( {settings.musicbrainz_contact} )",
        transport=transport,
        sleep=sleep,
    )
    answer = asking.read(Source.MUSICBRAINZ, response, _Answer)
    wanted = words.key(artist_name)
    hits = [h for h in answer.artists if h.score >= LEAST_SCORE and words.key(h.name) == wanted]
    best = max(hits, key=lambda hit: hit.score, default=_Hit())
    return words.leading(best.tags, artist_name, least=LEAST_COUNT)


def _escaped(name: str) -> str:
    return _SPECIAL.sub(r"\\\1", name)
