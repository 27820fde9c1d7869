"""Plays in columns: what statistics read instead of rows, a week of UTC at a time.

A million plays are read and counted in the time in which PostgreSQL would visit their rows once,
and no number is stored that depends on a zone, a rule or a range (decision 10). Whoever changes
plays calls `mark` in the same transaction; from then on a marked week is read from its plays, until
`refresh` packs it again.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from threading import Lock
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray
from psycopg import Cursor
from sqlalchemy import text
from sqlalchemy.orm import Session

from spotify_insights.models.listening import PlayKind

WEEK_S = 604_800
# A long history is not held twice, once as it came and once as it is counted.
WEEKS_AT_ONCE = 100
# Starts are counted from the year 2000, so that 32 bits reach until 2068.
EPOCH_S = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())

IS_PRIVATE, IS_ESTIMATED = 1, 2
# From this bit on stands the provenance: export, api, demo.
PROVENANCE_SHIFT = 2

_WEEK = f"floor(extract(epoch from p.started_at) / {WEEK_S})::int"
_IN_WEEK = f"""
    p.started_at >= to_timestamp(w.week::bigint * {WEEK_S})
    and p.started_at < to_timestamp((w.week::bigint + 1) * {WEEK_S})
"""
_IS_SEEN = "not (p.is_superseded or p.is_deleted)"
_NUMBERS = {
    "started": f"int4send((extract(epoch from p.started_at) - {EPOCH_S})::int)",
    "ms_played": "int4send(p.ms_played)",
    "contents": "int4send(p.content_id)",
    "tracks": "int4send(coalesce(p.track_id, 0))",
    "artists": "int4send(coalesce(p.artist_id, 0))",
    "albums": "int4send(coalesce(p.album_id, 0))",
    "circumstances": "int4send(p.circumstances_id)",
    "flags": f"""int2send((p.is_private::int * {IS_PRIVATE} + p.is_estimated::int * {IS_ESTIMATED}
        + case p.provenance when 'export' then 0 when 'api' then 1 else 2 end
            * {1 << PROVENANCE_SHIFT})::int2)""",
}
_COLUMNS = ", ".join(_NUMBERS)
_IN_ORDER = "p.started_at, p.ended_at, p.content_id, p.ms_played, p.origin"
_PACKED = ", ".join(
    f"string_agg({number}, '' order by {_IN_ORDER}) as {name}" for name, number in _NUMBERS.items()
)

_MARK = (  # put together from constants, as all statements here
    """
    update packed_weeks set is_stale = true
    where user_id = :user_id and week between :first and :last and not is_stale
    """,
    f"""
    insert into packed_weeks (user_id, kind, week)
    select distinct p.user_id, p.kind, {_WEEK} from plays p
    where p.user_id = :user_id and p.started_at between :earliest and :latest
    on conflict do nothing
    """,  # noqa: S608
    "update users set data_version = nextval('data_versions') where id = :user_id",
)

_TOUCHED = "select min(earliest), max(latest) from touched"

_STALE = """
    select distinct week from packed_weeks where user_id = :user_id and is_stale order by week
"""
# One stretch of the ledger from the first stale week to the last, whatever lies between: a history
# that has just come in is taken for a small one, and must not be looked up week by week.
_REFRESH = f"""
    insert into packed_weeks (user_id, kind, week, is_stale, plays, {_COLUMNS})
    select p.user_id, p.kind, {_WEEK}, false, count(*), {_PACKED}
    from plays p
    where p.user_id = :user_id and p.started_at >= :start and p.started_at < :end and {_IS_SEEN}
        and {_WEEK} = any(cast(:weeks as int[]))
    group by 1, 2, 3
    on conflict (user_id, kind, week) do update set is_stale = false, plays = excluded.plays,
        {", ".join(f"{name} = excluded.{name}" for name in _NUMBERS)}
    returning kind, week
"""  # noqa: S608
_CLEAR = "delete from packed_weeks where user_id = :user_id and is_stale returning kind, week"

_FETCH = f"""
    select w.week, {", ".join(f"w.{name}" for name in _NUMBERS)} from packed_weeks w
    where w.user_id = %(user_id)s and w.kind = %(kind)s
        and w.week between %(first)s and %(last)s and not w.is_stale
    union all
    select w.week, live.* from packed_weeks w cross join lateral (
        select {_PACKED} from plays p
        where p.user_id = %(user_id)s and p.kind = w.kind and {_IN_WEEK} and {_IS_SEEN}
    ) live
    where w.user_id = %(user_id)s and w.kind = %(kind)s
        and w.week between %(first)s and %(last)s and w.is_stale and live.started is not null
    order by 1
"""  # noqa: S608

# What a column is made of as it is stored, and as it is counted with; the first one are starts.
_PACKED_KINDS = (">i4",) * 7 + (">i2",)
_KINDS = (np.int64,) + (np.int32,) * 7

Numbers = NDArray[np.int32]


_DATA_VERSION = "select data_version from users where id = :user_id"


class Columns(NamedTuple):
    """Plays in the order they started: arrays of equal length, one number for each play.

    `started` counts seconds since 1970. Ids are those of the database; 0 means there is none.
    """

    started: NDArray[np.int64]
    ms_played: Numbers
    contents: Numbers
    tracks: Numbers
    artists: Numbers
    albums: Numbers
    circumstances: Numbers
    flags: Numbers


# Whose plays of which kind, as of which version of their data.
_Key = tuple[UUID, PlayKind, int]


def _bytes_of(columns: Columns) -> int:
    return sum(column.nbytes for column in columns)


def _store(most_bytes: int) -> LRUCache[_Key, Columns]:
    return LRUCache(most_bytes, getsizeof=_bytes_of)


_at_hand = _store(0)
_using = Lock()


def mark(session: Session, user_id: UUID, earliest: datetime, latest: datetime) -> None:
    """Say that plays which started in this span came, went or changed, before they are read again.

    Also raises the listener's data version, so that no answer of before is given any more.
    """
    given = {
        "user_id": user_id,
        "first": week_of(earliest),
        "last": week_of(latest),
        "earliest": earliest,
        "latest": latest,
    }
    for statement in _MARK:
        session.execute(text(statement), given)


def mark_touched(session: Session, user_id: UUID) -> None:
    """The same for the span of the plays that the table `touched` tells of."""
    earliest, latest = session.execute(text(_TOUCHED)).one()
    if earliest:
        mark(session, user_id, earliest, latest)


def refresh(session: Session, user_id: UUID) -> list[int]:
    """Pack the marked weeks again; return which weeks these were. Safe to repeat."""
    given: dict[str, object] = {"user_id": user_id}
    weeks = list(session.scalars(text(_STALE), given))
    if not weeks:
        return []
    start, end = (datetime.fromtimestamp(n * WEEK_S, UTC) for n in (weeks[0], weeks[-1] + 1))
    span = given | {"weeks": weeks, "start": start, "end": end}
    packed = session.execute(text(_REFRESH), span).all()
    emptied = session.execute(text(_CLEAR), given).all()
    return sorted({week for _, week in (*packed, *emptied)})


def fetch(
    session: Session,
    user_id: UUID,
    kind: PlayKind,
    start: datetime | None = None,
    end: datetime | None = None,
) -> Columns:
    """The plays of one kind that started from `start` on and before `end`; both may be open.

    What is fetched whole stays at hand where `keep_at_hand` allows it, until the data changes. The
    arrays are shared, and cannot be written to.
    """
    key = (user_id, kind, _version(session, user_id)) if _at_hand.maxsize else None
    columns = _find_at_hand(key)
    if columns is None:
        columns = _fetch_weeks(session, user_id, kind, start, end)
        if key and start is None and end is None:
            _put_at_hand(key, columns)
    first = np.searchsorted(columns.started, start.timestamp()) if start else 0
    last = np.searchsorted(columns.started, end.timestamp()) if end else len(columns.started)
    return Columns._make(column[first:last] for column in columns)


def keep_at_hand(most_bytes: int) -> None:
    """Let this process keep so many bytes of histories that were read whole; 0 keeps none."""
    global _at_hand  # noqa: PLW0603 - there is one such store in a process
    _at_hand = _store(most_bytes)


def binary_cursor(session: Session) -> Cursor:
    """A cursor in the session's transaction that reads bytes as they are, not spelt out."""
    cursor: Cursor = session.connection().connection.cursor(binary=True)  # type: ignore[assignment]
    return cursor


def week_of(moment: datetime) -> int:
    return int(moment.timestamp() // WEEK_S)


def _fetch_weeks(
    session: Session, user_id: UUID, kind: PlayKind, start: datetime | None, end: datetime | None
) -> Columns:
    given = {
        "user_id": user_id,
        "kind": kind.value,
        "first": week_of(start) if start else -(1 << 31),
        "last": week_of(end) if end else (1 << 31) - 1,
    }
    return _columns(binary_cursor(session).stream(_FETCH, given, size=WEEKS_AT_ONCE))


def _version(session: Session, user_id: UUID) -> int:
    return int(session.scalar(text(_DATA_VERSION), {"user_id": user_id}) or 0)


def _find_at_hand(key: _Key | None) -> Columns | None:
    with _using:
        return _at_hand.get(key) if key else None


def _put_at_hand(key: _Key, columns: Columns) -> None:
    for column in columns:
        column.flags.writeable = False
    if _bytes_of(columns) <= _at_hand.maxsize:
        with _using:
            _at_hand[key] = columns


def _columns(weeks: Iterable[tuple[bytes, ...]]) -> Columns:
    """Join the weeks; the database writes numbers with their largest byte first."""
    parts: list[list[NDArray[Any]]] = [[np.zeros(0, kind)] for kind in _KINDS]
    for _, *columns in weeks:
        for part, column, packed, kind in zip(parts, columns, _PACKED_KINDS, _KINDS, strict=True):
            part.append(np.frombuffer(column, packed).astype(kind))
    joined = [np.concatenate(parts.pop(0)) for _ in _KINDS]
    joined[0] += EPOCH_S
    return Columns._make(joined)
