"""The product's logging for the length of a block, and that of the tests again after it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from spotify_insights import log


@contextmanager
def configured_log(part: str = "test", level: str = "DEBUG") -> Iterator[None]:
    root = logging.getLogger()
    handlers, before = root.handlers[:], root.level
    root.handlers.clear()
    try:
        log.configure(part, level)
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(before)
