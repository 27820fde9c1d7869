"""Which plays a change of the ledger may affect: the ones that are matched anew.

Its statements run right after plays came in, when the planner still takes the ledger for empty. So
those that read a stretch of it are kept from going through that stretch once for every row.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

# The last play of an offline journey may be uploaded so much later.
REACH = timedelta(days=61)
# Two plays cannot start so close together, unless they are one.
NEAR = timedelta(seconds=5)
# What is shorter is skipped through, again and again within seconds.
SHORT_MS = 30_000

_SPAN = "select min(earliest), max(latest) from touched"
_ORIGINS = """
    select distinct origin from plays
    where user_id = :user_id and started_at between :earliest and :latest
    order by origin
"""
_TABLES = (
    "drop table if exists accounts, candidates, titles",
    """
    create temp table accounts (
        no int, is_settled bool, id bigint, match_key text, origin origin, content_id int,
        artist_id int, started_at timestamptz, ended_at timestamptz, ms_played int,
        is_estimated bool, source_id int, is_deleted bool
    ) on commit drop
    """,
)

_INTO_ACCOUNTS = """
    insert into accounts
    select row_number() over (order by started_at, ended_at, content_id, ms_played, origin),
        started_at between :settled_from and :settled_to, id, match_key, origin, content_id,
        artist_id, started_at, ended_at, ms_played, is_estimated, source_id, is_deleted
    from
"""

# Where several origins meet: all plays of the touched titles.
_TITLES = """
    create temp table titles on commit drop as
    select t.id as track_id, null::int as content_id, t.match_key
    from touched join tracks t on t.match_key = touched.match_key
    union all
    select null, c.id, c.match_key from touched join contents c on c.match_key = touched.match_key
"""
_OF_TITLES = f"""
    {_INTO_ACCOUNTS} (
        select p.*, t.match_key from plays p join titles t on t.track_id = p.track_id
        where p.user_id = :user_id and p.started_at between :earliest and :latest
        union all
        select p.*, t.match_key from plays p join titles t on t.content_id = p.content_id
        where p.user_id = :user_id and p.started_at between :earliest and :latest
            and p.track_id is null
    ) named
"""  # noqa: S608 - put together from constants

# Where there is one: plays that start within seconds of another, plays of one content that ended
# together after the same length, and what is superseded now.
_CANDIDATES = """
    create temp table candidates on commit drop as
    with spanned as materialized (
        select id, started_at, content_id, ms_played, ended_at,
            is_superseded
                or started_at - lag(started_at) over by_start <= :near
                or lead(started_at) over by_start - started_at <= :near as is_chosen
        from plays
        where user_id = :user_id and started_at between :earliest and :latest
            and (is_estimated or is_superseded or ms_played >= :short_ms)
        window by_start as (order by started_at)
    )
    select id, started_at from spanned where is_chosen
    union
    select id, started_at from spanned join (
        select content_id, ms_played, ended_at from spanned
        group by content_id, ms_played, ended_at having count(*) > 1
    ) together using (content_id, ms_played, ended_at)
"""
_OF_CANDIDATES = f"""
    {_INTO_ACCOUNTS} (
        select p.*, coalesce(t.match_key, c.match_key) as match_key
        from candidates
        join plays p on p.user_id = :user_id
            and p.started_at = candidates.started_at and p.id = candidates.id
        join contents c on c.id = p.content_id
        left join tracks t on t.id = p.track_id
    ) named
"""  # noqa: S608


def gather(session: Session, user_id: UUID) -> list[str]:
    """Put the plays around those in `touched` into the table `accounts`; return their origins.

    They are numbered by what they tell, never by when they came in, so that ties are broken alike.
    The plays at both ends are there to be looked at: what becomes of them is not settled here.

    The origins come richest first. Both are empty when nothing was touched.
    """
    for statement in _TABLES:
        session.execute(text(statement))
    earliest, latest = session.execute(text(_SPAN)).one()
    if earliest is None:
        return []
    given = {
        "user_id": user_id,
        "earliest": earliest - 2 * REACH,
        "latest": latest + 2 * REACH,
        "settled_from": earliest - REACH,
        "settled_to": latest + REACH,
        "near": NEAR,
        "short_ms": SHORT_MS,
    }
    origins = list(session.scalars(text(_ORIGINS), given))
    if len(origins) > 1:
        session.execute(text(_TITLES))
        _over_a_stretch(session, _OF_TITLES, given)
    else:
        _over_a_stretch(session, _CANDIDATES, given)
        session.execute(text("analyze candidates"))
        session.execute(text(_OF_CANDIDATES), given)
    session.execute(text("analyze accounts"))
    return origins


def _over_a_stretch(
    session: Session, statement: str, given: dict[str, UUID | datetime | timedelta | int]
) -> None:
    session.execute(text("set local enable_nestloop = off"))
    session.execute(text(statement), given)
    session.execute(text("set local enable_nestloop = on"))
