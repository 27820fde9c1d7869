"""Which plays are meant: whose, from when to when, on which clock, and what is left out."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

import numpy as np
from sqlalchemy.orm import Session

from spotify_insights.errors import Invalid
from spotify_insights.listening import exclusions, packed, recordings
from spotify_insights.listening.packed import IS_PRIVATE
from spotify_insights.listening.stats import clock, ranges, shows
from spotify_insights.listening.stats.clock import Clock
from spotify_insights.listening.stats.plays import Plays
from spotify_insights.listening.stats.ranges import Span
from spotify_insights.models import User
from spotify_insights.models.listening import PlayKind


@dataclass(frozen=True)
class Scope:
    """Whose plays, started when (from `start`, before `end`), seen on which clock.

    `private` says whether plays of private sessions belong to it: they count in a listener's own
    statistics and never in what is told or shared. `export_only` leaves just what the listener gave
    (never what was asked from Spotify). Exclusions always apply.
    """

    user_id: UUID
    clock: Clock
    start: datetime | None = None
    end: datetime | None = None
    private: bool = True
    export_only: bool = False


def clock_of(user: User, zone: str | None = None) -> Clock:
    """The listener's clock, in another zone if one is named; raises Invalid for an unknown one."""
    if zone is not None:
        require_zone(zone)
    return Clock(zone or user.timezone, user.day_starts_at, user.week_starts_on)


def require_zone(zone: str) -> None:
    """Raise Invalid for a name that is no IANA zone."""
    if zone not in clock.zones():
        raise Invalid("unknown_zone", f"{zone!r} is not an IANA time zone.", field="tz")


def scope_of(
    user: User, *, first: date | None = None, last: date | None = None, zone: str | None = None
) -> Scope:
    """The listener's plays from the day `first` to the day `last`, both inclusive and optional.

    Raises Invalid for an unknown zone or an end before the start.
    """
    return over(Scope(user.id, clock_of(user, zone)), ranges.between(first, last))


def over(scope: Scope, span: Span) -> Scope:
    """The same for other days."""
    start = scope.clock.start_of(span.first) if span.first else None
    end = scope.clock.end_of(span.last) if span.last else None
    return replace(scope, start=start, end=end)


def fetch(session: Session, scope: Scope, kind: PlayKind = PlayKind.TRACK) -> Plays:
    """The plays of one kind that belong to a scope, oldest first."""
    columns = packed.fetch(session, scope.user_id, kind, scope.start, scope.end)
    if kind is PlayKind.TRACK:
        columns = columns._replace(tracks=recordings.merged(session, columns.tracks))
    else:
        numbers = shows.numbers(session, columns.contents)
        columns = columns._replace(artists=numbers, albums=numbers)
    plays = Plays.of(columns, scope.clock)
    left_out = exclusions.left_out(session, scope.user_id, plays)
    if not scope.private:
        left_out = left_out | ((plays.flags & IS_PRIVATE) != 0)
    if scope.export_only:
        left_out = left_out | (plays.provenances != 0)
    return plays.take(~left_out) if np.any(left_out) else plays
