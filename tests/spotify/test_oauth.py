import base64
import re
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx2
import pytest
from tests.spotify.answers import Script, a_token, ok

from spotify_insights.errors import Forbidden, InsightsError, ReconnectRequired, Unavailable
from spotify_insights.settings import get_settings
from spotify_insights.spotify import oauth

CALLBACK = "http://127.0.0.1:8000/callback"


@pytest.fixture(autouse=True)
def _registered_app(settings):
    """Settings with a client id and no secret."""


def a_refusal(error: str, description: str, status: int = 400) -> httpx2.Response:
    return httpx2.Response(status, json={"error": error, "error_description": description})


def form_of(request: httpx2.Request) -> dict[str, str]:
    return dict(parse_qsl(request.content.decode()))


def test_the_consent_page_is_asked_for_with_a_challenge():
    url = oauth.authorize_url("s1", "c1", ["user-top-read", "user-read-recently-played"], CALLBACK)

    assert url.startswith("https://accounts.spotify.com/authorize?")
    assert parse_qs(urlsplit(url).query) == {
        "client_id": ["our-app"],
        "response_type": ["code"],
        "redirect_uri": [CALLBACK],
        "scope": ["user-top-read user-read-recently-played"],
        "state": ["s1"],
        "code_challenge_method": ["S256"],
        "code_challenge": ["c1"],
    }


def test_a_verifier_is_long_random_and_made_of_allowed_characters():
    first, second = oauth.new_verifier(), oauth.new_verifier()

    assert first != second
    assert re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", first)


def test_the_challenge_is_that_of_the_standard():
    challenge = oauth.challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")

    assert challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_code_is_exchanged_for_tokens():
    script = Script(ok(a_token()))

    token = oauth.exchange_code("code", "verifier", CALLBACK, transport=script.transport)

    assert (token.access_token, token.refresh_token) == ("new-access", "new-refresh")
    request = script.requests[0]
    assert str(request.url) == "https://accounts.spotify.com/api/token"
    assert "authorization" not in request.headers
    assert form_of(request) == {
        "grant_type": "authorization_code",
        "code": "code",
        "redirect_uri": CALLBACK,
        "code_verifier": "verifier",
        "client_id": "our-app",
    }


def test_with_a_secret_the_app_logs_in_and_still_proves_the_verifier(settings):
    settings.setenv("SPOTIFY_CLIENT_SECRET", "our-secret")
    get_settings.cache_clear()
    script = Script(ok(a_token()))

    oauth.exchange_code("code", "verifier", CALLBACK, transport=script.transport)

    login = base64.b64encode(b"our-app:our-secret").decode()
    assert script.requests[0].headers["authorization"] == f"Basic {login}"
    assert form_of(script.requests[0])["code_verifier"] == "verifier"
    assert "client_id" not in form_of(script.requests[0])


def test_without_a_client_id_the_demo_is_asked(settings):
    settings.delenv("SPOTIFY_CLIENT_ID")
    get_settings.cache_clear()
    script = Script(ok(a_token()))

    oauth.refresh("old-refresh", transport=script.transport)

    assert script.requests[0].url.host == "127.0.0.1"
    assert form_of(script.requests[0]) == {
        "grant_type": "refresh_token",
        "refresh_token": "old-refresh",
        "client_id": "demo",
    }


def test_a_refresh_may_bring_no_new_refresh_token():
    answer = a_token()
    del answer["refresh_token"]

    token = oauth.refresh("old-refresh", transport=Script(ok(answer)).transport)

    assert token.access_token == "new-access"
    assert token.refresh_token is None


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (a_refusal("invalid_grant", "Refresh token revoked"), ReconnectRequired, None),
        (a_refusal("invalid_grant", "Invalid authorization code"), ReconnectRequired, None),
        (a_refusal("invalid_grant", "code_verifier was incorrect"), ReconnectRequired, None),
        (a_refusal("invalid_client", "Invalid client"), Forbidden, None),
        (a_refusal("invalid_client", "Invalid client secret", 401), Forbidden, None),
        (a_refusal("unsupported_grant_type", "grant_type must be ..."), Forbidden, None),
        (httpx2.Response(429, headers={"retry-after": "7"}), Unavailable, "rate_limited"),
        (httpx2.Response(503, html="<html>"), Unavailable, "spotify_unavailable"),
        (httpx2.Response(500), Unavailable, "spotify_unavailable"),
        (httpx2.Response(400, html="<html>"), Unavailable, "spotify_unavailable"),
        (httpx2.Response(403, html="<html>"), Unavailable, "spotify_unavailable"),
        (httpx2.Response(200, html="<html>"), Unavailable, "spotify_unavailable"),
        (ok({"token_type": "Bearer"}), Unavailable, "spotify_unavailable"),
        (httpx2.ReadTimeout("slow"), Unavailable, "spotify_unavailable"),
        (httpx2.RemoteProtocolError("cut off"), Unavailable, "spotify_unavailable"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_every_refusal_says_what_to_do_and_is_asked_once(answer, kind, code):
    codes = {ReconnectRequired: "reconnect_required", Forbidden: "spotify_client_rejected"}
    script = Script(answer)

    with pytest.raises(InsightsError) as raised:
        oauth.refresh("old-refresh", transport=script.transport)

    assert isinstance(raised.value, kind)
    assert raised.value.code == (code or codes[kind])
    assert len(script.requests) == 1


@pytest.mark.parametrize("kind", [httpx2.ConnectError, httpx2.ConnectTimeout])
def test_a_connection_that_could_not_be_opened_is_tried_a_second_time(kind):
    script = Script(kind("away"), ok(a_token()))

    token = oauth.refresh("old-refresh", transport=script.transport)

    assert token.access_token == "new-access"


def test_a_network_that_stays_away_is_unavailable():
    script = Script(httpx2.ConnectError("away"))

    with pytest.raises(Unavailable) as raised:
        oauth.refresh("old-refresh", transport=script.transport)

    assert raised.value.code == "spotify_unavailable"
    assert len(script.requests) == 2


def test_a_second_try_that_breaks_off_is_not_sent_again():
    script = Script(httpx2.ConnectError("away"), httpx2.ReadTimeout("slow"), ok(a_token()))

    with pytest.raises(Unavailable):
        oauth.refresh("old-refresh", transport=script.transport)

    assert len(script.requests) == 2
