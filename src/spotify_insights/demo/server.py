"""Runs the demo Spotify: one port, one line in the log."""

import logging
import socket

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

log = logging.getLogger(__name__)


def serve(host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT; raise OSError when the port is taken."""
    _refuse_taken_port(host, port)
    log.info("demo Spotify on %s port %d", host, port)
    Granian(
        "spotify_insights.demo.app:app",
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        log_level=LogLevels.error,
        websockets=False,
    ).serve()


def _refuse_taken_port(host: str, port: int) -> None:
    """Granian shares a port with whoever has it, and each would get half of the calls."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    socket.create_server((host, port), family=family).close()
