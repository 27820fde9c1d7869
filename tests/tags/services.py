"""MusicBrainz and Last.fm on loopback, as far as they are asked."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.loopback import Answer, serving

from spotify_insights import resources
from spotify_insights.settings import get_settings
from spotify_insights.tags import Source, pace


class Services:
    """What each knows (artist to tags and counts), who was asked for, what is refused next."""

    def __init__(self) -> None:
        self.musicbrainz: dict[str, dict[str, int]] = {}
        self.lastfm: dict[str, dict[str, int]] = {}
        self.asked: list[tuple[str, str]] = []
        self.refusals: list[Answer] = []

    def refuse_next(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.refusals.append((status, headers, body))

    def answer(self, address: str) -> Answer:
        path, query = urlsplit(address).path, parse_qs(urlsplit(address).query)
        # The second until the next call may come is over as soon as this one is answered.
        resources.redis().delete(*(pace.due_key(source) for source in Source))
        if path == "/ws/2/artist":
            name = re.fullmatch(r'artist:"(.*)"', query["query"][0])[1]
            service, body = "musicbrainz", _hits(name, self.musicbrainz.get(name))
        else:
            name = query["artist"][0]
            service, body = "lastfm", _top_tags(self.lastfm.get(name))
        self.asked.append((service, name))
        return self.refusals.pop(0) if self.refusals else (200, {}, json.dumps(body).encode())


@contextmanager
def running_services(patch: pytest.MonkeyPatch) -> Iterator[Services]:
    """The services, and settings that lead to them, until the block ends."""
    services = Services()
    with serving(services.answer) as url:
        patch.setenv("MUSICBRAINZ_URL", url)
        patch.setenv("LASTFM_URL", f"{url}/2.0")
        get_settings.cache_clear()
        yield services


def _hits(name: str, tags: dict[str, int] | None) -> object:
    if tags is None:
        return {"count": 0, "artists": []}
    listed = [{"name": tag, "count": count} for tag, count in tags.items()]
    return {"count": 1, "artists": [{"name": name, "score": 100, "tags": listed}]}


def _top_tags(tags: dict[str, int] | None) -> object:
    if tags is None:
        return {"error": 6, "message": "The artist you supplied could not be found"}
    listed = [{"name": tag, "count": count, "url": "here"} for tag, count in tags.items()]
    return {"toptags": {"tag": listed}}
