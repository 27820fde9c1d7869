"""The demo Spotify in a process of its own, and the settings that lead to it."""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pytest
from tests.eventually import eventually

from spotify_insights.settings import Settings, get_settings

SEED = 1


class DemoServer:
    """A demo Spotify that runs; its switches are those of `spotify_insights.demo.app`."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.seed = SEED
        self.url = f"http://127.0.0.1:{port}"
        self._http = httpx2.Client(base_url=self.url, timeout=10)

    def switch(self, **switches: object) -> None:
        answer = self._http.put("/demo/switches", json=switches)
        assert answer.status_code == 200, answer.text

    def reset(self) -> None:
        self._http.delete("/demo/switches")

    def calls(self) -> dict[str, int]:
        """How often each path was asked since the start."""
        return dict(self._http.get("/demo/calls").json())

    def is_up(self) -> bool:
        try:
            self.calls()
        except httpx2.TransportError:
            return False
        return True

    def close(self) -> None:
        self._http.close()


@contextmanager
def running_demo() -> Iterator[DemoServer]:
    """Start a demo Spotify on a free port, in a folder without a `.env` file."""
    demo = DemoServer(_free_port())
    ours = {name.upper() for name in Settings.model_fields}
    env = {name: value for name, value in os.environ.items() if name.upper() not in ours}
    env |= {"DEMO_PORT": str(demo.port), "DEMO_SEED": str(demo.seed), "LOG_LEVEL": "ERROR"}
    command = [sys.executable, "-m", "spotify_insights.cli", "demo"]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(command, cwd=folder, env=env) as process,
    ):
        try:
            eventually(demo.is_up, timeout=30)
            yield demo
        finally:
            demo.close()
            process.terminate()


@pytest.fixture(scope="session")
def demo_server() -> Iterator[DemoServer]:
    with running_demo() as demo:
        yield demo


@pytest.fixture
def demo(demo_server: DemoServer, clean_database: pytest.MonkeyPatch) -> DemoServer:
    """The demo Spotify with all switches at rest; this process asks it."""
    demo_server.reset()
    clean_database.setenv("DEMO_PORT", str(demo_server.port))
    get_settings.cache_clear()
    return demo_server


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
