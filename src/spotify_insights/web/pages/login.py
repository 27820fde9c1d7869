"""Connect with Spotify: consent there, back here with a code (authorization code with PKCE)."""

import secrets
from collections.abc import Sequence
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Cookie, Request
from fastapi.responses import RedirectResponse

from spotify_insights import accounts, queue, resources
from spotify_insights.errors import Forbidden
from spotify_insights.listening import ingest
from spotify_insights.models.listening import TimeRange
from spotify_insights.resources import transaction
from spotify_insights.settings import get_settings
from spotify_insights.spotify import oauth
from spotify_insights.spotify.client import SpotifyClient

router = APIRouter()

SCOPES: Sequence[str] = ("user-top-read", "user-read-recently-played")
STATE_COOKIE = "insights_oauth_state"
CONSENT_LASTS_S = 600


@router.get("/login")
def login(request: Request) -> RedirectResponse:
    """Send the browser to Spotify's consent page, with a state only this browser knows."""
    redirect_uri = get_settings().redirect_uri
    home = urlsplit(redirect_uri)
    if request.url.netloc != home.netloc:
        # The cookie must be set under the name that Spotify will send the browser back to.
        return RedirectResponse(f"{home.scheme}://{home.netloc}/login", 303)
    state, verifier = secrets.token_urlsafe(32), oauth.new_verifier()
    resources.redis().set(_key(state), verifier, ex=CONSENT_LASTS_S)
    url = oauth.authorize_url(state, oauth.challenge(verifier), SCOPES, redirect_uri)
    answer = RedirectResponse(url, 303)
    answer.set_cookie(
        STATE_COOKIE,
        state,
        max_age=CONSENT_LASTS_S,
        path="/callback",
        secure=home.scheme == "https",
        httponly=True,
        samesite="lax",
    )
    return answer


@router.get("/callback")
def callback(
    code: str | None = None,
    state: str | None = None,
    error: str | None = None,
    known: Annotated[str | None, Cookie(alias=STATE_COOKIE)] = None,
) -> RedirectResponse:
    """Take the code from Spotify, sign the listener in and start collecting."""
    verifier = _take_verifier(state, known)
    if error or not code:
        raise Forbidden("consent_denied", "Spotify did not give consent. You can try again.")
    token = oauth.exchange_code(code, verifier, get_settings().redirect_uri)
    with SpotifyClient(token.access_token) as spotify:
        me = spotify.me()
    with transaction() as session:
        user = accounts.sign_in(session, me, token)
        job = ingest.submit(session, user.id, TimeRange.MEDIUM)
    queue.send(job)
    answer = RedirectResponse(f"/?user={user.id}&task={job.id}", 303)
    answer.delete_cookie(STATE_COOKIE, path="/callback")
    return answer


def _take_verifier(state: str | None, known: str | None) -> str:
    """The verifier of a sign-in that this browser began; each can be taken once."""
    is_same = state and known and secrets.compare_digest(state.encode(), known.encode())
    verifier = resources.redis().getdel(_key(state)) if state and is_same else None
    if not isinstance(verifier, str):
        detail = "This sign-in was not started in this browser, or is too old. Connect again."
        raise Forbidden("sign_in_not_started_here", detail)
    return verifier


def _key(state: str) -> str:
    return f"insights:oauth:{state}"
