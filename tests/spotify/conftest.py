"""A Redis of our own on a Unix socket, and settings that lead to it."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.backoff import ConstantBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from spotify_insights import resources
from spotify_insights.settings import get_settings

UNTIL_STARTED = Retry(ConstantBackoff(0.05), 200, supported_errors=(RedisError,))


@pytest.fixture(scope="session")
def redis_address() -> Iterator[str]:
    server = shutil.which("redis-server") or shutil.which("valkey-server")
    if server is None:
        pytest.skip("no redis-server on PATH")
    with tempfile.TemporaryDirectory() as folder:
        socket = Path(folder, "redis.sock")
        options = ["--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", folder]
        with subprocess.Popen([server, *options], stdout=subprocess.DEVNULL) as process:
            try:
                with Redis(unix_socket_path=str(socket), retry=UNTIL_STARTED) as probe:
                    probe.ping()
                yield f"unix://{socket}"
            finally:
                process.terminate()


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Settings of an app that is registered with Spotify; change them with `setenv`."""
    monkeypatch.setenv("SPOTIFY_CLIENT_ID", "our-app")
    monkeypatch.delenv("SPOTIFY_CLIENT_SECRET", raising=False)
    get_settings.cache_clear()
    yield monkeypatch
    get_settings.cache_clear()


@pytest.fixture
def private_redis(settings: pytest.MonkeyPatch, redis_address: str) -> Iterator[Redis]:
    settings.setenv("REDIS_URL", redis_address)
    resources.redis.cache_clear()
    redis = resources.redis()
    redis.flushdb()
    yield redis
    redis.close()
    resources.redis.cache_clear()
