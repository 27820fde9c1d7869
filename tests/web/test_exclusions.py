import pytest
from sqlalchemy import select
from tests.listening.builders import a_play, an_episode
from tests.web.asking import NOWHERE, imported, problem, wrong_fields

from spotify_insights.listening.exclusions import MOST_RULES
from spotify_insights.models import Artist, Exclusion
from spotify_insights.models.statistics import ExclusionKind
from spotify_insights.resources import transaction

ROWS = (
    a_play("2024-05-01T10:00:00Z"),
    a_play("2024-05-01T10:10:00Z", artist="The Greens", title="Leaf"),
    a_play("2024-05-02T10:00:00Z"),
    an_episode("2024-05-03T10:00:00Z"),
)
NIGHT = {"kind": "hours", "first_hour": 22, "last_hour": 6}


@pytest.fixture
def ada(client, listener):
    imported(client, listener.id, *ROWS)
    return listener


def add(client, user, **rule):
    return client.post("/api/exclusions", params={"user_id": str(user.id)}, json=rule)


def rules_of(client, user):
    return client.get("/api/exclusions", params={"user_id": str(user.id)}).json()


def plays(client, user):
    return client.get("/api/stats/summary", params={"user_id": str(user.id)}).json()["plays"]


def artist_id(name):
    with transaction() as session:
        return session.scalars(select(Artist.id).where(Artist.name == name)).one()


def test_a_rule_leaves_plays_out_until_it_is_removed(client, ada):
    before = plays(client, ada)

    answer = add(client, ada, kind="artist", artist_id=artist_id("The Painters"))
    during = plays(client, ada)
    removed = client.delete(f"/api/exclusions/{answer.json()['exclusion_id']}")

    assert (answer.status_code, removed.status_code) == (201, 204)
    assert (before, during, plays(client, ada)) == (3, 1, 3)
    assert rules_of(client, ada) == []


def test_a_rule_says_what_it_is_about_and_how_much_it_leaves_out(client, ada):
    number = artist_id("The Painters")

    rule = add(client, ada, kind="artist", artist_id=number).json()

    assert rules_of(client, ada) == [rule]
    assert rule.pop("exclusion_id")
    assert rule.pop("created_at")
    nothing = ("album_id", "track_id", "show", "first_hour", "last_hour", "first_on", "last_on")
    assert rule == {
        "user_id": str(ada.id),
        "kind": "artist",
        "artist_id": number,
        **dict.fromkeys(nothing),
        "first_at": None,
        "last_at": None,
        "name": "The Painters",
        "artist": None,
        "plays": 2,
        "ms_played": 400_000,
    }


def test_rules_of_every_kind_come_oldest_first(client, ada):
    add(client, ada, **NIGHT)
    add(client, ada, kind="dates", first_on="2024-05-02", last_on="2024-05-02")
    add(client, ada, kind="show", show="The Show")
    add(client, ada, kind="session", at="2024-05-01T12:00:00+02:00")

    rules = rules_of(client, ada)

    assert [(rule["kind"], rule["plays"]) for rule in rules] == [
        *(("hours", 0), ("dates", 1), ("show", 1), ("session", 2)),
    ]
    assert (rules[3]["first_at"], rules[3]["last_at"]) == (
        *("2024-05-01T09:56:40Z", "2024-05-01T10:10:00Z"),
    )


def test_an_equal_rule_is_answered_again(client, ada):
    first, second = add(client, ada, **NIGHT), add(client, ada, **NIGHT)

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert len(rules_of(client, ada)) == 1


@pytest.mark.parametrize(
    ("rule", "code", "field"),
    [
        ({"kind": "album"}, "rule_incomplete", "album_id"),
        (NIGHT | {"show": "The Show"}, "rule_mixed_up", "show"),
        (NIGHT | {"last_hour": 22}, "hours_equal", "last_hour"),
        (
            {"kind": "dates", "first_on": "2024-05-02", "last_on": "2024-05-01"},
            *("dates_reversed", "last_on"),
        ),
        ({"kind": "track", "track_id": -1}, "without_artist", "track_id"),
        ({"kind": "track", "track_id": 2_147_483_647}, "not_heard", "track_id"),
        ({"kind": "session", "at": "0001-01-01T00:00:00+14:00"}, "no_session", "at"),
        ({"kind": "session", "at": "9999-12-31T23:59:59-12:00"}, "no_session", "at"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_with_the_field_to_change(client, ada, rule, code, field):
    assert set(wrong_fields(add(client, ada, **rule), code)) == {field}


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({}, "kind"),
        ({"kind": "mood"}, "kind"),
        ({"kind": "artist", "artist_id": 1 << 31}, "artist_id"),
        ({"kind": "artist", "artist_id": "The Painters"}, "artist_id"),
        ({"kind": "show", "show": ""}, "show"),
        ({"kind": "show", "show": "nul\0"}, "show"),
        ({"kind": "show", "show": "x" * 401}, "show"),
        (NIGHT | {"first_hour": 24}, "first_hour"),
        (NIGHT | {"last_hour": -1}, "last_hour"),
        ({"kind": "dates", "first_on": "2024-02-30", "last_on": "2024-03-01"}, "first_on"),
        ({"kind": "session", "at": "2024-05-01T12:00:00"}, "at"),
        (NIGHT | {"color": "red"}, "color"),
    ],
)
def test_what_is_malformed_is_named(client, ada, rule, field):
    assert set(wrong_fields(add(client, ada, **rule))) == {f"body.{field}"}


def test_too_many_rules_are_refused(client, ada):
    with transaction() as session:
        session.add_all(
            Exclusion(user_id=ada.id, kind=ExclusionKind.HOURS, first_hour=1, last_hour=2)
            for _ in range(MOST_RULES)
        )

    problem(add(client, ada, **NIGHT), 409, "too_many_exclusions")


def test_what_does_not_exist_is_not_found(client):
    whom = {"user_id": NOWHERE}

    problem(client.get("/api/exclusions", params=whom), 404, "unknown_user")
    problem(client.post("/api/exclusions", params=whom, json=NIGHT), 404, "unknown_user")
    problem(client.delete(f"/api/exclusions/{NOWHERE}"), 404, "unknown_exclusion")


def test_malformed_ids_are_named(client):
    assert set(wrong_fields(client.delete("/api/exclusions/1"))) == {"path.exclusion_id"}
    answer = client.get("/api/exclusions", params={"user_id": "1"})
    assert set(wrong_fields(answer)) == {"query.user_id"}
