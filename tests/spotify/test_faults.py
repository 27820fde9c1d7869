import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.spotify.answers import refused

from spotify_insights.errors import Unavailable
from spotify_insights.spotify import faults
from spotify_insights.waiting import seconds_to_wait


@settings(deadline=None)
@given(st.none() | st.text() | st.integers().map(str) | st.floats().map(str))
def test_any_retry_after_gives_a_wait_between_a_second_and_a_day(header):
    wait = seconds_to_wait(header, faults.RATE_LIMIT_PAUSE)

    assert 1 <= wait <= 86_400


@settings(deadline=None)
@given(st.integers(min_value=1, max_value=86_400))
def test_a_wait_of_up_to_a_day_is_taken_at_its_word(seconds):
    wait = seconds_to_wait(str(seconds), faults.RATE_LIMIT_PAUSE)

    assert wait == seconds


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, 30),
        ("", 30),
        ("soon", 30),
        ("-1", 30),
        ("nan", 30),
        ("inf", 30),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 30),
        ("0", 1),
        (" 3 ", 3),
        ("74214", 74_214),
        ("999999", 86_400),
    ],
)
def test_retry_after_is_read_as_seconds(header, seconds):
    assert seconds_to_wait(header, faults.RATE_LIMIT_PAUSE) == seconds


@pytest.mark.parametrize(("headers", "seconds"), [({}, 3600), ({"retry-after": "120"}, 120)])
def test_a_used_up_quota_waits_an_hour_unless_spotify_says_otherwise(headers, seconds):
    answer = refused(429, "Too many requests", reason="QUOTA_EXCEEDED")
    answer.headers.update(headers)

    error = faults.refusal(answer)

    assert isinstance(error, Unavailable)
    assert error.code == "quota_exceeded"
    assert error.retry_after == seconds


@settings(deadline=None)
@given(st.integers(min_value=201, max_value=599), st.binary(max_size=64))
def test_every_refusal_has_a_meaning_whatever_its_body(status, body):
    error = faults.refusal(httpx2.Response(status, content=body))

    assert error.code
    assert error.detail


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b'{"a": ', b"[" * 5000, b"\xff"])
def test_a_body_that_is_no_json_object_counts_as_empty(body):
    assert faults.body_of(httpx2.Response(200, content=body)) == {}
