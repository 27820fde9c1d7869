"""What somebody gets who starts the product for the first time, over HTTP alone."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from tests.e2e import answers
from tests.e2e.truth import assert_true
from tests.eventually import eventually
from tests.listening.archives.builders import FOLDER, a_row, a_zip, as_json
from tests.stack import Stack

A_MINUTE = timedelta(minutes=1)
DEMO_LISTENER = {"spotify_user_id": "demo_listener", "display_name": "Demo listener"}
TYPES = ("wellness", "roast", "productivity")
TONES = ("neutral", "supportive", "encouraging", "roast")
ENDS = {"SUCCESS", "FAILURE", "REVOKED"}
MANY_ROWS = 40_000


@pytest.fixture(scope="module")
def stack():
    with Stack.start() as stack:
        answers.hold_hour(stack.demo_url)
        yield stack


@pytest.fixture(scope="module")
def api(stack):
    with httpx2.Client(base_url=stack.url, timeout=30) as api:
        yield api


@pytest.fixture
def browser(stack):
    """Keeps cookies as a browser does; follows no redirect by itself."""
    with httpx2.Client(base_url=stack.url, headers={"accept": "text/html"}) as browser:
        yield browser


@pytest.fixture(scope="module")
def snapshot(api):
    """That of a listener whose tokens were stored, and who was ingested once."""
    user_id = register(api, "another_listener")
    tokens = {"access_token": "BQD...", "refresh_token": "AQC...", "expires_in": 3600}
    api.post("/api/tokens/store", json={"user_id": user_id, **tokens}).raise_for_status()
    wanted = {"user_id": user_id, "time_range": "medium_term"}
    queued = api.post("/api/listening/ingest", params=wanted).json()
    done = end_of_task(api, queued["task_id"])
    (snapshot,) = snapshots_of(api, user_id)
    assert done["result"] == {"snapshot_id": snapshot["snapshot_id"], "plays_added": 50}
    return snapshot


def test_a_fresh_start_shows_the_demo_listener_within_a_minute(stack, api):
    user_id = api.post("/api/users/register", json=DEMO_LISTENER).json()["user_id"]

    (snapshot,) = eventually(lambda: snapshots_of(api, user_id), timeout=60)

    began_at = datetime.fromtimestamp(stack.process.create_time(), UTC)
    assert datetime.fromisoformat(snapshot["created_at"]) - began_at < A_MINUTE
    assert snapshot["time_range"] == "medium_term"
    assert snapshot["sources"] == ["demo"]


@pytest.mark.parametrize("insight_type", TYPES)
@pytest.mark.parametrize("tone", TONES)
def test_every_tone_tells_what_spotify_answered(stack, api, snapshot, insight_type, tone):
    wanted = {"insight_type": insight_type, "tone_mode": tone}

    queued = api.post(
        "/api/insights/generate", params={"snapshot_id": snapshot["snapshot_id"], **wanted}
    ).json()
    end_of_task(api, queued["task_id"])

    insight = api.get(f"/api/insights/{queued['result']['insight_id']}").json()
    assert insight["status"] == "ready"
    assert {name: insight[name] for name in wanted} == wanted
    assert_true(insight, snapshot, answers.ask(stack.demo_url))


def test_an_upload_reports_its_rows_until_all_are_accounted_for(api, tmp_path):
    user_id = register(api, "an_importer")

    with an_export(tmp_path, MANY_ROWS).open("rb") as file:
        answer = api.post("/api/imports", params={"user_id": user_id}, files={"files": file})
    seen = progress_of(api, answer.json()["task_id"])

    record = api.get(f"/api/imports/{answer.json()['import_id']}").json()
    done = [progress["done"] for progress in seen]
    assert answer.status_code == 202
    assert [0, *done, MANY_ROWS] == sorted([0, *done, MANY_ROWS])
    assert all(progress["unit"] == "rows" for progress in seen)
    assert record["status"] == "succeeded"
    assert record["rows"] == sum(record["counts"].values()) == MANY_ROWS
    assert record["plays_new"] == record["counts"]["imported"] == MANY_ROWS


def test_who_agrees_at_spotify_comes_back_connected_and_is_collected(api, browser):
    back = consent(browser, "agree")
    arrived = browser.get(back)

    home = urlsplit(arrived.headers["location"])
    user_id, task_id = (parse_qs(home.query)[name][0] for name in ("user", "task"))
    done = end_of_task(api, task_id)
    assert (arrived.status_code, home.path) == (303, "/")
    assert api.patch(f"/api/users/{user_id}", json={}).json()["connection"] == "connected"
    assert done["result"]["snapshot_id"] == snapshots_of(api, user_id)[0]["snapshot_id"]
    assert browser.get(arrived.headers["location"]).status_code == 200


def test_who_denies_is_told_so_and_can_try_again(browser):
    refused = browser.get(consent(browser, "deny"))

    assert refused.status_code == 403
    assert "Spotify did not give consent. You can try again." in refused.text


def test_a_return_without_its_state_is_refused(stack, browser):
    back = urlsplit(consent(browser, "agree"))
    without = back._replace(query=f"code={parse_qs(back.query)['code'][0]}")

    assert_refused(stack, browser, without.geturl())


def test_a_return_in_another_browser_is_refused(stack, browser):
    back = consent(browser, "agree")
    browser.cookies.clear()

    assert_refused(stack, browser, back)


def test_a_return_is_taken_once(stack, browser):
    back = consent(browser, "agree")
    cookies = dict(browser.cookies)
    assert browser.get(back).status_code == 303

    browser.cookies.update(cookies)

    assert_refused(stack, browser, back)


def test_a_sign_in_that_starts_at_localhost_moves_to_where_it_will_return(stack, browser):
    moved = browser.get(f"{stack.url.replace('127.0.0.1', 'localhost')}/login")

    assert (moved.status_code, moved.headers["location"]) == (303, f"{stack.url}/login")
    assert not browser.cookies


def consent(browser, decision):
    """Start to connect and decide at Spotify; the address that Spotify sends the browser to."""
    asked = browser.get("/login")
    assert asked.status_code == 303
    decided = browser.get(f"{asked.headers['location']}&consent={decision}")
    assert decided.status_code == 302
    return decided.headers["location"]


def assert_refused(stack, browser, address):
    before = calls_for_tokens(stack)
    refused = browser.get(address)
    assert refused.status_code == 403
    assert "This sign-in was not started in this browser, or is too old." in refused.text
    assert calls_for_tokens(stack) == before


def calls_for_tokens(stack):
    return httpx2.get(f"{stack.demo_url}/demo/calls").json().get("/api/token", 0)


def register(api, name):
    user = api.post("/api/users/register", json={"spotify_user_id": name, "display_name": name})
    return user.json()["user_id"]


def snapshots_of(api, user_id):
    return api.get("/api/listening/snapshots", params={"user_id": user_id}).json()


def end_of_task(api, task_id):
    def ended():
        task = api.get(f"/api/tasks/{task_id}").json()
        return task if task["status"] in ENDS else None

    task = eventually(ended, timeout=30)
    assert task["status"] == "SUCCESS", task
    return task


def progress_of(api, task_id):
    """What is told of a task while it runs, and at its end."""

    def look():
        task = api.get(f"/api/tasks/{task_id}").json()
        if task["progress"]:
            seen.append(task["progress"])
        return task["status"] in ENDS

    seen = []
    eventually(look, timeout=60)
    return seen


def an_export(folder, count):
    """Plays half an hour apart."""
    first = datetime(2020, 1, 1, tzinfo=UTC)
    ends = (first + number * timedelta(minutes=30) for number in range(count))
    rows = (a_row(ts=f"{end:%Y-%m-%dT%H:%M:%SZ}") for end in ends)
    return a_zip(
        folder / "my_spotify_data.zip", {f"{FOLDER}Streaming_History_Audio_0.json": as_json(*rows)}
    )
