"""What a parser owes to any bytes at all, for tests and for long runs (`bench/fuzz.py`)."""

from datetime import UTC, timedelta
from io import BytesIO
from pathlib import Path

from tests.listening.archives.builders import NOW

from spotify_insights.listening.archives import files, formats
from spotify_insights.listening.archives.files import (
    CHUNK_BYTES,
    HEAD_BYTES,
    LIMITS,
    Allowance,
    Limits,
    Member,
)
from spotify_insights.listening.archives.formats import Parser
from spotify_insights.listening.archives.rows import (
    AHEAD,
    EARLIEST,
    LONGEST_NAME,
    LONGEST_PLAY_MS,
    ArchiveError,
    Row,
)
from spotify_insights.listening.staging import Packer

NAME = "history"
CODES = {
    *("empty_upload", "not_an_export", "wrong_package", "broken_archive", "broken_json"),
    *("archive_too_large", "encrypted_archive", "nested_archive", "unsafe_path"),
}
SMALL = Limits(entries=20, member_bytes=1 << 20, total_bytes=2 << 20)
# PostgreSQL refuses to index longer keys.
LONGEST_KEY = 2_704


class Dribble(BytesIO):
    """A file that gives fewer bytes than it is asked for, as files may."""

    def __init__(self, content: bytes, step: int) -> None:
        super().__init__(content)
        self._step = step

    def read(self, size: int | None = -1) -> bytes:
        most = self._step if size is None or size < 0 else min(size, self._step)
        return super().read(most)


def check(parser: Parser, content: bytes, step: int = CHUNK_BYTES) -> int | None:
    """Read `content`; return how many rows it has, None where the whole of it is refused.

    Whatever the content is, each row is one that can be stored or has a number and a reason.
    """
    head, allowance = content[:HEAD_BYTES], Allowance(LIMITS)
    member = Member(NAME, len(content), head, lambda: Dribble(content, step), allowance)
    assert formats.recognise(head) in {None, *formats.PARSERS}
    try:
        return _count(parser, member)
    except ArchiveError as error:
        _assert_refusal(error)
        return None


def check_upload(content: bytes, path: Path) -> None:
    """Read `content` as an upload at `path`, be it a zip or not."""
    path.write_bytes(content)
    try:
        for member, parser in formats.histories(files.members([path], [NAME], SMALL)):
            _assert_text(member.name)
            _count(parser, member)
    except ArchiveError as error:
        _assert_refusal(error)


def _count(parser: Parser, member: Member) -> int:
    packer, refused, total = Packer(), list[int](), 0
    for batch in parser.read(member, NOW):
        for row in batch.rows:
            _assert_storable(row)
        packer.add(batch.rows)
        for one in batch.rejected:
            assert one.file == member.name
            _assert_text(one.detail)
            refused.append(one.row)
        total += len(batch.rows) + len(batch.rejected)
    assert refused == sorted({row for row in refused if 1 <= row <= total})
    for content in packer.take().contents:
        _assert_indexable(content)
    return total


def _assert_storable(row: Row) -> None:
    assert row.started_at.tzinfo is UTC
    assert row.ended_at.tzinfo is UTC
    assert not row.started_at.microsecond
    assert not row.ended_at.microsecond
    assert row.started_at <= row.ended_at + timedelta(minutes=1)
    assert any(EARLIEST <= told <= NOW + AHEAD for told in (row.started_at, row.ended_at))
    assert 0 <= row.ms_played <= LONGEST_PLAY_MS
    assert row.content.uri
    assert row.content.name
    for value in (*row.content, *row.circumstances):
        if isinstance(value, str):
            _assert_text(value)
            assert len(value) <= LONGEST_NAME


def _assert_indexable(content: tuple[object, ...]) -> None:
    assert all(len(key.encode()) < LONGEST_KEY for key in content if isinstance(key, str))


def _assert_refusal(error: ArchiveError) -> None:
    assert error.code in CODES
    assert error.detail
    _assert_text(f"{error.file}: {error.detail}")


def _assert_text(text: str) -> None:
    assert text.encode().decode() == text
