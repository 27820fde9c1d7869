import os
import subprocess
import sys
from pathlib import Path

import pytest

from spotify_insights import settings
from spotify_insights.settings import Settings, SettingsError


@pytest.fixture
def given(monkeypatch, tmp_path):
    """Settings from these variables alone, read in a folder of the test's own."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)

    def load(**variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return Settings.load()

    yield load
    settings.get_settings.cache_clear()


def refused(given, **variables):
    with pytest.raises(SettingsError) as caught:
        given(**variables)
    return str(caught.value)


def test_without_any_setting_it_is_the_demo_on_this_machine(given):
    found = given()

    assert found.is_demo
    assert found.environment == "development"
    assert (found.api_host, found.api_port) == ("127.0.0.1", 8000)
    assert found.redirect_uri == "http://127.0.0.1:8000/callback"
    assert found.accounts_url == "http://127.0.0.1:8001"
    assert found.spotify_base_url == "http://127.0.0.1:8001/v1"
    assert found.data_dir.is_absolute()
    assert (found.database_url, found.effective_redis_url, found.broker_url) == (None, None, None)


def test_with_a_client_id_it_is_the_real_spotify(given):
    found = given(SPOTIFY_CLIENT_ID="an-app")

    assert not found.is_demo
    assert found.accounts_url == "https://accounts.spotify.com"
    assert found.spotify_base_url == "https://api.spotify.com/v1"


def test_the_addresses_of_spotify_can_be_others(given):
    found = given(
        SPOTIFY_ACCOUNTS_URL="http://127.0.0.1:9/", SPOTIFY_API_URL="http://127.0.0.1:9/v1/"
    )

    assert found.accounts_url == "http://127.0.0.1:9"
    assert found.spotify_base_url == "http://127.0.0.1:9/v1"


def test_services_that_know_tags_are_the_public_ones_unless_others_are_given(given):
    found = given(MUSICBRAINZ_CONTACT="https://example.org/contact")

    assert found.musicbrainz_base_url == "https://musicbrainz.org"
    assert found.lastfm_base_url == "https://ws.audioscrobbler.com/2.0"
    assert given(MUSICBRAINZ_URL="http://127.0.0.1:9/").musicbrainz_base_url == "http://127.0.0.1:9"
    assert given(LASTFM_URL="http://127.0.0.1:9/2.0/").lastfm_base_url == "http://127.0.0.1:9/2.0"


def test_the_redirect_follows_the_port_unless_it_is_given(given):
    assert given(API_PORT="8123").redirect_uri == "http://127.0.0.1:8123/callback"

    own = "https://insights.example.org/callback"
    assert given(SPOTIFY_REDIRECT_URI=own).redirect_uri == own


@pytest.mark.parametrize(
    "variables",
    [
        {"ENVIRONMENT": "prod"},
        {"LOG_LEVEL": "loud"},
        {"API_PORT": "0"},
        {"API_PORT": "eighty"},
        {"API_PORT": "65536"},
        {"DEMO_PORT": "-1"},
        {"DEMO_SEED": "x"},
        {"ENRICH_CALLS_PER_DAY": "-1"},
        {"HISTORY_RETENTION_DAYS": "29"},
        {"HISTORY_RETENTION_DAYS": "forever"},
        {"DATABASE_URL": "mysql://secret@127.0.0.1/x"},
        {"DATABASE_URL": "secret"},
        {"DATABASE_URL": "postgresql://127.0.0.1:secret/x"},
        {"DATABASE_URL": "postgresql://me:sec[ret@127.0.0.1/x"},
        {"REDIS_URL": "http://secret@127.0.0.1"},
        {"REDIS_URL": "redis://127.0.0.1:secret/0"},
        {"REDIS_PORT": "secret"},
        {"REDIS_DB": "-1"},
        {"CELERY_BROKER_URL": "secret"},
        {"SECRET_KEY": "secret-but-too-short"},
        {"SECRET_KEY_OLD": "secret-but-too-short"},
        {"SPOTIFY_ACCOUNTS_URL": "secret"},
        {"SPOTIFY_API_URL": "ftp://127.0.0.1"},
        {"SPOTIFY_REDIRECT_URI": "http://localhost:8000/callback"},
        {"SPOTIFY_REDIRECT_URI": "http://127.0.0.1.evil.example/callback"},
        {"SPOTIFY_REDIRECT_URI": "http://[::1"},
        {"SPOTIFY_AUDIO_FEATURES": "on"},
        {"MUSICBRAINZ_CONTACT": "nobody"},
        {"MUSICBRAINZ_CONTACT": "ada@example.org\nx-secret: 1"},
        {"MUSICBRAINZ_CONTACT": "ada@example.org) (secret"},
        {"MUSICBRAINZ_URL": "secret"},
        {"LASTFM_URL": "ftp://127.0.0.1"},
        {"TAGS_CALLS_PER_DAY": "-1"},
        {"OPENAI_BASE_URL": "secret"},
        {"INSIGHTS_DATA": "some"},
    ],
    ids=str,
)
def test_a_wrong_value_is_one_line_that_names_the_variable_and_keeps_secrets(given, variables):
    line = refused(given, **variables)

    (name,) = variables
    assert line.startswith(f"{name}: ")
    assert len(line) > len(name) + 5
    assert "\n" not in line
    assert "secret" not in line


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8000/callback", "http://[::1]:8000/callback"]
)
def test_spotify_takes_loopback_addresses(given, address):
    assert given(SPOTIFY_REDIRECT_URI=address).redirect_uri == address


def test_an_empty_variable_is_none_at_all(given):
    assert given(SPOTIFY_CLIENT_ID="", API_PORT="").api_port == 8000


def test_four_names_make_one_address_of_redis(given):
    found = given(REDIS_HOST="redis.example", REDIS_PORT="7000", REDIS_DB="3")

    assert found.effective_redis_url == found.broker_url == "redis://redis.example:7000/3"


def test_a_password_of_redis_may_hold_anything(given):
    found = given(REDIS_HOST="127.0.0.1", REDIS_PASSWORD="p@ss/w:rd?")

    assert found.effective_redis_url == "redis://:p%40ss%2Fw%3Ard%3F@127.0.0.1:6379/0"


def test_one_url_goes_before_the_four_names(given):
    found = given(REDIS_HOST="127.0.0.1", REDIS_URL="rediss://other.example:1/2")

    assert found.effective_redis_url == found.broker_url == "rediss://other.example:1/2"


@pytest.mark.parametrize(
    ("redis", "broker"),
    [
        ("unix:///run/redis.sock", "redis+socket:///run/redis.sock?virtual_host=0"),
        ("unix:///run/redis.sock?db=4", "redis+socket:///run/redis.sock?virtual_host=4"),
    ],
)
def test_a_unix_socket_has_another_address_for_the_broker(given, redis, broker):
    assert given(REDIS_URL=redis).broker_url == broker


def test_the_broker_may_be_another(given):
    found = given(REDIS_HOST="127.0.0.1", CELERY_BROKER_URL="amqp://127.0.0.1//")

    assert found.broker_url == "amqp://127.0.0.1//"
    assert found.effective_redis_url == "redis://127.0.0.1:6379/0"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_a_database_goes_by_several_schemes(given, scheme):
    url = f"{scheme}://me:p%40ss@127.0.0.1:5432/insights?sslmode=require"

    assert given(DATABASE_URL=url).database_url.get_secret_value() == url


def test_a_file_in_the_working_folder_is_read_and_the_environment_goes_before_it(given):
    Path(".env").write_text("API_PORT=8123\nLOG_LEVEL=DEBUG\nOTHER=ignored\n")

    found = given(LOG_LEVEL="ERROR")

    assert (found.api_port, found.log_level) == (8123, "ERROR")


def test_a_wrong_value_in_the_file_is_named_too(given):
    Path(".env").write_text("API_PORT=eighty\n")

    assert refused(given).startswith("API_PORT: ")


def test_the_data_folder_is_absolute_and_knows_the_home(given, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))

    assert given(DATA_DIR="here").data_dir == tmp_path / "here"
    assert given(DATA_DIR="~/there").data_dir == tmp_path / "home" / "there"


def test_secrets_are_not_shown(given):
    found = given(
        SPOTIFY_CLIENT_SECRET="hidden",
        DATABASE_URL="postgresql://me:hidden@127.0.0.1/x",
        REDIS_PASSWORD="hidden",
        OPENAI_API_KEY="hidden",
        SECRET_KEY="hidden" * 6,
    )

    assert "hidden" not in repr(found)
    assert "hidden" not in str(found.model_dump())


def test_adopted_settings_hold_for_this_process_and_its_children(given, monkeypatch):
    monkeypatch.setenv("API_PORT", "8001")
    monkeypatch.setenv("DATA_DIR", "")
    given()

    adopted = settings.adopt(api_port=8123, data_dir=None)

    assert adopted.api_port == settings.get_settings().api_port == 8123
    assert (os.environ["API_PORT"], os.environ["DATA_DIR"]) == ("8123", "")


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        (
            {"ENVIRONMENT": "production"},
            (
                "ENVIRONMENT: production needs accounts, which this version does not have yet; "
                "use development, on this machine only\n"
            ),
        ),
        (
            {"API_HOST": "0.0.0.0"},
            "API_HOST: development answers on this machine only: use 127.0.0.1\n",
        ),
        ({"API_PORT": "eighty"}, None),
    ],
)
def test_a_start_that_is_not_possible_ends_with_one_line(tmp_path, variables, line):
    ours = {name.upper() for name in Settings.model_fields}
    env = {name: value for name, value in os.environ.items() if name.upper() not in ours}
    command = [sys.executable, "-m", "spotify_insights.cli", "start"]
    asked = {"cwd": tmp_path, "env": env | variables | {"DATA_DIR": str(tmp_path / "data")}}

    ended = subprocess.run(
        command, **asked, capture_output=True, text=True, timeout=60, check=False
    )

    (name,) = variables
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith(f"{name}: ")
    assert ended.stderr.count("\n") == 1
    assert line in (None, ended.stderr)
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("url", ["mail.example.org", "http://mail.example.org", "smtp://a:b@c:x"])
def test_the_mail_server_is_a_url_of_mail(given, url):
    said = refused(given, SMTP_URL=url)

    assert said.startswith("SMTP_URL: must be a URL such as smtp://")
    assert "a:b" not in said


@pytest.mark.parametrize(
    "sender",
    [
        *("insights", "a@b\nBcc: eve@example.org", "Insights <a@b", "a@b, c@d", "<a@b>"),
        *("Insights <a@b> <c@d>", "Ins\x01ights <a@b>", "ä@example.org"),
    ],
)
def test_mails_come_from_one_address(given, sender):
    assert refused(given, MAIL_FROM=sender).startswith("MAIL_FROM: ")


@pytest.mark.parametrize("sender", ["a@example.org", "Insights für dich <a@example.org>"])
def test_the_sender_of_mails_may_have_a_name(given, sender):
    assert given(MAIL_FROM=sender, SMTP_URL="smtps://a:b@mail.example.org").mail_from == sender


def test_links_lead_to_where_people_reach_the_instance(given):
    assert given().own_url == "http://127.0.0.1:8000"
    assert given(API_PORT="8123").own_url == "http://127.0.0.1:8123"
    assert given(PUBLIC_URL="https://insights.example.org/").own_url == (
        "https://insights.example.org"
    )
