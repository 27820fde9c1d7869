"""Last.fm: the top tags of an artist. Its errors come with any status, mostly 200."""

import time
from collections.abc import Callable

import httpx2
import msgspec

from spotify_insights.settings import get_settings
from spotify_insights.tags import asking, words
from spotify_insights.tags.source import Source
from spotify_insights.tags.words import Tag

# Counts are relative: the most used tag of an artist has 100.
LEAST_COUNT = 10

_UNKNOWN_ARTIST = 6
_REFUSED = frozenset({4, 10, 26})
_BUSY = 29
_AWAY = frozenset({8, 11, 16})


class _Error(msgspec.Struct):
    error: int = 0


class _TopTags(msgspec.Struct):
    """`tag` is a list, or the tag itself where there is only one."""

    tag: list[Tag] | Tag = msgspec.field(default_factory=list)


class _Answer(msgspec.Struct):
    toptags: _TopTags = msgspec.field(default_factory=_TopTags)


def find_tags(
    artist_name: str,
    *,
    transport: httpx2.BaseTransport | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> list[str]:
    """The tags of an artist of this very name, most used first; empty if there are none."""
    settings = get_settings()
    assert settings.lastfm_api_key is not None, "without a key Last.fm is not asked"
    params: dict[str, str | int] = {
        "method": "artist.gettoptags",
        "artist": artist_name,
        "autocorrect": 0,
        "api_key": settings.lastfm_api_key.get_secret_value(),
        "format": "json",
    }
    address = f"{settings.lastfm_base_url}/"
    response = asking.send(Source.LASTFM, address, params, transport=transport, sleep=sleep)
    error = _error_in(response)
    if error == _UNKNOWN_ARTIST:
        return []
    _refuse(error)
    found = asking.read(Source.LASTFM, response, _Answer).toptags.tag
    tags = found if isinstance(found, list) else [found]
    return words.leading(tags, artist_name, least=LEAST_COUNT)


def _error_in(response: httpx2.Response) -> int:
    """The number of Last.fm's error, 0 where it tells none."""
    try:
        return msgspec.json.decode(response.content, type=_Error, strict=False).error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return 0


def _refuse(error: int) -> None:
    if error == _BUSY:
        raise asking.busy(Source.LASTFM)
    if error in _REFUSED:
        raise asking.refused(Source.LASTFM)
    if error in _AWAY:
        raise asking.unreachable(Source.LASTFM)
    if error:
        raise asking.unreadable(Source.LASTFM)
