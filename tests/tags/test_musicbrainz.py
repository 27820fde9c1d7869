"""What is asked of MusicBrainz, and what is made of its answers."""

import httpx2
import pytest
from tests.spotify.answers import Script, ok

from spotify_insights import resources
from spotify_insights.errors import Unavailable
from spotify_insights.tags import Source, musicbrainz, pace

REFUSALS = [
    (httpx2.Response(429), "tags_busy"),
    (
        httpx2.Response(503, text="Your requests are exceeding the allowable rate limit."),
        "tags_busy",
    ),
    (httpx2.Response(401), "tags_refused"),
    (httpx2.Response(403, text="blocked"), "tags_refused"),
    (httpx2.Response(500), "tags_unavailable"),
    (httpx2.Response(502, html="<h1>Bad gateway</h1>"), "tags_unavailable"),
    (httpx2.ConnectError("refused"), "tags_unavailable"),
    (httpx2.ReadTimeout("slow"), "tags_unavailable"),
    (httpx2.Response(301, headers={"location": "/elsewhere"}), "tags_protocol"),
    (httpx2.Response(400, json={"error": "bad query"}), "tags_protocol"),
    (httpx2.Response(200, text="<html>"), "tags_protocol"),
    (httpx2.Response(200, text='{"artists": ['), "tags_protocol"),
    (httpx2.Response(200, content=b'{"artists": [{"name": "\xff"}]}'), "tags_protocol"),
    (httpx2.Response(200, json={"artists": "none"}), "tags_protocol"),
    (httpx2.Response(200, text="[" * 100_000), "tags_protocol"),
]


@pytest.fixture(autouse=True)
def _allowed(allowed):
    """The operator named a contact."""


def a_hit(name="The Painters", score=100, **tags):
    return {
        "name": name,
        "score": score,
        "tags": [{"name": tag.replace("_", " "), "count": count} for tag, count in tags.items()],
    }


def find(*hits, name="The Painters"):
    return musicbrainz.find_tags(name, transport=Script(ok({"artists": hits})).transport)


def test_the_artist_is_searched_for_by_name_with_our_contact():
    script = Script(ok({"artists": []}))

    musicbrainz.find_tags("The Painters", transport=script.transport)

    (request,) = script.requests
    assert str(request.url).startswith("https://musicbrainz.org/ws/2/artist?")
    assert request.url.params["query"] == 'artist:"The Painters"'
    assert request.url.params["fmt"] == "json"
    assert request.headers["user-agent"].startswith("InsightsForSpotify/")
    assert request.headers["user-agent"].endswith("( ada@example.org )")


def test_a_name_cannot_become_part_of_the_query():
    script = Script(ok({"artists": []}))

    musicbrainz.find_tags('A" OR tag:"b\\', transport=script.transport)

    assert script.requests[0].url.params["query"] == 'artist:"A\\" OR tag:\\"b\\\\"'


def test_the_tags_of_the_best_hit_are_told_most_used_first():
    found = find(a_hit(score=96, jazz=9), a_hit(score=100, art_rock=2, rock=5, noise=0))

    assert found == ["rock", "art rock"]


def test_a_score_may_come_as_text():
    assert find(a_hit(score="100", rock=1)) == ["rock"]


@pytest.mark.parametrize(
    "hit",
    [
        a_hit(score=94, rock=5),
        a_hit(name="The Painters Quartet", rock=5),
        a_hit(),
        {"name": "The Painters", "score": 100},
        {},
    ],
)
def test_who_may_be_someone_else_or_has_no_tags_has_none(hit):
    assert find(hit) == []


def test_a_name_in_other_marks_is_the_same_name():
    assert find(a_hit(name="Guns N\u2019 Roses", rock=5), name="Guns N' Roses") == ["rock"]


@pytest.mark.parametrize(
    ("answer", "code"), REFUSALS, ids=lambda one: getattr(one, "status_code", None)
)
def test_every_refusal_is_something_that_may_work_later(answer, code):
    with pytest.raises(Unavailable) as raised:
        musicbrainz.find_tags("The Painters", transport=Script(answer).transport)

    assert raised.value.code == code


def test_a_service_that_is_busy_is_left_alone_by_all_for_as_long_as_it_says():
    busy = Script(httpx2.Response(503, headers={"retry-after": "74214"}))
    later = Script(ok({"artists": []}))

    with pytest.raises(Unavailable) as told:
        musicbrainz.find_tags("The Painters", transport=busy.transport)
    with pytest.raises(Unavailable) as paused:
        musicbrainz.find_tags("The Sculptors", transport=later.transport)

    assert told.value.retry_after == 74_214
    assert (paused.value.code, later.requests) == ("tags_busy", [])
    assert paused.value.retry_after == pytest.approx(74_214, abs=30)


@pytest.mark.parametrize(
    ("header", "seconds"), [("0", 1), ("1e9", 86_400), ("soon", 60), ("nan", 60), ("-3", 60)]
)
def test_a_pause_lasts_between_a_second_and_a_day(header, seconds):
    busy = Script(httpx2.Response(429, headers={"retry-after": header}))

    with pytest.raises(Unavailable) as raised:
        musicbrainz.find_tags("The Painters", transport=busy.transport)

    assert raised.value.retry_after == seconds


def test_a_contact_that_is_refused_is_not_tried_again_for_an_hour():
    with pytest.raises(Unavailable):
        musicbrainz.find_tags("X", transport=Script(httpx2.Response(403)).transport)

    left = resources.redis().ttl(pace.pause_key(Source.MUSICBRAINZ))
    assert 3_500 < left <= 3_600
