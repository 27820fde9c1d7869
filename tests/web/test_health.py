from datetime import datetime

from spotify_insights import __version__, queue


def test_a_server_that_lives_says_so_with_its_version_and_the_time(client):
    answer = client.get("/health")

    body = answer.json()
    assert answer.status_code == 200
    assert (body["status"], body["version"]) == ("ok", __version__)
    assert datetime.fromisoformat(body["timestamp"]).utcoffset() is not None


def test_a_server_is_ready_when_each_queue_has_a_worker(client):
    queue.mark_served(queue.NAMES)

    answer = client.get("/ready")

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready",
        "database": True,
        "redis": True,
        "queues": {"spotify": True, "insights": True, "scheduled": True},
    }


def test_a_queue_without_a_worker_is_named(client):
    queue.mark_served(["spotify", "scheduled"])

    answer = client.get("/ready")

    assert answer.status_code == 503
    assert answer.json()["status"] == "not_ready"
    assert answer.json()["queues"] == {"spotify": True, "insights": False, "scheduled": True}
