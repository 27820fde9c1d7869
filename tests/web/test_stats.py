from zoneinfo import available_timezones

import pytest
from sqlalchemy import text
from tests.listening.builders import a_play, an_episode
from tests.web.asking import NOWHERE, imported, problem, wrong_fields

from spotify_insights.listening.stats import clock
from spotify_insights.resources import transaction

NOTHING = {
    "plays": 0,
    "counted_plays": 0,
    "ms_played": 0,
    "distinct_tracks": 0,
    "distinct_artists": 0,
    "distinct_albums": 0,
    "days_active": 0,
    "first_play_at": None,
    "last_play_at": None,
    "is_estimated": False,
}
LIFETIME = {
    "first": None,
    "last": None,
    "days": None,
    "zone": "UTC",
    "compared_first": None,
    "compared_last": None,
}
FIRST, LAST = "0001-01-01", "9999-12-31"


def summary(client, user_id, **query):
    return client.get("/api/stats/summary", params={"user_id": str(user_id), **query})


@pytest.fixture
def with_plays(client, listener):
    """Three songs, one of them short and one private, and an episode."""
    imported(
        client,
        listener.id,
        a_play("2024-05-01T10:00:00Z", 200_000, title="Blue"),
        a_play("2024-05-02T10:00:00Z", 29_999, title="Red"),
        a_play("2024-05-03T23:30:00Z", 30_000, title="Green", incognito_mode=True),
        an_episode("2024-05-03T12:00:00Z"),
    )
    return listener


def test_a_summary_counts_music_apart_from_what_is_spoken(client, with_plays):
    answer = summary(client, with_plays.id)

    assert answer.status_code == 200
    assert answer.json() == {
        "plays": 3,
        "counted_plays": 2,
        "ms_played": 259_999,
        "distinct_tracks": 2,
        "distinct_artists": 1,
        "distinct_albums": 1,
        "days_active": 3,
        "first_play_at": "2024-05-01T09:56:40Z",
        "last_play_at": "2024-05-03T23:29:30Z",
        "is_estimated": False,
        "period": LIFETIME,
        "before": None,
        "skips": {"told": 3, "skipped": 0},
        "podcasts": {
            **NOTHING,
            "plays": 1,
            "counted_plays": 1,
            "ms_played": 1_800_000,
            "distinct_tracks": 1,
            "distinct_artists": 1,
            "distinct_albums": 1,
            "days_active": 1,
            "first_play_at": "2024-05-03T11:30:00Z",
            "last_play_at": "2024-05-03T11:30:00Z",
        },
        "audiobooks": NOTHING,
    }


def test_a_listener_without_plays_has_zeros_and_no_first_play(client, listener):
    nobody_told = {"told": 0, "skipped": 0}
    blocks = {"skips": nobody_told, "podcasts": NOTHING, "audiobooks": NOTHING}
    blocks |= {"period": LIFETIME, "before": None}

    assert summary(client, listener.id).json() == NOTHING | blocks


@pytest.mark.parametrize(
    ("query", "plays"),
    [
        ({"from": "2024-05-02"}, 2),
        ({"to": "2024-05-02"}, 2),
        ({"from": "2024-05-02", "to": "2024-05-02"}, 1),
        ({"from": "2024-05-04"}, 0),
        ({"from": "2024-05-04", "tz": "Europe/Berlin"}, 1),
        ({"to": "2024-05-03", "tz": "Europe/Berlin"}, 2),
        ({"tz": "Europe/Berlin"}, 3),
    ],
)
def test_days_are_inclusive_and_those_of_the_zone(client, with_plays, query, plays):
    assert summary(client, with_plays.id, **query).json()["plays"] == plays


def test_the_listeners_own_zone_is_used_unless_another_is_named(client, with_plays):
    client.patch(f"/api/users/{with_plays.id}", json={"timezone": "Asia/Tokyo"})

    assert summary(client, with_plays.id, **{"from": "2024-05-04"}).json()["plays"] == 1
    utc = {"from": "2024-05-04", "tz": "UTC"}
    assert summary(client, with_plays.id, **utc).json()["plays"] == 0


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
@pytest.mark.parametrize("hour", [0, 6])
def test_the_first_and_the_last_day_of_the_calendar_are_days(client, with_plays, zone, hour):
    client.patch(f"/api/users/{with_plays.id}", json={"day_starts_at": hour})

    def plays(**query):
        answer = summary(client, with_plays.id, tz=zone, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()["plays"]

    assert plays(**{"from": FIRST, "to": LAST}) == 3
    assert plays(**{"from": FIRST}) == plays(to=LAST) == 3
    assert plays(**{"from": LAST}) == plays(to=FIRST) == 0
    assert plays(**{"from": FIRST, "to": FIRST}) == plays(**{"from": LAST, "to": LAST}) == 0


def test_a_range_that_ends_before_it_starts_is_refused(client, listener):
    answer = summary(client, listener.id, **{"from": "2024-05-02", "to": "2024-05-01"})

    assert set(wrong_fields(answer, "range_reversed")) == {"to"}


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "localtime", "nul\0", "../../etc/passwd"])
def test_an_unknown_zone_is_refused(client, listener, zone):
    assert set(wrong_fields(summary(client, listener.id, tz=zone), "unknown_zone")) == {"tz"}


def test_the_database_knows_every_zone_that_is_accepted(clean_database):
    query = text("select now() at time zone zone from unnest(cast(:zones as text[])) as zone")

    with transaction() as session:
        rows = session.execute(query, {"zones": sorted(clock.zones())}).all()

    assert len(rows) == len(clock.zones()) > 400
    assert available_timezones() - clock.zones() <= {"localtime"}


@pytest.mark.parametrize("day", ["2024-02-30", "yesterday", "", "10000-01-01", "0000-01-01"])
@pytest.mark.parametrize("name", ["from", "to"])
def test_what_is_no_day_is_named(client, listener, name, day):
    assert set(wrong_fields(summary(client, listener.id, **{name: day}))) == {f"query.{name}"}


def test_an_unknown_listener_is_not_found(client):
    problem(summary(client, NOWHERE), 404, "unknown_user")


def test_a_malformed_id_is_named(client):
    assert set(wrong_fields(summary(client, "1"))) == {"query.user_id"}
