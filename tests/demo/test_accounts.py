import hashlib
from base64 import b64encode, urlsafe_b64encode
from datetime import UTC, datetime

import pytest

from spotify_insights.demo.state import Registration

VERIFIER = "v" * 64
CHALLENGE = urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
PKCE = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}


def refusal(answer):
    assert answer.status_code == 400
    return answer.json()["error"], answer.json()["error_description"]


def test_the_consent_page_names_what_is_asked_for(spotify):
    page = spotify.authorize(scope="user-top-read user-read-recently-played", state="<s>")

    assert page.status_code == 200
    assert "See which artists and tracks you play most" in page.text
    assert "See what you played recently" in page.text
    assert 'name="state" value="&lt;s&gt;"' in page.text


@pytest.mark.parametrize(("consent", "answer"), [("agree", "code"), ("deny", "error")])
def test_consent_can_be_given_by_the_page_or_by_a_switch(spotify, consent, answer):
    by_page = spotify.authorize(consent=consent, state="s")
    spotify.switch(consent=consent)
    by_switch = spotify.authorize(state="s")

    for response in (by_page, by_switch):
        location = response.headers["location"]
        assert response.status_code == 302
        assert location.startswith(f"http://127.0.0.1:8000/callback?{answer}=")
        assert location.endswith("&state=s")


def test_cancel_is_access_denied_and_keeps_the_query_of_the_redirect(spotify):
    answer = spotify.authorize(consent="deny", redirect_uri="https://app.example/back?a=1")

    assert answer.headers["location"] == "https://app.example/back?a=1&error=access_denied"


@pytest.mark.parametrize(
    "redirect_uri",
    [
        *("http://localhost:8000/callback", "http://app.example/callback", "callback", ""),
        *("ftp://127.0.0.1/callback", "https:///callback", "http://[::1"),
    ],
)
def test_a_redirect_that_spotify_refuses_ends_on_a_plain_page(spotify, redirect_uri):
    answer = spotify.authorize(redirect_uri=redirect_uri, consent="agree")

    assert answer.status_code == 400
    assert answer.text == "INVALID_CLIENT: Invalid redirect URI"


@pytest.mark.parametrize("redirect_uri", ["http://[::1]:8000/callback", "https://app.example/"])
def test_https_and_loopback_literals_are_good_redirects(spotify, redirect_uri):
    assert spotify.authorize(redirect_uri=redirect_uri).status_code == 200


def test_an_unknown_app_ends_on_a_plain_page(start):
    registered = start(registration=Registration("another-app", "its-secret"))

    assert registered.authorize().text == "INVALID_CLIENT: Invalid client"
    assert start().authorize(client_id="").text == "INVALID_CLIENT: Invalid client"


@pytest.mark.parametrize(
    ("params", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": "x", "code_challenge_method": "plain"}, "invalid_request"),
    ],
)
def test_a_wrong_request_is_told_to_the_app(spotify, params, error):
    answer = spotify.authorize(consent="agree", **params)

    assert answer.headers["location"].endswith(f"?error={error}")


def test_a_code_becomes_a_pair_of_tokens(spotify):
    answer = spotify.exchange(spotify.code()).json()

    assert answer["access_token"].startswith("BQ")
    assert answer["refresh_token"].startswith("AQ")
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3600)
    assert answer["scope"] == "user-top-read"
    assert spotify.get("/me", answer["access_token"]).status_code == 200


def test_pkce_needs_no_secret_and_both_together_work(spotify):
    public = spotify.exchange(
        spotify.code(**PKCE), auth=None, client_id="an-app", code_verifier=VERIFIER
    )
    both = spotify.exchange(spotify.code(**PKCE), code_verifier=VERIFIER)

    assert public.status_code == 200
    assert both.status_code == 200


def test_a_wrong_verifier_is_refused_even_with_the_secret(spotify):
    wrong = spotify.exchange(spotify.code(**PKCE), code_verifier="w" * 64)
    missing = spotify.exchange(spotify.code(**PKCE))

    assert refusal(wrong) == ("invalid_grant", "code_verifier was incorrect")
    assert refusal(missing) == ("invalid_grant", "code_verifier was incorrect")


def test_without_pkce_a_secret_is_needed(spotify):
    answer = spotify.exchange(spotify.code(), auth=None, client_id="an-app")

    assert refusal(answer) == ("invalid_client", "Invalid client")


def test_a_code_works_once(spotify):
    code = spotify.code()
    spotify.exchange(code)

    assert refusal(spotify.exchange(code)) == ("invalid_grant", "Invalid authorization code")


def test_a_code_works_for_ten_minutes_for_its_app_and_its_redirect(spotify, clock):
    late, foreign, elsewhere = spotify.code(), spotify.code(), spotify.code()

    of_another_app = spotify.exchange(foreign, auth=("another-app", "a-secret"))
    with_another_redirect = spotify.exchange(elsewhere, redirect_uri="https://app.example/")
    clock.advance(minutes=10)
    too_late = spotify.exchange(late)

    assert refusal(of_another_app) == ("invalid_grant", "Invalid authorization code")
    assert refusal(with_another_redirect) == ("invalid_grant", "Invalid redirect URI")
    assert refusal(too_late) == ("invalid_grant", "Authorization code expired")


def test_codes_that_ended_are_forgotten(spotify, clock):
    spotify.code()
    clock.advance(minutes=11)
    spotify.code()

    assert len(spotify.http.app.state.demo.codes) == 1


@pytest.mark.parametrize(
    "header",
    ["Bearer x", "Basic !", "Basic " + b64encode(b"\xff:x").decode(), "Basic OnNlY3JldA=="],
)
def test_a_broken_client_header_is_an_invalid_client(spotify, header):
    form = {"grant_type": "refresh_token", "refresh_token": "AQC..."}

    answer = spotify.http.post("/api/token", data=form, headers={"authorization": header})

    assert refusal(answer) == ("invalid_client", "Invalid client")


def test_a_registered_app_must_know_its_secret(start):
    spotify = start(registration=Registration("an-app", "a-secret"))

    good = spotify.refresh("AQC...")
    wrong_secret = spotify.refresh("AQC...", auth=("an-app", "guess"))
    wrong_app = spotify.refresh("AQC...", auth=None, client_id="another-app")

    assert good.status_code == 200
    assert refusal(wrong_secret) == ("invalid_client", "Invalid client secret")
    assert refusal(wrong_app) == ("invalid_client", "Invalid client")


def test_other_grants_are_not_supported(spotify):
    answer = spotify.http.post("/api/token", data={"grant_type": "password"})

    assert refusal(answer)[0] == "unsupported_grant_type"


def test_the_fixed_pair_is_refreshed_to_a_real_one(spotify):
    answer = spotify.refresh("AQC...").json()

    assert spotify.get("/me/top/tracks", answer["access_token"]).status_code == 200
    assert spotify.refresh(answer["refresh_token"]).status_code == 200


def test_pkce_apps_refresh_with_their_id_alone(spotify):
    assert spotify.refresh("AQC...", auth=None, client_id="an-app").status_code == 200
    assert refusal(spotify.refresh("AQC...", auth=None)) == ("invalid_client", "Invalid client")


@pytest.mark.parametrize("token", ["", "BQD...", "AQ", "AQsomething", "AQé"])
def test_a_refresh_token_that_was_never_issued_is_invalid(spotify, token):
    assert refusal(spotify.refresh(token)) == ("invalid_grant", "Invalid refresh token")


def test_an_access_token_cannot_refresh(spotify):
    pair = spotify.exchange(spotify.code()).json()

    swapped = "AQ" + pair["access_token"].removeprefix("BQ")

    assert refusal(spotify.refresh(swapped)) == ("invalid_grant", "Invalid refresh token")


def test_tokens_of_another_listener_are_unknown(start):
    first = start(1)
    pair = first.exchange(first.code()).json()

    assert start(2).get("/me", pair["access_token"]).status_code == 401


def test_tokens_outlive_a_restart(start):
    before = start()
    pair = before.exchange(before.code()).json()

    after = start()

    assert after.get("/me", pair["access_token"]).status_code == 200
    assert after.refresh(pair["refresh_token"]).status_code == 200


def test_refreshing_always_gives_a_new_token_and_keeps_the_old_one(spotify):
    old = spotify.exchange(spotify.code()).json()["refresh_token"]

    new = spotify.refresh(old).json()["refresh_token"]

    assert new != old
    assert spotify.refresh(old).status_code == 200


def test_refreshing_never_gives_a_new_token(spotify):
    spotify.switch(renewal="never")

    assert "refresh_token" not in spotify.refresh("AQC...").json()


def test_refreshing_rotates_and_the_old_token_is_dead(spotify):
    spotify.switch(renewal="rotate")
    old = spotify.exchange(spotify.code()).json()["refresh_token"]

    new = spotify.refresh(old).json()["refresh_token"]

    assert refusal(spotify.refresh(old)) == ("invalid_grant", "Invalid refresh token")
    assert spotify.refresh(new).status_code == 200


def test_the_fixed_refresh_token_survives_rotation(spotify):
    spotify.switch(renewal="rotate")
    spotify.refresh("AQC...")

    assert spotify.refresh("AQC...").status_code == 200


@pytest.mark.parametrize(
    ("consent_at", "last_day"),
    [
        (datetime(2026, 3, 15, 12, tzinfo=UTC), datetime(2026, 9, 15, 11, 59, tzinfo=UTC)),
        (datetime(2026, 8, 31, 12, tzinfo=UTC), datetime(2027, 2, 28, 11, 59, tzinfo=UTC)),
    ],
)
def test_a_grant_ends_six_months_after_consent_however_often_it_was_renewed(
    spotify, clock, consent_at, last_day
):
    clock.now = consent_at
    token = spotify.exchange(spotify.code()).json()["refresh_token"]
    clock.advance(days=100)
    token = spotify.refresh(token).json()["refresh_token"]

    clock.now = last_day
    in_time = spotify.refresh(token)
    clock.advance(minutes=1)
    too_late = spotify.refresh(token)

    assert in_time.status_code == 200
    assert refusal(too_late) == ("invalid_grant", "Refresh token revoked")
