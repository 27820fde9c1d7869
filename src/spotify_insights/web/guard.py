"""Who may speak to a development server, and what browsers may do with its answers.

There are no accounts yet, so whoever reaches the server is its operator. That holds on this
machine only: callers come from loopback, under a name of this machine (a page elsewhere could
point its own name here), and no other site may write through the listener's browser.
"""

from http import HTTPStatus
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from spotify_insights.web.errors import problem

LOCAL_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
READING = frozenset({"GET", "HEAD", "OPTIONS"})
# The secret in the address is the right to end a subscription, whoever presses the button
# (RFC 8058).
OPEN_TO_OTHER_SITES = "/summaries/unsubscribe/"
SAME_SITE = frozenset({"same-origin", "none"})
SECURITY_HEADERS = {
    "content-security-policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}


class Guard:
    """ASGI middleware; the protocol asks for `async`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = find_refusal(scope)
        app = problem(HTTPStatus.FORBIDDEN, *refusal) if refusal else self._app

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await app(scope, receive, send_guarded)


def find_refusal(scope: Scope) -> tuple[str, str] | None:
    """The code and sentence of a refusal, or None when the request may pass."""
    headers = Headers(scope=scope)
    if not _is_loopback(scope["client"]):
        return "not_loopback", "In development only callers on this machine are answered."
    host = headers.get("host", "")
    if _split(f"//{host}").hostname not in LOCAL_NAMES:
        return "unknown_host", "Use http://127.0.0.1 or http://localhost to reach this server."
    is_open = scope["method"] in READING or scope["path"].startswith(OPEN_TO_OTHER_SITES)
    if not is_open and not _is_from_here(headers, host):
        return "cross_site", "Another site may not change anything here."
    return None


def _is_loopback(client: tuple[str, int] | None) -> bool:
    """True for loopback and for a Unix socket, which has no address."""
    return client is None or ip_address(client[0]).is_loopback


def _is_from_here(headers: Headers, host: str) -> bool:
    """Programs send neither header; browsers say which site asks."""
    origin = headers.get("origin")
    if origin is not None and _split(origin).netloc != host:
        return False
    return headers.get("sec-fetch-site", "none") in SAME_SITE


def _split(address: str) -> SplitResult:
    """The parts of an address; an unreadable one has none."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")
