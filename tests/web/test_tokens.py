from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from tests.configured_log import configured_log
from tests.web.asking import NOWHERE, connect, everything_stored, problem, wrong_fields

from spotify_insights import accounts
from spotify_insights.models import SpotifyToken
from spotify_insights.resources import transaction

ACCESS, REFRESH = "BQ-the-access-token-of-Ada", "AQ-the-refresh-token-of-Ada"


def test_a_stored_pair_has_an_id_and_an_end(client, listener):
    before = datetime.now(UTC)

    answer = connect(client, listener.id, expires_in=3600)

    assert answer.status_code == 200
    assert set(answer.json()) == {"token_id", "expires_at"}
    assert UUID(answer.json()["token_id"])
    ends = datetime.fromisoformat(answer.json()["expires_at"])
    assert timedelta(0) <= ends - before - timedelta(hours=1) < timedelta(minutes=1)


def test_a_token_that_lasts_a_year_is_believed(client, listener):
    answer = connect(client, listener.id, expires_in=31_536_000)

    ends = datetime.fromisoformat(answer.json()["expires_at"])
    assert ends > datetime.now(UTC) + timedelta(days=364)


def test_the_listener_is_connected_from_then_on(client, listener):
    connect(client, listener.id)

    user = client.patch(f"/api/users/{listener.id}", json={}).json()
    assert user["connection"] == "connected"


def test_a_second_pair_replaces_the_first(client, listener):
    first = connect(client, listener.id, access="first")

    second = connect(client, listener.id, access="second")

    assert second.json()["token_id"] == first.json()["token_id"]
    assert accounts.fresh_token(listener.id) == "second"


def test_no_table_holds_a_plain_token(client, listener):
    connect(client, listener.id, ACCESS, REFRESH)

    stored = everything_stored()

    assert stored["spotify_tokens"] != "[]"
    assert not [name for name, rows in stored.items() if ACCESS in rows or REFRESH in rows]


def test_the_same_token_is_sealed_differently_each_time(client, a_listener):
    first, second = a_listener(), a_listener()
    connect(client, first.id, ACCESS, REFRESH)
    connect(client, second.id, ACCESS, REFRESH)

    with transaction() as session:
        sealed = session.execute(SpotifyToken.__table__.select()).mappings().all()

    columns = ("access_token", "refresh_token")
    assert len({row[column] for row in sealed for column in columns}) == 4


def test_a_token_is_never_returned(client, listener):
    answer = connect(client, listener.id, ACCESS, REFRESH)
    shown = [answer, client.patch(f"/api/users/{listener.id}", json={}), client.get("/")]

    assert not [one.url for one in shown if ACCESS in one.text or REFRESH in one.text]


def test_a_token_is_never_logged_nor_told_back_when_it_is_refused(client, listener, capfd):
    with configured_log():
        good = connect(client, listener.id, ACCESS, REFRESH)
        refused = connect(client, listener.id, f"{ACCESS} \n", REFRESH, expires_in="soon")

    assert (good.status_code, refused.status_code) == (200, 422)
    for text in (*capfd.readouterr(), refused.text):
        assert ACCESS not in text
        assert REFRESH not in text


def test_tokens_in_the_query_are_not_taken(client, listener):
    query = {
        "user_id": str(listener.id),
        "access_token": ACCESS,
        "refresh_token": REFRESH,
        "expires_in": 3600,
    }

    problem(client.post("/api/tokens/store", params=query), 422, "invalid_request")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("access", ""),
        ("access", "with space"),
        ("access", "nul\0"),
        ("refresh", None),
        ("refresh", "x" * 4097),
        ("expires_in", 0),
        ("expires_in", -1),
        ("expires_in", 1e300),
        ("scope", "line\nbreak"),
        ("scope", None),
    ],
)
def test_a_wrong_value_is_named(client, listener, name, value):
    fields = wrong_fields(connect(client, listener.id, **{name: value}))

    (field,) = fields
    assert field.startswith(f"body.{name}")


def test_an_unknown_listener_is_not_found_and_nothing_is_kept(client):
    problem(connect(client, NOWHERE), 404, "unknown_user")

    assert everything_stored()["spotify_tokens"] == "[]"


def test_a_malformed_id_is_named(client):
    assert set(wrong_fields(connect(client, "ada"))) == {"body.user_id"}
