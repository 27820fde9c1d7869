"""Sign-in with Spotify's accounts service: authorisation code with PKCE, always.

    Answer                           Raised              code
    ───────────────────────────────  ──────────────────  ─────────────────────────
    400/401 with `invalid_grant`     ReconnectRequired   `reconnect_required`
    400/401 with any other `error`   Forbidden           `spotify_client_rejected`
    429                              Unavailable         `rate_limited`
    anything else                    Unavailable         `spotify_unavailable`

A code and a rotating refresh token are good for one use, so a request that may have arrived is
never sent again: only a connection that could not be opened is tried a second time.
"""

import base64
import hashlib
import logging
import secrets
from collections.abc import Iterable
from http import HTTPStatus
from urllib.parse import urlencode

import httpx2
from pydantic import ValidationError

from spotify_insights.errors import Forbidden, InsightsError, ReconnectRequired, Unavailable
from spotify_insights.settings import get_settings
from spotify_insights.spotify import faults
from spotify_insights.spotify.payloads import Token
from spotify_insights.waiting import seconds_to_wait

TIMEOUT = httpx2.Timeout(connect=5, read=20, write=10, pool=5)
DEMO_CLIENT_ID = "demo"

_REFUSED = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED})
_NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout)

_log = logging.getLogger(__name__)


def new_verifier() -> str:
    return secrets.token_urlsafe(64)


def challenge(verifier: str) -> str:
    """The S256 challenge of RFC 7636."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def authorize_url(state: str, challenge: str, scopes: Iterable[str], redirect_uri: str) -> str:
    """Where the listener's browser goes to give consent."""
    query = {
        "client_id": _client_id(),
        "response_type": "code",
        "redirect_uri": redirect_uri,
        "scope": " ".join(scopes),
        "state": state,
        "code_challenge_method": "S256",
        "code_challenge": challenge,
    }
    return f"{get_settings().accounts_url}/authorize?{urlencode(query)}"


def exchange_code(
    code: str, verifier: str, redirect_uri: str, *, transport: httpx2.BaseTransport | None = None
) -> Token:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    return _ask_for_token(form, transport)


def refresh(refresh_token: str, *, transport: httpx2.BaseTransport | None = None) -> Token:
    """A new access token. Keep the present refresh token unless the answer brings another."""
    return _ask_for_token(
        {"grant_type": "refresh_token", "refresh_token": refresh_token}, transport
    )


def _client_id() -> str:
    return get_settings().spotify_client_id or DEMO_CLIENT_ID


def _ask_for_token(form: dict[str, str], transport: httpx2.BaseTransport | None) -> Token:
    with httpx2.Client(timeout=TIMEOUT, transport=transport) as http:
        response = _send(http, form)
    if response.status_code != HTTPStatus.OK:
        raise _refusal(response)
    try:
        return Token.model_validate(faults.body_of(response))
    except ValidationError as error:
        raise faults.unreachable() from error


def _send(http: httpx2.Client, form: dict[str, str]) -> httpx2.Response:
    try:
        try:
            return _post(http, form)
        except _NOT_SENT:
            return _post(http, form)
    except httpx2.RequestError as error:
        raise faults.unreachable() from error


def _post(http: httpx2.Client, form: dict[str, str]) -> httpx2.Response:
    settings = get_settings()
    url = f"{settings.accounts_url}/api/token"
    if settings.spotify_client_secret is None:
        return http.post(url, data={**form, "client_id": _client_id()})
    login = httpx2.BasicAuth(_client_id(), settings.spotify_client_secret.get_secret_value())
    return http.post(url, data=form, auth=login)


def _refusal(response: httpx2.Response) -> InsightsError:
    body = faults.body_of(response)
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        wait = seconds_to_wait(response.headers.get("retry-after"), faults.RATE_LIMIT_PAUSE)
        return Unavailable("rate_limited", "Spotify asks for fewer requests.", retry_after=wait)
    if response.status_code not in _REFUSED or "error" not in body:
        return faults.unreachable()
    _log.warning("Spotify refused a token: %.200r", body)
    if body["error"] == "invalid_grant":
        return ReconnectRequired(
            "reconnect_required", "Spotify no longer accepts the sign-in; connect Spotify again."
        )
    return Forbidden(
        "spotify_client_rejected",
        "Spotify does not know this app; check SPOTIFY_CLIENT_ID, SPOTIFY_CLIENT_SECRET and "
        "SPOTIFY_REDIRECT_URI.",
    )
