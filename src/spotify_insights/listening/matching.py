"""Which plays tell of the same listen: the richest account of it stands, the others link to it.

What is found depends on nothing but the accounts that are in the ledger, so it does not matter in
which order they came, and undoing an import brings back what it had superseded.

The rules, each stored with its confidence (0..1):
`near_duplicate`  one source's row, written twice a few seconds apart
`other_start`     one row, of which only one export tells when it really started
`same_minute`     account data: same title and length, ended in the same minute
`heard_at_end`, `heard_at_start`, `heard_during`
                  same title, and the one instant that a poll or a scrobble knows lies at the end,
                  at the start or within the richer account
"""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from spotify_insights.listening import affected, packed
from spotify_insights.listening.pairing import Pair, assign
from spotify_insights.models.listening import Origin

# Clocks of phones and servers differ, and lists are written when a play is over.
TOLERANCE_S = 120
MINUTE_S = 60

_MINUTE_EXACT = "('spotify_account', 'lastfm_minute')"

_TABLES = (
    "drop table if exists found, pairs",
    """
    create temp table found (no int, by_no int, rule text, confidence float) on commit drop
    """,
    """
    create temp table pairs (
        poor_no int, rich_no int, heard_at timestamptz, started_at timestamptz,
        cost float, rule text, confidence float
    ) on commit drop
    """,
)

# The first of a chain stands for all of it. Polls know either end of a play, so that a song on
# repeat may well be told of twice within seconds; and what gives no length has no end to compare.
_NEAR = """
    with told as (
        select no, content_id, origin, started_at,
            case when is_estimated then 0 else ms_played end as length,
            case when not is_estimated then ended_at end as until
        from accounts
        where origin <> 'spotify_polled' and (is_estimated or ms_played >= :short_ms)
    ),
    spaced as (
        select *, coalesce(started_at - lag(started_at) over alike <= :near and (until is null
            or until between lag(until) over alike - :near and lag(until) over alike + :near),
            false) as continues
        from told
        window alike as (partition by content_id, origin, length order by no)
    ),
    chains as (
        select *, count(*) filter (where not continues) over alike as chain from spaced
        window alike as (partition by content_id, origin, length order by no)
    )
    insert into found
    select no, head, 'near_duplicate', 0.99 from (
        select no, first_value(no) over (
            partition by content_id, origin, length, chain order by no
        ) as head
        from chains
    ) headed
    where no <> head
"""

# A start that is the end less the length was worked out; any other one was noted by the device.
_OTHER_START = """
    with candidates as (
        select *, abs(extract(epoch from ended_at - started_at) - ms_played / 1000.0) <= 1
            as is_worked_out
        from accounts
        where not is_estimated and ms_played >= :short_ms
            and not exists (select from found f where f.no = accounts.no)
    )
    insert into found
    select distinct on (poor.no) poor.no, rich.no, 'other_start', 0.95
    from candidates poor join candidates rich
        on rich.content_id = poor.content_id and rich.origin = poor.origin
        and rich.ms_played = poor.ms_played and poor.is_worked_out and not rich.is_worked_out
        and rich.ended_at = poor.ended_at
    order by poor.no, rich.no
"""

# Two rows of account data for one of the extended history are one row told twice there.
_SAME_MINUTE = """
    with told as (
        select a.*, floor(extract(epoch from ended_at) / 60) as minute from accounts a
        where origin in ('spotify_extended', 'spotify_account')
            and not exists (select from found f where f.no = a.no)
    ),
    ranked as (
        select *, row_number() over (
                partition by origin, match_key, ms_played, minute order by no
            ) as nth,
            count(*) over (partition by origin, match_key, ms_played, minute) as of
        from told
    )
    insert into found
    select poor.no, rich.no, 'same_minute',
        case when rich.artist_id is not distinct from poor.artist_id then 1.0 else 0.95 end
    from ranked poor join ranked rich
        on poor.origin = 'spotify_account' and rich.origin = 'spotify_extended'
        and rich.match_key = poor.match_key and rich.ms_played = poor.ms_played
        and rich.minute = poor.minute and rich.nth = least(poor.nth, rich.of)
"""

# Joined by title and hour, so that a song played a thousand times meets itself a few times only.
# A play without a connection was heard when it started, and is told of when it is uploaded.
_PAIRS = f"""
    with standing as (
        select a.*, a.started_at + make_interval(secs => ms_played / 1000.0) as heard_until,
            case when origin in {_MINUTE_EXACT} then :minute_s else 0 end as vague_s,
            is_estimated or ms_played >= :short_ms as is_listed
        from accounts a where not exists (select from found f where f.no = a.no)
    ),
    poor as (
        select s.*, case origin when 'spotify_polled' then ended_at else started_at end as heard_at
        from standing s where origin = cast(:origin as origin)
    ),
    windows as (
        select s.*, started_at as opens, greatest(heard_until, least(ended_at, heard_until +
            make_interval(secs => :tolerance_s))) as closes
        from standing s where origin < cast(:origin as origin) and is_listed
        union all
        select s.*, ended_at, ended_at from standing s
        where origin < cast(:origin as origin) and is_listed
            and ended_at > heard_until + make_interval(secs => :tolerance_s)
    ),
    padded as (
        select w.*, make_interval(secs => :tolerance_s + w.vague_s + :poor_vague_s) as pad
        from windows w
    ),
    hours as (
        select p.*, generate_series(
            floor(extract(epoch from opens - pad) / 3600)::int,
            floor(extract(epoch from closes + pad) / 3600)::int
        ) as hour
        from padded p
    ),
    met as (
        select distinct on (poor.no, rich.no) poor.no as poor_no, rich.no as rich_no, poor.heard_at,
            rich.started_at,
            rich.content_id = poor.content_id as same_content,
            rich.artist_id is not distinct from poor.artist_id as same_artist,
            abs(extract(epoch from poor.heard_at - rich.started_at)) as from_start,
            least(abs(extract(epoch from poor.heard_at - rich.heard_until)),
                  abs(extract(epoch from poor.heard_at - rich.ended_at))) as from_end
        from poor join hours rich on rich.match_key = poor.match_key
            and rich.hour = floor(extract(epoch from poor.heard_at) / 3600)::int
            and poor.heard_at between rich.opens - rich.pad and rich.closes + rich.pad
    )
    insert into pairs
    select poor_no, rich_no, heard_at, started_at,
        least(from_start, from_end)
            + case when same_content then 0 when same_artist then 2 else 10 end,
        case when least(from_start, from_end) > :tolerance_s + :poor_vague_s then 'heard_during'
            when from_start < from_end then 'heard_at_start' else 'heard_at_end' end,
        round((case when same_content then 1.0 when same_artist then 0.98 else 0.9 end
            * greatest(0.75, 1 - least(from_start, from_end) / 1200.0))::numeric, 3)
    from met
"""  # noqa: S608 - put together from constants

_SURE = """
    with sure as (
        delete from pairs p
        where not exists (
            select from pairs o where o.poor_no = p.poor_no and o.rich_no <> p.rich_no)
        and not exists (
            select from pairs o where o.rich_no = p.rich_no and o.poor_no <> p.poor_no)
        returning *
    )
    insert into found select poor_no, rich_no, rule, confidence from sure
"""

_CONTESTED = "select poor_no, rich_no, heard_at, started_at, cost from pairs"

_CHOSEN = """
    insert into found
    select p.poor_no, p.rich_no, p.rule, p.confidence from pairs p
    join unnest(cast(:poor as int[]), cast(:rich as int[])) as chosen (poor_no, rich_no)
        using (poor_no, rich_no)
"""

_UPDATE = """
    with changed as (
        update plays p set is_superseded = f.no is not null
        from accounts a left join found f on f.no = a.no
        where p.user_id = :user_id and p.started_at = a.started_at and p.id = a.id and a.is_settled
            and p.is_superseded <> (f.no is not null)
        returning p.started_at
    )
    select min(started_at), max(started_at) from changed
"""
# What the listener deleted stays so: all accounts of it, whichever stands now or will later.
_STAY_DELETED = """
    with recursive links as (
        select f.no, f.by_no from found f join accounts poor on poor.no = f.no
        where poor.is_settled
    ),
    deleted as (
        select no from accounts where is_deleted
        union
        select other.by_no from deleted d join (
            select no, by_no from links union all select by_no, no from links
        ) other on other.no = d.no
    ),
    changed as (
        update plays p set is_deleted = true
        from deleted d join accounts a on a.no = d.no
        where not a.is_deleted
            and p.user_id = :user_id and p.started_at = a.started_at and p.id = a.id
        returning p.started_at
    )
    select min(started_at), max(started_at) from changed
"""
_FORGET = """
    delete from matches m using accounts a
    where m.user_id = :user_id and m.play_id = a.id and a.is_settled
"""
_KEEP = """
    insert into matches (user_id, play_id, by_play_id, rule, confidence)
    select :user_id, poor.id, rich.id, f.rule, f.confidence
    from found f join accounts poor on poor.no = f.no join accounts rich on rich.no = f.by_no
    where poor.is_settled
"""


def resolve(session: Session, user_id: UUID) -> None:
    """Find out anew which accounts of the titles in the table `touched` are of the same listen.

    `touched` (match_key, earliest, latest) names the titles whose plays came or went, and when
    these plays started. Only plays around that time are looked at.
    """
    origins = [Origin(origin) for origin in affected.gather(session, user_id)]
    for statement in _TABLES:
        session.execute(text(statement))
    given = {
        "user_id": user_id,
        "near": affected.NEAR,
        "short_ms": affected.SHORT_MS,
        "tolerance_s": TOLERANCE_S,
        "minute_s": MINUTE_S,
    }
    for statement in (_NEAR, _OTHER_START):
        session.execute(text(statement), given)
    for origin in origins[1:]:
        _match_origin(session, origin, given)
    session.execute(text("analyze found"))
    spans = [session.execute(text(change), given).one() for change in (_UPDATE, _STAY_DELETED)]
    for statement in (_FORGET, _KEEP):
        session.execute(text(statement), given)
    for earliest, latest in spans:
        if earliest:
            packed.mark(session, user_id, earliest, latest)


def _match_origin(session: Session, origin: Origin, given: dict[str, object]) -> None:
    """Link the accounts of one origin to those of richer ones that stand so far."""
    if origin is Origin.SPOTIFY_ACCOUNT:
        session.execute(text(_SAME_MINUTE))
        return
    vague_s = MINUTE_S if origin is Origin.LASTFM_MINUTE else 0
    session.execute(text("truncate pairs"))
    session.execute(text(_PAIRS), given | {"origin": origin.value, "poor_vague_s": vague_s})
    session.execute(text("analyze pairs"))
    session.execute(text(_SURE))
    contested = [Pair(*row) for row in session.execute(text(_CONTESTED))]
    chosen = assign(contested)
    ids = {"poor": [pair.poor_no for pair in chosen], "rich": [pair.rich_no for pair in chosen]}
    session.execute(text(_CHOSEN), ids)
