"""The account of the engines. PostgreSQL refuses to run as root, so root lends it another one."""

import os
import pwd
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Self, TypedDict

from spotify_insights.errors import Invalid, Unavailable

_LENT = ("postgres", "nobody")


class Account(NamedTuple):
    name: str
    uid: int
    gid: int

    @classmethod
    def of(cls, entry: pwd.struct_passwd) -> Self:
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)

    def may_execute(self, path: Path) -> bool:
        """Whether the mode bits let it run this file or enter this folder."""
        status = path.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)

    def can_reach(self, path: Path) -> bool:
        real = path.resolve()
        steps = {real, *real.parents, *path.parents}
        return all(self.may_execute(step) for step in steps)


class Identity(TypedDict, total=False):
    """Arguments of Popen that make the child somebody else."""

    user: int
    group: int
    extra_groups: list[int]


def identity(account: Account | None) -> Identity:
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def find_account(engines: Path) -> Account | None:
    """The account to run as; None stands for our own, which is right unless we are root.

    Who owns the engines' folder already goes on owning it.
    """
    if os.geteuid() != 0:
        return None
    account = next(_candidates(engines), None)
    if account:
        return account
    raise Unavailable(
        "engine_account_missing",
        f"PostgreSQL does not run as root, and there is no account {' or '.join(_LENT)} to lend it",
    )


def _candidates(engines: Path) -> Iterator[Account]:
    with suppress(FileNotFoundError, KeyError):
        owner = pwd.getpwuid(engines.stat().st_uid)
        if owner.pw_uid:
            yield Account.of(owner)
    for name in _LENT:
        with suppress(KeyError):
            yield Account.of(pwd.getpwnam(name))


def let_enter(data_dir: Path, account: Account) -> bool:
    """Let the account pass through the data folder, and through nothing else.

    Returns False where a folder above it keeps the account out; then nothing is changed.
    """
    if not all(account.may_execute(parent) for parent in data_dir.parents):
        return False
    if not account.may_execute(data_dir):
        mode = stat.S_IMODE(data_dir.stat().st_mode)
        os.chown(data_dir, -1, account.gid)
        data_dir.chmod((mode & ~stat.S_IRWXG) | stat.S_IXGRP)
    return True


def refuse_unreachable(data_dir: Path, account: Account) -> Invalid:
    return Invalid(
        "data_dir_unreachable",
        f"As root the engines run as {account.name}, who cannot reach {data_dir}: "
        "set DATA_DIR to a folder under /var/lib",
        field="DATA_DIR",
    )
