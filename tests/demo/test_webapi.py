from datetime import datetime, timedelta

import pytest

from spotify_insights.demo.catalogue import catalogue

RECENT = "/me/player/recently-played"
TOP = ["/me/top/artists", "/me/top/tracks"]
RANGES = ["short_term", "medium_term", "long_term"]


def refusal(answer):
    error = answer.json()["error"]
    assert error["status"] == answer.status_code
    return answer.status_code, error["message"]


@pytest.mark.parametrize("path", ["/me", "/me/"])
def test_the_listener_has_an_account_and_no_fields_that_are_gone(spotify, path):
    me = spotify.get(path).json()

    assert me["type"] == "user"
    assert me["account_id"] != me["id"]
    assert not {"email", "country", "product", "followers", "explicit_content"} & me.keys()


def test_another_seed_is_another_account(start):
    assert start(1).get("/me").json()["account_id"] != start(2).get("/me").json()["account_id"]


@pytest.mark.parametrize("path", TOP)
@pytest.mark.parametrize("time_range", RANGES)
def test_a_top_list_can_be_read_in_pages(spotify, path, time_range):
    whole = spotify.get(path, time_range=time_range, limit=50).json()["items"]
    first = spotify.get(path, time_range=time_range, limit=20).json()
    second = spotify.http.get(first["next"], headers={"authorization": "Bearer BQD..."}).json()

    assert first["items"] + second["items"] == whole[:40]
    assert second["offset"] == 20
    assert second["previous"].endswith("offset=0&limit=20")


@pytest.mark.parametrize("path", TOP)
def test_a_top_list_is_empty_from_the_fiftieth_place(spotify, path):
    page = spotify.get(path, limit=50, offset=50).json()

    assert (page["items"], page["next"]) == ([], None)


@pytest.mark.parametrize("path", TOP)
def test_a_top_list_covers_the_medium_term_unless_told_otherwise(spotify, path):
    assert (
        spotify.get(path).json()["items"]
        == (spotify.get(path, time_range="medium_term", limit=20).json()["items"])
    )


@pytest.mark.parametrize("path", TOP)
@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"limit": 0}, "Invalid limit"),
        ({"limit": 51}, "Invalid limit"),
        ({"limit": "x"}, "Invalid limit"),
        ({"offset": -1}, "Invalid offset"),
        ({"time_range": "all_time"}, "Invalid time range"),
    ],
)
def test_a_top_list_refuses_values_out_of_range(spotify, path, params, message):
    assert refusal(spotify.get(path, **params)) == (400, message)


def test_plays_come_newest_first_with_cursors(spotify, clock):
    page = spotify.get(RECENT, limit=50).json()

    times = [datetime.fromisoformat(item["played_at"]) for item in page["items"]]
    assert len(times) == 50
    assert times == sorted(times, reverse=True)
    assert times[0] < clock.now
    assert all(len(item["played_at"]) == len("2026-01-31T12:34:56.789Z") for item in page["items"])
    assert page["cursors"] == {
        "after": str(round(times[0].timestamp() * 1000)),
        "before": str(round(times[-1].timestamp() * 1000)),
    }


def test_there_are_no_plays_before_the_last_fifty_though_a_next_page_is_named(spotify):
    page = spotify.get(RECENT, limit=50).json()

    older = spotify.http.get(page["next"], headers={"authorization": "Bearer BQD..."}).json()

    assert (older["items"], older["next"], older["cursors"]) == ([], None, None)


def test_both_cursors_exclude_their_own_instant(spotify):
    page = spotify.get(RECENT, limit=10).json()
    cursors = page["cursors"]

    newer = spotify.get(RECENT, limit=50, after=cursors["before"]).json()
    older = spotify.get(RECENT, limit=50, before=cursors["before"]).json()

    assert newer["items"] == page["items"][:9]
    assert newer["next"] is None
    assert older["items"][0]["played_at"] < page["items"][-1]["played_at"]
    assert len(older["items"]) == 40


def test_nothing_new_since_the_newest_play_is_an_empty_answer(spotify):
    newest = spotify.get(RECENT).json()["cursors"]["after"]

    answer = spotify.get(RECENT, after=newest).json()

    assert (answer["items"], answer["next"], answer["cursors"]) == ([], None, None)


def test_new_plays_appear_as_time_goes_on(spotify, clock):
    newest = spotify.get(RECENT).json()["cursors"]["after"]

    clock.advance(days=3)

    assert spotify.get(RECENT, after=newest).json()["items"]


@pytest.mark.parametrize(
    "params", [{"limit": 51}, {"after": 1, "before": 2}, {"after": "now"}, {"before": "-1"}]
)
def test_recent_plays_refuse_wrong_parameters(spotify, params):
    assert spotify.get(RECENT, **params).status_code == 400


@pytest.mark.parametrize("kind", ["artist", "album", "track"])
def test_what_is_in_a_list_can_be_asked_for_by_its_id(spotify, kind):
    track = spotify.get("/me/top/tracks").json()["items"][0]
    known = {"track": track, "album": track["album"], "artist": track["artists"][0]}[kind]

    answer = spotify.get(f"/{kind}s/{known['id']}").json()

    assert answer["name"] == known["name"]
    assert answer["href"].endswith(f"/v1/{kind}s/{known['id']}")


def test_an_album_lists_its_tracks(spotify):
    album = max(catalogue(1).albums, key=lambda album: album.total_tracks)

    answer = spotify.get(f"/albums/{album.id}").json()

    assert [track["track_number"] for track in answer["tracks"]["items"]] == [1, 2, 3, 4]
    assert answer["tracks"]["total"] == answer["total_tracks"]


@pytest.mark.parametrize("kind", ["artists", "albums", "tracks"])
def test_an_id_that_is_malformed_or_of_something_else_is_refused(spotify, kind):
    playlist = catalogue(1).playlist_ids[0]

    assert refusal(spotify.get(f"/{kind}/short")) == (400, "invalid id")
    assert refusal(spotify.get(f"/{kind}/{playlist}")) == (404, "Resource not found")


def test_search_finds_a_track_by_its_isrc_and_by_artist_and_title(spotify):
    track = catalogue(1).tracks[0]
    artist = track.artists[0]

    by_isrc = spotify.get("/search", q=f"isrc:{track.isrc}", type="track").json()
    by_name = spotify.get(
        "/search", q=f'track:"{track.name}" artist:"{artist.name.upper()}"', type="track"
    ).json()

    assert [found["id"] for found in by_isrc["tracks"]["items"]] == [track.id]
    assert [found["id"] for found in by_name["tracks"]["items"]] == [track.id]


def test_search_answers_each_type_in_pages(spotify):
    answer = spotify.get("/search", q="a", type="artist,album,track", limit=10, offset=10).json()

    assert set(answer) == {"artists", "albums", "tracks"}
    assert len(answer["tracks"]["items"]) == 10
    assert "query=a&type=track&offset=20" in answer["tracks"]["next"]


def test_search_by_year_and_genre(spotify):
    album = catalogue(1).albums[0]

    by_year = spotify.get("/search", q=f"year:{album.release_date[:4]}", type="album", limit=10)
    by_genre = spotify.get("/search", q="genre:ambient", type="artist").json()

    assert album.id in {found["id"] for found in by_year.json()["albums"]["items"]}
    assert all("ambient" in artist["genres"] for artist in by_genre["artists"]["items"])


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"q": "a", "type": "track", "limit": 11}, "Invalid limit"),
        ({"q": "a", "type": "track", "offset": 1001}, "Invalid offset"),
        ({"type": "track"}, "No search query"),
        ({"q": "a", "type": "show"}, "Bad search type field show"),
    ],
)
def test_search_refuses_what_it_cannot_do(spotify, params, message):
    assert refusal(spotify.get("/search", **params)) == (400, message)


@pytest.mark.parametrize(
    "path",
    [
        *("/tracks?ids=1", "/artists?ids=1", "/albums?ids=1"),
        *("/audio-features?ids=1", "/audio-features/1"),
    ],
)
def test_what_was_removed_is_forbidden(spotify, path):
    assert refusal(spotify.get(path)) == (403, "Forbidden")


@pytest.mark.parametrize("path", ["/recommendations", "/artists/1/related-artists", "/"])
def test_what_does_not_exist_is_not_found(spotify, path):
    assert refusal(spotify.get(path)) == (404, "Resource not found")


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (None, "No token provided"),
        ("Basic YTpi", "Only valid bearer authentication supported"),
        ("Bearer BQsomething", "Invalid access token"),
        ("Bearer BQAAAA", "Invalid access token"),
        ("Bearer AQC...", "Invalid access token"),
        ("Bearer ", "Invalid access token"),
    ],
)
def test_a_call_without_a_good_token_is_refused(spotify, header, message):
    headers = {"authorization": header} if header else {}

    answer = spotify.http.get("/v1/me", headers=headers)

    assert refusal(answer) == (401, message)


def test_an_access_token_ends_after_an_hour(spotify, clock):
    token = spotify.exchange(spotify.code()).json()["access_token"]

    clock.advance(minutes=59)
    before = spotify.get("/me", token)
    clock.advance(minutes=1)
    after = spotify.get("/me", token)

    assert before.status_code == 200
    assert refusal(after) == (401, "The access token expired")


def test_the_fixed_access_token_never_ends(spotify, clock):
    clock.advance(days=1000)

    assert spotify.get("/me").status_code == 200


def test_a_token_without_the_scope_does_not_open_the_list(spotify):
    token = spotify.exchange(spotify.code(scope="user-top-read")).json()["access_token"]

    assert spotify.get("/me/top/tracks", token).status_code == 200
    assert refusal(spotify.get(RECENT, token)) == (403, "Insufficient client scope")


def test_pictures_are_served(spotify):
    image = spotify.get("/me/top/artists").json()["items"][0]["images"][0]

    picture = spotify.http.get(image["url"])

    assert picture.headers["content-type"] == "image/svg+xml"
    assert f'width="{image["width"]}"' in picture.text


def test_answers_within_an_hour_are_the_same(spotify, clock):
    before = spotify.get("/me/top/tracks").json(), spotify.get(RECENT).json()

    clock.now = clock.now.replace(minute=0) + timedelta(minutes=59)

    assert (spotify.get("/me/top/tracks").json(), spotify.get(RECENT).json()) == before
