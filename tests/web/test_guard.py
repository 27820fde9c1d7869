import pytest
from fastapi.testclient import TestClient
from tests.web.asking import problem, registered

from spotify_insights.web.app import app, create_app

HOME = "http://127.0.0.1:8000"


@pytest.fixture
def caller(clean_database):
    """The app as someone at that address sees it."""

    def at(address, url=HOME, over=app):
        client = (address, 50_000) if address else None
        return TestClient(over, url, client=client, raise_server_exceptions=False)

    return at


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", None])
def test_callers_on_this_machine_are_answered(caller, address):
    assert caller(address).get("/health").status_code == 200


@pytest.mark.parametrize(
    "address", ["192.168.1.20", "10.0.0.1", "8.8.8.8", "0.0.0.0", "fe80::1%eth0", "2001:db8::1"]
)
def test_callers_from_elsewhere_are_refused(caller, address):
    for path in ("/health", "/", "/static/style.css", "/api/tasks/1"):
        problem(caller(address).get(path), 403, "not_loopback")


def test_what_a_proxy_says_about_the_caller_changes_nothing(caller):
    headers = {"x-forwarded-for": "127.0.0.1", "forwarded": "for=127.0.0.1"}

    problem(caller("8.8.8.8").get("/health", headers=headers), 403, "not_loopback")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8000", "localhost:8000", "LOCALHOST", "[::1]", "[::1]:8000"]
)
def test_names_of_this_machine_are_answered(client, host):
    assert client.get("/health", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "127.0.0.1@evil.example",
        "192.168.1.20:8000",
        "[::1",
        "[2001:db8::1]",
        "",
    ],
)
def test_other_names_are_refused_because_a_page_could_point_its_own_here(client, host):
    problem(client.get("/health", headers={"host": host}), 403, "unknown_host")


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:8000"},
        {"origin": "http://127.0.0.1:9000"},
        {"origin": "http://127.0.0.1"},
        {"origin": "null"},
        {"origin": "http://["},
        {"origin": ""},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": HOME, "sec-fetch-site": "cross-site"},
    ],
)
def test_another_site_may_not_write(client, headers):
    client.headers = headers

    problem(registered(client), 403, "cross_site")
    problem(client.patch("/api/users/1", json={}), 403, "cross_site")
    problem(client.post("/imports"), 403, "cross_site")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": HOME},
        {"origin": HOME, "sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
    ],
)
def test_programs_and_our_own_pages_may_write(client, headers):
    client.headers = headers

    assert registered(client).status_code == 201


def test_our_own_pages_may_write_over_ipv6(caller):
    client = caller("::1", "http://[::1]:8000")
    client.headers = {"origin": "http://[::1]:8000", "sec-fetch-site": "same-origin"}

    assert registered(client).status_code == 201


def test_a_link_from_another_site_may_be_followed(client):
    headers = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}

    assert client.get("/health", headers=headers).status_code == 200


def test_every_answer_tells_browsers_what_it_may_do(client):
    pages = ["/", "/docs", "/health", "/api/tasks/1", "/missing", "/static/style.css"]
    answers = [client.get(path) for path in pages]
    answers.append(client.get("/", headers={"host": "evil.example"}))

    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"


def test_an_error_of_ours_is_guarded_as_well(caller):
    broken = create_app()
    broken.get("/broken")(lambda: 1 / 0)

    answer = caller("127.0.0.1", over=broken).get("/broken")

    problem(answer, 500, "internal_error")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_no_other_site_may_read_an_answer(client):
    answer = client.get("/health", headers={"origin": "https://evil.example"})

    assert not [name for name in answer.headers if name.startswith("access-control")]
