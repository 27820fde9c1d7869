import logging
from contextlib import suppress

import pytest
from tests.configured_log import configured_log

from spotify_insights.log import mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("GET /x?access_token=BQDsecret&limit=1", "GET /x?access_token=***&limit=1"),
        ("GET /callback?code=AQsecret&state=secret", "GET /callback?code=***&state=***"),
        ("refresh_token: AQCsecret", "refresh_token: ***"),
        ('{"access_token": "BQDsecret", "expires_in": 1}', '{"access_token": "***", '),
        ("{'refresh_token': 'AQCsecret'}", "{'refresh_token': '***'}"),
        ("client_secret=secret", "client_secret=***"),
        ("code_verifier=secret end", "code_verifier=*** end"),
        ("PASSWORD=secret", "PASSWORD=***"),
        ("authorization: Bearer BQDsecret", "authorization: Bearer ***"),
        ("Authorization: Basic c2VjcmV0", "Authorization: Basic ***"),
        ("postgresql://me:secret@127.0.0.1:5432/x", "postgresql://me:***@127.0.0.1:5432/x"),
        ("redis://:secret@127.0.0.1:6379/0", "redis://:***@127.0.0.1:6379/0"),
        ("redis://:sec&ret,'@127.0.0.1/0", "redis://:***@127.0.0.1/0"),
        ("redis://:sec@secret@127.0.0.1/0", "redis://:***@127.0.0.1/0"),
        ("from redis://:secret@a to redis://:secret@b", "from redis://:***@a to redis://:***@b"),
    ],
)
def test_a_secret_is_masked(text, masked):
    assert mask(text).startswith(masked)
    assert "secret" not in mask(text).removeprefix("client_secret")


@pytest.mark.parametrize(
    "text",
    [
        "Insights for Spotify is ready: http://127.0.0.1:8000",
        "http://127.0.0.1:8000/callback?email=ada@example.org",
        "http://127.0.0.1:8000?email=ada@example.org",
        "redis://127.0.0.1:6379/0 and ada@example.org",
        "http://[::1]:8000/ready",
        "postgresql://me@127.0.0.1:5432/x",
        "12:30:05 ingest 3f2a started, attempt 1",
        "spotify:track:4uLU6hMCjMI75M1A2tKUQC",
    ],
)
def test_what_is_no_secret_stays(text):
    assert mask(text) == text


def test_a_line_has_its_part_its_level_and_its_message(capfd):
    with configured_log("worker"):
        logging.getLogger("any").warning("token %s", "Bearer BQDsecret")

    line = capfd.readouterr().err
    assert line.endswith("worker   WARNING token Bearer ***\n")
    assert len(line.splitlines()) == 1


def test_a_trace_is_masked_as_well(capfd):
    with configured_log(), suppress(ValueError):
        _fail_with("redis://:hidden@127.0.0.1")

    shown = capfd.readouterr().err
    assert "Traceback" in shown
    assert "hidden" not in shown


def _fail_with(address):
    try:
        int(address)
    except ValueError:
        logging.getLogger("any").exception("failed with access_token=hidden")
        raise


def test_what_is_below_the_level_is_not_written(capfd):
    with configured_log(level="WARNING"):
        logging.getLogger("any").info("quiet")
        logging.getLogger("httpx2").info("GET https://accounts.spotify.com/api/token")

    assert capfd.readouterr().err == ""


def test_noisy_libraries_are_quiet_unless_something_is_wrong(capfd):
    with configured_log(level="DEBUG"):
        logging.getLogger("httpx2").info("GET /v1/me")
        logging.getLogger("httpx2").warning("odd")

    assert capfd.readouterr().err.endswith("odd\n")
