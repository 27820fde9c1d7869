"""Wait for something that other processes bring about."""

import time
from collections.abc import Callable
from threading import Event
from typing import TypeVar

T = TypeVar("T")


def eventually(condition: Callable[[], T], timeout: float = 10.0) -> T:
    """The first true answer of the condition; an assertion error if none comes in time."""
    deadline = time.monotonic() + timeout
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"did not come true within {timeout} s"
        Event().wait(0.02)
    return answer
