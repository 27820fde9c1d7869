"""Starts child processes in order, restarts those that end, stops them in reverse order."""

import logging
import select
import signal
import time
from collections.abc import Callable, Collection, Sequence
from types import TracebackType
from typing import Self

from spotify_insights.embedded.processes import Child, Guard, Process
from spotify_insights.errors import Unavailable

STOP = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
_POLL = 0.02
_LAST_LINES = 8
_log = logging.getLogger(__name__)

Wait = Callable[[float | None], Collection[int]]


class Interrupted(Exception):
    """A stop signal came while a child was getting ready."""


def sleep(seconds: float | None) -> Collection[int]:
    """Wait without looking at signals."""
    select.select([], [], [], seconds)
    return ()


class Supervisor:
    """Children under one guard. `wait` sleeps and tells which signals came meanwhile."""

    def __init__(self, guard_lock: int, wait: Wait = sleep) -> None:
        self._guard = Guard(guard_lock)
        self._wait = wait
        self._processes: list[Process] = []
        self._is_hurried = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._stop()
        finally:
            self._guard.close()

    def start(self, child: Child) -> None:
        """Start a child and return when it is ready. Raises Unavailable if it does not get there.

        Raises Interrupted if a stop signal comes first.
        """
        process = Process(child, self._guard)
        self._processes.append(process)
        deadline = time.monotonic() + child.ready_within
        has_ended = False
        while not process.is_ready():
            is_late = child.restart and time.monotonic() > deadline
            if is_late or has_ended:
                raise _failed(process)
            # Looked at before the next question: a step may get ready by ending in between.
            has_ended = process.code is not None
            if STOP.intersection(self._wait(_POLL)):
                raise Interrupted
            self._look_after(self._processes[:-1])
        if not child.restart:
            self._processes.remove(process)
            process.kill()

    def keep_running(self) -> None:
        """Restart what ends, until a stop signal comes."""
        while not STOP.intersection(self._wait(self._next_restart())):
            self._look_after(self._processes)

    def _look_after(self, processes: Sequence[Process]) -> None:
        self._guard.keep()
        for process in processes:
            _restart_if_ended(process)

    def _next_restart(self) -> float | None:
        """Seconds until the next planned restart; None to wait for a signal alone."""
        planned = [process.restarts_at for process in self._processes if process.restarts_at]
        return max(0.0, min(planned) - time.monotonic()) if planned else None

    def _stop(self) -> None:
        for process in reversed(self._processes):
            if process.code is None and not self._is_hurried:
                process.ask_to_stop()
                self._await_end(process)
            process.kill()

    def _await_end(self, process: Process) -> None:
        deadline = time.monotonic() + process.child.stop_within
        while process.code is None and not self._is_hurried:
            if time.monotonic() > deadline:
                _log.warning("%s did not stop in time: killing it", process.child.name)
                return
            self._is_hurried = signal.SIGINT in self._wait(_POLL)


def _restart_if_ended(process: Process) -> None:
    if process.code is None:
        return
    if process.restarts_at is None:
        why = _describe(process)
        delay = process.plan_restart()
        _log.warning("%s %s: starting it again in %.1f s", process.child.name, why, delay)
    elif time.monotonic() >= process.restarts_at:
        process.start()


def _failed(process: Process) -> Unavailable:
    child = process.child
    detail = f"{child.name} {_describe(process)}"
    if child.engine is None:
        return Unavailable("child_failed", detail)
    lines = child.engine.log.read_text(errors="replace").splitlines()[-_LAST_LINES:]
    return Unavailable("engine_failed", "\n".join([f"{detail}; {child.engine.log} ends:", *lines]))


def _describe(process: Process) -> str:
    code = process.code
    if code is None:
        return f"was not ready within {process.child.ready_within:.0f} s"
    return f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
