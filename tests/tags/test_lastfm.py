"""What is asked of Last.fm, whose errors come with any status, and what is made of its answers."""

import logging
import traceback

import httpx2
import pytest
from tests.spotify.answers import Script, ok

from spotify_insights.errors import Unavailable
from spotify_insights.tags import lastfm

REFUSALS = [
    (ok({"error": 29, "message": "Rate limit exceeded"}), "tags_busy"),
    (httpx2.Response(429, json={"error": 29}), "tags_busy"),
    (httpx2.Response(403, json={"error": 10, "message": "Invalid API key"}), "tags_refused"),
    (ok({"error": 26, "message": "Suspended API key"}), "tags_refused"),
    (ok({"error": "4"}), "tags_refused"),
    (ok({"error": 11, "message": "Service Offline"}), "tags_unavailable"),
    (httpx2.Response(500, json={"error": 8}), "tags_unavailable"),
    (ok({"error": 16}), "tags_unavailable"),
    (httpx2.Response(500, text="oops"), "tags_unavailable"),
    (httpx2.ReadError("cut"), "tags_unavailable"),
    (ok({"error": 3, "message": "Invalid Method"}), "tags_protocol"),
    (ok({"toptags": 7}), "tags_protocol"),
    (ok([]), "tags_protocol"),
]


@pytest.fixture(autouse=True)
def _allowed(allowed):
    """The operator has a key."""


def find(body):
    return lastfm.find_tags("The Painters", transport=Script(ok(body)).transport)


def test_the_top_tags_of_this_very_name_are_asked_for():
    script = Script(ok({"toptags": {"tag": []}}))

    lastfm.find_tags("Björk & Co", transport=script.transport)

    (request,) = script.requests
    assert str(request.url).startswith("https://ws.audioscrobbler.com/2.0/?")
    assert dict(request.url.params) == {
        "method": "artist.gettoptags",
        "artist": "Björk & Co",
        "autocorrect": "0",
        "api_key": "a-secret-key",
        "format": "json",
    }


def test_tags_that_a_tenth_of_the_most_used_one_count_are_told():
    tags = [
        {"name": "Rock", "count": 100},
        {"name": "Indie", "count": "10"},
        {"name": "Live", "count": 9},
    ]

    assert find({"toptags": {"tag": tags}}) == ["rock", "indie"]


def test_a_single_tag_may_come_without_a_list():
    assert find({"toptags": {"tag": {"name": "Rock", "count": 100}}}) == ["rock"]


@pytest.mark.parametrize(
    "body", [{"error": 6, "message": "could not be found"}, {"toptags": {"tag": []}}, {}]
)
def test_an_artist_that_nobody_knows_or_tagged_has_no_tags(body):
    assert find(body) == []


@pytest.mark.parametrize("status", [400, 404])
def test_an_unknown_artist_is_one_whatever_the_status(status):
    script = Script(httpx2.Response(status, json={"error": 6}))

    assert lastfm.find_tags("The Painters", transport=script.transport) == []


@pytest.mark.parametrize(("answer", "code"), REFUSALS, ids=lambda one: str(one)[:20])
def test_every_refusal_is_something_that_may_work_later(answer, code):
    with pytest.raises(Unavailable) as raised:
        lastfm.find_tags("The Painters", transport=Script(answer).transport)

    assert raised.value.code == code


@pytest.mark.parametrize(
    "answer", [answer for answer, _ in REFUSALS], ids=lambda one: str(one)[:20]
)
def test_the_key_is_in_no_message(answer, caplog):
    caplog.set_level(logging.INFO, logger="spotify_insights")

    with pytest.raises(Unavailable) as raised:
        lastfm.find_tags("The Painters", transport=Script(answer).transport)

    told = "".join(traceback.format_exception(raised.value))
    ours = [one.getMessage() for one in caplog.records if one.name.startswith("spotify_insights")]
    assert "a-secret-key" not in told + "".join(ours)
