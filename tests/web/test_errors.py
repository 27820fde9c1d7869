import socket

import pytest
from fastapi import HTTPException
from fastapi.testclient import TestClient
from redis.exceptions import ConnectionError as RedisAway
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from tests.web.asking import NOWHERE, problem, registered

from spotify_insights import errors as kinds
from spotify_insights import resources
from spotify_insights.errors import InsightsError
from spotify_insights.listening.importing import Unreadable
from spotify_insights.settings import get_settings
from spotify_insights.spotify.faults import AccessExpired, Temporary
from spotify_insights.web import errors
from spotify_insights.web.app import create_app

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def raising(clean_database):
    """The app with one more page, which raises this error."""

    def build(error, path="/raising"):
        def raise_it():
            raise error

        app = create_app()
        # Before the other routes, because a page's path may stand for all that are left.
        app.get(path)(raise_it)
        address = ("127.0.0.1", 50_000)
        return TestClient(
            app, "http://127.0.0.1:8000", client=address, raise_server_exceptions=False
        )

    return build


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (kinds.NotFound("gone", "It is gone."), 404),
        (kinds.Invalid("wrong", "It is wrong.", field="name"), 422),
        (kinds.Conflict("taken", "It is taken."), 409),
        (kinds.ReconnectRequired("reconnect_required", "Connect again."), 409),
        (kinds.Forbidden("not_yours", "It is not yours."), 403),
        (kinds.Unavailable("busy", "It is busy."), 503),
        (Unreadable("not_an_export", "It is no export.", field="files"), 422),
        (AccessExpired(), 409),
        (Temporary("spotify_unavailable", "Spotify is away."), 503),
    ],
)
def test_each_kind_of_error_has_a_status_and_its_kinds_inherit_it(raising, error, status):
    body = problem(raising(error).get("/raising"), status, error.code)

    assert body["detail"] == error.detail


def test_every_kind_of_error_is_in_the_table():
    assert set(errors.STATUS) == set(InsightsError.__subclasses__())


def test_a_problem_has_these_parts_and_fields_only_where_fields_are_wrong(raising):
    without = raising(kinds.NotFound("gone", "It is gone.")).get("/raising").json()
    wrong = raising(kinds.Invalid("wrong", "It is wrong.", field="name")).get("/raising").json()

    assert without == {
        "type": "urn:insights:problem:gone",
        "title": "Not Found",
        "status": 404,
        "detail": "It is gone.",
        "code": "gone",
    }
    assert wrong["errors"] == [{"field": "name", "message": "It is wrong."}]


@pytest.mark.parametrize(
    ("asked", "told"), [(74_213.6, "74214"), (None, "10"), (0.2, "1"), (30, "30")]
)
def test_what_is_busy_says_when_to_come_back(raising, asked, told):
    busy = kinds.Unavailable("busy", "It is busy.", retry_after=asked)

    assert raising(busy).get("/raising").headers["retry-after"] == told


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OperationalError("select 1", {}, Exception("password=secret")), "database_unavailable"),
        (PoolTimeout(), "database_unavailable"),
        (RedisAway("redis://:secret@127.0.0.1"), "redis_unavailable"),
    ],
)
def test_an_engine_that_is_away_is_named_and_its_insides_are_not(raising, error, code):
    answer = raising(error).get("/raising")

    problem(answer, 503, code)
    assert answer.headers["retry-after"] == "5"
    assert "secret" not in answer.text


def test_a_bug_is_never_the_callers_fault_and_its_insides_are_only_in_the_log(raising, caplog):
    answer = raising(ValueError("inside")).get("/raising")

    problem(answer, 500, "internal_error")
    assert "inside" not in answer.text
    assert "inside" in caplog.text


def test_an_unknown_address_is_not_found(client):
    body = problem(client.get("/api/nothing"), 404, "not_found")

    assert "/api/nothing" in body["detail"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/api/users/register", "POST"),
        ("POST", f"/api/tasks/{NOWHERE}", "GET"),
        ("PUT", "/health", "GET"),
    ],
)
def test_a_wrong_method_says_which_are_right(client, method, path, allowed):
    answer = client.request(method, path)

    problem(answer, 405, "method_not_allowed")
    assert allowed in answer.headers["allow"]


def test_an_error_of_http_keeps_its_headers(raising):
    teapot = HTTPException(418, headers={"x-tea": "green"})

    answer = raising(teapot).get("/raising")

    problem(answer, 418, "im_a_teapot")
    assert answer.headers["x-tea"] == "green"


@pytest.mark.parametrize(
    ("path", "status"),
    [("/missing", 404), ("/wellness?insight=1", 422), (f"/wellness?insight={NOWHERE}", 404)],
)
def test_a_person_gets_a_page(client, path, status):
    answer = client.get(path, headers=BROWSER)

    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert "<h1" in answer.text


def test_a_page_shows_a_bug_and_a_wait_as_well(raising):
    bug = raising(ValueError("inside")).get("/raising", headers=BROWSER)
    wait = raising(kinds.Unavailable("busy", "Busy.")).get("/raising", headers=BROWSER)

    assert (bug.status_code, wait.status_code) == (500, 503)
    assert wait.headers["retry-after"] == "10"
    assert "<h1" in bug.text
    assert "<h1" in wait.text
    assert "inside" not in bug.text


def test_what_a_page_says_cannot_be_written_by_its_address(client):
    answer = client.get("/<script>alert(1)</script>", headers=BROWSER)

    assert answer.status_code == 404
    assert "<script>alert" not in answer.text


def test_a_program_gets_a_document_and_so_does_whoever_asks_the_api(client):
    for path, headers in (("/missing", {}), ("/api/missing", BROWSER)):
        problem(client.get(path, headers=headers), 404, "not_found")


def test_without_a_database_the_api_says_so_and_the_server_lives(client, clean_database):
    _lead_nowhere(clean_database, "DATABASE_URL", "postgresql://127.0.0.1:{}/none")

    problem(registered(client), 503, "database_unavailable")
    ready = client.get("/ready")
    assert (ready.status_code, ready.json()["database"]) == (503, False)
    assert client.get("/health").status_code == 200


def test_without_redis_what_needs_none_works(client, clean_database):
    _lead_nowhere(clean_database, "REDIS_URL", "redis://127.0.0.1:{}/0")

    assert registered(client).status_code == 201
    ready = client.get("/ready").json()
    assert (ready["redis"], set(ready["queues"].values())) == (False, {False})
    problem(client.get("/login", follow_redirects=False), 503, "redis_unavailable")


def _lead_nowhere(patch, name, address):
    """Point a setting to a port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    patch.setenv(name, address.format(port))
    get_settings.cache_clear()
    resources.engine().dispose()
    resources.engine.cache_clear()
    resources.redis().close()
    resources.redis.cache_clear()
