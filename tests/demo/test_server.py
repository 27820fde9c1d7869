import signal
import socket
import subprocess
import sys

import httpx2
import pytest

from spotify_insights.demo.server import serve

PROGRAM = """
import logging, sys
from spotify_insights.demo.server import serve
logging.basicConfig(level="INFO", format="%(message)s")
serve("127.0.0.1", int(sys.argv[1]))
"""


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def server(free_port, tmp_path):
    """The demo Spotify in a process of its own, in a folder without a .env file."""
    command = [sys.executable, "-c", PROGRAM, str(free_port)]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_port_that_is_taken_is_refused():
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        serve(*taken.getsockname())


def test_the_server_answers_says_one_line_and_stops_when_told(server, free_port):
    first_line = server.stderr.readline()
    transport = httpx2.HTTPTransport(retries=5)
    with httpx2.Client(base_url=f"http://127.0.0.1:{free_port}", transport=transport) as client:
        me = client.get("/v1/me", headers={"authorization": "Bearer BQD..."})

    server.send_signal(signal.SIGTERM)
    _, the_rest = server.communicate(timeout=20)

    assert me.json()["type"] == "user"
    assert first_line == f"demo Spotify on 127.0.0.1 port {free_port}\n"
    assert the_rest == ""
    assert server.returncode == 0
