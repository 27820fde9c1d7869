"""Answers about a listener's data: worked out once, told again until the data changes."""

import re
import time
from collections.abc import Callable
from hashlib import blake2b
from uuid import UUID

from fastapi import Request, Response
from pydantic import BaseModel

from spotify_insights import cache
from spotify_insights.listening import versions
from spotify_insights.resources import transaction

# So long a change made by another process may go unnoticed.
LOOK_AGAIN_S = 0.5
# Days begin on a quarter of an hour in every zone, so "today" holds for as long.
QUARTER_S = 900
_TAGS = re.compile(r'"[^"]*"|\*')
_HEADERS = {"cache-control": "private, no-cache"}

_versions: dict[UUID, tuple[float, str]] = {}


def answer(request: Request, user_id: UUID, make: Callable[[], BaseModel]) -> Response:
    """The JSON of what `make` returns, remembered; 304 for a client that has it already."""
    query = request.url.query
    key = f"{request.url.path}?{query}#{_version(user_id)}.{int(time.time()) // QUARTER_S}"
    body = cache.remember(key, lambda: make().model_dump_json().encode())
    tag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    headers = _HEADERS | {"etag": tag}
    if {tag, "*"} & set(_TAGS.findall(request.headers.get("if-none-match", ""))):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


def forget_versions() -> None:
    """Look anew before the next answer, because this process changed something."""
    _versions.clear()


def _version(user_id: UUID) -> str:
    until, known = _versions.get(user_id, (0.0, ""))
    if until > time.monotonic():
        return known
    with transaction() as session:
        found = versions.of(session, user_id)
    if len(_versions) > 10_000:  # noqa: PLR2004 - far more listeners than ask within half a second
        _versions.clear()
    _versions[user_id] = time.monotonic() + LOOK_AGAIN_S, found
    return found
