"""One recording under several titles: tracks of one artist whose addresses share an ISRC.

Only how they are counted changes: the plays keep their own track, so taking a merge back restores
what was there before.
"""

from typing import NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from spotify_insights.errors import NotFound
from spotify_insights.models import CatalogueVersion, TrackMerge

# Two listeners may have other favourites: one at a time, or each title could end under the other.
_ONE_AT_A_TIME = "lock table track_merges in share row exclusive mode"

# What was merged before is one track here. Each merges into the most played one that it shares an
# ISRC with, which is always further up in one order of all tracks, so never in a circle. One that
# merges takes in none in this round: no chains. A track that was taken back takes no part at all.
_MERGE = """
    with heard as (
        select coalesce(m.into_track_id, p.track_id) as track_id, p.artist_id, c.isrc,
            sum(count(*)) over (partition by coalesce(m.into_track_id, p.track_id)) as plays
        from plays p join contents c on c.id = p.content_id
        left join track_merges m on m.track_id = p.track_id
        where p.user_id = :user_id and not (p.is_superseded or p.is_deleted)
            and p.track_id is not null
            and m.is_undone is not true
        group by coalesce(m.into_track_id, p.track_id), p.artist_id, c.isrc
    ),
    headed as (
        select track_id, isrc, first_value(track_id) over best as head,
            first_value(plays) over best as head_plays
        from heard where isrc is not null
        window best as (partition by isrc, artist_id order by plays desc, track_id)
    ),
    found as (
        select distinct on (track_id) track_id, head, isrc from headed where track_id <> head
        order by track_id, head_plays desc, head, isrc
    ),
    merged as (
        insert into track_merges (track_id, into_track_id, isrc)
        select f.track_id, f.head, f.isrc from found f
        where not exists (select from found other where other.track_id = f.head)
        on conflict do nothing
        returning track_id
    )
    select count(*) from merged
"""

# Those that were merged into a track follow it.
_FOLLOW = """
    update track_merges m set into_track_id = further.into_track_id
    from track_merges further
    where further.track_id = m.into_track_id and not further.is_undone and not m.is_undone
"""

_LIST = """
    select m.track_id, a.name, t.name, m.into_track_id, into_t.name, m.isrc
    from track_merges m
    join tracks t on t.id = m.track_id
    join tracks into_t on into_t.id = m.into_track_id
    join artists a on a.id = t.artist_id
    where not m.is_undone and m.track_id in (
        select p.track_id from plays p where p.user_id = :user_id
    )
    order by a.name_key, t.name_key, m.track_id
    limit :limit offset :offset
"""


_ALL = """
    select track_id, into_track_id from track_merges where not is_undone order by track_id
"""
_CHANGED = """
    insert into catalogue_version (token) values (gen_random_uuid())
    on conflict (id) do update set token = excluded.token
"""

Ids = NDArray[np.int32]
# All merges as they are while the version is this one: there is one at most.
_known: dict[UUID, tuple[Ids, Ids]] = {}


class Merge(NamedTuple):
    """A track that is counted as another one of the same artist."""

    track_id: int
    artist: str
    title: str
    into_track_id: int
    into_title: str
    isrc: str


def merge(session: Session, user_id: UUID) -> int:
    """Merge what the listener played under several titles; return how many tracks that were."""
    session.execute(text(_ONE_AT_A_TIME))
    total = 0
    while found := int(session.execute(text(_MERGE), {"user_id": user_id}).scalar_one()):
        session.execute(text(_FOLLOW))
        total += found
    if total:
        changed(session)
    return total


def changed(session: Session) -> None:
    """Say that what all listeners share is not what it was: their statistics may have changed."""
    session.execute(text(_CHANGED))


def version(session: Session) -> UUID | None:
    """A token that is another one after every change; None as long as nothing ever changed."""
    return session.scalar(select(CatalogueVersion.token))


def merged(session: Session, tracks: Ids) -> Ids:
    """The same tracks, those that are merged into another one as that other one."""
    token = version(session)
    if token is None or not len(tracks):
        return tracks
    merge, into = _all(session, token)
    if not len(merge):
        return tracks
    known = merge <= int(tracks.max())
    counted_as = np.arange(int(tracks.max()) + 1, dtype=np.int32)
    counted_as[merge[known]] = into[known]
    return counted_as[tracks]


def list_merges(session: Session, user_id: UUID, limit: int, offset: int) -> list[Merge]:
    given = {"user_id": user_id, "limit": limit, "offset": offset}
    return [Merge(*row) for row in session.execute(text(_LIST), given)]


def unmerge(session: Session, track_id: int) -> None:
    """Count a track for itself again, from now on and for all listeners. Safe to repeat."""
    undone = update(TrackMerge).where(TrackMerge.track_id == track_id).values(is_undone=True)
    if session.scalars(undone.returning(TrackMerge.track_id)).one_or_none() is None:
        raise NotFound("unknown_merge", f"Track {track_id} is not merged into another one.")
    changed(session)


def _all(session: Session, token: UUID) -> tuple[Ids, Ids]:
    known = _known.get(token)
    if known is None:
        merges = [(row.track_id, row.into_track_id) for row in session.execute(text(_ALL))]
        pairs = np.array(merges, np.int32).reshape(-1, 2)
        known = pairs[:, 0], pairs[:, 1]
        _known.clear()
        _known[token] = known
    return known
