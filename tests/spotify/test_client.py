from datetime import UTC, datetime

import httpx2
import pytest
from tests.spotify.answers import Script, a_page, a_play, a_track, ok, refused

from spotify_insights.errors import (
    Forbidden,
    InsightsError,
    NotFound,
    ReconnectRequired,
    Unavailable,
)
from spotify_insights.spotify import budget
from spotify_insights.spotify.client import SpotifyClient
from spotify_insights.spotify.faults import AccessExpired, Temporary

HTML = httpx2.Response(502, html="<html><h1>Bad gateway</h1></html>")
PREMIUM = "Active premium subscription required for the owner of the app. Wait a few hours."
NOT_LISTED = (
    "The user is not registered for this application. "
    "Please check your settings on https://developer.spotify.com/dashboard."
)

REFUSALS = [
    (refused(400, "invalid id"), Unavailable, "spotify_protocol"),
    (refused(400, "Invalid limit"), Unavailable, "spotify_protocol"),
    (refused(401, "The access token expired"), AccessExpired, "reconnect_required"),
    (refused(401, "Invalid access token"), AccessExpired, "reconnect_required"),
    (refused(401, "No token provided"), AccessExpired, "reconnect_required"),
    (refused(401, "Access token missing"), AccessExpired, "reconnect_required"),
    (
        refused(401, "Only valid bearer authentication supported"),
        AccessExpired,
        "reconnect_required",
    ),
    (refused(401, "Permissions missing"), ReconnectRequired, "scope_missing"),
    (refused(403, "Insufficient client scope"), ReconnectRequired, "scope_missing"),
    (
        refused(403, "User not registered in the Developer Dashboard"),
        Forbidden,
        "not_allow_listed",
    ),
    (refused(403, NOT_LISTED), Forbidden, "not_allow_listed"),
    (httpx2.Response(403, text=NOT_LISTED), Forbidden, "not_allow_listed"),
    (refused(403, PREMIUM), Forbidden, "owner_premium"),
    (httpx2.Response(403, text=PREMIUM), Forbidden, "owner_premium"),
    (refused(403, "Forbidden"), Forbidden, "spotify_refused"),
    (refused(404, "Non existing id: x"), NotFound, "not_at_spotify"),
    (refused(404, "Resource not found"), NotFound, "not_at_spotify"),
    (refused(429, "API rate limit exceeded"), Unavailable, "rate_limited"),
    (httpx2.Response(429, text="Too many requests"), Unavailable, "rate_limited"),
    (refused(429, "Too many requests", reason="QUOTA_EXCEEDED"), Unavailable, "quota_exceeded"),
    (refused(500, "Server error."), Temporary, "spotify_unavailable"),
    (refused(502, "Bad gateway."), Temporary, "spotify_unavailable"),
    (refused(503, "Service unavailable"), Temporary, "spotify_unavailable"),
    (httpx2.Response(504), Temporary, "spotify_unavailable"),
    (HTML, Temporary, "spotify_unavailable"),
    (httpx2.Response(204), Unavailable, "spotify_protocol"),
    (httpx2.Response(302, headers={"location": "/v1/me/"}), Unavailable, "spotify_protocol"),
]


@pytest.fixture(autouse=True)
def _budget(private_redis):
    """Every call takes from the shared budget."""


def a_client(script, **options):
    options.setdefault("sleep", lambda _: None)
    return SpotifyClient("access", transport=script.transport, **options)


def _id(value):
    return value.status_code if isinstance(value, httpx2.Response) else None


@pytest.mark.parametrize(("answer", "kind", "code"), REFUSALS, ids=_id)
def test_every_refusal_says_what_the_caller_can_do(answer, kind, code):
    with a_client(Script(answer)) as spotify, pytest.raises(InsightsError) as raised:
        spotify.me()

    assert type(raised.value) is kind
    assert raised.value.code == code


def test_the_profile_is_asked_for_with_the_access_token():
    script = Script(ok({"id": "listener", "account_id": "acc", "display_name": "A Listener"}))

    with a_client(script) as spotify:
        me = spotify.me()

    assert me.account_id == "acc"
    assert str(script.requests[0].url) == "https://api.spotify.com/v1/me"
    assert script.requests[0].headers["authorization"] == "Bearer access"


def test_top_artists_keep_the_order_of_spotify():
    script = Script(ok(a_page({"id": "a2", "name": "Zinc"}, {"id": "a1", "name": "Amber"})))

    with a_client(script) as spotify:
        top = spotify.top_artists("short_term", total=20)

    assert [artist.name for artist in top.items] == ["Zinc", "Amber"]
    assert script.requests[0].url.path == "/v1/me/top/artists"
    assert dict(script.requests[0].url.params) == {"time_range": "short_term", "limit": "20"}


def test_top_tracks_are_asked_for_in_one_page():
    script = Script(ok(a_page(a_track())))

    with a_client(script, base_url="http://127.0.0.1:1/v1") as spotify:
        top = spotify.top_tracks("long_term")

    assert [track.name for track in top.items] == ["Night Drive"]
    assert str(script.requests[0].url) == (
        "http://127.0.0.1:1/v1/me/top/tracks?time_range=long_term&limit=50"
    )


def test_a_track_is_asked_for_by_its_id():
    script = Script(ok(a_track()))

    with a_client(script) as spotify:
        track = spotify.track("4uLU6hMCjMI75M1A2tKUQC")

    assert (track.name, track.external_ids.isrc) == ("Night Drive", "GBAYE0601498")
    assert script.requests[0].url.path == "/v1/tracks/4uLU6hMCjMI75M1A2tKUQC"


def test_an_artist_is_asked_for_by_its_id():
    script = Script(ok({"id": "a1", "name": "The Lamps", "genres": ["dream pop"]}))

    with a_client(script) as spotify:
        artist = spotify.artist("a1")

    assert (artist.name, artist.genres) == ("The Lamps", ["dream pop"])
    assert script.requests[0].url.path == "/v1/artists/a1"


def test_recent_plays_are_asked_for_from_a_millisecond_on():
    script = Script(ok(a_page(a_play(), a_play(played_at="broken"))))
    after = datetime(2026, 1, 31, 12, 0, 0, 123_999, tzinfo=UTC)

    with a_client(script) as spotify:
        recent = spotify.recently_played(after)

    assert (len(recent.items), recent.skipped) == (1, 1)
    assert dict(script.requests[0].url.params) == {"limit": "50", "after": "1769860800123"}


def test_without_a_time_all_recent_plays_are_asked_for():
    script = Script(ok(a_page()))

    with a_client(script) as spotify:
        recent = spotify.recently_played()

    assert recent.items == []
    assert dict(script.requests[0].url.params) == {"limit": "50"}


@pytest.mark.parametrize(
    "hiccup",
    [
        HTML,
        httpx2.ConnectError("refused"),
        httpx2.ReadTimeout("slow"),
        httpx2.RemoteProtocolError("cut off"),
        httpx2.Response(200, text='{"id": "lis'),
        httpx2.Response(200, text="<html>"),
        httpx2.Response(200, content=b"junk", headers={"content-length": "4"}),
        ok({"error": "no id here"}),
    ],
    ids=lambda hiccup: type(hiccup).__name__,
)
def test_a_read_survives_two_hiccups(hiccup):
    script = Script(hiccup, hiccup, ok({"id": "listener"}))

    with a_client(script) as spotify:
        me = spotify.me()

    assert me.id == "listener"


def test_a_third_failure_in_a_row_is_the_answer():
    script = Script(httpx2.ReadTimeout("slow"))

    with a_client(script) as spotify, pytest.raises(Unavailable) as raised:
        spotify.me()

    assert len(script.requests) == 3
    assert raised.value.code == "spotify_unavailable"
    assert isinstance(raised.value.__cause__, httpx2.ReadTimeout)


def test_an_answer_that_stays_unreadable_is_a_protocol_error():
    script = Script(httpx2.Response(200, text="<html>"))

    with a_client(script) as spotify, pytest.raises(Unavailable) as raised:
        spotify.top_tracks("short_term")

    assert len(script.requests) == 3
    assert raised.value.code == "spotify_protocol"


def test_waits_between_tries_stay_below_two_seconds_together():
    waits = []

    with a_client(Script(HTML), sleep=waits.append) as spotify, pytest.raises(Unavailable):
        spotify.me()

    assert len(waits) == 2
    assert sum(waits) <= 2


@pytest.mark.parametrize("status", [400, 403, 404, 429])
def test_what_trying_again_cannot_change_is_asked_once(status):
    script = Script(refused(status, "no"))

    with a_client(script) as spotify, pytest.raises(InsightsError):
        spotify.me()

    assert len(script.requests) == 1


def test_an_expired_token_is_refreshed_and_the_call_repeated():
    script = Script(refused(401, "The access token expired"), ok({"id": "listener"}))

    with a_client(script, refresh=lambda: "fresh") as spotify:
        me = spotify.me()
        spotify.me()

    assert me.id == "listener"
    sent = [request.headers["authorization"] for request in script.requests]
    assert sent == ["Bearer access", "Bearer fresh", "Bearer fresh"]


def test_a_refreshed_token_that_is_refused_too_asks_to_reconnect():
    script = Script(refused(401, "The access token expired"))
    refreshes = []

    def refresh():
        refreshes.append(1)
        return "fresh"

    with a_client(script, refresh=refresh) as spotify:
        with pytest.raises(ReconnectRequired) as raised:
            spotify.me()
        with pytest.raises(ReconnectRequired):
            spotify.me()

    assert raised.value.code == "reconnect_required"
    assert len(refreshes) == 1


def test_a_missing_permission_is_not_refreshed():
    script = Script(refused(401, "Permissions missing"))

    with (
        a_client(script, refresh=lambda: pytest.fail("refreshed")) as spotify,
        pytest.raises(ReconnectRequired) as raised,
    ):
        spotify.me()

    assert raised.value.code == "scope_missing"


def test_a_refused_refresh_is_what_the_caller_hears_of():
    def refresh():
        raise Unavailable("spotify_unavailable", "away")

    script = Script(refused(401, "The access token expired"))

    with a_client(script, refresh=refresh) as spotify, pytest.raises(Unavailable):
        spotify.me()

    assert len(script.requests) == 1


def test_a_rate_limit_pauses_every_client_without_a_wait():
    limited = refused(429, "API rate limit exceeded")
    limited.headers["retry-after"] = "74214"
    other = Script(ok({"id": "other"}))

    with (
        a_client(Script(limited), sleep=pytest.fail) as spotify,
        pytest.raises(Unavailable) as raised,
    ):
        spotify.me()
    with a_client(other, sleep=pytest.fail) as spotify, pytest.raises(Unavailable) as paused:
        spotify.me()

    assert raised.value.retry_after == 74_214
    assert paused.value.code == "rate_limited"
    assert paused.value.retry_after == pytest.approx(74_214, abs=30)
    assert other.requests == []


def test_a_used_up_quota_pauses_for_an_hour():
    script = Script(refused(429, "Too many requests", reason="QUOTA_EXCEEDED"))

    with a_client(script) as spotify, pytest.raises(Unavailable):
        spotify.me()

    with pytest.raises(Unavailable) as paused:
        budget.check()
    assert paused.value.code == "quota_exceeded"
    assert paused.value.retry_after == pytest.approx(3600, abs=30)
