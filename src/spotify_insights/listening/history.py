"""A listener's plays one by one: looking through them, deleting single ones, bringing them back.

A deleted play stays in the ledger with a mark, so that a file that tells of it again brings nothing
back. It is gone for good when the last import that brought it is undone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from sqlalchemy import Row, exists, select, text
from sqlalchemy.orm import Session

from spotify_insights import accounts
from spotify_insights.errors import NotFound
from spotify_insights.listening import exclusions, firsts, packed, recordings
from spotify_insights.listening.archives.rows import normalised
from spotify_insights.listening.stats import scope as scopes
from spotify_insights.listening.stats.clock import Clock
from spotify_insights.listening.stats.plays import Plays
from spotify_insights.models import Play
from spotify_insights.models.listening import Origin, PlayKind, Provenance

# The keys of the catalogue are looked through, which are a fraction of what was played.
_CONDITIONS = {
    "kind": "p.kind = cast(:kind as play_kind)",
    "start": "p.started_at >= :start",
    "end": "p.started_at < :end",
    "artist_id": "p.artist_id = :artist_id",
    "album_id": "p.album_id = :album_id",
    "track_id": """
        (p.track_id = :track_id or p.track_id in (
            select track_id from track_merges where into_track_id = :track_id and not is_undone))
    """,
    "content_id": "p.content_id = :content_id and p.track_id is null",
    "text": """
        (p.track_id in (
            select t.id from tracks t join artists a on a.id = t.artist_id
            where strpos(t.name_key, :text) > 0 or strpos(a.name_key, :text) > 0)
        or p.track_id is null and p.content_id in (
            select c.id from contents c
            where strpos(lower(c.name), :text) > 0 or strpos(lower(c.collection), :text) > 0))
    """,
    "before_id": "p.started_at <= :before_at and (p.started_at, p.id) < (:before_at, :before_id)",
}

# The page is found in the ledger alone, and only what is on it gets names.
_PAGE = """
    with page as (
        select * from plays p
        where p.user_id = :user_id and not p.is_superseded and p.is_deleted = :is_deleted
            {conditions}
        order by p.started_at desc, p.id desc limit :limit
    )
    select p.id, p.started_at, p.ms_played, p.kind, c.uri, coalesce(t.name, c.name) as title,
        a.name as artist, b.name as album, c.collection as show, p.content_id, p.track_id,
        p.artist_id, p.album_id, h.reason_start, h.reason_end, h.skipped, h.shuffle, h.offline,
        h.platform, p.origin, p.provenance, p.source_id, p.is_estimated, p.is_private, h.is_video,
        p.is_deleted
    from page p
    join contents c on c.id = p.content_id
    join circumstances h on h.id = p.circumstances_id
    left join tracks t on t.id = p.track_id
    left join artists a on a.id = p.artist_id
    left join albums b on b.id = p.album_id
    order by p.started_at desc, p.id desc
"""
# Until it has statistics of new plays, the planner believes that a listener has a few, and would
# sort all of them for every page.
_IN_ORDER = "set local enable_bitmapscan = off"

# Every account of one listen, from whichever of them: the one that stands and those it supersedes.
_MARK = """
    with recursive listen as (
        select cast(:play_id as bigint) as id
        union
        select case when m.play_id = l.id then m.by_play_id else m.play_id end
        from listen l
        join matches m on m.user_id = :user_id and l.id in (m.play_id, m.by_play_id)
    )
    update plays p set is_deleted = :is_deleted
    where p.user_id = :user_id and p.id in (select id from listen)
        and p.is_deleted <> :is_deleted
    returning p.started_at
"""


class Key(NamedTuple):
    """The last play of a page: the next page begins after it."""

    started_at: datetime
    id: int


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which plays of a listener; None means all.

    `text` is part of a title, an artist or a show, whatever its case. The days are local and both
    inclusive. Ids are those of top lists: a recording has all its titles, and a negative track is a
    content without an artist.
    """

    text: str | None = None
    kind: PlayKind | None = None
    first: date | None = None
    last: date | None = None
    artist_id: int | None = None
    album_id: int | None = None
    track_id: int | None = None
    is_deleted: bool = False


@dataclass(frozen=True)
class Entry:
    """A play as its listener sees it, with names instead of numbers.

    `track_id` is that of top lists. How it started and ended is None where the source does not
    tell. `is_left_out` says whether a rule keeps it from counting.
    """

    id: int
    started_at: datetime
    ms_played: int
    kind: PlayKind
    uri: str
    title: str
    artist: str | None
    album: str | None
    show: str | None
    track_id: int
    artist_id: int | None
    album_id: int | None
    reason_start: str | None
    reason_end: str | None
    skipped: bool | None
    shuffle: bool | None
    offline: bool | None
    platform: str | None
    origin: Origin
    provenance: Provenance
    source_id: int
    is_estimated: bool
    is_private: bool
    is_video: bool
    is_deleted: bool
    is_left_out: bool


@dataclass(frozen=True)
class Page:
    """Some plays, newest first; `last` is None when there are no more."""

    entries: list[Entry]
    last: Key | None


def page(
    session: Session, user_id: UUID, wanted: Wanted, *, limit: int, after: Key | None = None
) -> Page:
    """A listener's plays as they count, newest first: each listen once, deleted ones apart.

    Raises Invalid when the last day lies before the first.
    """
    given = _given(session, user_id, wanted)
    if after is not None:
        given |= {"before_at": after.started_at, "before_id": after.id}
    conditions = "".join(f" and {sql}" for name, sql in _CONDITIONS.items() if name in given)
    given |= {"user_id": user_id, "is_deleted": wanted.is_deleted, "limit": limit + 1}
    session.execute(text(_IN_ORDER))
    rows = session.execute(text(_PAGE.format(conditions=conditions)), given).all()
    entries = _entries(session, user_id, rows[:limit])
    last = entries[-1] if len(rows) > limit else None
    return Page(entries, Key(last.started_at, last.id) if last else None)


def delete(session: Session, user_id: UUID, play_id: int) -> int:
    """Take a listen out of everything; return how many accounts of it were not deleted yet."""
    return _mark(session, user_id, play_id, is_deleted=True)


def restore(session: Session, user_id: UUID, play_id: int) -> int:
    """Bring a deleted listen back; return how many accounts of it were deleted."""
    return _mark(session, user_id, play_id, is_deleted=False)


def _mark(session: Session, user_id: UUID, play_id: int, *, is_deleted: bool) -> int:
    accounts.lock_ledger(session, user_id)
    given = {"user_id": user_id, "play_id": play_id, "is_deleted": is_deleted}
    starts = session.scalars(text(_MARK), given).all()
    if starts:
        packed.mark(session, user_id, min(starts), max(starts))
        firsts.settle(session, user_id)
        exclusions.changed(session, user_id)
    elif not session.scalar(select(exists().where(Play.user_id == user_id, Play.id == play_id))):
        raise NotFound("unknown_play", f"The listener has no play {play_id}.")
    return len(starts)


def _given(session: Session, user_id: UUID, wanted: Wanted) -> dict[str, Any]:
    """The values of the conditions that matter."""
    user = accounts.get_user(session, user_id)
    scope = scopes.scope_of(user, first=wanted.first, last=wanted.last)
    is_content = wanted.track_id is not None and wanted.track_id < 0
    values = {
        "text": normalised(wanted.text) if wanted.text else None,
        "kind": wanted.kind,
        "start": scope.start,
        "end": scope.end,
        "artist_id": wanted.artist_id,
        "album_id": wanted.album_id,
        "track_id": None if is_content else wanted.track_id,
        "content_id": -wanted.track_id if wanted.track_id and is_content else None,
    }
    return {name: value for name, value in values.items() if value not in (None, "")}


def _entries(session: Session, user_id: UUID, rows: Sequence[Row[Any]]) -> list[Entry]:
    plays = _as_plays(session, rows[::-1])
    left_out = exclusions.left_out(session, user_id, plays)[::-1].tolist()
    subjects = plays.subjects[::-1].tolist()
    entries = []
    for row, track_id, is_left_out in zip(rows, subjects, left_out, strict=True):
        told = row._asdict() | {
            "started_at": row.started_at.astimezone(UTC),
            "kind": PlayKind(row.kind),
            "origin": Origin(row.origin),
            "provenance": Provenance(row.provenance),
            "track_id": track_id,
            "is_left_out": is_left_out,
        }
        del told["content_id"]
        entries.append(Entry(**told))
    return entries


def _as_plays(session: Session, rows: Sequence[Row[Any]]) -> Plays:
    """The same plays, oldest first, as rules look at them: with recordings for tracks."""

    def numbers(name: str) -> Any:
        return np.array([getattr(row, name) or 0 for row in rows], np.int32)

    nothing = np.zeros(len(rows), np.int32)
    return Plays(
        Clock(),
        np.array([int(row.started_at.timestamp()) for row in rows], np.int64),
        numbers("ms_played"),
        numbers("content_id"),
        recordings.merged(session, numbers("track_id")),
        numbers("artist_id"),
        numbers("album_id"),
        circumstances=nothing,
        flags=nothing,
    )
