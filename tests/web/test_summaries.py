"""Weekly summaries over HTTP: read, chosen, confirmed, stopped, subscribed to."""

from xml.etree import ElementTree as ET

import pytest
from tests.digest.builders import (
    a_target,
    deliveries,
    hear,
    jobs_of,
    run,
    summaries_of,
    summarise,
    tell,
    the_target,
)
from tests.digest.conftest import mail_server, service
from tests.web.asking import NOWHERE, problem, run_task

from spotify_insights.digest import targets
from spotify_insights.models.job import JobKind
from spotify_insights.models.summary import Channel, TargetState

ADA = "ada@example.org"
FORM = {"content-type": "application/x-www-form-urlencoded"}
ATOM = "{http://www.w3.org/2005/Atom}"

__all__ = ["mail_server", "service"]


def add(client, listener, channel, address=None):
    body = {"channel": channel} | ({"address": address} if address else {})
    return client.post("/api/summaries/targets", params={"user_id": str(listener.id)}, json=body)


def secret_of(target):
    return targets.secret_of(the_target(target))


def test_a_summary_is_read_with_its_insight_and_deliveries(client, listener, service):
    a_target(listener, Channel.APPRISE, service.url)
    for job in tell(listener):
        run(job)

    (listed,) = client.get("/api/summaries", params={"user_id": str(listener.id)}).json()
    told = client.get(f"/api/summaries/{listed['summary_id']}").json()

    assert listed["figures"]["plays"] == {"now": 1, "before": None, "low": None, "high": None}
    assert listed["figures"]["top_artist"]["now"]["name"] == "The Painters"
    assert told["insight"]["status"] == "ready"
    (delivery,) = told["deliveries"]
    assert (delivery["state"], delivery["hint"]) == ("sent", "json://…")
    assert {name: told[name] for name in listed} == listed


def test_targets_are_added_listed_and_removed(client, listener, service):
    whom = {"user_id": str(listener.id)}
    added = add(client, listener, "apprise", service.url)
    again = add(client, listener, "apprise", service.url)
    feed = add(client, listener, "feed").json()

    listed = client.get("/api/summaries/targets", params=whom).json()

    assert (added.status_code, again.status_code) == (201, 200)
    assert added.json()["target_id"] == again.json()["target_id"]
    assert [one["channel"] for one in listed] == ["apprise", "feed"]
    assert (listed[0]["hint"], listed[0]["feed_url"]) == ("json://…", None)
    assert "a-secret-path" not in client.get("/api/summaries/targets", params=whom).text
    path = f"/api/summaries/targets/{feed['target_id']}"
    renewed = client.post(f"{path}/renew").json()
    assert renewed["feed_url"] != feed["feed_url"]
    assert client.delete(path).status_code == 204
    problem(client.delete(path), 404, "unknown_target")
    assert len(client.get("/api/summaries/targets", params=whom).json()) == 1


def test_adding_an_address_asks_it_by_mail(client, listener, mail_server):
    added = add(client, listener, "email", ADA).json()

    assert added["state"] == "unconfirmed"
    assert run_task(client, added["task_id"])["status"] == "SUCCESS"
    assert mail_server.mails[0]["To"] == ADA


def test_a_test_message_is_a_task(client, listener, service):
    target = add(client, listener, "apprise", service.url).json()

    queued = client.post(f"/api/summaries/targets/{target['target_id']}/test")

    assert queued.status_code == 202
    assert run_task(client, queued.json()["task_id"])["status"] == "SUCCESS"
    assert len(service.bodies) == 1


def test_a_failed_delivery_is_shown_and_tried_again(client, listener, service):
    a_target(listener, Channel.APPRISE, service.url)
    (job,) = tell(listener)
    service.status = 403
    run(job)
    (summary,) = summaries_of(listener)

    (shown,) = client.get(f"/api/summaries/{summary.id}").json()["deliveries"]
    page = client.get("/summaries", params={"user": str(listener.id)})
    service.status = 200
    queued = client.post(f"/api/summaries/deliveries/{shown['delivery_id']}/retry")

    assert (shown["state"], shown["attempts"]) == ("failed", 1)
    assert shown["error"] in page.text
    assert "Try again" in page.text
    assert run_task(client, queued.json()["task_id"])["status"] == "SUCCESS"
    path = f"/api/summaries/deliveries/{shown['delivery_id']}/retry"
    problem(client.post(path), 409, "not_failed")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/summaries/{id}"),
        ("DELETE", "/api/summaries/targets/{id}"),
        ("POST", "/api/summaries/targets/{id}/test"),
        ("POST", "/api/summaries/targets/{id}/renew"),
        ("POST", "/api/summaries/deliveries/{id}/retry"),
    ],
)
def test_what_does_not_exist_is_not_found(client, method, path):
    assert client.request(method, path.format(id=NOWHERE)).status_code == 404


def test_double_opt_in_from_the_page_to_the_first_mail(client, listener, mail_server):
    form = {"user": str(listener.id), "channel": "email", "address": ADA}
    answer = client.post("/summaries/targets", data=form, follow_redirects=False)
    (job,) = jobs_of(listener, JobKind.DELIVER)
    run(job)
    (asked,) = mail_server.mails
    link = next(
        word for word in asked.get_body(("plain",)).get_content().split() if "/confirm/" in word
    )
    path = link.removeprefix("https://insights.example.org")

    looked = client.get(path)

    assert answer.status_code == 303
    assert "a…@example.org" in looked.text
    assert looked.headers["referrer-policy"] == "no-referrer"
    assert tell(listener) == []
    assert client.post(path).status_code == 200
    shown = client.get("/summaries", params={"user": str(listener.id)}).text
    assert "Send a test" in shown
    assert ADA not in shown


def test_looking_at_a_link_changes_nothing(client, listener, mail_server):
    asked = a_target(listener, Channel.EMAIL, ADA, is_confirmed=False)
    for what in ("confirm", "unsubscribe"):
        for method in ("GET", "HEAD"):
            client.request(method, f"/summaries/{what}/{secret_of(asked)}")

    assert the_target(asked).state is TargetState.UNCONFIRMED


def test_one_click_in_a_mail_program_stops_the_mails(client, listener, mail_server):
    target = a_target(listener, Channel.EMAIL, ADA)
    path = f"/summaries/unsubscribe/{secret_of(target)}"
    elsewhere = {"origin": "https://mail.example", "sec-fetch-site": "cross-site", **FORM}

    stopped = client.post(path, content="List-Unsubscribe=One-Click", headers=elsewhere)
    again = client.post(path, content="List-Unsubscribe=One-Click", headers=elsewhere)

    assert (stopped.status_code, again.status_code) == (200, 200)
    assert the_target(target).state is TargetState.ENDED
    assert tell(listener) == []


@pytest.mark.parametrize(
    "path", ["/summaries/confirm/x", "/summaries/targets", "/summaries/unsubscribe"]
)
def test_nothing_else_is_open_to_other_sites(client, path):
    answer = client.post(path, headers={"origin": "https://evil.example"})

    problem(answer, 403, "cross_site")


@pytest.mark.parametrize("what", ["confirm", "unsubscribe"])
def test_a_link_that_leads_nowhere_says_so(client, what):
    for method in ("GET", "POST"):
        problem(client.request(method, f"/summaries/{what}/nothing"), 404, "unknown_link")


def test_the_pages_behind_links_speak_the_listeners_language(client, a_listener, mail_server):
    target = a_target(a_listener(locale="de-AT"), Channel.EMAIL, ADA)

    page = client.get(f"/summaries/unsubscribe/{secret_of(target)}").text

    assert '<html lang="de">' in page
    assert "abbestellen" in page


def test_a_feed_is_read_by_its_secret_address_and_told_once(client, listener, clean_database):
    feed = add(client, listener, "feed").json()
    path = feed["feed_url"].removeprefix("http://127.0.0.1:8000")
    empty = client.get(path)
    for job in tell(listener):
        run(job)

    full = client.get(path)
    known = client.get(path, headers={"if-none-match": full.headers["etag"]})

    assert full.headers["content-type"].startswith("application/atom+xml")
    assert full.headers["last-modified"].endswith("GMT")
    assert ET.fromstring(empty.content).findall(f"{ATOM}entry") == []
    (entry,) = ET.fromstring(full.content).findall(f"{ATOM}entry")
    (summary,) = summaries_of(listener)
    assert entry.findtext(f"{ATOM}id") == summary.id.urn
    assert (known.status_code, known.content) == (304, b"")
    assert [one.state for one in deliveries()] == ["sent"]
    problem(client.get("/summaries/feed/nothing.atom"), 404, "unknown_link")


def test_a_feed_does_not_show_a_week_before_its_insight_is_written(client, listener):
    path = f"/summaries/feed/{secret_of(a_target(listener))}.atom"
    hear(listener, 1)
    summarise(listener)

    before = ET.fromstring(client.get(path).content)

    assert before.findall(f"{ATOM}entry") == []


def test_everything_can_be_done_from_the_page(client, listener, service):
    whom = {"user": str(listener.id)}
    for channel, address in (("apprise", service.url), ("feed", "")):
        form = {**whom, "channel": channel, "address": address}
        assert client.post("/summaries/targets", data=form).status_code == 200
    apprise, feed = client.get(
        "/api/summaries/targets", params={"user_id": str(listener.id)}
    ).json()
    (job, _) = tell(listener)
    service.status = 404
    run(job)
    (failed,) = [one for one in deliveries() if one.state == "failed"]

    for path in (
        f"/summaries/deliveries/{failed.id}/retry",
        f"/summaries/targets/{apprise['target_id']}/test",
        f"/summaries/targets/{feed['target_id']}/renew",
        f"/summaries/targets/{feed['target_id']}/remove",
    ):
        assert client.post(path, follow_redirects=False).status_code == 303
    page = client.get("/summaries", params=whom).text

    assert "Your week" in page
    assert "json://…" in page
    assert "a-secret-path" not in page


def test_the_page_is_there_before_anything_else(client):
    assert "There is no summary yet" in client.get("/summaries").text


def test_an_address_that_is_none_is_refused_with_its_field(client, listener, mail_server):
    answer = add(client, listener, "email", "ada@example.org\r\nBcc: eve@example.org")

    assert problem(answer, 422, "not_an_address")["errors"][0]["field"] == "address"
