"""The whole stack at rest: how fast it starts, what it weighs, how soon a job begins.

python bench/start.py
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import psutil

WARM_STARTS = 5
JOBS = 50
IDLE_S = 20
READY_WITHIN_S = 60
ENDS = {"SUCCESS", "FAILURE", "REVOKED"}
PARTS = {
    "--threads": "writer",
    "spotify_insights.cli web": "web",
    "spotify_insights.cli worker": "worker",
    "spotify_insights.cli beat": "beat",
    "spotify_insights.cli demo": "demo",
    "bin/postgres": "postgresql",
    "-server": "redis",
    "guard.py": "guard",
}


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="insights-bench-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        show(measure(folder / "data"))
    finally:
        shutil.rmtree(folder)


def measure(data_dir: Path) -> dict[str, Any]:
    with started(data_dir) as stack:
        cold = stack.seconds
    warm = []
    for _ in range(WARM_STARTS):
        with started(data_dir) as stack:
            warm.append(stack.seconds)
    with started(data_dir) as stack:
        time.sleep(IDLE_S)
        memory = stack.memory_mb()
        waits = sorted(stack.waits_ms(JOBS))
    return {
        "cold_start_s": round(cold, 2),
        "warm_start_s": round(median(warm), 2),
        "memory_mb": memory | {"all": sum(memory.values())},
        "wait_ms": {"median": round(median(waits)), "p95": round(quantiles(waits, n=20)[-1])},
    }


def show(figures: dict[str, Any]) -> None:
    rows = [
        ("cold start, fresh data folder", f"{figures['cold_start_s']:.2f} s"),
        (f"warm start, median of {WARM_STARTS}", f"{figures['warm_start_s']:.2f} s"),
        *((f"memory, {name}", f"{mb} MB") for name, mb in figures["memory_mb"].items()),
        *(
            (f"answer to job, {name} of {JOBS}", f"{ms} ms")
            for name, ms in figures["wait_ms"].items()
        ),
    ]
    print(f"{os.cpu_count()} cores; memory is the proportional set size after {IDLE_S} s at rest")
    for name, value in rows:
        print(f"{name:<32}{value:>10}")
    print(json.dumps({"bench": "start", **figures}))


class Stack:
    """A start of everything, on ports of its own."""

    def __init__(self, data_dir: Path) -> None:
        self.port, demo_port = free_ports(2)
        env = os.environ | {"DEMO_PORT": str(demo_port)}
        options = ("--data-dir", str(data_dir), "--port", str(self.port))
        begun = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "spotify_insights.cli", "start", *options],
            env=env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait_until_ready()
        self.seconds = time.perf_counter() - begun

    def _wait_until_ready(self) -> None:
        for _ in range(READY_WITHIN_S * 50):
            with suppress(OSError, HTTPException):
                if self.ask("GET", "/ready")[0] == 200:
                    return
            time.sleep(0.02)
        self.stop()
        sys.exit("The stack did not get ready.")

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            headers = {"content-type": "application/json"}
            connection.request(method, path, json.dumps(body) if body else None, headers)
            answer = connection.getresponse()
            return answer.status, json.load(answer)
        finally:
            connection.close()

    def memory_mb(self) -> dict[str, int]:
        """Of each part with its own children; pages that are shared are shared out."""
        kilobytes: Counter[str] = Counter({"start": pss_kb(self.process.pid)})
        for part in psutil.Process(self.process.pid).children():
            members = [part, *part.children(recursive=True)]
            kilobytes[name_of(part)] += sum(pss_kb(member.pid) for member in members)
        return {name: round(kb / 1024) for name, kb in kilobytes.most_common()}

    def waits_ms(self, count: int) -> Iterator[float]:
        """From the answer that takes an ingest to its start, one ingest after the other."""
        who = {"spotify_user_id": "bench", "display_name": "Bench"}
        user_id = self.ask("POST", "/api/users/register", who)[1]["user_id"]
        tokens = {"access_token": "BQD...", "refresh_token": "AQC...", "expires_in": 3600}
        self.ask("POST", "/api/tokens/store", {"user_id": user_id, **tokens})
        for _ in range(count):
            _, queued = self.ask("POST", f"/api/listening/ingest?user_id={user_id}")
            answered = time.time()
            started_at = self._ended(queued["task_id"])["started_at"]
            yield 1000 * (datetime.fromisoformat(started_at).timestamp() - answered)

    def _ended(self, task_id: str) -> dict[str, Any]:
        for _ in range(500):
            task = self.ask("GET", f"/api/tasks/{task_id}")[1]
            if task["status"] in ENDS:
                return task
            time.sleep(0.02)
        sys.exit(f"Task {task_id} did not end.")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(30)
        finally:
            self.process.kill()


@contextmanager
def started(data_dir: Path) -> Iterator[Stack]:
    stack = Stack(data_dir)
    try:
        yield stack
    finally:
        stack.stop()


def name_of(process: psutil.Process) -> str:
    command = " ".join(process.cmdline())
    return next((name for mark, name in PARTS.items() if mark in command), command)


def pss_kb(pid: int) -> int:
    """Proportional set size; 0 for a process that has just ended."""
    with suppress(OSError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return 0


def free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


if __name__ == "__main__":
    main()
