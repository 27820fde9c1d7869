"""The accounts service: the consent page, codes and tokens."""

import hashlib
import secrets
from base64 import b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)

from spotify_insights.demo import consent, faults, tokens
from spotify_insights.demo.faults import OAuthError
from spotify_insights.demo.state import Consent, Demo, Registration, demo_of

_CODE_LIFE = timedelta(minutes=10)
_LOOPBACK = ("127.0.0.1", "::1")
_NO_STORE = {"cache-control": "no-store"}


async def authorize(request: Request) -> Response:
    """Ask the listener, or answer for them as the switch `consent` or `?consent=` says."""
    demo, query = demo_of(request), request.query_params
    demo.calls[request.url.path] += 1
    if demo.board.now.accounts_down:
        return faults.accounts_down()
    if wrong := _wrong_app(demo.registration, query):
        return PlainTextResponse(f"INVALID_CLIENT: {wrong}", 400)
    decision = query.get("consent", demo.board.now.consent)
    if problem := _wrong_request(query):
        return _back(query, error=problem)
    if decision == "deny":
        return _back(query, error="access_denied")
    if decision == "agree":
        return _back(query, code=_new_code(demo, query))
    return HTMLResponse(consent.page(query), headers=_NO_STORE)


def _wrong_app(registration: Registration, query: QueryParams) -> str | None:
    if not registration.knows(query.get("client_id", "")):
        return "Invalid client"
    if not _is_allowed_redirect(query.get("redirect_uri", "")):
        return "Invalid redirect URI"
    return None


def _is_allowed_redirect(uri: str) -> bool:
    """HTTPS, or HTTP to a loopback literal; a name such as localhost is refused."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    )


def _wrong_request(query: QueryParams) -> str | None:
    if query.get("response_type") != "code":
        return "unsupported_response_type"
    if "code_challenge" in query and query.get("code_challenge_method") != "S256":
        return "invalid_request"
    return None


def _back(query: QueryParams, **answer: str) -> RedirectResponse:
    parts = urlsplit(query["redirect_uri"])
    state = {"state": query["state"]} if "state" in query else {}
    pairs = [*parse_qsl(parts.query, keep_blank_values=True), *(answer | state).items()]
    return RedirectResponse(urlunsplit(parts._replace(query=urlencode(pairs))), 302, _NO_STORE)


def _new_code(demo: Demo, query: QueryParams) -> str:
    now = demo.now()
    demo.codes = {code: given for code, given in demo.codes.items() if given.expires_at > now}
    code = "AQ" + secrets.token_urlsafe(90)
    demo.codes[code] = Consent(
        client_id=query["client_id"],
        redirect_uri=query["redirect_uri"],
        scope=query.get("scope", ""),
        code_challenge=query.get("code_challenge"),
        expires_at=now + _CODE_LIFE,
    )
    return code


async def token(request: Request) -> Response:
    demo = demo_of(request)
    demo.calls[request.url.path] += 1
    if demo.board.now.accounts_down:
        return faults.accounts_down()
    form = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
    try:
        answer = _grant(demo, form, request.headers.get("authorization"))
    except OAuthError as error:
        flat = {"error": error.error, "error_description": error.description}
        return JSONResponse(flat, 400, _NO_STORE)
    return JSONResponse(answer, headers=_NO_STORE)


def _grant(demo: Demo, form: Mapping[str, str], header: str | None) -> dict[str, Any]:
    client_id = _basic_client(demo.registration, header)
    grants = {"authorization_code": _exchange, "refresh_token": _refresh}
    grant = grants.get(form.get("grant_type", ""))
    if grant is None:
        known = "client_credentials, authorization_code or refresh_token"
        raise OAuthError("unsupported_grant_type", f"grant_type must be {known}")
    return grant(demo, form, client_id)


def _basic_client(registration: Registration, header: str | None) -> str | None:
    """The client id of a Basic header whose secret is right; None without a header."""
    if header is None:
        return None
    scheme, _, encoded = header.partition(" ")
    try:
        client_id, _, secret = b64decode(encoded, validate=True).decode().partition(":")
    except (Base64Error, UnicodeDecodeError):
        raise OAuthError("invalid_client", "Invalid client") from None
    if scheme.lower() != "basic" or not registration.knows(client_id):
        raise OAuthError("invalid_client", "Invalid client")
    if not registration.accepts(secret):
        raise OAuthError("invalid_client", "Invalid client secret")
    return client_id


def _exchange(demo: Demo, form: Mapping[str, str], client_id: str | None) -> dict[str, Any]:
    given = demo.codes.pop(form.get("code", ""), None)
    if given is None or (client_id or form.get("client_id")) != given.client_id:
        raise OAuthError("invalid_grant", "Invalid authorization code")
    if demo.now() >= given.expires_at:
        raise OAuthError("invalid_grant", "Authorization code expired")
    if form.get("redirect_uri") != given.redirect_uri:
        raise OAuthError("invalid_grant", "Invalid redirect URI")
    if client_id is None and given.code_challenge is None:
        raise OAuthError("invalid_client", "Invalid client")
    if given.code_challenge and _s256(form.get("code_verifier", "")) != given.code_challenge:
        raise OAuthError("invalid_grant", "code_verifier was incorrect")
    now = demo.now()
    refresh_token = tokens.issue_refresh(demo.seed, now, given.scope)
    return _pair(demo, now, given.scope) | {"refresh_token": refresh_token}


def _s256(verifier: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _refresh(demo: Demo, form: Mapping[str, str], client_id: str | None) -> dict[str, Any]:
    if not demo.registration.knows(client_id or form.get("client_id", "")):
        raise OAuthError("invalid_client", "Invalid client")
    old = form.get("refresh_token", "")
    grant = tokens.find_grant(demo.seed, "refresh", old, demo.now())
    if grant is None or old in demo.retired:
        raise OAuthError("invalid_grant", "Invalid refresh token")
    if demo.board.now.revoked or demo.now() >= grant.expires_at:
        raise OAuthError("invalid_grant", "Refresh token revoked")
    answer = _pair(demo, grant.authorized_at, grant.scope)
    return answer | _next_refresh_token(demo, grant, old)


def _pair(demo: Demo, authorized_at: datetime, scope: str) -> dict[str, Any]:
    return {
        "access_token": tokens.issue_access(demo.seed, authorized_at, demo.now(), scope),
        "token_type": "Bearer",
        "expires_in": tokens.ACCESS_SECONDS,
        "scope": scope,
    }


def _next_refresh_token(demo: Demo, grant: tokens.Grant, old: str) -> dict[str, str]:
    if demo.board.now.renewal == "never":
        return {}
    if demo.board.now.renewal == "rotate" and old != tokens.FIXED["refresh"]:
        demo.retired.append(old)
    return {"refresh_token": tokens.issue_refresh(demo.seed, grant.authorized_at, grant.scope)}
