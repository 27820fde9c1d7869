"""The description of the API, held against what the API does."""

import re
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator, FormatChecker
from sqlalchemy import select
from tests.digest.builders import a_target, deliveries, hear, run, tell
from tests.listening.builders import a_play, zipped
from tests.mail_server import listening
from tests.web.asking import (
    NOWHERE,
    a_snapshot_of,
    a_worker,
    connect,
    registered,
    run_task,
    send_import,
)

from spotify_insights import crypto, queue, settings
from spotify_insights.listening.exclusions import MOST_RULES
from spotify_insights.listening.stats.timeline import Bucket
from spotify_insights.listening.stats.tops import TopKind
from spotify_insights.models import Exclusion, Play, TrackMerge, User
from spotify_insights.models.statistics import ExclusionKind
from spotify_insights.models.summary import Channel
from spotify_insights.resources import transaction
from spotify_insights.web.app import app

PROBLEM = "application/problem+json"
JSON = {"application/json", PROBLEM}
WITHOUT_BODY = {"204", "304"}
NIGHT = {"kind": "hours", "first_hour": 22, "last_hour": 6}
DOCUMENT = app.openapi()
OPERATIONS = {
    (method.upper(), path): operation
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
}
STATISTICS = [path for method, path in OPERATIONS if path.startswith("/api/stats/")]


class Walker:
    """Calls the API, holds each answer against its description, and remembers what it saw."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.client.event_hooks["response"].append(self._look)
        self.seen: set[tuple[str, str, str]] = set()

    def _look(self, answer) -> None:
        answer.read()
        operation = _operation_of(answer.request.method, answer.request.url.path)
        status = str(answer.status_code)
        documented = OPERATIONS[operation]["responses"]
        assert status in documented, f"{operation} answered {status}: {answer.text}"
        if status in WITHOUT_BODY:
            assert not answer.content
            self.seen.add((*operation, status))
            return
        media_type = answer.headers["content-type"].partition(";")[0]
        assert media_type in documented[status]["content"], f"{operation} {status}: {media_type}"
        schema = documented[status]["content"][media_type]["schema"]
        _validate(answer.json() if media_type in JSON else answer.text, schema)
        self.seen.add((*operation, status))


def _operation_of(method, path):
    """The operation of an address; a fixed path goes before one with an id in it."""
    by_length = sorted(OPERATIONS, key=lambda one: one[1].count("{"))
    for its_method, template in by_length:
        pattern = re.sub(r"\{\w+\}", "[^/]+", template)
        if its_method == method and re.fullmatch(pattern, path):
            return its_method, template
    raise AssertionError(f"{method} {path} is not described")


def _validate(body, schema):
    whole = {"components": DOCUMENT["components"], **schema}
    Draft202012Validator(whole, format_checker=FormatChecker()).validate(body)


@pytest.fixture
def walker(client):
    return Walker(client)


def _walk_as_intended(client):
    user_id = registered(client).json()["user_id"]
    registered(client)
    whom = {"user_id": user_id}
    client.patch(f"/api/users/{user_id}", json={"timezone": "Europe/Berlin"})
    connect(client, user_id)
    ingest = client.post("/api/listening/ingest", params=whom).json()
    run_task(client, ingest["task_id"])
    rows = [a_play("2024-05-01T10:00:00Z"), a_play("not a time")]
    queued = send_import(client, user_id, zipped({"history.json": rows})).json()
    client.get(f"/api/imports/{queued['import_id']}")
    run_task(client, queued["task_id"])
    client.get(f"/api/imports/{queued['import_id']}")
    snapshots = client.get("/api/listening/snapshots", params=whom).json()
    assert len(snapshots) == 2
    for snapshot in snapshots:
        which = {"snapshot_id": snapshot["snapshot_id"]}
        asked = client.post("/api/insights/generate", params=which).json()
        client.get(f"/api/insights/{asked['result']['insight_id']}")
        client.get(f"/api/insights/user/{user_id}")
        run_task(client, asked["task_id"])
        client.get(f"/api/insights/{asked['result']['insight_id']}")
        client.get(f"/api/insights/user/{user_id}")
    _walk_through_insights(client, snapshot, asked["result"]["insight_id"])
    _walk_through_statistics(client, whom)
    client.get("/api/exports", params=whom)
    _walk_through_merges(client, user_id)
    _walk_through_history(client, whom)
    _walk_through_imports(client, whom)
    _walk_through_summaries(client, whom)
    client.post(f"/api/users/{user_id}/disconnect")
    client.get("/health")
    client.get("/metrics")
    client.get("/ready")
    queue.mark_served(queue.NAMES)
    client.get("/ready")


def _walk_through_insights(client, snapshot, ready):
    client.get("/api/insights/model", params={"user_id": snapshot["user_id"]})
    for opinion in ("useful", "wrong"):
        client.put(f"/api/insights/{ready}/opinion", json={"opinion": opinion})
    client.delete(f"/api/insights/{ready}/opinion")
    which = {"snapshot_id": snapshot["snapshot_id"], "language": "de"}
    asked = client.post("/api/insights/generate", params=which).json()
    client.post(f"/api/insights/{asked['result']['insight_id']}/cancel")
    with a_worker():
        client.post("/api/wellness/insights", params={"access_token": "BQD..."}, json={})


def _walk_through_statistics(client, whom):
    """Each with the plays there are, with none, compared, and asked again."""
    for template in STATISTICS:
        path = re.sub(r"\{\w+\}", _most_played(client, whom, template), template)
        for query in ({}, {"range": "week", "compare": "previous"}, {"to": "2000-01-01"}):
            client.get(path, params=whom | query)
        tag = client.get(path, params=whom).headers["etag"]
        client.get(path, params=whom, headers={"if-none-match": tag})
    for bucket in Bucket:
        client.get("/api/stats/timeline", params=whom | {"bucket": bucket})


def _most_played(client, whom, template):
    """The id that belongs into an address, if any does."""
    kind = template.split("/")[3] if "{" in template else TopKind.TRACKS
    items = client.get("/api/stats/top", params=whom | {"kind": kind}).json()["items"]
    return str(items[0]["id"])


def _walk_through_merges(client, user_id):
    with transaction() as session:
        heard = select(Play.track_id).where(Play.user_id == UUID(user_id)).distinct().limit(2)
        first, second = session.scalars(heard)
        session.add(TrackMerge(track_id=first, into_track_id=second, isrc="GBAYE0601498"))
    client.get("/api/merges", params={"user_id": user_id})
    client.delete(f"/api/merges/{first}")


def _walk_through_history(client, whom):
    page = client.get("/api/plays", params=whom | {"limit": 1}).json()
    client.get("/api/plays", params=whom | {"before": page["next"]})
    path = f"/api/plays/{page['plays'][0]['play_id']}"
    client.delete(path, params=whom)
    client.get("/api/plays", params=whom | {"deleted": True})
    client.post(f"{path}/restore", params=whom)
    for rule in (NIGHT, NIGHT, {"kind": "artist", "artist_id": page["plays"][0]["artist_id"]}):
        added = client.post("/api/exclusions", params=whom, json=rule).json()
    client.get("/api/exclusions", params=whom)
    client.delete(f"/api/exclusions/{added['exclusion_id']}")


def _walk_through_imports(client, whom):
    (record,) = client.get("/api/imports", params=whom).json()
    for source in client.get("/api/sources", params=whom).json():
        ended = client.delete(f"/api/sources/{source['source_id']}").json()
    client.get(f"/api/imports/{record['import_id']}/rejected")
    undo = client.post(f"/api/imports/{record['import_id']}/undo").json()
    run_task(client, undo["task_id"])
    run_task(client, ended["task_id"])
    assert client.post(f"/api/imports/{record['import_id']}/undo").status_code == 409


def _walk_through_summaries(client, whom):
    hear(User(id=UUID(whom["user_id"])), 1)
    path = "/api/summaries/targets"
    with listening() as service:
        service.status = 404
        for target in ({"channel": "feed"}, *2 * ({"channel": "apprise", "address": service.url},)):
            added = client.post(path, params=whom, json=target).json()
        for job in tell(User(id=UUID(whom["user_id"]))):
            run(job)
    feed, _ = client.get(path, params=whom).json()
    client.post(f"{path}/{feed['target_id']}/renew")
    client.post(f"{path}/{added['target_id']}/test")
    (summary,) = client.get("/api/summaries", params=whom).json()
    told = client.get(f"/api/summaries/{summary['summary_id']}").json()
    (failed,) = [one for one in told["deliveries"] if one["state"] == "failed"]
    client.post(f"/api/summaries/deliveries/{failed['delivery_id']}/retry")
    client.delete(f"{path}/{feed['target_id']}")


def _walk_astray(client):
    connected, lonely = (registered(client, name).json()["user_id"] for name in ("Ada", "Bob"))
    upload = zipped({"history.json": [a_play("2024-05-01T10:00:00Z")]})
    for user_id in (NOWHERE, "malformed", lonely):
        whom = {"user_id": user_id}
        client.patch(f"/api/users/{user_id}", json={"week_starts_on": 8})
        client.patch(f"/api/users/{user_id}", json={"week_starts_on": 1})
        client.post(f"/api/users/{user_id}/disconnect")
        client.post("/api/listening/ingest", params=whom)
        client.get("/api/listening/snapshots", params=whom)
        client.get("/api/insights/user/" + user_id)
        client.get("/api/insights/model", params=whom)
        for template in STATISTICS:
            client.get(re.sub(r"\{\w+\}", "1", template), params=whom)
        client.get("/api/exports", params=whom)
        client.get("/api/imports", params=whom)
        client.get("/api/sources", params=whom)
        client.get("/api/merges", params=whom)
        client.get("/api/plays", params=whom)
        client.get("/api/exclusions", params=whom)
        client.post("/api/exclusions", params=whom, json=NIGHT)
        client.get("/api/summaries", params=whom)
        client.get("/api/summaries/targets", params=whom)
        client.post("/api/summaries/targets", params=whom, json={"channel": "feed"})
        send_import(client, user_id, upload)
    for one in (NOWHERE, "malformed"):
        connect(client, one)
        client.post("/api/insights/generate", params={"snapshot_id": one})
        client.post(f"/api/insights/{one}/cancel")
        client.put(f"/api/insights/{one}/opinion", json={"opinion": "useful"})
        client.delete(f"/api/insights/{one}/opinion")
        for path in ("imports", "insights", "tasks"):
            client.get(f"/api/{path}/{one}")
        client.get(f"/api/imports/{one}/rejected")
        client.post(f"/api/imports/{one}/undo")
        client.delete(f"/api/exclusions/{one}")
        client.get(f"/api/summaries/{one}")
        client.post(f"/api/summaries/deliveries/{one}/retry")
        client.delete(f"/api/summaries/targets/{one}")
        for what in ("test", "renew"):
            client.post(f"/api/summaries/targets/{one}/{what}")
    for one in (1, "malformed"):
        client.delete(f"/api/plays/{one}", params={"user_id": lonely})
        client.post(f"/api/plays/{one}/restore", params={"user_id": lonely})
        client.delete(f"/api/sources/{one}")
        client.delete(f"/api/merges/{one}")
    client.post("/api/users/register", json={})
    client.post("/api/wellness/insights", json={})
    _judge_too_early_and_cancel_too_late(client, lonely)
    _send_what_cannot_be_parsed(client, connected)
    _ask_from_another_site(client, connected)


def _judge_too_early_and_cancel_too_late(client, user_id):
    which = {"snapshot_id": a_snapshot_of(client, user_id)}
    asked = client.post("/api/insights/generate", params=which).json()
    path = f"/api/insights/{asked['result']['insight_id']}"
    client.put(f"{path}/opinion", json={"opinion": "useful"})
    client.delete(f"{path}/opinion")
    for _ in range(2):
        client.post(f"{path}/cancel")


def _send_what_cannot_be_parsed(client, user_id):
    nested = {"content": b"[" * 100_000, "headers": {"content-type": "application/json"}}
    client.post("/api/users/register", **nested)
    client.patch(f"/api/users/{user_id}", **nested)
    client.post("/api/tokens/store", **nested)
    client.post("/api/exclusions", params={"user_id": user_id}, **nested)
    client.post("/api/summaries/targets", params={"user_id": user_id}, **nested)
    form = {"content-type": "multipart/form-data; boundary=x"}
    client.post("/api/imports", params={"user_id": user_id}, content=b"x", headers=form)


def _ask_from_another_site(client, user_id):
    client.headers = {"host": "evil.example"}
    for method, template in OPERATIONS:
        if template.startswith("/api/"):
            client.request(method, re.sub(r"\{\w+\}", user_id, template))


def test_the_description_itself_is_sound():
    refs = set(re.findall(r"'\$ref': '#/components/schemas/(\w+)'", str(DOCUMENT)))

    assert refs <= set(DOCUMENT["components"]["schemas"])
    for schema in DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_answers_look_as_described_when_all_goes_well(walker, demo):
    _walk_as_intended(walker.client)

    good = {
        (method, path, status)
        for (method, path), operation in OPERATIONS.items()
        for status in operation["responses"]
        if status.startswith(("2", "3"))
    }
    assert good <= walker.seen


def test_refusals_look_as_described(walker):
    _walk_astray(walker.client)

    described = {
        (method, path, status)
        for (method, path), operation in OPERATIONS.items()
        for status in operation["responses"]
        if status.startswith("4")
    }
    by_hand = {
        ("POST", "/api/imports", "409"),
        ("POST", "/api/imports/{import_id}/undo", "409"),
        ("POST", "/api/exclusions", "409"),
        ("POST", "/api/wellness/insights", "409"),
        ("GET", "/api/summaries/targets", "409"),
        ("POST", "/api/summaries/targets", "409"),
        ("POST", "/api/summaries/targets/{target_id}/test", "409"),
        ("POST", "/api/summaries/targets/{target_id}/renew", "409"),
        ("POST", "/api/summaries/deliveries/{delivery_id}/retry", "409"),
    }
    assert described - walker.seen == by_hand


def test_conflicts_of_summaries_look_as_described(walker, listener, clean_database):
    whom, path = {"user_id": str(listener.id)}, "/api/summaries/targets"
    service, feed = a_target(listener, Channel.APPRISE, "json://127.0.0.1:9"), a_target(listener)
    tell(listener)
    answers = [
        walker.client.post(f"{path}/{feed.id}/test"),
        walker.client.post(f"{path}/{service.id}/renew"),
        walker.client.post(f"/api/summaries/deliveries/{deliveries()[0].id}/retry"),
        walker.client.post(path, params=whom, json={"channel": "email", "address": "a@b.example"}),
    ]
    clean_database.setenv("SECRET_KEY", "another key, as long as it has to be")
    settings.get_settings.cache_clear()
    crypto._keys.cache_clear()
    answers.append(walker.client.get(path, params=whom))

    assert {answer.status_code for answer in answers} == {409}


def test_too_many_rules_are_refused_as_described(walker, listener):
    rule = {"kind": ExclusionKind.HOURS, "first_hour": 1, "last_hour": 2}
    with transaction() as session:
        session.add_all(Exclusion(user_id=listener.id, **rule) for _ in range(MOST_RULES))

    answer = walker.client.post("/api/exclusions", params={"user_id": str(listener.id)}, json=NIGHT)

    assert answer.status_code == 409


def test_a_conflict_and_a_server_that_is_not_ready_look_as_described(walker, a_listener):
    user_id = a_listener(is_demo=True).id

    answer = send_import(walker.client, user_id, zipped({"history.json": []}))
    waiting = walker.client.get("/ready")

    assert (answer.status_code, waiting.status_code) == (409, 503)


@pytest.mark.parametrize(
    "operation", [one for one in OPERATIONS if one[1].startswith("/api/")], ids=" ".join
)
def test_each_call_describes_its_problems_and_itself(operation):
    described = OPERATIONS[operation]

    problems = {"403", "422", "503"}
    if "{" in operation[1] or any(p["name"] == "user_id" for p in described.get("parameters", ())):
        problems |= {"404"}
    for status in problems:
        schema = described["responses"][status]["content"][PROBLEM]["schema"]
        assert schema == {"$ref": "#/components/schemas/Problem"}
    assert described["summary"]
    assert described["tags"]


def test_only_the_api_is_described():
    apart = {path for _, path in OPERATIONS if not path.startswith("/api/")}

    assert apart == {"/health", "/ready", "/metrics"}
