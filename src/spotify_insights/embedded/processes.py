"""Child processes that do not outlive us, not even when we are killed.

Each child leads its own session and process group. Linux signals the leader when we die; a guard
process does the same on every system, and ends what is left of the group.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from spotify_insights.embedded.account import Account, identity

_GUARD = Path(__file__).with_name("guard.py")
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_DELAYS = (0.2, 0.5, 1.0, 2.0, 5.0)
_STEADY_AFTER = 10.0


@dataclass(frozen=True)
class Engine:
    """What sets an engine apart from our own programs: it gets nothing of our environment."""

    account: Account | None
    folder: Path
    open_files: Sequence[int]
    log: Path
    before_start: Callable[[], None]


@dataclass(frozen=True)
class Child:
    """A process to run. `env` is added to our environment.

    `ready` is asked at the first start until it says True. A child that is not restarted is a step:
    it has to end with 0 before the next child starts.
    """

    name: str
    command: Sequence[str | Path]
    env: Mapping[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within: float = 10.0
    ready: Callable[[], bool] | None = None
    ready_within: float = 30.0
    restart: bool = True
    engine: Engine | None = None


class Guard:
    """Our end of the guard process. `lock` stays locked until the guard has ended."""

    def __init__(self, lock: int) -> None:
        self._lock = lock
        self._watched: dict[int, int] = {}
        self._start()

    def watch(self, group: int, stop_signal: int) -> None:
        self._watched[group] = stop_signal
        self._tell(f"+ {group} {stop_signal}")

    def forget(self, group: int) -> None:
        self._watched.pop(group, None)
        self._tell(f"- {group}")

    def keep(self) -> None:
        """Start it again if it has ended."""
        if self._process.poll() is not None:
            os.close(self._input)
            self._start()

    def close(self) -> None:
        os.close(self._input)
        self._process.wait()

    def _start(self) -> None:
        """Start a guard that finds what we watch in its input from its first moment on."""
        output, self._input = os.pipe()
        for group, stop_signal in self._watched.items():
            self._tell(f"+ {group} {stop_signal}")
        self._process = subprocess.Popen(  # noqa: S603  our own file
            # Isolated and without site-packages it starts in 15 ms and stays small.
            [sys.executable, "-I", "-S", _GUARD],
            stdin=output,
            start_new_session=True,
            pass_fds=[self._lock],
        )
        os.close(output)

    def _tell(self, line: str) -> None:
        # A guard that has ended hears it from `keep`.
        with suppress(BrokenPipeError):
            os.write(self._input, f"{line}\n".encode())


class Process:
    """A child that was started, and may be started again."""

    def __init__(self, child: Child, guard: Guard) -> None:
        self.child = child
        self._guard = guard
        self._failures = 0
        self.restarts_at: float | None = None
        self.start()

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def code(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return self._popen.poll()

    def start(self) -> None:
        self._started_at = time.monotonic()
        if self.child.engine:
            self.child.engine.before_start()
        self._popen = _popen(self.child, self._guard)
        self._guard.watch(self.pid, self.child.stop_signal)
        self.restarts_at = None

    def is_ready(self) -> bool:
        if not self.child.restart:
            return self.code == 0
        return self.child.ready is None or self.child.ready()

    def plan_restart(self) -> float:
        """Clear up after the ended process; return the seconds until its next start."""
        self.kill()
        if time.monotonic() - self._started_at > _STEADY_AFTER:
            self._failures = 0
        delay = _DELAYS[min(self._failures, len(_DELAYS) - 1)]
        self._failures += 1
        self.restarts_at = time.monotonic() + delay
        return delay

    def ask_to_stop(self) -> None:
        self._popen.send_signal(self.child.stop_signal)

    def kill(self) -> None:
        """Kill what is left of the group, the leader's own children above all."""
        if self.restarts_at is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
            self._popen.wait()
            self._guard.forget(self.pid)


def _popen(child: Child, guard: Guard) -> subprocess.Popen[bytes]:
    engine = child.engine
    log = engine.log.open("ab") if engine else None
    try:
        return subprocess.Popen(  # noqa: S603  commands are built by the product alone
            child.command,
            env={"LC_ALL": "C", **child.env} if engine else os.environ | child.env,
            cwd=engine.folder if engine else None,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            pass_fds=engine.open_files if engine else (),
            preexec_fn=_join(guard, child.stop_signal),  # noqa: PLW1509  takes no lock
            **identity(engine.account if engine else None),
        )
    finally:
        if log:
            log.close()


def _join(guard: Guard, stop_signal: int) -> Callable[[], None] | None:
    """What the child does before its program, after it has become its account.

    It signs up with the guard itself: if we are killed right after the fork, nobody else will.
    """
    parent = os.getpid()
    # Code of ours between fork and exec is safe with one thread only. Besides, the signal comes
    # when the starting thread ends. With more threads, as in a test run, `start` has to do.
    if threading.active_count() > 1:
        return None

    def join() -> None:  # pragma: no cover  (runs between fork and exec)
        guard.watch(os.getpid(), stop_signal)
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, stop_signal)
        if os.getppid() != parent:
            os._exit(1)

    return join
