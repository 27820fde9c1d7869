"""The ledger: plays, and the sources that claim them. Set by set, in the caller's transaction.

A play is known again by when it started and ended, what it was, how long it lasted and what told of
it. The first source to bring it is noted on the play, any other in `claims`; a play whose last
source goes, goes too.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from spotify_insights.listening import staging
from spotify_insights.listening.staging import ID_BITS, Pack
from spotify_insights.models.listening import PLAY_ID_BLOCKS, Provenance

# Sorted, so that two imports at once take the rows of the shared catalogue in the same order.
_NAMES = (
    """
    insert into artists (name, name_key)
    select distinct on (artist_key) artist, artist_key from staged_contents
    where content_id is null and artist_key is not null order by artist_key, no
    on conflict do nothing
    """,
    """
    update staged_contents s set artist_id = a.id from artists a
    where s.content_id is null and a.name_key = s.artist_key
    """,
    """
    insert into albums (artist_id, name, name_key)
    select distinct on (artist_id, album_key) artist_id, album, album_key from staged_contents
    where content_id is null and artist_id is not null and album_key is not null
    order by artist_id, album_key, no
    on conflict do nothing
    """,
    """
    insert into tracks (artist_id, name, name_key, match_key)
    select distinct on (artist_id, name_key) artist_id, name, name_key, match_key
    from staged_contents
    where content_id is null and artist_id is not null order by artist_id, name_key, no
    on conflict do nothing
    """,
    """
    insert into contents (uri, kind, name, match_key, collection)
    select distinct on (uri) uri, kind, name, match_key, collection from staged_contents
    where content_id is null order by uri, no
    on conflict do nothing
    """,
    """
    update staged_contents s
    set content_id = c.id,
        track_id = (select t.id from tracks t
                    where t.artist_id = s.artist_id and t.name_key = s.name_key),
        album_id = (select b.id from albums b
                    where b.artist_id = s.artist_id and b.name_key = s.album_key)
    from contents c where s.content_id is null and c.uri = s.uri
    """,
)
_HOW = (
    """
    insert into circumstances (
        platform, country, reason_start, reason_end, shuffle, skipped, offline, is_video
    )
    select distinct platform, country, reason_start, reason_end, shuffle, skipped, offline, is_video
    from staged_circumstances where circumstances_id is null order by 1, 2, 3, 4, 5, 6, 7, 8
    on conflict do nothing
    """,
    """
    update staged_circumstances s set circumstances_id = c.id from circumstances c
    where s.circumstances_id is null
        and (c.platform, c.country, c.reason_start, c.reason_end)
            is not distinct from (s.platform, s.country, s.reason_start, s.reason_end)
        and (c.shuffle, c.skipped, c.offline, c.is_video)
            is not distinct from (s.shuffle, s.skipped, s.offline, s.is_video)
    """,
)

# The bounds on `known` let the planner read just the stretch of the ledger that the pack touches.
# It knows nothing yet of plays that have just come in, and must not be left to go through all of
# them for every row: `store` turns nested loops off. Rows come out in the order of the key, which
# an index takes twice as fast as any other.
_STORE = """
    with judged as materialized (
        select r.*, case
            when r.nth > 1 or known.source_id = any(:new_sources) or told.play_id is not null
                then 'duplicate_exact'
            when known.id is not null then 'already_known'
            else 'imported' end as reason,
            coalesce(known.id, r.new_id) as play_id,
            coalesce(known.source_id, r.first_source_id) as holder_id
        from (
            select p.file_no, p.started_at, p.ended_at, p.ms_played, f.source_id, c.kind,
                c.content_id, c.track_id, c.artist_id, c.album_id, r.origin, r.circumstances_id,
                coalesce(r.provenance, cast(:provenance as provenance)) as provenance,
                r.is_estimated, r.is_private, r.is_deleted,
                row_number() over same as nth,
                first_value(f.source_id) over same as first_source_id,
                first_value(:first_id + p.seq) over same as new_id
            from staged_plays p
            join staged_files f on f.no = p.file_no
            join staged_contents c on c.no = p.content_no
            join staged_circumstances r on r.no = p.circumstances_no
            window same as (
                partition by p.started_at, p.ended_at, c.content_id, p.ms_played, r.origin
                order by p.seq
            )
        ) r
        left join plays known on known.user_id = :user_id
            and known.started_at between :earliest and :latest
            and known.started_at = r.started_at and known.ended_at = r.ended_at
            and known.content_id = r.content_id and known.ms_played = r.ms_played
            and known.origin = r.origin
        left join (
            select distinct play_id from claims
            where user_id = :user_id and source_id = any(:new_sources)
        ) told on told.play_id = known.id
    ),
    stored as (
        insert into plays (
            user_id, started_at, ended_at, id, content_id, ms_played, origin, source_id, track_id,
            artist_id, album_id, circumstances_id, kind, provenance, is_estimated, is_private,
            is_deleted
        )
        select :user_id, started_at, ended_at, play_id, content_id, ms_played, origin, source_id,
            track_id, artist_id, album_id, circumstances_id, kind, provenance, is_estimated,
            is_private, is_deleted
        from judged where reason = 'imported'
    ),
    claimed as (
        insert into claims (user_id, source_id, play_id)
        select :user_id, source_id, play_id from judged where source_id <> holder_id
        on conflict do nothing
    )
    select file_no, reason, count(*) from judged group by file_no, reason
"""

_TOUCH_STAGED = """
    create temp table touched on commit drop as
    select distinct match_key, cast(:earliest as timestamptz) as earliest,
        cast(:latest as timestamptz) as latest
    from staged_contents
"""
_TOUCH = """
    create temp table touched on commit drop as
    select coalesce(t.match_key, c.match_key) as match_key, min(p.earliest) as earliest,
        max(p.latest) as latest
    from (
        select content_id, track_id, min(started_at) as earliest, max(started_at) as latest
        from plays where user_id = :user_id and source_id = any(:sources)
            and (cast(:since as timestamptz) is null or started_at >= :since)
        group by content_id, track_id
    ) p
    join contents c on c.id = p.content_id
    left join tracks t on t.id = p.track_id
    group by 1
"""

# The eldest of the other sources takes over what it claims.
_DROP = (
    """
    with heirs as (
        select play_id, min(source_id) as source_id from claims
        where user_id = :user_id and source_id <> all(:sources) group by play_id
    )
    update plays p set source_id = h.source_id from heirs h
    where p.user_id = :user_id and p.source_id = any(:sources) and p.id = h.play_id
    """,
    """
    delete from claims c using plays p
    where c.user_id = :user_id and p.user_id = :user_id
        and p.id = c.play_id and p.source_id = c.source_id
    """,
    "delete from claims where user_id = :user_id and source_id = any(:sources)",
)
_DELETE = """
    with gone as (
        delete from plays where user_id = :user_id and source_id = any(:sources) returning id
    ),
    unlinked as (
        delete from matches m using gone where m.user_id = :user_id and m.play_id = gone.id
    )
    select count(*) from gone
"""

_ID_BLOCK = select(PLAY_ID_BLOCKS.next_value())


# How many rows of each file met each fate.
Tally = Counter[tuple[int, str]]


def begin(session: Session) -> None:
    """Prepare this transaction for `store`."""
    session.execute(text("set local work_mem = '64MB'"))
    staging.create_tables(session)


def add_source(session: Session, file_no: int, source_id: int) -> None:
    """Say which source the rows of a file come from."""
    given = {"no": file_no, "source_id": source_id}
    session.execute(text("insert into staged_files values (:no, :source_id)"), given)


def store(
    session: Session,
    user_id: UUID,
    pack: Pack,
    provenance: Provenance,
    new_sources: Sequence[int],
) -> Tally:
    """Move a pack into the ledger and say what became of the rows of each file.

    A second row of the same key, be it in this pack or in another one of `new_sources`, is a
    `duplicate_exact`; one that the ledger had before is `already_known`; any other is `imported`.
    """
    staging.load(session, pack)
    for statement in (*(_NAMES if pack.contents else ()), *(_HOW if pack.circumstances else ())):
        session.execute(text(statement))
    given = {
        "user_id": user_id,
        "provenance": provenance.value,
        "new_sources": list(new_sources),
        "earliest": pack.earliest,
        "latest": pack.latest,
        "first_id": session.execute(_ID_BLOCK).scalar_one() << ID_BITS,
    }
    session.execute(text("set local enable_nestloop = off"))
    stored = session.execute(text(_STORE), given)
    tally = Tally({(file_no, reason): rows for file_no, reason, rows in stored})
    session.execute(text("set local enable_nestloop = on"))
    return tally


def touch_staged(session: Session, earliest: datetime | None, latest: datetime | None) -> None:
    """Name in the table `touched` all staged titles; their plays started in this span."""
    session.execute(text("drop table if exists touched"))
    session.execute(text(_TOUCH_STAGED), {"earliest": earliest, "latest": latest})


def touch(
    session: Session, user_id: UUID, source_ids: Sequence[int], *, since: datetime | None = None
) -> None:
    """Name in the table `touched` which titles these sources brought, and when they started."""
    session.execute(text("drop table if exists touched"))
    given = {"user_id": user_id, "sources": list(source_ids), "since": since}
    session.execute(text(_TOUCH), given)


def drop(session: Session, user_id: UUID, source_ids: Sequence[int]) -> int:
    """Take back what these sources claim; return how many plays went with their last claim."""
    touch(session, user_id, source_ids)
    given = {"user_id": user_id, "sources": list(source_ids)}
    for statement in _DROP:
        session.execute(text(statement), given)
    return int(session.execute(text(_DELETE), given).scalar_one())
