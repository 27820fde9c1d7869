"""Signals as something to wait for, in the main thread, together with a timeout."""

import os
import select
import signal
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from types import FrameType

_HEARD = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)


class Inbox:
    def __init__(self, pipe: int) -> None:
        self._pipe = pipe

    def wait(self, seconds: float | None) -> Collection[int]:
        """Wait for signals, at most so long; return the numbers of those that came."""
        readable, _, _ = select.select([self._pipe], [], [], seconds)
        return os.read(self._pipe, 512) if readable else b""


@contextmanager
def opened() -> Iterator[Inbox]:
    """Receive the stop signals and the end of children instead of being stopped by them."""
    pipe, other_end = os.pipe()
    os.set_blocking(other_end, False)
    former_pipe = signal.set_wakeup_fd(other_end, warn_on_full_buffer=False)
    former = {number: signal.signal(number, _only_wake_up) for number in _heard()}
    try:
        yield Inbox(pipe)
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(former_pipe)
        os.close(pipe)
        os.close(other_end)


def _heard() -> list[signal.Signals]:
    """All of them, but under `nohup` the end of the terminal goes on meaning nothing."""
    is_nohup = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    return [number for number in _HEARD if not (is_nohup and number is signal.SIGHUP)]


def _only_wake_up(number: int, frame: FrameType | None) -> None:
    """Python writes the number into the pipe; nothing else is to be done."""
