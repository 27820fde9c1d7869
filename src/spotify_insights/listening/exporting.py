"""Exports: a listener's whole ledger as a file, made page by page while it is sent.

Each page has a short transaction of its own, so that a slow reader holds nothing. Plays come in the
order of when they started and ended, then by address: the same on every server, whatever order the
plays were stored in.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from io import StringIO
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import text

from spotify_insights.listening.archives import insights_export
from spotify_insights.models.listening import Origin, PlayKind, Provenance
from spotify_insights.resources import transaction

PAGE_ROWS = 5_000

# The next plays in the order of the primary key, up to the last that shares its times with others,
# and those that share them with the play before: once they are named, they go by their address.
_PAGE = """
    with ahead as (
        select * from plays
        where user_id = :user_id and started_at = :started_at and ended_at = :ended_at
            and (:with_superseded or not is_superseded) and (:with_deleted or not is_deleted)
        union all (
            select * from plays
            where user_id = :user_id and (started_at, ended_at) > (:started_at, :ended_at)
                and (:with_superseded or not is_superseded) and (:with_deleted or not is_deleted)
            order by started_at, ended_at fetch first (:limit) rows with ties
        )
    )
    select p.started_at, p.ended_at, p.ms_played, p.kind, c.uri, coalesce(t.name, c.name),
        a.name, b.name, c.collection, p.origin, p.provenance, p.is_estimated, p.is_private,
        p.is_superseded, h.platform, h.country, h.reason_start, h.reason_end, h.shuffle, h.skipped,
        h.offline, h.is_video, p.is_deleted
    from ahead p
    join contents c on c.id = p.content_id
    join circumstances h on h.id = p.circumstances_id
    left join tracks t on t.id = p.track_id
    left join artists a on a.id = p.artist_id
    left join albums b on b.id = p.album_id
    where (p.started_at, p.ended_at, c.uri collate "C", p.ms_played, p.origin)
        > (:started_at, :ended_at, :uri, :ms_played, cast(:origin as origin))
    order by p.started_at, p.ended_at, c.uri collate "C", p.ms_played, p.origin
    limit :limit
"""

# Until it has statistics of new plays, the planner believes that a listener has a few. It would
# read and sort all that are left for every page, where the primary key has them in order.
_IN_ORDER = "set local enable_bitmapscan = off"

_NEVER = datetime.min.replace(tzinfo=UTC)

# Spotify's word for a country it does not know.
_NOWHERE = "ZZ"


class Format(StrEnum):
    """`jsonl` and `csv` have every account of every play, `spotify` the plays that count.

    A play that its listener deleted is in none of them, unless it is asked for.
    """

    JSONL = "jsonl"
    CSV = "csv"
    SPOTIFY = "spotify"


class Page(NamedTuple):
    """The next part of a file, and how many plays are in it."""

    content: bytes
    plays: int


class _Key(NamedTuple):
    """What plays are ordered by, and told apart."""

    started_at: datetime
    ended_at: datetime
    uri: str
    ms_played: int
    origin: Origin


class _Account(msgspec.Struct, gc=False, omit_defaults=True):
    """A play as one source tells it. The fields are the columns of our own formats, in order.

    JSON has `is_deleted` only where it is true, so that most lines do without.
    """

    started_at: datetime
    ended_at: datetime
    ms_played: int
    kind: PlayKind
    uri: str
    title: str
    artist: str | None
    album: str | None
    collection: str | None
    origin: Origin
    provenance: Provenance
    is_estimated: bool
    is_private: bool
    is_superseded: bool
    platform: str | None
    country: str | None
    reason_start: str | None
    reason_end: str | None
    shuffle: bool | None
    skipped: bool | None
    offline: bool | None
    is_video: bool
    is_deleted: bool = False


class _Writer(NamedTuple):
    """How a file begins, what a page of plays is in it, what stands between pages, how it ends."""

    opening: bytes
    rows: Callable[[Sequence[_Account]], bytes]
    between: bytes = b""
    closing: bytes = b""


def pages(user_id: UUID, form: Format, *, with_deleted: bool = False) -> Iterator[Page]:
    """The whole file of a listener's plays, part by part. What is in memory is one page.

    Plays that come or go meanwhile may be in it or not; none is in it twice. With `with_deleted`
    our own formats have deleted plays too, marked; Spotify's has no word for them.
    """
    writer, written = _WRITERS[form], 0
    is_ours = form is not Format.SPOTIFY
    which = {"with_superseded": is_ours, "with_deleted": is_ours and with_deleted}
    yield Page(writer.opening, 0)
    for accounts in _accounts(user_id, which):
        yield Page((writer.between if written else b"") + writer.rows(accounts), len(accounts))
        written += len(accounts)
    yield Page(writer.closing, 0)


def _accounts(user_id: UUID, which: Mapping[str, bool]) -> Iterator[list[_Account]]:
    after = _Key(_NEVER, _NEVER, "", 0, Origin.SPOTIFY_EXTENDED)
    while accounts := _next_page(user_id, after, which):
        yield accounts
        if len(accounts) < PAGE_ROWS:
            return
        last = accounts[-1]
        after = _Key(last.started_at, last.ended_at, last.uri, last.ms_played, last.origin)


def _next_page(user_id: UUID, after: _Key, which: Mapping[str, bool]) -> list[_Account]:
    given = {"user_id": user_id, "limit": PAGE_ROWS, **which, **after._asdict()}
    with transaction() as session:
        session.execute(text(_IN_ORDER))
        rows = session.execute(text(_PAGE), given)
        return [
            _Account(started_at.astimezone(UTC), ended_at.astimezone(UTC), *others)
            for started_at, ended_at, *others in rows
        ]


def _json_lines(accounts: Sequence[_Account]) -> bytes:
    return msgspec.json.Encoder().encode_lines(accounts)


def _csv(rows: Iterable[Iterable[Any]]) -> bytes:
    written = StringIO()
    csv.writer(written).writerows([_cell(value) for value in row] for row in rows)
    return written.getvalue().encode()


def _cells(accounts: Sequence[_Account]) -> bytes:
    return _csv(map(msgspec.structs.astuple, accounts))


def _cell(value: Any) -> str | int:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value if isinstance(value, int) else insights_export.guarded(value)


def _spotify_rows(accounts: Sequence[_Account]) -> bytes:
    """The rows as Spotify indents them, without the brackets of their list."""
    written = msgspec.json.encode([_as_spotify(account) for account in accounts])
    return msgspec.json.format(written, indent=2).removeprefix(b"[").removesuffix(b"\n]")


def _as_spotify(play: _Account) -> dict[str, Any]:
    """A row of the extended history, from which the same play is read again.

    The start stands in `offline_timestamp`. No connection at all is Spotify's sign of a video, so
    what is unknown of any other play is told as online. What only has names has no address.
    """
    is_track, is_episode = play.kind == PlayKind.TRACK, play.kind == PlayKind.EPISODE
    is_chapter = play.kind == PlayKind.CHAPTER
    uri = None if play.uri.startswith("named:") else play.uri
    title = None if play.title == play.uri else play.title
    return {
        "ts": play.ended_at,
        "platform": play.platform,
        "ms_played": play.ms_played,
        "conn_country": play.country or _NOWHERE,
        "ip_addr": None,
        "master_metadata_track_name": title if is_track else None,
        "master_metadata_album_artist_name": play.artist,
        "master_metadata_album_album_name": play.album,
        "spotify_track_uri": uri if is_track else None,
        "episode_name": title if is_episode else None,
        "episode_show_name": play.collection if is_episode else None,
        "spotify_episode_uri": uri if is_episode else None,
        "audiobook_title": play.collection if is_chapter else None,
        "audiobook_uri": None,
        "audiobook_chapter_uri": uri if is_chapter else None,
        "audiobook_chapter_title": title if is_chapter else None,
        "reason_start": play.reason_start,
        "reason_end": play.reason_end,
        "shuffle": play.shuffle,
        "skipped": play.skipped,
        "offline": None if play.is_video else play.offline or False,
        "offline_timestamp": int(play.started_at.timestamp()),
        "incognito_mode": play.is_private,
    }


_WRITERS = {
    Format.JSONL: _Writer(insights_export.HEADER + b"\n", _json_lines),
    Format.CSV: _Writer(_csv([_Account.__struct_fields__]), _cells),
    Format.SPOTIFY: _Writer(b"[", _spotify_rows, between=b",", closing=b"\n]"),
}
