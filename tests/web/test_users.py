from datetime import datetime, timedelta
from uuid import UUID

import pytest
from tests.web.asking import NOWHERE, connect, problem, registered, wrong_fields

DEADLINES = ("disconnected_at", "api_data_deleted_by")
DEFAULTS = {
    "timezone": "UTC",
    "week_starts_on": 1,
    "day_starts_at": 0,
    "locale": "en",
    "ai_consent": False,
    "ai_consent_to": None,
    "ai_consent_at": None,
    "connection": "none",
    "disconnected_at": None,
    "is_demo": False,
    "email": None,
}


def change(client, user_id, **changes):
    return client.patch(f"/api/users/{user_id}", json=changes)


def test_a_new_listener_has_an_id_and_the_defaults(client):
    answer = registered(client, "Ada")

    user = answer.json()
    assert answer.status_code == 201
    assert UUID(user["user_id"])
    assert (user["spotify_user_id"], user["display_name"]) == ("id_of_Ada", "Ada")
    assert user["created_at"].endswith("Z")
    assert user | DEFAULTS == user


def test_registering_again_gives_the_same_listener_and_takes_over_the_name(client):
    first = registered(client, "Ada")

    second = registered(client, "Ada", display_name="Ada L.")

    assert second.status_code == 200
    assert second.json() == first.json() | {"display_name": "Ada L."}


def test_an_email_stays_when_it_is_not_sent_again(client):
    registered(client, "Ada", email="ada@example.org")

    assert registered(client, "Ada").json()["email"] == "ada@example.org"


def test_the_names_may_come_in_the_query(client):
    query = {"spotify_user_id": "id_of_Ada", "display_name": "Ada", "email": "ada@example.org"}

    answer = client.post("/api/users/register", params=query)

    assert answer.status_code == 201
    assert answer.json() | query == answer.json()


def test_where_query_and_body_differ_the_body_wins(client):
    query = {"spotify_user_id": "id_of_Ada", "display_name": "of the query"}

    answer = client.post("/api/users/register", params=query, json={"display_name": "of the body"})

    assert answer.json()["display_name"] == "of the body"


def test_what_is_missing_is_named(client):
    fields = wrong_fields(client.post("/api/users/register"))

    assert set(fields) == {"body.spotify_user_id", "body.display_name"}


@pytest.mark.parametrize(
    "name", ["", "nul \0", "line\nbreak", "escape \x1b[31m", "delete \x7f", "c1 \x9b", "x" * 201]
)
def test_a_name_is_one_line_of_200_characters_at_most(client, name):
    fields = wrong_fields(registered(client, display_name=name))

    assert set(fields) == {"body.display_name"}


def test_half_a_character_is_not_a_name(client):
    half = b'{"spotify_user_id": "ada", "display_name": "\\ud800"}'
    sent = {"content": half, "headers": {"content-type": "application/json"}}

    assert "body.display_name" in wrong_fields(client.post("/api/users/register", **sent))


def test_names_of_all_scripts_are_kept_as_they_are(client):
    name = "Björk 坂本龍一 🎧 <b>&amp;</b> ' OR 1=1 --"

    assert registered(client, name).json()["display_name"] == name


def test_a_huge_body_is_refused_and_the_server_goes_on(client):
    huge = registered(client, display_name="x" * 8_000_000)

    assert len(huge.content) < 10_000
    assert "body.display_name" in wrong_fields(huge)
    assert registered(client, "Ada").status_code == 201


@pytest.mark.parametrize("body", [b"{bad", b"\xff\xfe", b"[1]", b"null", b'"text"'])
def test_a_body_that_is_no_object_is_refused(client, body):
    sent = {"content": body, "headers": {"content-type": "application/json"}}

    problem(client.post("/api/users/register", **sent), 422, "invalid_request")


def test_a_body_nested_without_end_is_refused(client):
    sent = {"content": b"[" * 100_000, "headers": {"content-type": "application/json"}}

    problem(client.post("/api/users/register", **sent), 400, "bad_request")


def test_settings_that_are_sent_change_and_the_others_stay(client):
    user = registered(client).json()
    wanted = {
        "display_name": "Ada L.",
        "timezone": "Asia/Tokyo",
        "week_starts_on": 7,
        "day_starts_at": 6,
        "locale": "pt-BR",
        "ai_consent": True,
    }

    answers = [change(client, user["user_id"], **{name: wanted[name]}) for name in wanted]

    changed = answers[-1].json()
    assert [answer.status_code for answer in answers] == [200] * len(wanted)
    assert changed.pop("ai_consent_at")
    assert user | wanted | changed == changed | {"ai_consent_at": None}


def test_an_empty_change_changes_nothing(client):
    user = registered(client).json()

    assert change(client, user["user_id"]).json() == user


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("timezone", "Mars/Olympus", "Europe/Berlin"),
        ("timezone", "", "Europe/Berlin"),
        ("timezone", "localtime", "Europe/Berlin"),
        ("timezone", "../../etc/passwd", "Europe/Berlin"),
        ("week_starts_on", 0, "greater than or equal to 1"),
        ("week_starts_on", 8, "less than or equal to 7"),
        ("day_starts_at", -1, "greater than or equal to 0"),
        ("day_starts_at", 7, "less than or equal to 6"),
        ("locale", "german", "a-z"),
        ("ai_consent", "perhaps", "boolean"),
        ("display_name", "nul \0", "pattern"),
        ("is_demo", True, "not permitted"),
    ],
)
def test_a_wrong_setting_is_named_with_what_would_be_right(client, name, value, allowed):
    user = registered(client).json()

    fields = wrong_fields(change(client, user["user_id"], **{name: value}))

    assert allowed in fields[f"body.{name}"]
    assert change(client, user["user_id"]).json() == user


@pytest.mark.parametrize("name", ["display_name", "timezone", "week_starts_on", "ai_consent"])
def test_null_is_not_a_setting(client, name):
    user = registered(client).json()

    fields = wrong_fields(change(client, user["user_id"], **{name: None}))

    assert set(fields) == {f"body.{name}"}


def test_an_unknown_listener_is_not_found(client):
    problem(change(client, NOWHERE, display_name="Ada"), 404, "unknown_user")
    problem(change(client, NOWHERE), 404, "unknown_user")


def test_a_malformed_id_is_named(client):
    assert "path.user_id" in wrong_fields(change(client, "ada", display_name="Ada"))


def disconnect(client, user_id):
    return client.post(f"/api/users/{user_id}/disconnect")


def test_who_disconnects_learns_when_spotifys_data_is_gone(client):
    user = registered(client).json()
    connect(client, user["user_id"])

    answer = disconnect(client, user["user_id"])

    ended = answer.json()
    since, until = (datetime.fromisoformat(ended[name]) for name in DEADLINES)
    assert (answer.status_code, ended["connection"]) == (200, "none")
    assert until - since == timedelta(days=5)
    assert disconnect(client, user["user_id"]).json() == ended


def test_only_who_connected_can_disconnect(client):
    user = registered(client).json()

    problem(disconnect(client, user["user_id"]), 409, "not_connected")
    problem(disconnect(client, NOWHERE), 404, "unknown_user")
