"""From rows to temporary tables: names and circumstances once, plays as a few numbers each.

`Packer` needs no database, so that it can run ahead in a thread of its own while the packs it made
earlier are loaded. Everything happens in the caller's transaction and vanishes with it.
"""

import struct
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice
from typing import Generic, NamedTuple, TypeVar

from psycopg import Cursor
from sqlalchemy import text
from sqlalchemy.orm import Session

from spotify_insights.listening.archives.rows import (
    Circumstances,
    Content,
    Row,
    normalised,
    title_key,
)

T = TypeVar("T")

# The plays of a pack get ids of one block, one for each row.
ID_BITS = 16
MOST_PLAYS = 1 << ID_BITS

_TABLES = (
    """
    create temp table staged_files (no int, source_id int) on commit drop
    """,
    """
    create temp table staged_contents (
        no int, kind play_kind, uri text, name text, name_key text, match_key text, artist text,
        artist_key text, album text, album_key text, collection text,
        content_id int, track_id int, artist_id int, album_id int
    ) on commit drop
    """,
    """
    create temp table staged_circumstances (
        no int, origin origin, provenance provenance, platform text, country text,
        reason_start text, reason_end text, shuffle bool, skipped bool, offline bool,
        is_private bool, is_video bool, is_estimated bool, is_deleted bool, circumstances_id int
    ) on commit drop
    """,
    """
    create temp table staged_plays (
        seq int, file_no int, content_no int, circumstances_no int,
        started_at timestamptz, ended_at timestamptz, ms_played int
    ) on commit drop
    """,
)
_CONTENTS = """
    copy staged_contents (
        no, kind, uri, name, name_key, match_key, artist, artist_key, album, album_key, collection
    ) from stdin
"""
_CIRCUMSTANCES = """
    copy staged_circumstances (
        no, origin, provenance, platform, country, reason_start, reason_end, shuffle, skipped,
        offline, is_private, is_video, is_estimated, is_deleted
    ) from stdin
"""

# PostgreSQL's binary COPY: a row is its number of fields, then length and value of each. Packed in
# one go, it takes a sixth of the time that a value at a time would.
_PLAY = struct.Struct(">h ii ii ii ii iq iq ii")
_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"
_MICROSECONDS = 1_000_000
# PostgreSQL counts them from the year 2000.
_EPOCH = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp()) * _MICROSECONDS


class Pack(NamedTuple):
    """Some rows ready to load, with the contents and circumstances not seen before them.

    The plays started between `earliest` and `latest`, both inclusive; None where there are none.
    """

    plays: bytes
    contents: list[tuple[object, ...]]
    circumstances: list[tuple[object, ...]]
    earliest: datetime | None
    latest: datetime | None


class _Numbers(Generic[T]):
    """Numbers what comes, from 0; what is equal has one number.

    Parsers give the same object for the same content, which is known again without a look inside.
    """

    def __init__(self) -> None:
        self._by_value: dict[T, int] = {}
        # The object is kept beside its number, or its id could become that of another one.
        self._by_id: dict[int, tuple[T, int]] = {}
        self._taken = 0

    def number(self, thing: T) -> int:
        known = self._by_id.get(id(thing))
        if known is not None:
            return known[1]
        number = self._by_value.setdefault(thing, len(self._by_value))
        if len(self._by_id) >= MOST_PLAYS:
            self._by_id.clear()
        self._by_id[id(thing)] = thing, number
        return number

    def take_new(self) -> list[tuple[T, int]]:
        """What was numbered since the last time."""
        new = list(islice(self._by_value.items(), self._taken, None))
        self._taken = len(self._by_value)
        return new


class Packer:
    """Takes rows as they come and remembers each content and each circumstance it has seen."""

    def __init__(self) -> None:
        self._contents: _Numbers[Content] = _Numbers()
        self._circumstances: _Numbers[Circumstances] = _Numbers()
        self._plays = bytearray()
        self._starts: list[datetime] = []

    def add(self, rows: Iterable[Row], *, file_no: int = 0) -> int:
        """Pack rows of one file; return how many rows wait to be taken."""
        plays, starts, pack = self._plays, self._starts, _PLAY.pack
        content, circumstances = self._contents.number, self._circumstances.number
        for seq, row in enumerate(rows, len(starts)):
            started = int(row.started_at.timestamp()) * _MICROSECONDS - _EPOCH
            ended = int(row.ended_at.timestamp()) * _MICROSECONDS - _EPOCH
            what, how = content(row.content), circumstances(row.circumstances)
            plays += pack(
                7, 4, seq, 4, file_no, 4, what, 4, how, 8, started, 8, ended, 4, row.ms_played
            )
            starts.append(row.started_at)
        return len(starts)

    def take(self) -> Pack:
        """What was added since the last time."""
        assert len(self._starts) <= MOST_PLAYS, f"{len(self._starts)} plays in one pack"
        pack = Pack(
            _HEADER + bytes(self._plays) + _TRAILER,
            [_content(*new) for new in self._contents.take_new()],
            [(no, *new) for new, no in self._circumstances.take_new()],
            min(self._starts, default=None),
            max(self._starts, default=None),
        )
        self._plays.clear()
        self._starts.clear()
        return pack


def create_tables(session: Session) -> None:
    """Fresh, empty staging tables for the rest of this transaction."""
    for statement in _TABLES:
        session.execute(text(statement))


def load(session: Session, pack: Pack) -> None:
    """Put one pack into the staging tables, in place of the plays of the one before."""
    cursor: Cursor = session.connection().connection.cursor()  # type: ignore[assignment]
    cursor.execute("truncate staged_plays")
    _copy(cursor, _CONTENTS, pack.contents)
    _copy(cursor, _CIRCUMSTANCES, pack.circumstances)
    with cursor.copy("copy staged_plays from stdin (format binary)") as copy:
        copy.write(pack.plays)
    # The planner needs to know how much there is, not what: a small sample takes no time.
    cursor.execute("set local default_statistics_target = 10")
    cursor.execute("analyze staged_contents, staged_circumstances, staged_plays")


def _copy(cursor: Cursor, statement: str, rows: list[tuple[object, ...]]) -> None:
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _content(content: Content, no: int) -> tuple[object, ...]:
    kind, uri, name, artist, album, collection = content
    artist_key, album_key = (None if n is None else normalised(n) for n in (artist, album))
    keys = (name, normalised(name), title_key(name), artist, artist_key, album, album_key)
    return (no, kind, uri, *keys, collection)
