"""What a server would write into its access log."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from spotify_insights.web.app import app

TOKEN = "BQDa-planted.token_of~Ada"


def logged(method, path, query):
    """The query as the server's own scope has it when the answer starts."""
    return answered(method, path, query)["query_string"].decode()


def answered(method, path, query=""):
    """The server's own scope when the answer starts."""
    seen = []
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(b"host", b"127.0.0.1"), (b"content-type", b"application/json")],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 8000),
        "scheme": "http",
        "http_version": "1.1",
        "root_path": "",
    }

    async def receive():
        return {"type": "http.request", "body": b"{broken", "more_body": False}

    async def send(message):
        if message["type"] == "http.response.start":
            seen.append(dict(scope))

    # In a thread of its own, for a browser test may have left a loop in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, app(scope, receive, send)).result()
    (scope,) = seen
    return scope


@pytest.mark.parametrize("name", ["access_token", "ACCESS_TOKEN", "access%5Ftoken"])
def test_an_access_token_is_blanked_whatever_the_answer(clean_database, name):
    query = f"limit=1&{name}={TOKEN}&x=2"

    shown = logged("POST", "/api/wellness/insights", query)

    assert shown == f"limit=1&{name}=***&x=2"


def test_what_spotify_sends_back_is_blanked(clean_database):
    assert logged("GET", "/callback", "code=AQsecret&state=secret") == "code=***&state=***"


def test_other_queries_stay_as_they_are(clean_database):
    query = "encode=1&user_id=7&from=2024-05-01"

    assert logged("GET", "/api/stats/top", query) == query


@pytest.mark.parametrize("page", ["confirm", "unsubscribe", "feed"])
def test_the_secret_of_a_summary_s_link_is_blanked(clean_database, page):
    scope = answered("GET", f"/summaries/{page}/{TOKEN}")

    assert scope["path"] == f"/summaries/{page}/***"
    assert TOKEN.encode() not in scope["raw_path"]
