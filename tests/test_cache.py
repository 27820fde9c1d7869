"""Answers that were worked out before: told again by this process, by Redis, or made anew."""

import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from spotify_insights import cache, resources
from spotify_insights.settings import get_settings

# What another process finds, which makes something else of it.
ANOTHER_PROCESS = """
import sys
from spotify_insights import cache
sys.stdout.buffer.write(cache.remember(sys.argv[1], lambda: b"made there"))
"""
A_FIFTH = cache.KEPT_BYTES // 5 + 1


class Maker:
    """Makes an answer, and counts how often it was asked to."""

    def __init__(self, answer=b"{}"):
        self.answer = answer
        self.times = 0

    def __call__(self):
        self.times += 1
        return self.answer


@pytest.fixture(autouse=True)
def forgotten(clean_database):
    cache.forget_all()
    yield
    cache.forget_all()


@pytest.fixture
def without_redis(clean_database):
    """Redis is away: nobody listens at its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"redis://127.0.0.1:{probe.getsockname()[1]}/0"
    resources.redis().close()
    clean_database.setenv("REDIS_URL", address)
    get_settings.cache_clear()
    resources.redis.cache_clear()


def in_another_process(key):
    command = [sys.executable, "-c", ANOTHER_PROCESS, key]
    return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout


def test_what_was_made_once_is_told_again():
    make = Maker()

    answers = [cache.remember("key", make) for _ in range(3)]

    assert (answers, make.times) == ([b"{}"] * 3, 1)
    assert cache.find("key") == b"{}"


def test_each_key_has_an_answer_of_its_own():
    cache.remember("one", Maker(b"1"))

    assert cache.remember("two", Maker(b"2")) == b"2"
    assert cache.remember("one", Maker(b"3")) == b"1"


def test_a_process_that_has_forgotten_asks_redis():
    cache.remember("key", Maker("Sigur Rós 🎵".encode()))
    cache.forget_all()
    make = Maker()

    again = cache.remember("key", make)

    assert (again.decode(), make.times) == ("Sigur Rós 🎵", 0)
    assert cache.find("key") == again


def test_what_one_process_made_another_one_tells():
    cache.remember("key", Maker(b"made here"))

    assert in_another_process("key") == b"made here"


def test_what_another_process_made_this_one_tells():
    assert in_another_process("key") == b"made there"

    assert cache.remember("key", Maker()) == b"made there"


def test_what_nobody_has_any_more_is_made_anew():
    cache.remember("key", Maker(b"old"))
    cache.forget_all()
    resources.redis().flushdb()

    assert cache.remember("key", Maker(b"new")) == b"new"


def test_redis_forgets_in_time():
    cache.remember("key", Maker())

    (name,) = resources.redis().keys("*")
    assert 0 < resources.redis().ttl(name) <= cache.KEPT_IN_REDIS_S


def test_without_redis_an_answer_is_made_and_kept_here(without_redis, caplog):
    make = Maker()

    answers = [cache.remember("key", make) for _ in range(3)]

    assert (answers, make.times) == ([b"{}"] * 3, 1)
    assert "cache: " in caplog.text


def test_what_many_ask_for_at_once_is_made_once():
    many = 16
    all_there, making = Barrier(many, timeout=30), Maker()

    def make():
        # Long enough for all others to come and wait.
        Event().wait(0.1)
        return making()

    def ask(_):
        all_there.wait()
        return cache.remember("key", make)

    with ThreadPoolExecutor(many) as threads:
        answers = list(threads.map(ask, range(many)))

    assert (answers, making.times) == ([b"{}"] * many, 1)


def test_what_cannot_be_made_is_not_kept_and_holds_nobody_up():
    def fail():
        raise LookupError("nothing there")

    for _ in range(2):
        with pytest.raises(LookupError):
            cache.remember("key", fail)

    assert cache.remember("key", Maker(b"now")) == b"now"


def test_a_process_keeps_so_many_bytes_and_forgets_what_was_not_asked_for_longest(without_redis):
    for key in "abcd":
        cache.remember(key, Maker(bytes(A_FIFTH)))
    cache.remember("a", Maker())

    cache.remember("e", Maker(bytes(A_FIFTH)))

    assert [key for key in "abcde" if cache.find(key)] == ["a", "c", "d", "e"]


def test_an_answer_larger_than_all_that_is_kept_is_told_and_not_kept(without_redis):
    cache.remember("small", Maker())
    large = bytes(cache.KEPT_BYTES + 1)

    assert cache.remember("large", Maker(large)) == large

    assert cache.find("large") is None
    assert cache.find("small") == b"{}"
