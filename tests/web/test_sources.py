import pytest
from tests.listening.builders import a_play
from tests.web.asking import NOWHERE, imported, problem, run_task, wrong_fields

from spotify_insights.listening import polled
from spotify_insights.models.listening import Provenance
from spotify_insights.resources import transaction
from spotify_insights.spotify.payloads import PlayHistory

FIRST, SECOND, THIRD = (a_play(f"2024-05-0{day}T10:00:00Z") for day in (1, 2, 3))


def sources_of(client, user_id):
    return client.get("/api/sources", params={"user_id": str(user_id)}).json()


def poll(user_id, played_at):
    """Take in one play of the same song, as Spotify's recently played list tells it."""
    track = {
        "id": "Blue",
        "uri": "spotify:track:Blue",
        "name": "Blue",
        "duration_ms": 200_000,
        "artists": [{"name": "The Painters"}],
    }
    play = PlayHistory.model_validate({"played_at": played_at, "track": track})
    with transaction() as session:
        polled.save(session, user_id, [play], Provenance.API)


def end(client, source):
    answer = client.delete(f"/api/sources/{source['source_id']}")
    return answer, run_task(client, answer.json()["task_id"])


def test_a_listener_without_plays_has_no_sources(client, listener):
    assert sources_of(client, listener.id) == []


def test_each_source_says_what_it_claims_now_and_which_imports_brought_it(client, listener):
    older, _ = imported(client, listener.id, FIRST, SECOND, a_play("not a time"))
    again, _ = imported(client, listener.id, FIRST, SECOND, a_play("not a time"))
    newer, _ = imported(client, listener.id, SECOND, THIRD)

    first, second = sources_of(client, listener.id)

    assert (first["format"], first["rows"], first["plays"]) == ("spotify_extended", 3, 2)
    assert first["imports"] == [older["import_id"], again["import_id"]]
    assert (first["first_play_at"], first["last_play_at"]) == (
        "2024-05-01T09:56:40Z",
        "2024-05-02T09:56:40Z",
    )
    assert (second["rows"], second["plays"]) == (2, 2)
    assert second["imports"] == [newer["import_id"]]
    assert second["user_id"] == str(listener.id)


def test_a_source_says_how_many_of_its_plays_another_one_tells_more_fully(client, listener):
    poll(listener.id, "2024-05-01T10:00:01Z")
    imported(client, listener.id, FIRST)

    polling, export = sources_of(client, listener.id)

    assert (polling["format"], polling["imports"]) == ("spotify_polled", [])
    assert (polling["plays"], polling["superseded"]) == (1, 1)
    assert (export["plays"], export["superseded"]) == (1, 0)


def test_a_source_that_ends_takes_with_it_what_nothing_else_tells_of(client, listener):
    record, _ = imported(client, listener.id, FIRST, SECOND)
    imported(client, listener.id, SECOND, THIRD)
    source, other = sources_of(client, listener.id)

    answer, task = end(client, source)

    (left,) = sources_of(client, listener.id)
    assert answer.status_code == 202
    assert answer.json() == {"source_id": source["source_id"], "task_id": task["task_id"]}
    assert (task["status"], task["result"]["plays_removed"]) == ("SUCCESS", 1)
    assert left == other
    undone = client.get(f"/api/imports/{record['import_id']}").json()
    assert undone["status"] == "undone"


def test_what_does_not_exist_is_not_found(client):
    problem(client.get("/api/sources", params={"user_id": NOWHERE}), 404, "unknown_user")
    problem(client.delete("/api/sources/1"), 404, "unknown_source")


@pytest.mark.parametrize("source_id", ["0", "-1", "one", str(1 << 31), "9" * 100])
def test_a_malformed_id_is_named(client, source_id):
    answer = client.delete(f"/api/sources/{source_id}")

    assert set(wrong_fields(answer)) == {"path.source_id"}
