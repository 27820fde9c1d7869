"""The demo Spotify as an ASGI app: accounts service, Web API, and switches for tests.

Spotify's own addresses:

    GET  /authorize      consent page; `&consent=agree` or `deny` answers for the listener
    POST /api/token      authorization_code (Basic, PKCE or both) and refresh_token
    GET  /v1/...         the Web API as an app in development mode sees it; see `webapi`
    GET  /image/{id}     covers and portraits

The control surface:

    GET    /demo/calls       how often each path of Spotify's was asked since the start
    GET    /demo/switches    how all switches stand
    PUT    /demo/switches    change some: JSON, the names below; 400 and no change if one is wrong
    DELETE /demo/switches    all back to their defaults

    consent         ask | agree | deny             what /authorize does
    renewal         always | never | rotate        whether a refresh gives a new refresh token;
                                                   after `rotate` the old one is dead
    revoked         false | true                   refresh tokens answer invalid_grant
    accounts_down   false | true                   the accounts service answers 503 with HTML
    genres          filled | empty | absent        filled: about three of four artists have some
    payloads        development | extended         extended: with the fields gone in 2026
    oddities        list of no_display_name, no_images, local_file (the newest play is a file of
                    one's own), twin_plays (two plays share one instant)
    clock_offset_s  seconds that this server's clock is ahead: tokens end, new plays appear
    faults          list of {kind, times, path, retry_after, seconds}

A fault hits calls whose path starts with `path` (default /v1), the next `times` of them or all
(null, the default). Each waits `seconds` (default 0) and then, unless its kind is `slow`, answers
in place of the API: token_expired, spurious_401, not_registered, premium_required (plain text),
insufficient_scope, rate_limit (with Retry-After `retry_after`: a number, any text, or null for
none), quota_exceeded, bad_gateway_json, bad_gateway_html, truncated_json. The first one that
answers wins and those after it wait, so a list with times is a script: one 401, then two 429.

The tokens `BQD...` and `AQC...`, literally, are valid for ever and for every scope.
"""

from functools import cache

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from spotify_insights.demo import accounts, pictures, webapi
from spotify_insights.demo.clock import Clock, utc_now
from spotify_insights.demo.state import Demo, Registration, demo_of
from spotify_insights.settings import get_settings

_SIZES = {"64", "300", "640"}
_DAY = {"cache-control": "public, max-age=86400"}


def create_app(seed: int, clock: Clock, registration: Registration | None = None) -> Starlette:
    """A demo Spotify with the listener of that seed; without a registration any app may ask."""
    routes = [
        Route("/authorize", accounts.authorize, methods=["GET"]),
        Route("/api/token", accounts.token, methods=["POST"]),
        Mount("/v1", routes=webapi.routes),
        Route("/image/{id}", _picture, methods=["GET"]),
        Route("/demo/calls", _calls, methods=["GET"]),
        Route("/demo/switches", _switches, methods=["GET", "PUT", "DELETE"]),
    ]
    app = Starlette(routes=routes)
    app.router.redirect_slashes = False
    app.state.demo = Demo(seed, clock, registration or Registration())
    return app


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """The app that the settings describe, built at the first request."""
    await _from_settings()(scope, receive, send)


@cache
def _from_settings() -> Starlette:
    settings = get_settings()
    secret = settings.spotify_client_secret
    registration = Registration(
        settings.spotify_client_id, secret.get_secret_value() if secret else None
    )
    return create_app(settings.demo_seed, utc_now, registration)


async def _picture(request: Request) -> Response:
    size = request.query_params.get("size", "300")
    svg = pictures.cover(request.path_params["id"], int(size) if size in _SIZES else 300)
    return Response(svg, media_type="image/svg+xml", headers=_DAY)


async def _calls(request: Request) -> Response:
    return JSONResponse(demo_of(request).calls)


async def _switches(request: Request) -> Response:
    board = demo_of(request).board
    if request.method == "DELETE":
        board.reset()
    if request.method == "PUT":
        try:
            board.change(msgspec.json.decode(await request.body(), type=dict[str, object]))
        except msgspec.MsgspecError as error:
            return JSONResponse({"error": str(error)}, 400)
    return JSONResponse(msgspec.to_builtins(board.now))
