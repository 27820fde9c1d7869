"""A private PostgreSQL 18, from the programs of its wheel."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from spotify_insights.embedded import leftovers, programs
from spotify_insights.embedded.account import identity
from spotify_insights.embedded.home import POSTGRESQL_SOCKET, Home
from spotify_insights.embedded.processes import Child, Engine
from spotify_insights.errors import Unavailable

_Command = list[str | Path]

_NAME = "insights"
_FOLDER = "postgresql18"
# One call for the whole file system instead of one for each of a thousand files.
_SYNC_METHOD = "syncfs" if sys.platform == "linux" else "fsync"
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    # Imports write gigabytes at once; nobody replicates a laptop.
    "max_wal_size": "2GB",
    "wal_level": "minimal",
    # After a kill the server is back in one second instead of four.
    "recovery_init_sync_method": _SYNC_METHOD,
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    # Index-only scans need a visibility map that keeps up with a ledger that only grows.
    "autovacuum_vacuum_insert_scale_factor": "0.02",
    # The log tells what the server did, never what was stored, and stays small.
    "log_min_messages": "error",
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
}
_FOR_TESTS = {"fsync": "off", "full_page_writes": "off"}


def database_url(home: Home) -> str:
    # The port only names the socket; without it, a PGPORT in the environment would.
    folder = quote(str(home.sockets), safe="/")
    return f"postgresql://{_NAME}@/{_NAME}?host={folder}&port=5432"


def child(home: Home, *, is_durable: bool) -> Child:
    """The server as a child process; before each start its data folder is put in order."""
    bin_folder = programs.postgresql_folder(home)
    data = home.engines / _FOLDER
    log = home.log("postgres")

    def before_start() -> None:
        leftovers.end("postgres", data, _recorded_pid(data), signal.SIGINT)
        _remove_traces(data, home.sockets)
        if not data.exists():
            _create(bin_folder, data, home, is_durable=is_durable)

    return Child(
        name="postgresql",
        command=[bin_folder / "postgres", *_arguments(home, data, is_durable=is_durable)],
        # Fast shutdown: clients are cut off, everything committed is on disk.
        stop_signal=signal.SIGINT,
        stop_within=30.0,
        ready=lambda: _is_ready(data),
        engine=Engine(home.account, home.engines, home.open_files, log, before_start),
    )


def _arguments(home: Home, data: Path, *, is_durable: bool) -> list[str]:
    settings = _SETTINGS if is_durable else _SETTINGS | _FOR_TESTS
    folder = str(home.seen(home.sockets)).replace('"', '""')
    settings = settings | {"unix_socket_directories": f'"{folder}"'}
    options = [f"--{name}={value}" for name, value in settings.items()]
    return ["-D", str(home.seen(data)), *options]


def _is_ready(data: Path) -> bool:
    """Whether the server says so in its pid file; an older one was removed before the start."""
    try:
        return (data / "postmaster.pid").read_text().rstrip().endswith("ready")
    except FileNotFoundError:
        return False


def _recorded_pid(data: Path) -> int | None:
    try:
        first, *_ = (data / "postmaster.pid").read_text().splitlines()
    except (FileNotFoundError, ValueError):
        return None
    return int(first) if first.isdigit() else None


def _remove_traces(data: Path, sockets: Path) -> None:
    """Remove what a killed server left: its pid may by now belong to some other process."""
    traces = data / "postmaster.pid", sockets / POSTGRESQL_SOCKET
    for trace in *traces, sockets / f"{POSTGRESQL_SOCKET}.lock":
        trace.unlink(missing_ok=True)


def _create(bin_folder: Path, data: Path, home: Home, *, is_durable: bool) -> None:
    """Make the cluster and the database aside, then give the folder its name: all or nothing."""
    unfinished = data.with_name(f"{data.name}.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    # The C library's locale is C because not every system has C.UTF-8; PostgreSQL brings its own.
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    identity = ["--username", _NAME, "--auth=trust", "--encoding=UTF8"]
    initdb: _Command = [
        bin_folder / "initdb",
        "-D",
        home.seen(unfinished),
        *identity,
        *locale,
        _sync(is_durable),
    ]
    _run(initdb, home)
    single: _Command = [
        bin_folder / "postgres",
        "--single",
        "-D",
        home.seen(unfinished),
        "postgres",
    ]
    _run(single, home, commands=f"CREATE DATABASE {_NAME}\n")
    unfinished.rename(data)


def _sync(is_durable: bool) -> str:
    return f"--sync-method={_SYNC_METHOD}" if is_durable else "--no-sync"


def _run(command: _Command, home: Home, commands: str = "") -> None:
    done = subprocess.run(  # noqa: S603  the wheel's programs
        command,
        input=commands,
        env={"LC_ALL": "C"},
        cwd=home.engines,
        pass_fds=home.open_files,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        start_new_session=True,
        **identity(home.account),
    )
    if done.returncode:
        last = "\n".join(done.stdout.splitlines()[-3:]).strip()
        raise Unavailable("engine_failed", f"{command[0]} failed: {last}")
