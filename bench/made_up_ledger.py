"""A made-up ledger, written by the database itself: years of plays in seconds.

Everybody hears artists by a law like Zipf's (a few very often, most of them now and then), and of
each artist a few songs most, in sessions of a dozen plays between seven in the morning and
midnight, over fifteen years. One play in fifty is of a podcast, one in five ends early.
"""

from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import text

from spotify_insights import accounts
from spotify_insights.listening import firsts, packed
from spotify_insights.resources import engine, transaction

ARTISTS, ALBUMS_AN_ARTIST, TRACKS_AN_ALBUM = 4_000, 3, 8
TRACKS_AN_ARTIST = ALBUMS_AN_ARTIST * TRACKS_AN_ALBUM
TRACKS = ARTISTS * TRACKS_AN_ARTIST
EPISODES, EPISODES_A_SHOW = 600, 30
FIRST_ON, LAST_ON = date(2011, 1, 1), date(2025, 12, 31)
DAYS = (LAST_ON - FIRST_ON).days + 1
# A listener of n plays knows so many times the root of n artists.
KNOWN = 4
# Later ranks lose less: the first artist has one or two percent of all plays.
FLATTENED_BY = 10
PLAYS_A_SESSION = 12
# All ways to begin, to shuffle and so on for each way to end.
HOW = 6 * 2 * 3 * 2

CATALOGUE = (
    """
    insert into artists (name, name_key, genres)
    select 'Artist ' || n, 'artist ' || n, jsonb_build_array('genre ' || n % 40)
    from generate_series(1, :artists) as n order by n
    """,
    """
    insert into albums (artist_id, name, name_key)
    select 1 + (n - 1) / :albums_an_artist, 'Album ' || n, 'album ' || n
    from generate_series(1, :albums) as n order by n
    """,
    """
    insert into tracks (artist_id, name, name_key, match_key)
    select 1 + (n - 1) / :tracks_an_artist, 'Song ' || n, 'song ' || n,
        'song ' || n
    from generate_series(1, :tracks) as n order by n
    """,
    """
    insert into contents (uri, kind, name, match_key, duration_ms, released_in)
    select 'spotify:track:' || lpad(n::text, 22, '0'), 'track', 'Song ' || n, 'song ' || n,
        case when n % 4 > 0 then 150000 + n * 7919 % 120000 end,
        case when n % 4 > 0 then 1960 + n / :tracks_an_album % 66 end
    from generate_series(1, :tracks) as n order by n
    """,
    """
    insert into contents (uri, kind, name, match_key, collection)
    select 'spotify:episode:' || lpad(n::text, 22, '0'), 'episode', 'Episode ' || n,
        'episode ' || n, 'Show ' || n / :episodes_a_show
    from generate_series(1, :episodes) as n order by n
    """,
    """
    insert into circumstances (
        reason_end, platform, country, reason_start, shuffle, skipped, offline, is_video
    )
    select reason_end, platform, country, reason_start, shuffle, reason_end = 'fwdbtn', false, false
    from unnest(array['trackdone', 'fwdbtn', 'endplay']) with ordinality as e (reason_end, no)
    cross join unnest(array['android', 'ios', 'windows', 'macos', 'web', 'cast']) as platform
    cross join unnest(array['DE', 'FR']) as country
    cross join unnest(array['trackdone', 'fwdbtn', 'clickrow']) as reason_start
    cross join unnest(array[true, false]) as shuffle
    order by no
    """,
)

PLAYS = f"""
    with dice as materialized (
        select n, random() as what, random() as song, random() as how, random() as fate,
            random() as part, n = 1 or random() < 1.0 / {PLAYS_A_SESSION} as is_first
        from generate_series(1, :plays) as n
    ),
    heard as (
        select n, fate, count(*) filter (where is_first) over (order by n) as session,
            case when fate < 0.02 then {TRACKS} + 1 + floor(what * {EPISODES})::int
                else 1 + (rank * 7919 + :no * 104729) % {ARTISTS} * {TRACKS_AN_ARTIST}
                    + floor(power(song, 2.5) * {TRACKS_AN_ARTIST})::int end::int as content,
            case when fate < 0.8 then 0 when fate < 0.9 then 1 else 2 end * {HOW} + 1
                + floor(how * {HOW})::int as how,
            case when fate < 0.02 then 1200000 when fate < 0.8 then 150000 + (part * 120000)::int
                when fate < 0.9 then 1000 + (part * 40000)::int
                else 20000 + (part * 130000)::int end as ms
        from dice cross join lateral cast(
            floor({FLATTENED_BY} * (power(1 + :known / {FLATTENED_BY}.0, what) - 1)) as bigint
        ) as rank
    ),
    placed as (
        select *, (min(n) over session - 1) * {DAYS}::numeric / :plays as day,
            coalesce(sum(ms / 1000 + 1) over (session order by n
                rows between unbounded preceding and 1 preceding), 0) as since_s
        from heard window session as (partition by session)
    ),
    timed as (
        select *, date_trunc('second', timestamptz '{FIRST_ON} 07:00:00+00'
            + floor(day)::int * interval '1 day'
            + (day - floor(day))::float * interval '17 hours' + since_s * interval '1 second'
        ) as started_at
        from placed
    )
    insert into plays (
        user_id, started_at, ended_at, id, content_id, ms_played, origin, source_id, track_id,
        artist_id, album_id, circumstances_id, kind, provenance, is_private
    )
    select :user_id, started_at, started_at + ms / 1000 * interval '1 second',
        (cast(:no as bigint) << 32) + n, content, ms, 'spotify_extended', :no,
        case when fate >= 0.02 then content end,
        case when fate >= 0.02 then
            1 + (content - 1) / {TRACKS_AN_ARTIST} end,
        case when fate >= 0.02 then 1 + (content - 1) / {TRACKS_AN_ALBUM} end,
        how, case when fate < 0.02 then 'episode' else 'track' end::play_kind, 'export',
        session % 200 = 0
    from timed order by n
    on conflict do nothing
"""


def write_catalogue() -> None:
    """For an empty database, whose ids begin at 1."""
    given = {
        "artists": ARTISTS,
        "albums": ARTISTS * ALBUMS_AN_ARTIST,
        "tracks": TRACKS,
        "tracks_an_album": TRACKS_AN_ALBUM,
        "tracks_an_artist": TRACKS_AN_ARTIST,
        "albums_an_artist": ALBUMS_AN_ARTIST,
        "episodes": EPISODES,
        "episodes_a_show": EPISODES_A_SHOW,
    }
    with transaction() as session:
        for statement in CATALOGUE:
            session.execute(text(statement), given)


def write_listener(no: int, plays: int) -> UUID:
    """A new listener with so many plays, packed; for one number always the same ones."""
    with transaction() as session:
        user_id = accounts.register(session, f"bench{no}", "Bench")[0].id
        session.execute(text("select setseed(:seed)"), {"seed": no % 997 / 997})
        given = {
            "user_id": user_id,
            "no": no,
            "plays": plays,
            "known": min(ARTISTS, KNOWN * plays**0.5),
        }
        session.execute(text(PLAYS), given)
    with transaction() as session:
        first, last = (datetime(*day.timetuple()[:3], tzinfo=UTC) for day in (FIRST_ON, LAST_ON))
        packed.mark(session, user_id, first, last.replace(hour=23, minute=59))
        firsts.settle(session, user_id)
    return user_id


def tidy() -> None:
    """What autovacuum would have done some minutes later."""
    with engine().connect() as connection:
        own = connection.execution_options(isolation_level="AUTOCOMMIT")
        own.execute(text("vacuum (analyze)"))
