"""From rows to temporary tables: names and circumstances once, plays as a few numbers each.

`Packer` needs no database, so that it can run ahead in a thread of its own while the packs it made
earlier are loaded. Everything happens in the caller's transaction and vanishes with it.
"""

import struct
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice
from typing import NamedTuple

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
        is_private bool, is_video bool, is_estimated bool, circumstances_id int
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
        offline, is_private, is_video, is_estimated
    ) from stdin
"""

# PostgreSQL's binary COPY: a row is its number of fields, then length and value of each. Packed in
# one go, it takes a sixth of the time that a value at a time would.
_PLAY = struct.Struct(">h ii ii ii ii iq iq ii")
_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_DAY_S = 86_400
_MICROSECONDS = 1_000_000


class Pack(NamedTuple):
    """Some rows ready to load, with the contents and circumstances not seen before them.

    The plays started between `earliest` and `latest`, both inclusive; None where there are none.
    """

    plays: bytes
    contents: list[tuple[object, ...]]
    circumstances: list[tuple[object, ...]]
    earliest: datetime | None
    latest: datetime | None


class Packer:
    """Takes rows as they come and remembers each content and each circumstance it has seen."""

    def __init__(self) -> None:
        self._contents: dict[Content, int] = {}
        self._circumstances: dict[Circumstances, int] = {}
        self._taken = (0, 0)
        self._plays = bytearray()
        self._starts: list[datetime] = []

    def add(self, rows: Iterable[Row], *, file_no: int = 0) -> int:
        """Pack rows of one file; return how many rows wait to be taken."""
        plays, starts, pack = self._plays, self._starts, _PLAY.pack
        contents, circumstances = self._contents, self._circumstances
        for seq, row in enumerate(rows, len(starts)):
            content_no = contents.setdefault(row.content, len(contents))
            circumstances_no = circumstances.setdefault(row.circumstances, len(circumstances))
            start, end = row.started_at - _EPOCH, row.ended_at - _EPOCH
            started = (start.days * _DAY_S + start.seconds) * _MICROSECONDS
            ended = (end.days * _DAY_S + end.seconds) * _MICROSECONDS
            numbers = (4, seq, 4, file_no, 4, content_no, 4, circumstances_no)
            plays += pack(7, *numbers, 8, started, 8, ended, 4, row.ms_played)
            starts.append(row.started_at)
        return len(starts)

    def take(self) -> Pack:
        """What was added since the last time."""
        assert len(self._starts) <= MOST_PLAYS, f"{len(self._starts)} plays in one pack"
        contents, circumstances = self._taken
        pack = Pack(
            _HEADER + bytes(self._plays) + _TRAILER,
            [_content(*new) for new in islice(self._contents.items(), contents, None)],
            [(no, *new) for new, no in islice(self._circumstances.items(), circumstances, None)],
            min(self._starts, default=None),
            max(self._starts, default=None),
        )
        self._taken = len(self._contents), len(self._circumstances)
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
