"""One start per data folder, and how command-line tools find the one that runs."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from spotify_insights.errors import Conflict, Invalid

# Who only looks holds the lock for an instant, so one refusal proves nothing.
_PATIENCE_WITH_LOOKERS = 0.3
# A killed start leaves its guard behind, which gives the processes three seconds to stop.
_PATIENCE_WITH_GUARD = 10.0


class AlreadyRunning(Conflict):
    """Another start holds the data folder."""


@dataclass(frozen=True)
class Running:
    """What runs; an engine that is not ours has no URL here, for that is a setting."""

    pid: int
    web_address: str | None = None
    demo_address: str | None = None
    database_url: str | None = None
    redis_url: str | None = None


def find_running(data_dir: Path) -> Running | None:
    """What runs in this data folder and is ready; None if nothing is."""
    running = _read(data_dir)
    if running is None:
        return None
    try:
        file = os.open(_lock(data_dir), os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        return None if _try_lock(file, fcntl.LOCK_SH) else running
    finally:
        os.close(file)


@contextmanager
def hold(data_dir: Path) -> Iterator[int]:
    """Make the data folder ours and yield the guard's lock file, which the guard inherits.

    Raises AlreadyRunning, and Invalid if the folder cannot be made or written to. What a killed
    start left behind is waited for and removed.
    """
    _make(data_dir)
    with _locked(_lock(data_dir), _PATIENCE_WITH_LOOKERS, data_dir):
        _forget(data_dir)
        with _locked(data_dir / "guard.lock", _PATIENCE_WITH_GUARD, data_dir) as guard_lock:
            yield guard_lock
        _forget(data_dir)


def record(data_dir: Path, running: Running) -> None:
    path = _record(data_dir)
    unfinished = path.with_suffix(".new")
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps(asdict(running)))
    unfinished.replace(path)


def _make(data_dir: Path) -> None:
    reason: object = "it is not ours to write to"
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.access(data_dir, os.W_OK | os.X_OK):
            return
    except OSError as error:
        reason = error
    detail = f"The data folder {data_dir} cannot be used: {reason}"
    raise Invalid("data_dir_unusable", detail, field="DATA_DIR")


@contextmanager
def _locked(path: Path, patience: float, data_dir: Path) -> Iterator[int]:
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = time.monotonic() + patience
        while not _try_lock(file, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise _already_running(data_dir)
            time.sleep(0.05)
        yield file
    finally:
        os.close(file)


def _try_lock(file: int, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _already_running(data_dir: Path) -> AlreadyRunning:
    running = _read(data_dir)
    if running is None:
        detail = f"Another start or stop is under way in {data_dir}"
    elif running.web_address is None:
        detail = f"Process {running.pid} is at work in {data_dir}: wait until it has finished"
    else:
        detail = f"Already running at {running.web_address} (process {running.pid}, {data_dir})"
    return AlreadyRunning("already_running", detail)


def _read(data_dir: Path) -> Running | None:
    with suppress(FileNotFoundError):
        return Running(**json.loads(_record(data_dir).read_text()))
    return None


def _forget(data_dir: Path) -> None:
    _record(data_dir).unlink(missing_ok=True)


def _lock(data_dir: Path) -> Path:
    return data_dir / "start.lock"


def _record(data_dir: Path) -> Path:
    return data_dir / "running.json"
