"""Numbers over the ledger, each defined once, as SQL over one listener and one span of time.

A play belongs to the moment it *started*. Counted plays are those of at least 30 seconds, Spotify's
own rule for a stream. Local dates and hours are those of the listener's zone; a day may start later
than midnight for night owls.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import text
from sqlalchemy.orm import Session

from spotify_insights.errors import Invalid
from spotify_insights.models import User
from spotify_insights.models.listening import PlayKind

COUNTED_MS = 30_000


@dataclass(frozen=True)
class Scope:
    """Whose plays, started when (from `start`, before `end`), seen in which zone.

    `private` says whether plays of private sessions belong to it: they count in a listener's own
    statistics and never in what is told or shared.
    """

    user_id: UUID
    zone: str = "UTC"
    day_starts_at: int = 0
    start: datetime | None = None
    end: datetime | None = None
    private: bool = True

    def parameters(self) -> dict[str, Any]:
        return {
            "user_id": self.user_id,
            "zone": self.zone,
            "day_starts_at": timedelta(hours=self.day_starts_at),
            "start": self.start,
            "end": self.end,
            "private": self.private,
            "counted_ms": COUNTED_MS,
        }


@dataclass(frozen=True)
class Totals:
    """Sums over one kind of play. Distinct things are those among counted plays."""

    plays: int = 0
    counted_plays: int = 0
    ms_played: int = 0
    distinct_tracks: int = 0
    distinct_artists: int = 0
    distinct_albums: int = 0
    days_active: int = 0
    first_play_at: datetime | None = None
    last_play_at: datetime | None = None
    is_estimated: bool = False


@dataclass(frozen=True)
class Skips:
    """`skipped` of `told` plays, those whose source tells how they ended."""

    told: int
    skipped: int


_WHERE = """
    p.user_id = :user_id
    and not p.is_superseded
    and (cast(:start as timestamptz) is null or p.started_at >= :start)
    and (cast(:end as timestamptz) is null or p.started_at < :end)
    and (:private or not p.is_private)
"""
_MUSIC = f"{_WHERE} and p.kind = 'track'"
_COUNTED = f"{_MUSIC} and p.ms_played >= :counted_ms"
# A recording under several titles counts as one track (see `recordings`).
_RECORDING = "left join track_merges m on m.track_id = p.track_id and not m.is_undone"
_TRACK = "coalesce(m.into_track_id, p.track_id)"
_LOCAL = "(p.started_at at time zone :zone)"

# A track without an artist, an episode and a chapter go by their content; the sign keeps the two
# kinds of numbers apart. The collection is looked up where it is needed, never joined: the planner
# may know nothing yet of a catalogue that has just come in.
_TOTALS = f"""
    select p.kind,
        count(*),
        count(*) filter (where counted),
        sum(p.ms_played),
        count(distinct coalesce(into_track_id, p.track_id, -p.content_id)) filter (where counted),
        count(distinct coalesce(p.artist_id::text, collection)) filter (where counted),
        count(distinct coalesce(p.album_id::text, collection)) filter (where counted),
        count(distinct ({_LOCAL} - :day_starts_at)::date),
        min(p.started_at),
        max(p.started_at),
        bool_or(p.is_estimated)
    from (
        select p.*, m.into_track_id, p.ms_played >= :counted_ms as counted,
            case when p.kind <> 'track' then
                (select c.collection from contents c where c.id = p.content_id)
            end as collection
        from plays p {_RECORDING} where {_WHERE}
    ) p
    group by p.kind
"""  # noqa: S608 - put together from constants

_HOURS = f"""
    select
        coalesce(sum(p.ms_played) filter (where hour >= 6 and hour < 12), 0) as morning,
        coalesce(sum(p.ms_played) filter (where hour >= 12 and hour < 18), 0) as afternoon,
        coalesce(sum(p.ms_played) filter (where hour >= 18), 0) as evening,
        coalesce(sum(p.ms_played) filter (where hour < 6), 0) as night
    from (
        select p.ms_played, extract(hour from {_LOCAL}) as hour from plays p where {_MUSIC}
    ) p
"""  # noqa: S608

# Counted first, named last: the planner knows nothing yet of a history that has just come in, and
# a join of every play would be left to its luck.
_TOP_ARTISTS = f"""
    with top as materialized (
        select p.artist_id, count(*) as plays, sum(p.ms_played) as ms_played,
            min(p.started_at) as first_play_at
        from plays p where {_COUNTED} and p.artist_id is not null
        group by p.artist_id
        order by plays desc, ms_played desc, first_play_at, artist_id limit :limit
    )
    select a.name, null as genres, top.plays, top.ms_played
    from top join artists a on a.id = top.artist_id
    order by plays desc, ms_played desc, first_play_at, artist_id
"""  # noqa: S608

_TOP_TRACKS = f"""
    with top as materialized (
        select {_TRACK} as track_id, count(*) as plays, sum(p.ms_played) as ms_played,
            min(p.started_at) as first_play_at
        from plays p {_RECORDING} where {_COUNTED} and p.track_id is not null
        group by {_TRACK}
        order by plays desc, ms_played desc, first_play_at, track_id limit :limit
    )
    select t.name, a.name as artist, top.plays, top.ms_played
    from top join tracks t on t.id = top.track_id join artists a on a.id = t.artist_id
    order by plays desc, ms_played desc, first_play_at, track_id
"""  # noqa: S608

_ARTIST_COUNTS = f"""
    select count(*) from plays p where {_COUNTED} and p.artist_id is not null group by p.artist_id
"""  # noqa: S608

_TRACK_KEYS = f"""
    with played as materialized (
        select distinct {_TRACK} as track_id, case when p.track_id is null then p.content_id end
        from plays p {_RECORDING} where {_COUNTED}
    ),
    listed as (
        select distinct * from unnest(cast(:artists as text[]), cast(:titles as text[]))
            as listed (artist_key, title_key)
    )
    select (select count(*) from played) + (
        select count(*) from listed where not exists (
            select from artists a
            join tracks t on t.artist_id = a.id and t.name_key = listed.title_key
            left join track_merges m on m.track_id = t.id and not m.is_undone
            join played on played.track_id = coalesce(m.into_track_id, t.id)
            where a.name_key = listed.artist_key
        )
    )
"""  # noqa: S608

# A skip ends early: before half of the track where its length is known, else before 30 s.
_SKIPS = f"""
    select count(*) filter (where told),
        count(*) filter (where told and by_button and ms_played < until_ms)
    from (
        select p.ms_played, coalesce(c.duration_ms / 2, :counted_ms) as until_ms,
            r.skipped is not null or r.reason_end is not null as told,
            coalesce(r.skipped, false) or coalesce(r.reason_end in ('fwdbtn', 'backbtn'), false)
                as by_button
        from plays p
        join circumstances r on r.id = p.circumstances_id
        join contents c on c.id = p.content_id
        where {_MUSIC}
    ) p
"""  # noqa: S608

_SOURCES = f"select distinct p.provenance::text from plays p where {_MUSIC} order by 1"  # noqa: S608


def totals(session: Session, scope: Scope) -> dict[PlayKind, Totals]:
    """Totals for each kind of play.

    For episodes and chapters the show or book stands for artist and album, and the episode or
    chapter for the track.
    """
    rows = session.execute(text(_TOTALS), scope.parameters())
    found = {PlayKind(kind): Totals(*values) for kind, *values in rows}
    return {kind: found.get(kind, Totals()) for kind in PlayKind}


def skips(session: Session, scope: Scope) -> Skips:
    """How many music plays were skipped, of those whose source tells how a play ended.

    A skip was ended by a forward or back button, or marked by Spotify, and is shorter than 30 s, or
    than half of its track where the track's length is known. Spotify's mark alone is not believed.
    """
    return Skips(*session.execute(text(_SKIPS), scope.parameters()).one())


def hours_by_part(session: Session, scope: Scope) -> dict[str, float]:
    """Hours of music by part of the local day, by the start of each play."""
    row = session.execute(text(_HOURS), scope.parameters()).mappings().one()
    return {part: round(int(ms) / 3_600_000, 3) for part, ms in row.items()}


def top_artists(session: Session, scope: Scope, limit: int) -> list[dict[str, Any]]:
    """Artists by counted plays, then by time, then by who was heard first."""
    return _ranked(session, _TOP_ARTISTS, scope, limit)


def top_tracks(session: Session, scope: Scope, limit: int) -> list[dict[str, Any]]:
    """Tracks (artist and title) by counted plays, then by time, then by what was heard first."""
    return _ranked(session, _TOP_TRACKS, scope, limit)


def plays_per_artist(session: Session, scope: Scope) -> list[int]:
    return list(session.scalars(text(_ARTIST_COUNTS), scope.parameters()))


def distinct_tracks_with(session: Session, scope: Scope, others: list[tuple[str, str]]) -> int:
    """Distinct tracks among the counted plays and `others`, pairs of artist key and title key."""
    keys = {"artists": [artist for artist, _ in others], "titles": [title for _, title in others]}
    return int(session.execute(text(_TRACK_KEYS), scope.parameters() | keys).scalar_one())


def sources(session: Session, scope: Scope) -> list[str]:
    """Where the music plays of the scope came from."""
    return list(session.scalars(text(_SOURCES), scope.parameters()))


@cache
def zones() -> frozenset[str]:
    """The IANA zones. `localtime` is this machine's own, under a name no database knows."""
    return frozenset(available_timezones() - {"localtime"})


def scope_of(
    user: User, *, first: date | None = None, last: date | None = None, zone: str | None = None
) -> Scope:
    """The listener's plays from the day `first` to the day `last`, both inclusive and optional.

    Raises Invalid for an unknown zone or an end before the start.
    """
    if zone is not None and zone not in zones():
        raise Invalid("unknown_zone", f"{zone!r} is not an IANA time zone.", field="tz")
    if first and last and last < first:
        raise Invalid("range_reversed", "The last day lies before the first one.", field="to")
    zone = zone or user.timezone
    return Scope(
        user_id=user.id,
        zone=zone,
        day_starts_at=user.day_starts_at,
        start=_day_start(first, zone, user.day_starts_at),
        end=_day_start(last, zone, user.day_starts_at, days=1),
    )


def _day_start(day: date | None, zone: str, hour: int, days: int = 0) -> datetime | None:
    """The instant a local day starts; None where it lies outside the calendar, so no bound."""
    if day is None:
        return None
    try:
        local = datetime.combine(day + timedelta(days=days), time(hour), ZoneInfo(zone))
        return local.astimezone(UTC)
    except OverflowError:
        return None


def _ranked(session: Session, query: str, scope: Scope, limit: int) -> list[dict[str, Any]]:
    rows = session.execute(text(query), scope.parameters() | {"limit": limit}).mappings()
    return [
        {"rank": rank, **row, "ms_played": int(row["ms_played"])}
        for rank, row in enumerate(rows, start=1)
    ]
