import pytest

RECENT = "/me/player/recently-played"


def message(answer):
    return answer.json()["error"]["message"]


def test_switches_can_be_read_changed_in_part_and_reset(spotify):
    at_first = spotify.http.get("/demo/switches").json()

    spotify.switch(genres="empty")
    changed = spotify.switch(consent="agree").json()
    at_last = spotify.http.delete("/demo/switches").json()

    assert changed == {**at_first, "genres": "empty", "consent": "agree"}
    assert at_last == at_first


@pytest.mark.parametrize(
    "body",
    [
        '{"genres": "some"}',
        '{"volume": 11}',
        '{"faults": [{"kind": "earthquake"}]}',
        '{"faults": [{"kind": "slow", "times": 0}]}',
        "[1]",
        "{",
    ],
)
def test_a_wrong_switch_is_refused_and_nothing_changes(spotify, body):
    before = spotify.http.get("/demo/switches").json()

    answer = spotify.http.put("/demo/switches", content=body)

    assert answer.status_code == 400
    assert answer.json()["error"]
    assert spotify.http.get("/demo/switches").json() == before


def test_calls_are_counted_by_path(spotify):
    spotify.get("/me")
    spotify.get("/me/top/tracks", limit=50)
    spotify.get("/me/top/tracks", limit=50, offset=50)
    spotify.refresh("AQC...")
    spotify.authorize()

    assert spotify.http.get("/demo/calls").json() == {
        "/v1/me": 1,
        "/v1/me/top/tracks": 2,
        "/api/token": 1,
        "/authorize": 1,
    }


@pytest.mark.parametrize(
    ("kind", "status", "text"),
    [
        ("token_expired", 401, "The access token expired"),
        ("spurious_401", 401, "Access token missing"),
        ("not_registered", 403, "The user is not registered for this application."),
        ("insufficient_scope", 403, "Insufficient client scope"),
        ("rate_limit", 429, "API rate limit exceeded"),
        ("quota_exceeded", 429, "Too many requests"),
        ("bad_gateway_json", 502, "Bad gateway."),
    ],
)
def test_a_fault_answers_in_the_shape_of_the_api(spotify, kind, status, text):
    spotify.fault(kind)

    answer = spotify.get("/me")

    assert answer.status_code == status
    assert answer.json()["error"]["status"] == status
    assert message(answer).startswith(text)


def test_an_exhausted_quota_says_so(spotify):
    spotify.fault("quota_exceeded")

    assert spotify.get("/me").json()["error"]["reason"] == "QUOTA_EXCEEDED"


@pytest.mark.parametrize(
    ("kind", "status", "content_type"),
    [
        ("premium_required", 403, "text/plain; charset=utf-8"),
        ("bad_gateway_html", 502, "text/html; charset=utf-8"),
        ("truncated_json", 200, "application/json"),
    ],
)
def test_some_faults_are_no_json(spotify, kind, status, content_type):
    spotify.fault(kind)

    answer = spotify.get("/me")

    assert (answer.status_code, answer.headers["content-type"]) == (status, content_type)
    with pytest.raises(ValueError):
        answer.json()


@pytest.mark.parametrize(
    ("retry_after", "header"), [(3, "3"), (74214, "74214"), ("soon", "soon"), (None, None)]
)
def test_a_rate_limit_names_any_wait_or_none(spotify, retry_after, header):
    spotify.fault("rate_limit", retry_after=retry_after)

    assert spotify.get("/me").headers.get("retry-after") == header


def test_a_fault_can_be_limited_to_some_calls(spotify):
    spotify.fault("spurious_401", times=2)

    statuses = [spotify.get("/me").status_code for _ in range(3)]

    assert statuses == [401, 401, 200]
    assert spotify.http.get("/demo/switches").json()["faults"] == []


def test_a_fault_can_be_limited_to_a_path(spotify):
    spotify.fault("rate_limit", path="/v1/me/top")

    assert spotify.get("/me/top/tracks").status_code == 429
    assert spotify.get(RECENT).status_code == 200


def test_a_list_of_faults_is_a_script(spotify):
    once = {"times": 1}
    spotify.switch(faults=[{"kind": "rate_limit", **once}, {"kind": "bad_gateway_json", **once}])

    statuses = [spotify.get("/me").status_code for _ in range(3)]

    assert statuses == [429, 502, 200]


def test_a_slow_call_still_answers_unless_another_fault_follows(spotify):
    slow = {"kind": "slow", "seconds": 0.02, "times": 2}
    spotify.switch(faults=[slow, {"kind": "bad_gateway_json", "times": 1}])

    answers = [spotify.get("/me") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [502, 200]
    assert all(answer.elapsed.total_seconds() >= 0.02 for answer in answers)


def test_faults_of_the_api_leave_the_accounts_service_alone(spotify):
    spotify.fault("bad_gateway_html")

    assert spotify.refresh("AQC...").status_code == 200


def test_the_accounts_service_can_be_down_alone(spotify):
    spotify.switch(accounts_down=True)

    for answer in (spotify.authorize(), spotify.refresh("AQC...")):
        assert answer.status_code == 503
        assert answer.headers["content-type"].startswith("text/html")
    assert spotify.get("/me").status_code == 200


def test_a_revoked_grant_cannot_be_refreshed(spotify):
    spotify.switch(revoked=True)

    answer = spotify.refresh("AQC...")

    assert answer.status_code == 400
    assert answer.json() == {
        "error": "invalid_grant",
        "error_description": "Refresh token revoked",
    }


def test_genres_are_filled_for_some_empty_or_absent(spotify):
    def genres():
        artists = spotify.get("/me/top/artists", limit=50).json()["items"]
        return [artist.get("genres") for artist in artists]

    filled = genres()
    spotify.switch(genres="empty")
    empty = genres()
    spotify.switch(genres="absent")
    absent = genres()

    assert [] in filled
    assert any(filled)
    assert set(map(len, empty)) == {0}
    assert set(absent) == {None}


def test_extended_payloads_have_the_fields_that_are_gone(spotify):
    spotify.switch(payloads="extended")

    track = spotify.get("/me/top/tracks").json()["items"][0]
    artist = spotify.get(f"/artists/{track['artists'][0]['id']}").json()
    album = spotify.get(f"/albums/{track['album']['id']}").json()
    me = spotify.get("/me").json()

    assert {"popularity", "available_markets"} <= track.keys()
    assert {"popularity", "followers"} <= artist.keys()
    assert {"label", "popularity", "available_markets"} <= album.keys()
    assert {"email", "country", "product", "followers", "explicit_content"} <= me.keys()


def test_the_clock_can_be_set_ahead(spotify):
    pair = spotify.exchange(spotify.code()).json()
    newest = spotify.get(RECENT).json()["cursors"]["after"]

    spotify.switch(clock_offset_s=7 * 24 * 3600)

    assert message(spotify.get("/me", pair["access_token"])) == "The access token expired"
    assert spotify.get(RECENT, after=newest).json()["items"]
    spotify.switch(clock_offset_s=190 * 24 * 3600)
    assert spotify.refresh(pair["refresh_token"]).status_code == 400


def test_the_newest_play_can_be_a_local_file(spotify):
    spotify.switch(oddities=["local_file"])

    newest = spotify.get(RECENT).json()["items"][0]

    assert newest["track"]["id"] is None
    assert newest["track"]["is_local"] is True
    assert newest["track"]["uri"].startswith("spotify:local:")
    assert newest["context"] is None


def test_two_plays_can_share_one_instant(spotify):
    spotify.switch(oddities=["twin_plays"])

    first, second = spotify.get(RECENT, limit=2).json()["items"]

    assert first["played_at"] == second["played_at"]


def test_names_and_pictures_can_be_missing(spotify):
    spotify.switch(oddities=["no_display_name", "no_images"])

    assert spotify.get("/me").json()["display_name"] is None
    artists = spotify.get("/me/top/artists").json()["items"]
    assert all(artist["images"] == [] for artist in artists)
