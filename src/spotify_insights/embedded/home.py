"""Where the engines live: folders that only their account can enter, and short socket paths."""

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from spotify_insights.embedded import account
from spotify_insights.embedded.account import Account

POSTGRESQL_SOCKET = ".s.PGSQL.5432"
_LONGEST_SOCKET = 107 if sys.platform == "linux" else 103
# A comma separates hosts and folders in PostgreSQL's settings, "?" and "#" end a URL's path.
_PLAIN = re.compile(r"[^,?#%]+")
_TMP = Path("/tmp")  # noqa: S108  TMPDIR may be long; the folder made here is ours alone
_PREFIX = "insights-"


@dataclass(frozen=True)
class Home:
    """The data folder as the engines see it; `account` is None when it is our own."""

    data_dir: Path
    sockets: Path
    account: Account | None

    @property
    def engines(self) -> Path:
        return _engines(self.data_dir)

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis.sock"

    def folder(self, name: str) -> Path:
        return _own_folder(self.engines / name, self.account)

    def log(self, name: str) -> Path:
        """An empty log file: what was said before this start is gone, so it stays small."""
        path = self.data_dir / f"{name}.log"
        path.touch(mode=0o600)
        os.truncate(path, 0)
        return path


@contextmanager
def prepare(data_dir: Path) -> Iterator[Home]:
    """Make the folders of the engines in an existing data folder; leave when they have stopped."""
    data_dir = data_dir.resolve()
    owner = account.find_account(_engines(data_dir))
    if owner:
        account.let_enter(data_dir, owner)
    _own_folder(_engines(data_dir), owner)
    with _socket_folder(data_dir, owner) as sockets:
        yield Home(data_dir, sockets, owner)


def is_usable(sockets: Path) -> bool:
    """Whether the system and every URL can carry the sockets of this folder."""
    longest = os.fsencode(sockets / POSTGRESQL_SOCKET)
    return len(longest) <= _LONGEST_SOCKET and bool(_PLAIN.fullmatch(str(sockets)))


def _engines(data_dir: Path) -> Path:
    return data_dir / "engines"


def _own_folder(path: Path, owner: Account | None) -> Path:
    """A folder for the owner alone. Root never follows a link here: others may have set it."""
    path.mkdir(mode=0o700, exist_ok=True)
    if owner:
        os.chown(path, owner.uid, owner.gid, follow_symlinks=False)
    return path


@contextmanager
def _socket_folder(data_dir: Path, owner: Account | None) -> Iterator[Path]:
    record = data_dir / "sockets.txt"
    _remove_recorded(record)
    inside = _engines(data_dir) / "sockets"
    if is_usable(inside):
        yield _own_folder(inside, owner)
        return
    short = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=_TMP))
    record.write_text(str(short))
    try:
        yield _own_folder(short, owner)
    finally:
        _remove_recorded(record)


def _remove_recorded(record: Path) -> None:
    if record.exists():
        folder = Path(record.read_text())
        if folder.parent == _TMP and folder.name.startswith(_PREFIX):
            shutil.rmtree(folder, ignore_errors=True)
        record.unlink()
