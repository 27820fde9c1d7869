"""From rows to ledger, set by set: COPY into temporary tables, then a few statements.

Names travel once: a play refers to its content by a number, so a long history costs little more
than its times. Everything happens in the caller's transaction and vanishes with it.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from psycopg import Copy, Cursor
from sqlalchemy import text
from sqlalchemy.orm import Session

from spotify_insights import accounts
from spotify_insights.listening.archives.rows import Kind, Row, normalised
from spotify_insights.models.listening import PlayKind, Provenance

_TABLES = (
    """
    create temp table staged_contents (
        no int, kind play_kind, uri text, name text, name_key text, artist text, artist_key text,
        album text, album_key text, collection text,
        content_id int, track_id int, artist_id int, album_id int
    ) on commit drop
    """,
    """
    create temp table staged_plays (
        seq int, file_no int, content_no int, started_at timestamptz, ended_at timestamptz,
        ms_played int, platform text, country text, reason_start text, reason_end text,
        shuffle bool, skipped bool, offline bool, is_private bool, is_video bool
    ) on commit drop
    """,
)
_PLAY_TYPES = (
    *("int4", "int4", "int4", "timestamptz", "timestamptz", "int4"),
    *("text", "text", "text", "text", "bool", "bool", "bool", "bool", "bool"),
)
_KINDS = {
    Kind.TRACK: PlayKind.TRACK,
    Kind.EPISODE: PlayKind.EPISODE,
    Kind.CHAPTER: PlayKind.CHAPTER,
}

# Sorted, so that two imports at once take the rows of the shared catalogue in the same order.
_CATALOGUE = (
    """
    insert into artists (name, name_key)
    select distinct on (artist_key) artist, artist_key from staged_contents
    where artist_key is not null order by artist_key, no
    on conflict do nothing
    """,
    """
    update staged_contents s set artist_id = a.id from artists a where a.name_key = s.artist_key
    """,
    """
    insert into albums (artist_id, name, name_key)
    select distinct on (artist_id, album_key) artist_id, album, album_key from staged_contents
    where artist_id is not null and album_key is not null order by artist_id, album_key, no
    on conflict do nothing
    """,
    """
    insert into tracks (artist_id, name, name_key)
    select distinct on (artist_id, name_key) artist_id, name, name_key from staged_contents
    where artist_id is not null order by artist_id, name_key, no
    on conflict do nothing
    """,
    """
    insert into contents (uri, kind, name, collection)
    select distinct on (uri) uri, kind, name, collection from staged_contents order by uri, no
    on conflict do nothing
    """,
    """
    update staged_contents s
    set content_id = c.id,
        track_id = (select t.id from tracks t
                    where t.artist_id = s.artist_id and t.name_key = s.name_key),
        album_id = (select b.id from albums b
                    where b.artist_id = s.artist_id and b.name_key = s.album_key)
    from contents c where c.uri = s.uri
    """,
    "analyze staged_contents",
    "analyze staged_plays",
)

_STORE = """
    with ranked as materialized (
        select p.*, c.kind, c.content_id, c.track_id, c.artist_id, c.album_id,
            row_number() over (
                partition by p.started_at, p.ended_at, c.content_id, p.ms_played order by p.seq
            ) as nth
        from staged_plays p join staged_contents c on c.no = p.content_no
    ),
    judged as materialized (
        select r.*, case
            when r.nth > 1 then 'duplicate_exact'
            when known.user_id is not null then 'already_known'
            else 'imported' end as reason
        from ranked r
        left join plays known on known.user_id = :user_id
            and known.started_at = r.started_at and known.ended_at = r.ended_at
            and known.content_id = r.content_id and known.ms_played = r.ms_played
    ),
    stored as (
        insert into plays (
            user_id, started_at, ended_at, content_id, ms_played, track_id, artist_id, album_id,
            kind, provenance, is_estimated, is_private, is_video, shuffle, skipped, offline,
            country, platform, reason_start, reason_end
        )
        select :user_id, started_at, ended_at, content_id, ms_played, track_id, artist_id,
            album_id, kind, cast(:provenance as provenance), :is_estimated, is_private, is_video,
            shuffle, skipped, offline, country, platform, reason_start, reason_end
        from judged where reason = 'imported'
        order by started_at, ended_at, content_id, ms_played
    )
    select file_no, reason, count(*) from judged group by file_no, reason
"""


@dataclass(frozen=True)
class Tally:
    """How many rows of one file met one fate."""

    file_no: int
    reason: str
    rows: int


class Staging:
    """Takes rows as they come and remembers each content it has seen."""

    def __init__(self, copy: Copy) -> None:
        self._copy = copy
        self._numbers: dict[tuple[int, str, str, str | None, str | None, str | None], int] = {}
        self._rows = 0

    def add(self, rows: Iterable[Row], *, file_no: int = 0) -> None:
        write, numbers = self._copy.write_row, self._numbers
        for seq, row in enumerate(rows, start=self._rows):
            content = (row.kind, row.uri, row.name, row.artist, row.album, row.collection)
            no = numbers.setdefault(content, len(numbers))
            write(
                (
                    seq,
                    file_no,
                    no,
                    row.started_at,
                    row.ended_at,
                    row.ms_played,
                    row.platform,
                    row.country,
                    row.reason_start,
                    row.reason_end,
                    row.shuffle,
                    row.skipped,
                    row.offline,
                    row.is_private,
                    row.is_video,
                )
            )
            self._rows = seq + 1

    def contents(self) -> Iterator[tuple[object, ...]]:
        for (kind, uri, name, artist, album, collection), no in self._numbers.items():
            artist_key, album_key = (None if n is None else normalised(n) for n in (artist, album))
            names = (name, normalised(name), artist, artist_key, album, album_key, collection)
            yield (no, _KINDS[Kind(kind)], uri, *names)


@contextmanager
def staging(session: Session) -> Iterator[Staging]:
    """A fresh pair of staging tables; at the end of the block all rows are in them."""
    for statement in _TABLES:
        session.execute(text(statement))
    cursor: Cursor = session.connection().connection.cursor()  # type: ignore[assignment]
    with cursor.copy("copy staged_plays from stdin (format binary)") as copy:
        copy.set_types(_PLAY_TYPES)
        staged = Staging(copy)
        yield staged
    columns = "no, kind, uri, name, name_key, artist, artist_key, album, album_key, collection"
    with cursor.copy(f"copy staged_contents ({columns}) from stdin") as copy:
        for content in staged.contents():
            copy.write_row(content)


def store(
    session: Session, user_id: UUID, provenance: Provenance, *, is_estimated: bool = False
) -> list[Tally]:
    """Move what is staged into the ledger and say what became of each row.

    The natural key (start, end, content, length) decides: a second row of the same key in the
    staging tables is a `duplicate_exact`, one that the ledger has is `already_known`.
    """
    accounts.lock_ledger(session, user_id)
    session.execute(text("set local work_mem = '64MB'"))
    for statement in _CATALOGUE:
        session.execute(text(statement))
    given = {"user_id": user_id, "provenance": provenance.value, "is_estimated": is_estimated}
    counted = session.execute(text(_STORE), given)
    return [Tally(*row) for row in counted]
