"""Kept answers over HTTP: a dashboard beside a bare endpoint that returns the same bytes.

python bench/answers.py [plays] [seconds]

One server process, as the product starts it, on our own engines; `wrk` asks (apt install wrk).
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import httpx2

from made_up_ledger import tidy, write_catalogue, write_listener
from spotify_insights import migrations
from spotify_insights.embedded import engines
from spotify_insights.settings import adopt

CONNECTIONS = (32, 200, 1_000)
HERE = Path(__file__).parent
READY_WITHIN_S = 30


class Load(NamedTuple):
    """What wrk saw: answers a second, the slowest hundredth in ms, anything but a good answer."""

    rate: float
    p99_ms: float
    errors: int


def main(plays: int, seconds: int) -> None:
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not installed: apt install wrk")
    folder = Path(tempfile.mkdtemp(prefix="insights-bench-", dir="/tmp"))
    try:
        with engines.started(folder) as ours:
            adopt(database_url=ours.database_url, redis_url=ours.redis_url, data_dir=folder)
            migrations.upgrade()
            measure(plays, seconds)
    finally:
        shutil.rmtree(folder)


def measure(plays: int, seconds: int) -> None:
    write_catalogue()
    user_id = write_listener(1, plays)
    tidy()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [sys.executable, HERE / "served.py", str(port)],
        env=os.environ | {"PYTHONPATH": str(HERE)},
    )
    try:
        wait_for(address)
        asked = f"user_id={user_id}&from=2025-01-01&to=2025-12-31&compare=previous"
        kept = f"{address}/api/stats/dashboard?{asked}"
        answer = httpx2.get(kept, timeout=60)
        answer.raise_for_status()
        httpx2.put(f"{address}/bare", content=answer.content).raise_for_status()
        print(f"{len(answer.content):,} bytes of a dashboard, {plays:,} plays\n")
        print("| connections | kept answers/s | bare endpoint/s | share | p99 | errors |")
        print("|---|---|---|---|---|---|")
        rows = []
        for connections in CONNECTIONS:
            bare = load(f"{address}/bare", connections, seconds)
            found = load(kept, connections, seconds)
            print(
                f"| {connections:,} | {found.rate:,.0f} | {bare.rate:,.0f}"
                f" | {found.rate / bare.rate:.0%} | {found.p99_ms:,.0f} ms | {found.errors} |"
            )
            rows.append({"connections": connections, "kept": found, "bare": bare})
        print("\n" + json.dumps(rows))
    finally:
        server.terminate()
        server.wait()


def wait_for(address: str) -> None:
    until = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < until:
        try:
            httpx2.get(f"{address}/health", timeout=1)
        except httpx2.TransportError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server did not start")


def load(url: str, connections: int, seconds: int) -> Load:
    told = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "--latency", url],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", told)
    slow = re.search(r"99%\s+([\d.]+)(us|ms|s)", told)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", told)
    broken = re.search(
        r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", told
    )
    assert rate, told
    assert slow, told
    in_ms = {"us": 0.001, "ms": 1.0, "s": 1000.0}[slow[2]]
    errors = sum(int(n) for found in (refused, broken) if found for n in found.groups())
    return Load(float(rate[1]), float(slow[1]) * in_ms, errors)


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    main(*(given + [100_000, 8][len(given) :]))
