"""Uploaded files, opened with care: zips as their sources deliver them, or loose files."""

import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import IO

from spotify_insights.listening.archives.rows import ArchiveError

# Some 160 rows: what is read, cut and decoded in one go stays within the processor's cache. Eight
# times as much is slower by a tenth.
CHUNK_BYTES = 1 << 17
# Enough to hold several rows with titles of the greatest length, to tell what a file is.
HEAD_BYTES = 1 << 16
_OPENING_BYTES = 32

_ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_DIRECTORY_MARK = b"PK\x01\x02"
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, struct.error)
_DAMAGED = "The archive is incomplete or damaged. Download it again."


@dataclass(frozen=True)
class Limits:
    """How much an upload may unfold to.

    There is no rule about the ratio: honest exports shrink 27:1, so any ratio that stops a bomb
    also stops people. What counts is what comes out, and that is counted while it does.
    """

    entries: int = 500  # a long life with Spotify is some 20 files
    member_bytes: int = 1 << 30  # Spotify cuts its files at 13 MB; we write 500 bytes a play
    total_bytes: int = 4 << 30


LIMITS = Limits()


@dataclass
class Allowance:
    """What may still be inflated, shared by all members of one upload."""

    limits: Limits
    total: int = 0

    def take(self, size: int, member_size: int, file: str) -> None:
        self.total += size
        if member_size > self.limits.member_bytes or self.total > self.limits.total_bytes:
            detail = "It unpacks to more than a listening history can be."
            raise ArchiveError("archive_too_large", detail, file=file)


@dataclass
class Member:
    """One file of text: an entry of a zip, or an upload of its own.

    `size_hint` is what the archive claims, good for a progress bar only, and `size_read` how much
    of it has come by. `head` is the first part of the content. `sha256` (of the content, in hex)
    is empty until all `chunks` are read.
    """

    name: str
    size_hint: int
    head: bytes
    _open: Callable[[], IO[bytes]]
    _allowance: Allowance
    sha256: str = field(default="", init=False)
    size_read: int = field(default=0, init=False)

    def chunks(self) -> Iterator[bytes]:
        digest, self.size_read = sha256(), 0
        with _reading(self.name), self._open() as source:
            while chunk := source.read(CHUNK_BYTES):
                self.size_read += len(chunk)
                self._allowance.take(len(chunk), self.size_read, self.name)
                digest.update(chunk)
                yield chunk
        self.sha256 = digest.hexdigest()

    def digest(self) -> str:
        """The `sha256` of the content, read for nothing else."""
        for _ in self.chunks():
            pass
        return self.sha256


def members(
    paths: Sequence[Path], names: Sequence[str], limits: Limits = LIMITS
) -> Iterator[Member]:
    """The texts of an upload in their order; `names` are what the listener calls the `paths`.

    What a file is, its first bytes decide, never its name. Pictures and other things that are no
    text are passed over. Raises `ArchiveError` for what is broken or not safe to open.
    """
    if not paths:
        raise ArchiveError("empty_upload", "No file was given.", file="upload")
    allowance = Allowance(limits)
    for path, name in zip(paths, names, strict=True):
        yield from _members_of(path, name, allowance)


def _members_of(path: Path, name: str, allowance: Allowance) -> Iterator[Member]:
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head:
        raise ArchiveError("empty_upload", "The file is empty.", file=name)
    if head.startswith(_ZIP_MAGIC):
        yield from _unzipped(path, name, allowance)
    elif _is_text(head):
        yield Member(name, path.stat().st_size, head, partial(_open_file, path), allowance)


def _is_text(head: bytes) -> bool:
    """Whether a file begins as a text, as what has a NUL among its first bytes does not.

    One further on may be damage to a history, which its parser refuses row by row.
    """
    return b"\0" not in head[:_OPENING_BYTES]


def _open_file(path: Path) -> IO[bytes]:
    return path.open("rb")


def _unzipped(path: Path, name: str, allowance: Allowance) -> Iterator[Member]:
    for entry in _entries(path, name, allowance.limits.entries):
        opener = partial(_open_entry, path, entry)
        with _reading(entry.filename), opener() as source:
            head = source.read(HEAD_BYTES)
        if head.startswith(_ZIP_MAGIC):
            detail = "It is an archive inside the archive. Unpack it and upload what is inside."
            raise ArchiveError("nested_archive", detail, file=entry.filename)
        if _is_text(head):
            yield Member(entry.filename, entry.file_size, head, opener, allowance)


def _entries(path: Path, name: str, most: int) -> list[zipfile.ZipInfo]:
    """The files of a zip, all checked before the first is opened.

    Entries whose name ends in a slash are folders, even where they have content: Spotify's own
    zips put eleven bytes there.
    """
    if _directory_marks(path) > most:
        raise ArchiveError("archive_too_large", f"It has more than {most} files.", file=name)
    with _reading(name), zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
    for entry in entries:
        _refuse_unsafe(entry)
    return [entry for entry in entries if not entry.is_dir()]


def _directory_marks(path: Path) -> int:
    """How many entries a zip can have at most.

    Counted before the directory is parsed, because a directory of millions of entries would fill
    the memory, and the number the zip itself gives may be a lie.
    """
    with path.open("rb") as file:
        return sum(part.count(_DIRECTORY_MARK) for part in iter(lambda: file.read(1 << 20), b""))


def _refuse_unsafe(entry: zipfile.ZipInfo) -> None:
    file = entry.filename
    parts = file.replace("\\", "/").split("/")
    if parts[0] == "" or parts[0].endswith(":") or ".." in parts:
        detail = "Its path leads out of the archive."
        raise ArchiveError("unsafe_path", detail, file=file)
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise ArchiveError("unsafe_path", "It is a link to another file.", file=file)
    if entry.flag_bits & _ENCRYPTED:
        detail = "It is locked with a password. Unpack it and upload what is inside."
        raise ArchiveError("encrypted_archive", detail, file=file)
    if entry.header_offset < 0:
        raise ArchiveError("broken_archive", _DAMAGED, file=file)
    if entry.compress_type not in _METHODS:
        detail = "It is packed in a way that is not supported. Unpack it and zip it again."
        raise ArchiveError("broken_archive", detail, file=file)


def _open_entry(path: Path, entry: zipfile.ZipInfo) -> IO[bytes]:
    """Open one entry; the underlying file stays open until the entry is closed."""
    with zipfile.ZipFile(path) as archive:
        return archive.open(entry)


@contextmanager
def _reading(file: str) -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise ArchiveError("broken_archive", _DAMAGED, file=file) from error
