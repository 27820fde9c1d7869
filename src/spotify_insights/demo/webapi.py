"""The endpoints of the Web API: each takes a call and gives what to answer as JSON."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from spotify_insights.demo import catalogue, faults, listener, payloads, search, tokens
from spotify_insights.demo.catalogue import Album, Artist, Track
from spotify_insights.demo.faults import ApiError
from spotify_insights.demo.payloads import Json, View
from spotify_insights.demo.state import Demo, demo_of

_RECENT = 50
_TOP = 50
_MAX_OFFSET = 1000
_SEARCH_TYPES = ("artist", "album", "track")
_ID = re.compile(r"[0-9A-Za-z]{22}")

_Item = TypeVar("_Item", Artist, Album, Track)


@dataclass(frozen=True)
class Call:
    demo: Demo
    request: Request

    @property
    def view(self) -> View:
        return View(str(self.request.base_url).rstrip("/"), self.demo.board.now)

    @property
    def href(self) -> str:
        return f"{self.view.base}{self.request.url.path}"

    @property
    def music(self) -> catalogue.Catalogue:
        return catalogue.catalogue(self.demo.seed)

    def number(self, name: str, default: int, least: int, most: int) -> int:
        given = self.request.query_params.get(name, str(default))
        if not given.isdecimal() or not least <= int(given) <= most:
            raise ApiError(400, f"Invalid {name}")
        return int(given)


def me(call: Call) -> Json:
    return payloads.user(call.view, call.demo.seed)


def top_artists(call: Call) -> Json:
    ranking = listener.top_artists(call.demo.seed, call.demo.now(), _time_range(call))
    return _top_page(call, [payloads.artist(call.view, artist) for artist in ranking[:_TOP]])


def top_tracks(call: Call) -> Json:
    ranking = listener.top_tracks(call.demo.seed, call.demo.now(), _time_range(call))
    return _top_page(call, [payloads.track(call.view, track) for track in ranking[:_TOP]])


def _time_range(call: Call) -> str:
    time_range = call.request.query_params.get("time_range", "medium_term")
    if time_range not in listener.RANGE_DAYS:
        raise ApiError(400, "Invalid time range")
    return time_range


def _top_page(call: Call, items: list[Json]) -> Json:
    limit, offset = call.number("limit", 20, 1, 50), call.number("offset", 0, 0, _MAX_OFFSET)
    href = f"{call.href}?time_range={_time_range(call)}"
    some = items[offset : offset + limit]
    return payloads.page(href, some, limit=limit, offset=offset, total=len(items))


def recently_played(call: Call) -> Json:
    """The newest plays between two exclusive instants, out of the last 50 there are."""
    limit = call.number("limit", 20, 1, 50)
    after, before = _instant(call, "after"), _instant(call, "before")
    if after is not None and before is not None:
        raise ApiError(400, "Only one of the after and before parameters can be set")
    plays = [
        play
        for play in _last_plays(call)
        if (after is None or payloads.unix_ms(play.ended_at) > after)
        and (before is None or payloads.unix_ms(play.ended_at) < before)
    ]
    return _recent_page(call, plays[:limit], limit)


def _instant(call: Call, name: str) -> int | None:
    given = call.request.query_params.get(name)
    if given is not None and not given.isdecimal():
        raise ApiError(400, f"Invalid {name}")
    return int(given) if given else None


def _last_plays(call: Call) -> list[listener.Play]:
    """Newest first, with the oddities that the switches ask for."""
    plays = list(listener.history(call.demo.seed, call.demo.now())[: -_RECENT - 1 : -1])
    oddities = call.demo.board.now.oddities
    if "local_file" in oddities:
        plays[0] = plays[0]._replace(track=call.music.local_file, context=None)
    if "twin_plays" in oddities:
        plays[1] = plays[1]._replace(ended_at=plays[0].ended_at)
    return plays


def _recent_page(call: Call, plays: list[listener.Play], limit: int) -> Json:
    items = [payloads.play(call.view, play) for play in plays]
    href = f"{call.href}?{call.request.query_params}".rstrip("?")
    answer: Json = {"href": href, "items": items, "limit": limit, "next": None, "cursors": None}
    if not plays:
        return answer
    newest, oldest = payloads.unix_ms(plays[0].ended_at), payloads.unix_ms(plays[-1].ended_at)
    answer["cursors"] = {"after": str(newest), "before": str(oldest)}
    if len(plays) == limit:
        answer["next"] = f"{call.href}?{urlencode({'before': oldest, 'limit': limit})}"
    return answer


def one_track(call: Call) -> Json:
    return payloads.track(call.view, _get(call, Track))


def one_artist(call: Call) -> Json:
    return payloads.artist(call.view, _get(call, Artist))


def one_album(call: Call) -> Json:
    return payloads.album(call.view, call.music, _get(call, Album))


def _get(call: Call, kind: type[_Item]) -> _Item:
    key = call.request.path_params["id"]
    if not _ID.fullmatch(key):
        raise ApiError(400, "invalid id")
    item = call.music.by_id.get(key)
    if not isinstance(item, kind):
        raise ApiError(404, "Resource not found")
    return item


def search_items(call: Call) -> Json:
    limit, offset = call.number("limit", 5, 1, 10), call.number("offset", 0, 0, _MAX_OFFSET)
    query = call.request.query_params.get("q", "")
    if not query:
        raise ApiError(400, "No search query")
    kinds = call.request.query_params.get("type", "").split(",")
    if wrong := [kind for kind in kinds if kind not in _SEARCH_TYPES]:
        raise ApiError(400, f"Bad search type field {wrong[0]}")
    return {f"{kind}s": _search_page(call, kind, query, limit, offset) for kind in kinds}


def _search_page(call: Call, kind: str, query: str, limit: int, offset: int) -> Json:
    found = search.find(call.music, kind, query)
    items = [_summary(call.view, item) for item in found[offset : offset + limit]]
    href = f"{call.href}?{urlencode({'query': query, 'type': kind})}"
    return payloads.page(href, items, limit=limit, offset=offset, total=len(found))


def _summary(view: View, item: search.Found) -> Json:
    if isinstance(item, Artist):
        return payloads.artist(view, item)
    if isinstance(item, Album):
        return payloads.simple_album(view, item)
    return payloads.track(view, item)


def removed(_call: Call) -> Json:
    raise ApiError(403, "Forbidden")


def unknown(_call: Call) -> Json:
    raise ApiError(404, "Resource not found")


def _endpoint(path: str, build: Callable[[Call], Json], scope: str | None = None) -> Route:
    """A route that first lets faults happen, then checks the token, then answers."""

    async def respond(request: Request) -> Response:
        demo = demo_of(request)
        demo.calls[request.url.path] += 1
        for fault in demo.board.take_faults(request.url.path):
            await asyncio.sleep(fault.seconds)
            if refusal := faults.answer(fault):
                return refusal
        try:
            _check_token(demo, request.headers.get("authorization"), scope)
            return JSONResponse(build(Call(demo, request)))
        except ApiError as error:
            return faults.api_error(error.status, error.message)

    return Route(path, respond, methods=["GET"])


def _check_token(demo: Demo, header: str | None, scope: str | None) -> None:
    if header is None:
        raise ApiError(401, "No token provided")
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer":
        raise ApiError(401, "Only valid bearer authentication supported")
    now = demo.now()
    grant = tokens.find_grant(demo.seed, "access", token, now)
    if grant is None:
        raise ApiError(401, "Invalid access token")
    if now >= grant.expires_at:
        raise ApiError(401, "The access token expired")
    if scope and scope not in grant.scope.split():
        raise ApiError(403, "Insufficient client scope")


routes = [
    _endpoint("/me", me),
    _endpoint("/me/", me),
    _endpoint("/me/top/artists", top_artists, "user-top-read"),
    _endpoint("/me/top/tracks", top_tracks, "user-top-read"),
    _endpoint("/me/player/recently-played", recently_played, "user-read-recently-played"),
    _endpoint("/tracks/{id}", one_track),
    _endpoint("/artists/{id}", one_artist),
    _endpoint("/albums/{id}", one_album),
    _endpoint("/search", search_items),
    _endpoint("/tracks", removed),
    _endpoint("/artists", removed),
    _endpoint("/albums", removed),
    _endpoint("/audio-features", removed),
    _endpoint("/audio-features/{id}", removed),
    _endpoint("/{rest:path}", unknown),
]
