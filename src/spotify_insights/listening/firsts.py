"""When a listener first heard each track, artist and album: what "new" means, without a look back.

Kept beside the packed weeks, so that the share of new music in a month costs what the month costs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from spotify_insights.listening import exclusions, packed, recordings
from spotify_insights.listening.packed import IS_PRIVATE, WEEK_S, binary_cursor
from spotify_insights.listening.stats import scope as scopes
from spotify_insights.listening.stats.clock import Clock, instant
from spotify_insights.listening.stats.plays import Flags, Ids, Plays, factorised
from spotify_insights.listening.stats.scope import Scope
from spotify_insights.listening.stats.tops import TopKind, ids_of
from spotify_insights.models import FirstHeard, PackedWeek
from spotify_insights.models.listening import PlayKind

# Later than any play.
NEVER = (1 << 62) - 1

_STORED = "select subject, ids, heard_at, heard_openly_at from first_heard where user_id = %s"

Seconds = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Firsts:
    """Ids of tracks, artists or albums in ascending order, and when each was first heard.

    The start (UTC seconds since 1970) of the first counted play.
    """

    ids: Ids
    heard: Seconds

    def of(self, ids: Ids) -> Seconds:
        """When each of these was first heard; `NEVER` where it was not."""
        if not len(self.ids):
            return np.full(len(ids), NEVER)
        places = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        return np.where(self.ids[places] == ids, self.heard[places], NEVER)


@dataclass(frozen=True, eq=False)
class _Kept:
    """Firsts as they are stored: over all plays, and over those outside private sessions."""

    ids: Ids
    heard: Seconds
    openly: Seconds


def settle(session: Session, user_id: UUID) -> list[int]:
    """Pack what was marked and bring the firsts up to date; return the weeks that changed.

    The caller holds the lock on the listener's ledger. Safe to repeat.
    """
    weeks = packed.refresh(session, user_id)
    if weeks:
        start, end = (instant(week * WEEK_S) for week in (weeks[0], weeks[-1] + 1))
        kept = _stored(session, user_id)
        found = _follow(session, Scope(user_id, Clock(), start, end), kept) if kept else None
        if found is None:
            plays = _raw(session, Scope(user_id, Clock()))
            found = {kind: _kept_of(plays, kind) for kind in TopKind}
        for kind, firsts in found.items():
            if firsts is not kept.get(kind):
                _save(session, user_id, kind, firsts)
    return weeks


def known_to(
    session: Session, scope: Scope, of: PlayKind = PlayKind.TRACK
) -> dict[TopKind, Firsts]:
    """When each thing was first heard, at any time, by plays that may belong to a scope.

    Of what is spoken nothing is kept; there is little of it, and it is looked up.
    """
    stale = exists().where(PackedWeek.user_id == scope.user_id, PackedWeek.is_stale)
    is_kept = of is PlayKind.TRACK and not scope.export_only
    is_ruled = not is_kept or exclusions.rules_of(session, scope.user_id)
    if is_ruled or session.scalar(select(stale)):
        plays = scopes.fetch(session, replace(scope, start=None, end=None), of)
        return {kind: firsts_of(plays, kind) for kind in TopKind}
    found = {
        kind: Firsts(kept.ids, kept.heard if scope.private else kept.openly)
        for kind, kept in _stored(session, scope.user_id).items()
    }
    nothing = Firsts(np.zeros(0, np.int32), np.zeros(0, np.int64))
    tracks = _merged(session, found.get(TopKind.TRACKS, nothing))
    return dict.fromkeys(TopKind, nothing) | found | {TopKind.TRACKS: tracks}


def firsts_of(plays: Plays, kind: TopKind) -> Firsts:
    """The first counted play of each track, artist or album among plays."""
    return _firsts_among(plays, kind, plays.is_counted)


def _firsts_among(plays: Plays, kind: TopKind, chosen: Flags) -> Firsts:
    ids = ids_of(plays, kind)
    chosen = chosen & (ids != 0)
    distinct, places = factorised(ids[chosen])
    heard = np.zeros(len(distinct), np.int64)
    # The plays are sorted, and of several values for one place the last one stays.
    heard[places[::-1]] = plays.started[chosen][::-1]
    return Firsts(distinct, heard)


def _raw(session: Session, scope: Scope) -> Plays:
    """Plays as they are in the ledger: no rule applied, no track merged."""
    columns = packed.fetch(session, scope.user_id, PlayKind.TRACK, scope.start, scope.end)
    return Plays.of(columns, Clock())


def _kept_of(plays: Plays, kind: TopKind) -> _Kept:
    found = firsts_of(plays, kind)
    openly = _firsts_among(plays, kind, plays.is_counted & ((plays.flags & IS_PRIVATE) == 0))
    return _Kept(found.ids, found.heard, openly.of(found.ids))


def _follow(
    session: Session, span: Scope, kept: Mapping[TopKind, _Kept]
) -> dict[TopKind, _Kept] | None:
    """The firsts after plays of a span changed; None where those of the span do not tell."""
    assert span.start, "a span of weeks has a start"
    assert span.end, "a span of weeks has an end"
    changed = _raw(session, span)
    found = {}
    for kind in TopKind:
        updated = _updated(kept[kind], changed, kind, span.start, span.end)
        if updated is None:
            return None
        found[kind] = updated
    return found


def _updated(
    kept: _Kept, changed: Plays, kind: TopKind, start: datetime, end: datetime
) -> _Kept | None:
    """The firsts after plays of a span changed to these; None where they do not tell.

    Whatever was first heard outside of the span is now first heard there or, if earlier, within.
    Of what was first heard within and is gone, only a look at all plays knows.
    """
    now = _kept_of(changed, kind)
    places = np.searchsorted(kept.ids, now.ids)
    is_known = places < len(kept.ids)
    is_known[is_known] = kept.ids[places[is_known]] == now.ids[is_known]
    columns = []
    for before, fresh in ((kept.heard, now.heard), (kept.openly, now.openly)):
        is_inside = (before >= start.timestamp()) & (before < end.timestamp())
        outside = np.where(is_inside, NEVER, before)
        outside[places[is_known]] = np.minimum(outside[places[is_known]], fresh[is_known])
        if (is_inside & (outside == NEVER)).any():
            return None
        columns.append(np.insert(outside, places[~is_known], fresh[~is_known]))
    heard, openly = columns
    if is_known.all() and (heard == kept.heard).all() and (openly == kept.openly).all():
        return kept
    return _Kept(np.insert(kept.ids, places[~is_known], now.ids[~is_known]), heard, openly)


def _merged(session: Session, tracks: Firsts) -> Firsts:
    """The same, merged tracks under the id of the one they are counted as."""
    counted_as = recordings.merged(session, np.maximum(tracks.ids, 0))
    ids = np.where(tracks.ids > 0, counted_as, tracks.ids)
    if np.array_equal(ids, tracks.ids):
        return tracks
    order = np.lexsort((tracks.heard, ids))
    ids, heard = ids[order], tracks.heard[order]
    is_first = np.diff(ids, prepend=ids[:1] - 1) != 0
    return Firsts(ids[is_first], heard[is_first])


def _stored(session: Session, user_id: UUID) -> Mapping[TopKind, _Kept]:
    rows = binary_cursor(session).execute(_STORED, (user_id,)).fetchall()
    return {
        TopKind(subject): _Kept(
            np.frombuffer(ids, "<i4"), np.frombuffer(heard, "<i8"), np.frombuffer(openly, "<i8")
        )
        for subject, ids, heard, openly in rows
    }


def _save(session: Session, user_id: UUID, kind: TopKind, found: _Kept) -> None:
    values = {
        "ids": found.ids.astype("<i4").tobytes(),
        "heard_at": found.heard.astype("<i8").tobytes(),
        "heard_openly_at": found.openly.astype("<i8").tobytes(),
    }
    session.execute(
        insert(FirstHeard)
        .values(user_id=user_id, subject=kind.value, **values)
        .on_conflict_do_update(index_elements=["user_id", "subject"], set_=values)
    )
