"""Answers of a Spotify that refuses, is busy or is broken, as they look over the wire."""

from collections.abc import Callable

from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from spotify_insights.demo.switches import Fault

_NOT_REGISTERED = (
    "The user is not registered for this application. "
    "Please check your settings on https://developer.spotify.com/dashboard."
)
_PREMIUM = "Active premium subscription required for the owner of the app."
_BAD_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>"
_UNAVAILABLE = "<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>"


class ApiError(Exception):
    """The Web API says no, in its own shape."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class OAuthError(Exception):
    """The accounts service says no, in the flat shape of OAuth; always with status 400."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


def api_error(status: int, message: str, reason: str | None = None) -> JSONResponse:
    error = {"status": status, "message": message} | ({"reason": reason} if reason else {})
    return JSONResponse({"error": error}, status)


def accounts_down() -> Response:
    return HTMLResponse(_UNAVAILABLE, 503)


def answer(fault: Fault) -> Response | None:
    """What a call gets instead of its answer; None when the fault only delays it."""
    build = _ANSWERS.get(fault.kind)
    return build(fault) if build else None


def _rate_limit(fault: Fault) -> Response:
    response = api_error(429, "API rate limit exceeded")
    if fault.retry_after is not None:
        response.headers["retry-after"] = str(fault.retry_after)
    return response


def _truncated(_fault: Fault) -> Response:
    return Response('{"items": [{"name": "Half a', media_type="application/json")


_ANSWERS: dict[str, Callable[[Fault], Response]] = {
    "token_expired": lambda _: api_error(401, "The access token expired"),
    "spurious_401": lambda _: api_error(401, "Access token missing"),
    "not_registered": lambda _: api_error(403, _NOT_REGISTERED),
    "premium_required": lambda _: PlainTextResponse(_PREMIUM, 403),
    "insufficient_scope": lambda _: api_error(403, "Insufficient client scope"),
    "rate_limit": _rate_limit,
    "quota_exceeded": lambda _: api_error(429, "Too many requests", "QUOTA_EXCEEDED"),
    "bad_gateway_json": lambda _: api_error(502, "Bad gateway."),
    "bad_gateway_html": lambda _: HTMLResponse(_BAD_GATEWAY, 502),
    "truncated_json": _truncated,
}
