import pytest
from tests.listening.builders import a_play, an_episode
from tests.web.asking import NOWHERE, imported, problem, wrong_fields

ROWS = (
    a_play("2024-05-01T10:00:00Z"),
    a_play("2024-05-02T10:00:00Z", title="Red"),
    a_play("2024-05-03T10:00:00Z", title="Leaf", artist="The Greens", reason_end="fwdbtn"),
    an_episode("2024-05-04T10:00:00Z"),
)


@pytest.fixture
def ada(client, listener):
    imported(client, listener.id, *ROWS)
    return listener


def ask(client, user, **query):
    return client.get("/api/plays", params={"user_id": str(user.id), **query})


def page(client, user, **query):
    answer = ask(client, user, **query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def titles(client, user, **query):
    return [play["title"] for play in page(client, user, **query)["plays"]]


def act(client, user, play, verb):
    """Delete or restore a play."""
    whom, path = {"user_id": str(user.id)}, f"/api/plays/{play['play_id']}"
    if verb == "delete":
        return client.delete(path, params=whom)
    return client.post(f"{path}/restore", params=whom)


def plays(client, user):
    return client.get("/api/stats/summary", params={"user_id": str(user.id)}).json()["plays"]


def test_a_play_has_names_length_how_it_ended_where_it_came_from_and_its_flags(client, ada):
    _, play, *_ = page(client, ada)["plays"]

    for name in ("play_id", "track_id", "artist_id", "album_id", "source_id"):
        assert play.pop(name) > 0
    assert play == {
        "started_at": "2024-05-03T09:56:40Z",
        "ms_played": 200_000,
        "kind": "track",
        "uri": "spotify:track:Leaf",
        "title": "Leaf",
        "artist": "The Greens",
        "album": "Colours",
        "show": None,
        "reason_start": "trackdone",
        "reason_end": "fwdbtn",
        "skipped": False,
        "shuffle": False,
        "offline": False,
        "platform": "android",
        "origin": "spotify_extended",
        "provenance": "export",
        "is_estimated": False,
        "is_private": False,
        "is_video": False,
        "is_deleted": False,
        "is_left_out": False,
    }


def test_the_next_page_begins_where_one_ended(client, ada):
    first = page(client, ada, limit=3)
    second = page(client, ada, limit=3, before=first["next"])

    assert [play["title"] for play in first["plays"]] == ["One", "Leaf", "Red"]
    assert [play["title"] for play in second["plays"]] == ["Blue"]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"text": "GREENS"}, ["Leaf"]),
        ({"kind": "episode"}, ["One"]),
        ({"from": "2024-05-02", "to": "2024-05-03"}, ["Leaf", "Red"]),
        ({"from": "2024-05-03", "kind": "track"}, ["Leaf"]),
        ({"artist_id": 2_147_483_647}, []),
        ({"deleted": "true"}, []),
    ],
)
def test_a_page_has_what_is_asked_for(client, ada, query, found):
    assert titles(client, ada, **query) == found


def test_ids_are_those_of_the_plays(client, ada):
    leaf = page(client, ada, text="leaf")["plays"][0]

    for name in ("artist_id", "track_id"):
        assert titles(client, ada, **{name: leaf[name]}) == ["Leaf"]
    episode = page(client, ada, kind="episode")["plays"][0]
    assert titles(client, ada, track_id=episode["track_id"]) == ["One"]


def test_a_deleted_play_is_gone_until_it_is_restored(client, ada):
    red = page(client, ada, text="red")["plays"][0]
    before = plays(client, ada)

    deleted = act(client, ada, red, "delete")
    during, binned = plays(client, ada), page(client, ada, deleted=True)["plays"]
    restored = act(client, ada, red, "restore")

    assert (deleted.status_code, restored.status_code) == (204, 204)
    assert binned == [red | {"is_deleted": True}]
    assert (before, during, plays(client, ada)) == (3, 2, 3)
    assert titles(client, ada) == ["One", "Leaf", "Red", "Blue"]


def test_deleting_and_restoring_can_be_repeated(client, ada):
    red = page(client, ada, text="red")["plays"][0]

    answers = [act(client, ada, red, verb) for verb in ("delete", "delete", "restore", "restore")]

    assert {answer.status_code for answer in answers} == {204}


def test_a_play_of_another_listener_is_not_found(client, ada, a_listener):
    bob = a_listener()
    red = page(client, ada, text="red")["plays"][0]

    for verb in ("delete", "restore"):
        problem(act(client, bob, red, verb), 404, "unknown_play")
    assert titles(client, bob) == []
    assert len(titles(client, ada)) == 4


def test_an_unknown_listener_is_not_found(client):
    whom = {"user_id": NOWHERE}

    problem(client.get("/api/plays", params=whom), 404, "unknown_user")
    problem(client.delete("/api/plays/1", params=whom), 404, "unknown_user")
    problem(client.post("/api/plays/1/restore", params=whom), 404, "unknown_user")


def test_days_that_end_before_they_start_are_refused(client, ada):
    answer = ask(client, ada, **{"from": "2024-05-02", "to": "2024-05-01"})

    assert set(wrong_fields(answer, "range_reversed")) == {"to"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("text", "nul\0"),
        ("text", "x" * 201),
        ("kind", "song"),
        ("from", "2024-02-30"),
        ("artist_id", "0"),
        ("album_id", "-1"),
        ("track_id", str(1 << 31)),
        ("deleted", "perhaps"),
        ("limit", "0"),
        ("limit", "201"),
        ("before", "yesterday"),
        ("before", "1714557400"),
        ("before", f"{'9' * 12}-1"),
        ("before", f"1-{'9' * 19}"),
    ],
)
def test_what_is_malformed_is_named(client, ada, name, value):
    assert set(wrong_fields(ask(client, ada, **{name: value}))) == {f"query.{name}"}


@pytest.mark.parametrize("before", ["0-0", f"{'9' * 11}-{'9' * 18}"])
def test_a_page_may_begin_before_and_after_all_plays(client, ada, before):
    found = titles(client, ada, before=before)

    assert len(found) == (0 if before == "0-0" else 4)


@pytest.mark.parametrize("play_id", ["0", "-1", "one", str(1 << 63)])
def test_a_malformed_id_is_named(client, ada, play_id):
    for answer in (
        act(client, ada, {"play_id": play_id}, "delete"),
        act(client, ada, {"play_id": play_id}, "restore"),
    ):
        assert set(wrong_fields(answer)) == {"path.play_id"}
