"""Engines that a killed start left running in our folders."""

import logging
import signal
import time
from pathlib import Path

import psutil

_log = logging.getLogger(__name__)


def end(
    program: str,
    folder: Path,
    leader: int | None,
    stop_signal: signal.Signals,
    patience: float = 30.0,
) -> None:
    """Stop what runs `program` in this folder: its leader in order, its lost children at once.

    Both engines work inside their data folder, which tells them from everybody else's.
    Without a known leader, every process found is one.
    """
    found = _find(program, folder)
    if not found:
        return
    _log.info("stopping %s, left running by a start that was killed", program)
    for process in found:
        is_leader = leader is None or process.pid == leader
        _send(process, stop_signal if is_leader else signal.SIGTERM)
    deadline = time.monotonic() + patience
    while left := _find(program, folder):
        if time.monotonic() > deadline:
            for process in left:
                _send(process, signal.SIGKILL)
        time.sleep(0.05)


def _find(program: str, folder: Path) -> list[psutil.Process]:
    """The dead that nobody has taken notice of have no folder, so they are not found."""
    return [
        process
        for process in psutil.process_iter(["name", "cwd"])
        if process.info["name"] == program and process.info["cwd"] == str(folder)
    ]


def _send(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return
