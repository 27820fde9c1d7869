"""Answers are remembered until the data changes, and clients that have one are told so."""

import os
import subprocess
import sys
import time
from uuid import UUID, uuid4

import pytest
from pydantic import BaseModel
from sqlalchemy import delete, select
from starlette.requests import Request
from tests.eventually import eventually
from tests.web.asking import NOWHERE, connect, imported, problem, run_task
from tests.web.figures import ADDRESSES, ask, filled, ids_of, starting, told

from spotify_insights import cache, resources
from spotify_insights.listening import recordings
from spotify_insights.models import Track, TrackMerge, User
from spotify_insights.resources import transaction
from spotify_insights.settings import get_settings
from spotify_insights.web import answers

# A change is seen within half a second; a slow machine may take longer to ask.
A_SECOND = 1
NOON = 1_800_014_400.0
ANOTHER_PROCESS = """
import sys
from uuid import UUID
from spotify_insights import accounts
from spotify_insights.resources import transaction
from spotify_insights.settings import get_settings
with transaction() as session:
    accounts.change(session, UUID(sys.argv[1]), {"timezone": "Asia/Tokyo"})
"""


@pytest.fixture(autouse=True)
def forgotten(clean_database):
    answers.forget_versions()
    cache.forget_all()


@pytest.fixture
def with_plays(client, listener):
    imported(
        client,
        listener.id,
        starting("2024-05-01T10:00:00Z", title="Blue"),
        starting("2024-05-01T10:10:00Z", title="Red"),
        starting("2024-05-02T23:30:00Z", title="Red"),
    )
    return listener


class Counted(BaseModel):
    times: int


class Maker:
    """Makes an answer that says the how many-eth it is."""

    def __init__(self):
        self.times = 0

    def __call__(self):
        self.times += 1
        return Counted(times=self.times)


def answered(user_id, make, path="/api/stats/made_up", query=""):
    """What a client gets from an address of its own, and how often it was worked out by then."""
    asked = {"type": "http", "method": "GET", "path": path, "query_string": query.encode()}
    answer = answers.answer(
        Request(asked | {"headers": [], "server": ("127.0.0.1", 8000)}), user_id, make
    )
    return Counted.model_validate_json(answer.body).times


def newer(client, listener, etag, address="summary"):
    """The answer as it is once it is not the one with this tag any more."""

    def changed():
        answer = ask(client, listener, address)
        return answer if answer.headers["etag"] != etag else None

    return eventually(changed, timeout=A_SECOND).json()


def test_a_client_that_has_the_answer_is_told_so_without_a_body(client, with_plays):
    for address in ADDRESSES:
        path = filled(client, with_plays, address)
        full = ask(client, with_plays, path)
        tag = full.headers["etag"]

        for known in (tag, f"W/{tag}", f'"other", {tag}'):
            again = ask(client, with_plays, path, headers={"if-none-match": known})

            assert (again.status_code, again.content) == (304, b""), address
            assert again.headers["etag"] == tag
            assert again.headers["cache-control"] == "private, no-cache"
        assert full.headers["cache-control"] == "private, no-cache"


def test_a_client_that_has_another_answer_gets_this_one(client, with_plays):
    full = ask(client, with_plays, "summary")

    for known in ('"other"', "", "other", full.headers["etag"].strip('"')):
        answer = ask(client, with_plays, "summary", headers={"if-none-match": known})

        assert (answer.status_code, answer.content) == (200, full.content)


def test_another_zone_shows_in_every_answer_within_a_second(client, with_plays):
    paths = [filled(client, with_plays, address) for address in ADDRESSES]
    before = {path: ask(client, with_plays, path) for path in paths}
    assert {answer.json()["period"]["zone"] for answer in before.values()} == {"UTC"}

    client.patch(f"/api/users/{with_plays.id}", json={"timezone": "Asia/Tokyo"})

    for path in paths:
        after = newer(client, with_plays, before[path].headers["etag"], path)
        assert after["period"]["zone"] == "Asia/Tokyo"


def test_an_import_shows_within_a_second_and_so_does_its_undo(client, with_plays):
    before = ask(client, with_plays, "summary")

    record, _ = imported(client, with_plays.id, starting("2024-06-01T10:00:00Z"))

    assert newer(client, with_plays, before.headers["etag"])["plays"] == 4
    changed = ask(client, with_plays, "summary")
    undo = client.post(f"/api/imports/{record['import_id']}/undo").json()
    run_task(client, undo["task_id"])
    assert newer(client, with_plays, changed.headers["etag"]) == before.json()
    assert ask(client, with_plays, "summary").headers["etag"] == before.headers["etag"]


def test_what_an_ingest_brought_shows_within_a_second(client, listener, demo):
    connect(client, listener.id)
    before = ask(client, listener, "summary")
    queued = client.post("/api/listening/ingest", params={"user_id": str(listener.id)}).json()

    run_task(client, queued["task_id"])

    assert before.json()["plays"] == 0
    assert newer(client, listener, before.headers["etag"])["plays"] == 50


def test_a_rule_shows_at_once_and_so_does_its_end(client, with_plays):
    before = ask(client, with_plays, "summary")
    whom = {"user_id": str(with_plays.id)}
    red = {"kind": "track", "track_id": ids_of(client, with_plays, "tracks")["Red"]}

    rule = client.post("/api/exclusions", params=whom, json=red).json()

    without = ask(client, with_plays, "summary")
    assert without.json()["plays"] == 1
    assert without.headers["etag"] != before.headers["etag"]
    client.delete(f"/api/exclusions/{rule['exclusion_id']}")
    assert ask(client, with_plays, "summary").content == before.content


def test_a_deleted_play_is_gone_at_once_and_comes_back_when_restored(client, with_plays):
    before = ask(client, with_plays, "summary")
    whom = {"user_id": str(with_plays.id)}
    newest = client.get("/api/plays", params=whom).json()["plays"][0]["play_id"]

    client.delete(f"/api/plays/{newest}", params=whom)

    without = ask(client, with_plays, "summary")
    assert without.json()["plays"] == 2
    client.post(f"/api/plays/{newest}/restore", params=whom)
    assert ask(client, with_plays, "summary").content == before.content


def test_a_merge_shows_within_a_second_and_so_does_its_end(client, with_plays):
    before = ask(client, with_plays, "top")
    with transaction() as session:
        blue, red = session.scalars(select(Track.id).order_by(Track.name))
        session.add(TrackMerge(track_id=blue, into_track_id=red, isrc="GBAYE0601498"))
        recordings.changed(session)

    merged = newer(client, with_plays, before.headers["etag"], "top")

    assert [(item["name"], item["plays"]) for item in merged["items"]] == [("Red", 3)]
    etag = ask(client, with_plays, "top").headers["etag"]
    client.delete(f"/api/merges/{blue}")
    assert newer(client, with_plays, etag, "top") == before.json()


def test_what_another_process_changed_shows_within_a_second(client, with_plays):
    before = ask(client, with_plays, "summary")
    command = [sys.executable, "-c", ANOTHER_PROCESS, str(with_plays.id)]

    subprocess.run(command, check=True, timeout=60, env=os.environ)

    after = newer(client, with_plays, before.headers["etag"])
    assert after["period"]["zone"] == "Asia/Tokyo"


def test_a_new_listener_is_not_taken_for_unknown(client, clean_database):
    class Nobody:
        id = UUID(NOWHERE)

    for _ in range(2):
        problem(ask(client, Nobody, "summary"), 404, "unknown_user")
    with transaction() as session:
        session.add(User(id=Nobody.id, display_name="Ada"))

    assert told(client, Nobody, "summary")["plays"] == 0


def test_a_listener_who_is_gone_is_not_told_of_for_longer_than_a_second(client, with_plays):
    told(client, with_plays, "summary")

    with transaction() as session:
        session.execute(delete(User).where(User.id == with_plays.id))

    gone = eventually(
        lambda: (found := ask(client, with_plays, "summary")).status_code == 404 and found,
        timeout=A_SECOND,
    )
    problem(gone, 404, "unknown_user")


def test_a_statistic_that_was_refused_is_told_as_soon_as_it_can_be(client, listener):
    whom = {"user_id": str(listener.id)}
    problem(client.get("/api/stats/artists/1", params=whom), 404, "unknown_artist")
    imported(client, listener.id, starting("2024-05-01T10:00:00Z"))
    path = filled(client, listener, "/api/stats/artists/{artist_id}")

    answer = eventually(
        lambda: (found := ask(client, listener, path)).status_code == 200 and found, A_SECOND
    )

    assert answer.json()["name"] == "The Painters"


def test_two_listeners_are_told_apart(client, a_listener, with_plays):
    other = a_listener()

    assert told(client, with_plays, "summary")["plays"] == 3
    assert told(client, other, "summary")["plays"] == 0


def test_without_redis_statistics_are_told_as_before(client, with_plays, clean_database):
    told_before = told(client, with_plays, "dashboard")
    cache.forget_all()

    _lead_redis_nowhere(clean_database)

    assert told(client, with_plays, "dashboard") == told_before
    assert told(client, with_plays, "dashboard") == told_before


def test_an_answer_is_worked_out_once_in_a_quarter_of_an_hour(listener, monkeypatch):
    make = Maker()

    for second in (0, 1, 899):
        monkeypatch.setattr("time.time", lambda now=NOON + second: now)
        assert answered(listener.id, make) == 1

    monkeypatch.setattr("time.time", lambda: NOON + 900)
    assert answered(listener.id, make) == 2


def test_what_was_today_yesterday_is_worked_out_anew(listener, monkeypatch):
    make = Maker()
    monkeypatch.setattr("time.time", lambda: NOON)
    answered(listener.id, make, query="range=today")

    monkeypatch.setattr("time.time", lambda: NOON + 86_400)

    assert answered(listener.id, make, query="range=today") == 2


def test_a_process_forgets_versions_of_listeners_when_they_are_too_many(client, with_plays):
    forgotten = answers._Known("0.None", until=0.0)
    answers._known.update({uuid4(): forgotten for _ in range(answers.MOST_KNOWN + 1)})

    told(client, with_plays, "summary")

    assert set(answers._known) == {with_plays.id}


def a_request(user_id, path="/api/stats/made_up"):
    """A request for the summary as the server hands it over."""
    query = f"user_id={user_id}".encode()
    return {"type": "http", "method": "GET", "path": path, "query_string": query, "headers": []}


def test_an_answer_at_hand_is_told_without_asking_anybody(listener):
    request = a_request(listener.id)
    assert answers.find(request) is None
    made = answers.answer(Request(request), listener.id, Maker())

    found = answers.find(request)

    assert (found.status_code, found.body) == (200, made.body)
    assert found.headers["etag"] == made.headers["etag"]


def test_one_request_looks_for_changes_while_the_others_are_answered(listener, monkeypatch):
    now = time.monotonic()
    monkeypatch.setattr("time.monotonic", lambda: now)
    request = a_request(listener.id)
    answers.answer(Request(request), listener.id, Maker())
    monkeypatch.setattr("time.monotonic", lambda: now + answers.LOOK_AGAIN_S + 0.01)

    first, second, third = (answers.find(request) for _ in range(3))

    assert first is None
    assert second.body == third.body
    monkeypatch.setattr("time.monotonic", lambda: now + 1)
    assert answers.find(request) is None


@pytest.mark.parametrize("query", [b"", b"user_id=", b"user_id=7", b"xuser_id=%s", b"user_id=%sx"])
def test_a_request_that_names_no_listener_is_left_to_the_app(listener, query):
    named = query.replace(b"%s", str(listener.id).encode())
    answers.answer(Request(a_request(listener.id)), listener.id, Maker())

    assert answers.find(a_request(listener.id) | {"query_string": named}) is None


def test_each_address_and_each_query_has_an_answer_of_its_own(listener):
    make = Maker()
    asked = [("/a", ""), ("/a", "limit=1"), ("/a", "limit=2"), ("/b", ""), ("/b", "limit=1")]

    first = [answered(listener.id, make, *one) for one in asked]
    again = [answered(listener.id, make, *one) for one in asked]

    assert first == again == [1, 2, 3, 4, 5]


def _lead_redis_nowhere(patch):
    patch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    get_settings.cache_clear()
    resources.redis().close()
    resources.redis.cache_clear()
