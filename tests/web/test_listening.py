import pytest
from tests.listening.builders import a_play
from tests.web.asking import (
    NOWHERE,
    a_snapshot_of,
    connect,
    imported,
    problem,
    run_task,
    wrong_fields,
)

from spotify_insights import accounts
from spotify_insights.listening import snapshots
from spotify_insights.models.listening import TimeRange
from spotify_insights.resources import transaction

RANGES = ["short_term", "medium_term", "long_term"]


def ingest(client, user_id, **query):
    return client.post("/api/listening/ingest", params={"user_id": str(user_id), **query})


def listed(client, user_id, **query):
    return client.get("/api/listening/snapshots", params={"user_id": str(user_id), **query})


def taken(user, time_range):
    with transaction() as session:
        return snapshots.take(session, user, time_range)


def test_an_ingest_is_queued_at_once(client, listener):
    connect(client, listener.id)

    answer = ingest(client, listener.id)

    assert answer.status_code == 202
    queued = answer.json()
    task = client.get(f"/api/tasks/{queued.pop('task_id')}").json()
    expected = {"user_id": str(listener.id), "time_range": "medium_term", "status": "queued"}
    assert queued == expected
    assert (task["status"], task["kind"]) == ("PENDING", "ingest")


def test_a_double_click_is_one_ingest_and_another_range_is_another(client, listener):
    connect(client, listener.id)

    first, second, other = (
        ingest(client, listener.id, time_range=one).json()
        for one in ("long_term", "long_term", "short_term")
    )

    assert second == first
    assert other["task_id"] != first["task_id"]


@pytest.mark.parametrize("time_range", RANGES)
def test_an_ingest_ends_with_plays_and_a_snapshot(client, listener, demo, time_range):
    connect(client, listener.id)
    queued = ingest(client, listener.id, time_range=time_range).json()

    task = run_task(client, queued["task_id"])

    (snapshot,) = listed(client, listener.id).json()
    assert task["status"] == "SUCCESS"
    assert task["result"]["snapshot_id"] == snapshot["snapshot_id"]
    assert task["result"]["plays_added"] == 50
    assert snapshot["time_range"] == time_range
    assert snapshot["sources"] == ["demo"]
    assert snapshot["top_artists"]
    assert snapshot["total_tracks"] >= 50


def test_without_tokens_there_is_nothing_to_ingest(client, listener):
    problem(ingest(client, listener.id), 409, "not_connected")


def test_a_refused_token_fails_the_task_and_the_listener_is_asked_to_reconnect(
    client, listener, demo
):
    connect(client, listener.id, access="never-issued", refresh="never-issued")
    queued = ingest(client, listener.id).json()

    task = run_task(client, queued["task_id"])

    user = client.patch(f"/api/users/{listener.id}", json={}).json()
    assert (task["status"], task["error"]) == ("FAILURE", "reconnect_required")
    assert "connect Spotify again" in task["message"]
    assert user["connection"] == "reconnect_required"
    assert user["connection_reason"]
    problem(ingest(client, listener.id), 409, "reconnect_required")


def test_new_tokens_end_the_need_to_reconnect(client, listener, demo):
    connect(client, listener.id, access="never-issued", refresh="never-issued")
    run_task(client, ingest(client, listener.id).json()["task_id"])

    connect(client, listener.id)

    task = run_task(client, ingest(client, listener.id).json()["task_id"])
    assert task["status"] == "SUCCESS"


def test_a_busy_spotify_pauses_the_task_until_a_known_time(client, listener, demo):
    connect(client, listener.id)
    demo.switch(faults=[{"kind": "rate_limit", "retry_after": 74_214}])

    task = run_task(client, ingest(client, listener.id).json()["task_id"])

    assert (task["status"], task["error"]) == ("PAUSED", None)
    assert task["resumes_at"] > task["created_at"]
    assert task["message"]


def test_an_unknown_listener_is_not_found(client):
    problem(ingest(client, NOWHERE), 404, "unknown_user")
    problem(listed(client, NOWHERE), 404, "unknown_user")


@pytest.mark.parametrize("time_range", ["lifetime", "week", "forever", "", "SHORT_TERM"])
def test_only_spotifys_three_ranges_are_ingested(client, listener, time_range):
    message = wrong_fields(ingest(client, listener.id, time_range=time_range))["query.time_range"]

    assert all(one in message for one in RANGES)


def test_a_malformed_id_is_named(client):
    assert set(wrong_fields(ingest(client, "ada"))) == {"query.user_id"}
    assert set(wrong_fields(listed(client, "ada"))) == {"query.user_id"}


def test_a_listener_without_snapshots_has_an_empty_list(client, listener):
    assert listed(client, listener.id).json() == []


def test_a_snapshot_says_what_is_known_and_null_for_what_is_not(client, listener):
    snapshot_id = a_snapshot_of(client, listener.id)

    (snapshot,) = listed(client, listener.id).json()

    assert snapshot["snapshot_id"] == snapshot_id
    assert snapshot["time_range"] == "lifetime"
    assert snapshot["sources"] == ["export"]
    assert snapshot["total_tracks"] == 1
    assert snapshot["listening_hours"] == {
        "morning": 0.056,
        "afternoon": 0.0,
        "evening": 0.111,
        "night": 0.0,
    }
    assert snapshot["genre_distribution"] == snapshot["mood_patterns"] == {}
    assert snapshot["audio_features"] == {}
    assert snapshot["mood_diversity"] is None


def test_private_sessions_stay_out_of_snapshots(client, listener):
    row = a_play("2024-05-01T10:00:00Z", incognito_mode=True)
    imported(client, listener.id, row)

    (snapshot,) = listed(client, listener.id).json()

    assert (snapshot["total_tracks"], snapshot["totals"]["plays"]) == (0, 0)


def test_weeks_and_months_are_listed_only_when_asked_for(client, listener):
    for time_range in TimeRange:
        taken(listener, time_range)

    shown = listed(client, listener.id).json()

    assert {one["time_range"] for one in shown} == {*RANGES, "lifetime"}
    for time_range in TimeRange:
        (one,) = listed(client, listener.id, time_range=time_range.value).json()
        assert one["time_range"] == time_range


def test_the_newest_day_comes_first_and_the_limit_holds(client, a_listener):
    west, east = "Pacific/Pago_Pago", "Pacific/Kiritimati"
    user = a_listener(timezone=west)
    taken(user, TimeRange.SHORT)
    with transaction() as session:
        user = accounts.change(session, user.id, {"timezone": east})
    taken(user, TimeRange.LONG)

    shown = listed(client, user.id).json()

    assert [one["time_range"] for one in shown] == ["long_term", "short_term"]
    assert listed(client, user.id, limit=1).json() == shown[:1]
    assert listed(client, user.id, limit=200).json() == shown


@pytest.mark.parametrize("limit", [0, 201, -1, "many", ""])
def test_a_limit_is_between_1_and_200(client, listener, limit):
    assert set(wrong_fields(listed(client, listener.id, limit=limit))) == {"query.limit"}


def test_an_unknown_range_is_refused_with_those_there_are(client, listener):
    message = wrong_fields(listed(client, listener.id, time_range="ever"))["query.time_range"]

    assert all(one.value in message for one in TimeRange)
