"""One question to a service, and what its refusals mean (the table stands in the package)."""

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import TypeVar

import httpx2
import msgspec

from spotify_insights import __version__
from spotify_insights.errors import Unavailable
from spotify_insights.tags import pace
from spotify_insights.tags.source import LABELS, Source
from spotify_insights.waiting import seconds_to_wait

TIMEOUT = httpx2.Timeout(connect=5, read=10, write=10, pool=5)
PRODUCT = f"InsightsForSpotify/{__version__}"
BUSY_PAUSE = 60.0
# Somebody has to look at the contact or the key first.
REFUSED_PAUSE = 3_600.0

_BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_REFUSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})

T = TypeVar("T")


def send(
    source: Source,
    url: str,
    params: dict[str, str | int],
    *,
    user_agent: str = PRODUCT,
    transport: httpx2.BaseTransport | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> httpx2.Response:
    """Ask once, when it is our turn. What was answered is not looked at here.

    Errors name the service and never the address, which may hold a key.
    """
    pace.take(source, sleep=sleep)
    headers = {"user-agent": user_agent, "accept": "application/json"}
    try:
        with httpx2.Client(timeout=TIMEOUT, headers=headers, transport=transport) as http:
            return http.get(url, params=params)
    except httpx2.RequestError as error:
        raise unreachable(source) from error


def read(source: Source, response: httpx2.Response, shape: type[T]) -> T:
    """The answer in a shape that has a default for whatever may be missing."""
    status = response.status_code
    if status in _BUSY:
        raise busy(source, response.headers.get("retry-after"))
    if status in _REFUSED:
        raise refused(source)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise unreachable(source)
    if status != HTTPStatus.OK:
        raise unreadable(source)
    try:
        return msgspec.json.decode(response.content, type=shape, strict=False)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise unreadable(source) from error


def busy(source: Source, retry_after: str | None = None) -> Unavailable:
    """The error for "too fast"; all callers of the service pause."""
    seconds = seconds_to_wait(retry_after, BUSY_PAUSE)
    pace.pause(source, seconds, "tags_busy")
    detail = f"{LABELS[source]} asks for fewer requests."
    return Unavailable("tags_busy", detail, retry_after=seconds)


def refused(source: Source) -> Unavailable:
    """The error for a contact or key that is not accepted; all callers of the service pause."""
    pace.pause(source, REFUSED_PAUSE, "tags_refused")
    detail = f"{LABELS[source]} does not answer this contact or key."
    return Unavailable("tags_refused", detail, retry_after=REFUSED_PAUSE)


def unreachable(source: Source) -> Unavailable:
    return Unavailable("tags_unavailable", f"{LABELS[source]} does not answer at the moment.")


def unreadable(source: Source) -> Unavailable:
    return Unavailable("tags_protocol", f"The answer of {LABELS[source]} could not be read.")
