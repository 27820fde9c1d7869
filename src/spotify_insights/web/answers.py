"""Answers about a listener's data: worked out once, told again until the data changes.

An answer that this process has at hand is given before the app is asked (`Kept`): it costs less
than a thread would.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from uuid import UUID

from fastapi import Request, Response
from pydantic import BaseModel
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from spotify_insights import cache
from spotify_insights.listening import versions
from spotify_insights.resources import transaction

# A change made by another process may go unnoticed for so long, and for the second time more while
# somebody looks: together less than a second.
LOOK_AGAIN_S = 0.5
LOOKING_S = 0.3
# Days begin on a quarter of an hour in every zone, so "today" holds for as long.
QUARTER_S = 900
# Far more listeners than ask within half a second.
MOST_KNOWN = 10_000
_PREFIX = "/api/stats/"
_USER = re.compile(rb"(?:^|&)user_id=([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:&|$)")
_TAG_BYTES = 26
_TAGS = re.compile(r'"[^"]*"|\*')
_HEADERS = {"cache-control": "private, no-cache"}


@dataclass
class _Known:
    """The version of a listener's data, until when it is told, and whether somebody looks again."""

    version: str
    until: float
    is_looked_at: bool = False


_known: dict[UUID, _Known] = {}


class Kept:
    """ASGI middleware; the protocol asks for `async`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_read = scope["type"] == "http" and scope["method"] == "GET"
        kept = find(scope) if is_read and scope["path"].startswith(_PREFIX) else None
        await (kept or self._app)(scope, receive, send)


def answer(request: Request, user_id: UUID, make: Callable[[], BaseModel]) -> Response:
    """The JSON of what `make` returns, remembered; 304 for a client that has it already."""
    key = _key(request.scope, _version(user_id))
    return _response(cache.remember(key, lambda: _tagged(make())), request.headers)


def find(scope: Scope) -> Response | None:
    """The answer to a request if this process has it at hand, without asking anybody."""
    user = _USER.search(scope["query_string"])
    known = _known.get(UUID(user[1].decode())) if user else None
    if known is None or not _may_be_told(known):
        return None
    kept = cache.find(_key(scope, known.version))
    return _response(kept, Headers(scope=scope)) if kept else None


def forget_versions() -> None:
    """Look anew before the next answer, because this process changed something."""
    _known.clear()


def _may_be_told(known: _Known) -> bool:
    """The first to ask after its time goes and looks again; others need not wait for that."""
    late = time.monotonic() - known.until
    if late < 0:
        return True
    is_first, known.is_looked_at = not known.is_looked_at, True
    return not is_first and late < LOOKING_S


def _version(user_id: UUID) -> str:
    known = _known.get(user_id)
    if known and time.monotonic() < known.until:
        return known.version
    with transaction() as session:
        found = versions.of(session, user_id)
    if len(_known) > MOST_KNOWN:
        _known.clear()
    _known[user_id] = _Known(found, time.monotonic() + LOOK_AGAIN_S)
    return found


def _key(scope: Scope, version: str) -> str:
    query = scope["query_string"].decode("latin-1")
    return f"{scope['path']}?{query}#{version}.{int(time.time()) // QUARTER_S}"


def _tagged(found: BaseModel) -> bytes:
    """The entity tag of an answer, and the answer."""
    body = found.model_dump_json().encode()
    return b'"%s"' % blake2b(body, digest_size=12).hexdigest().encode() + body


def _response(kept: bytes, asked: Headers) -> Response:
    tag = kept[:_TAG_BYTES].decode()
    headers = _HEADERS | {"etag": tag}
    if {tag, "*"} & set(_TAGS.findall(asked.get("if-none-match", ""))):
        return Response(status_code=304, headers=headers)
    return Response(kept[_TAG_BYTES:], media_type="application/json", headers=headers)
