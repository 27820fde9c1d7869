"""A private Redis for sessions, caches and the queue's nudges."""

import signal
import socket
from pathlib import Path
from urllib.parse import quote

from spotify_insights.embedded import leftovers, programs
from spotify_insights.embedded.home import Home
from spotify_insights.embedded.processes import Child, Engine

_SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": "",
    "maxmemory": "256mb",
    # Dropping keys to make room would drop messages of the queue.
    "maxmemory-policy": "noeviction",
    "loglevel": "warning",
}
_FOR_TESTS = {"appendfsync": "no"}


def redis_url(home: Home) -> str:
    return f"unix://{quote(str(home.redis_socket), safe='/')}?db=0"


def child(home: Home, *, is_durable: bool) -> Child:
    """The server as a child process; before each start the one of a killed parent is stopped."""
    server = programs.redis_server(home)
    data = home.folder(server.generation)
    log = home.log("redis")

    def before_start() -> None:
        leftovers.end(server.path.name, data, None, signal.SIGTERM)

    settings = _SETTINGS if is_durable else _SETTINGS | _FOR_TESTS
    settings = settings | {
        "dir": str(home.seen(data)),
        "unixsocket": str(home.seen(home.redis_socket)),
    }
    options = [part for name, value in settings.items() for part in (f"--{name}", value)]
    return Child(
        name="redis",
        command=[server.path, *options],
        ready=lambda: _answers(home.redis_socket),
        engine=Engine(home.account, home.engines, home.open_files, log, before_start),
    )


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False
