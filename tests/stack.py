"""The whole product as `spotify-insights start` runs it, in a folder and on ports of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import httpx2
import psutil
from redis import Redis
from tests.conftest import _own_database
from tests.eventually import eventually

from spotify_insights.settings import Settings

READY_WITHIN = 60.0
STOPPED_WITHIN = 30.0
# What sets each child of a start apart, in its command line.
_MARKS = {name: f"spotify_insights.cli {name}" for name in ("web", "worker", "beat", "demo")} | {
    "postgresql": "bin/postgres -D",
    "redis": "-server unixsocket:",
    "guard": "guard.py",
}


@dataclass
class Stack:
    url: str
    demo_url: str
    data_dir: Path
    log: Path
    process: psutil.Popen

    @classmethod
    @contextmanager
    def start(cls, data_dir: Path | None = None, **settings: object) -> Iterator[Self]:
        """Everything up and ready; at the end of the block nothing of it is left.

        A `data_dir` that is given is kept; names of settings are written in lower case.
        """
        folder = Path(tempfile.mkdtemp(prefix="insights-stack-", dir="/tmp"))
        # The engines of root run as somebody else, who has to pass.
        folder.chmod(0o711)
        try:
            stack = cls._launch(folder, data_dir or folder / "data", settings)
            try:
                eventually(stack.is_ready_or_over, READY_WITHIN)
                assert stack.process.poll() is None, f"did not start:\n{stack.log_end()}"
                yield stack
            except AssertionError as error:
                error.add_note(stack.log_end())
                raise
            finally:
                stack.stop()
        finally:
            shutil.rmtree(folder)

    @classmethod
    def _launch(cls, folder: Path, data_dir: Path, settings: dict[str, object]) -> Self:
        port, demo_port = free_ports(2)
        given = {"data_dir": data_dir, "api_port": port, "demo_port": demo_port} | settings
        log = folder / "start.log"
        with log.open("wb") as output:
            process = psutil.Popen(
                [sys.executable, "-m", "spotify_insights.cli", "start"],
                env=environment(given),
                # A .env in our own folder is none of its business.
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        local = "http://127.0.0.1"
        urls = (f"{local}:{given[name]}" for name in ("api_port", "demo_port"))
        return cls(*urls, data_dir, log, process)

    def is_ready(self) -> bool:
        try:
            return httpx2.get(f"{self.url}/ready", timeout=5).status_code == 200
        except httpx2.TransportError:
            return False

    def is_ready_or_over(self) -> bool:
        return self.is_ready() or self.process.poll() is not None

    def child(self, name: str) -> psutil.Process:
        """The running web, worker, beat, demo, postgresql, redis or guard; waited for."""
        return eventually(lambda: self._find_child(_MARKS[name]), timeout=30)

    def _find_child(self, mark: str) -> psutil.Process | None:
        for child in self.process.children():
            with suppress(psutil.Error):
                if mark in " ".join(child.cmdline()):
                    return child
        return None

    def members(self) -> list[psutil.Process]:
        """Everything that runs for this data folder, whoever its parent is by now."""
        return [process for process in psutil.process_iter() if self._is_ours(process)]

    def _is_ours(self, process: psutil.Process) -> bool:
        with suppress(psutil.Error):
            if process.environ().get("DATA_DIR") == str(self.data_dir):
                return True
            return Path(process.cwd()).is_relative_to(self.data_dir)
        return False

    def stop(self, number: int = signal.SIGINT) -> int:
        """End it and return its exit code; an assertion error if anything is left."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            code = self.process.wait(STOPPED_WITHIN)
            eventually(lambda: not self.members(), timeout=15)
        finally:
            for process in self.members():
                with suppress(psutil.NoSuchProcess):
                    process.kill()
        return code

    def log_end(self, lines: int = 40) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def environment(settings: dict[str, object]) -> dict[str, str]:
    """Our environment with these settings of the product and no others."""
    ours = {
        name: value
        for name, value in os.environ.items()
        if name.lower() not in Settings.model_fields
    }
    return ours | {name.upper(): str(value) for name, value in settings.items()}


@contextmanager
def outside_engines(number: int) -> Iterator[dict[str, object]]:
    """Settings for a stack on the engines that TEST_* name, with a fresh database; else none.

    `number` is that of the test process: its own database and Redis are other ones.
    """
    server = os.environ.get("TEST_DATABASE_URL")
    if server is None:
        yield {}
        return
    redis_url = f"{os.environ['TEST_REDIS_URL'].rstrip('/')}/{number + 8}"
    with _own_database(server, number + 8) as database, Redis.from_url(redis_url) as redis:
        redis.flushdb()
        yield {"database_url": database, "redis_url": redis_url}


def free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
