"""Ends the children of a process that was killed. Run as a file, by that process.

It reads what to watch from standard input: "+ group signal" or "- group", one a line. The end of
the input means that the parent has gone: in order, when no group is left, or killed, when some are.
"""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterable

# Not longer: a worker would wait for its task, which has no database any more.
GRACE = 3.0


def read(lines: Iterable[str]) -> dict[int, int]:
    """The groups that are left at the end of the input, each with its stop signal."""
    watched: dict[int, int] = {}
    for line in lines:
        verb, group, *number = line.split()
        if verb == "+":
            watched[int(group)] = int(number[0])
        else:
            watched.pop(int(group), None)
    return watched


def end(watched: dict[int, int], grace: float = GRACE) -> None:
    """Ask the leader of each group to stop; kill what is left when it has, or after the grace."""
    for group, number in watched.items():
        _send(os.kill, group, number)
    deadline = time.monotonic() + grace
    left = set(watched)
    while left:
        is_over = time.monotonic() > deadline
        for group in [group for group in left if is_over or _has_ended(group)]:
            _send(os.killpg, group, signal.SIGKILL)
            left.remove(group)
        time.sleep(0.02)


def _send(how: Callable[[int, int], None], whom: int, number: int) -> bool:
    try:
        how(whom, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _has_ended(process: int) -> bool:
    """Whether it has ended, even if its new parent has not taken notice yet."""
    if sys.platform != "linux":
        return not _send(os.kill, process, 0)
    try:
        with open(f"/proc/{process}/stat") as file:  # noqa: PTH123  pathlib is a megabyte
            state = file.read().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state in "ZX"


if __name__ == "__main__":
    end(read(sys.stdin))
