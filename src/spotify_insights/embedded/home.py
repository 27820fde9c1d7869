"""Where the engines live: folders that only their account can enter, and short socket paths."""

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
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
    """The data folder as the engines see it; `account` is None when it is our own.

    `door` is an open engines folder, for an account that a folder above keeps out: it goes in
    through the open file, and nobody's rights are changed.
    """

    data_dir: Path
    sockets: Path
    programs: Path
    account: Account | None
    door: int | None = None

    @property
    def engines(self) -> Path:
        return _engines(self.data_dir)

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis.sock"

    @property
    def open_files(self) -> tuple[int, ...]:
        """What an engine has to inherit."""
        return () if self.door is None else (self.door,)

    def seen(self, path: Path) -> Path:
        """The path by which the engines' account gets there."""
        if self.door is None or not path.is_relative_to(self.engines):
            return path
        return Path(f"/proc/self/fd/{self.door}") / path.relative_to(self.engines)

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
    is_open = owner is None or account.let_enter(data_dir, owner)
    if owner and not is_open and sys.platform != "linux":
        raise account.refuse_unreachable(data_dir, owner)
    _own_folder(_engines(data_dir), owner)
    with ExitStack() as stack:
        sockets = stack.enter_context(_socket_folder(data_dir, owner))
        if is_open:
            yield Home(data_dir, sockets, data_dir / "programs", owner)
            return
        door = os.open(_engines(data_dir), os.O_PATH | os.O_DIRECTORY)
        stack.callback(os.close, door)
        programs = stack.enter_context(_temporary(data_dir / "programs.txt"))
        programs.chmod(0o755)
        yield Home(data_dir, sockets, programs, owner, door)


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
    record, inside = data_dir / "sockets.txt", _engines(data_dir) / "sockets"
    _remove_recorded(record)
    if is_usable(inside):
        yield _own_folder(inside, owner)
        return
    with _temporary(record) as short:
        yield _own_folder(short, owner)


@contextmanager
def _temporary(record: Path) -> Iterator[Path]:
    """A folder in /tmp, written down so that the start after a killed one removes it."""
    _remove_recorded(record)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=_TMP))
    record.write_text(str(folder))
    try:
        yield folder
    finally:
        _remove_recorded(record)


def _remove_recorded(record: Path) -> None:
    if record.exists():
        folder = Path(record.read_text())
        if folder.parent == _TMP and folder.name.startswith(_PREFIX):
            shutil.rmtree(folder, ignore_errors=True)
        record.unlink()
