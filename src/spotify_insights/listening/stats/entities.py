"""Entities: everything that the page of one artist, album or track tells."""

from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from spotify_insights.errors import NotFound
from spotify_insights.listening.stats import clock
from spotify_insights.listening.stats import scope as scopes
from spotify_insights.listening.stats.calendar import Streak, streaks
from spotify_insights.listening.stats.clock import DAYS_A_WEEK
from spotify_insights.listening.stats.details import details_of
from spotify_insights.listening.stats.habits import Skips, skips
from spotify_insights.listening.stats.neighbours import Neighbours, neighbours
from spotify_insights.listening.stats.plays import Numbers, Plays, summed
from spotify_insights.listening.stats.scope import Scope
from spotify_insights.listening.stats.sessions import session_numbers
from spotify_insights.listening.stats.standings import Standing, rank, rank_over_time
from spotify_insights.listening.stats.timeline import (
    HOURS_A_DAY,
    Amount,
    Bucket,
    bucket_starts,
    daily,
    timeline,
)
from spotify_insights.listening.stats.tops import Ranked, TopKind, ids_of, tally_of, top
from spotify_insights.listening.stats.totals import Totals, totals
from spotify_insights.models import TrackMerge

# The most tracks and albums that are listed.
LISTED = 50


@dataclass(frozen=True)
class Slot:
    """What was heard in one hour of the wall clock (0-23) or on one weekday (1 = Monday)."""

    number: int
    plays: int
    ms_played: int


@dataclass(frozen=True)
class Profile:
    """One artist, album or track among a listener's plays.

    The totals are those of its own plays, the rank and the share are by counted plays among all.
    The best day, week and month have the most counted plays. Sessions are those with any play of
    it. Tracks are listed of artists and albums, albums of artists.
    """

    id: int
    totals: Totals
    rank: int | None
    share_of_plays: float | None
    best_day: Amount | None
    best_week: Amount | None
    best_month: Amount | None
    longest_streak: Streak | None
    sessions: int
    months: list[Amount]
    rank_over_time: list[Standing]
    hours: list[Slot]
    weekdays: list[Slot]
    top_tracks: list[Ranked]
    albums: list[Ranked]
    neighbours: Neighbours


@dataclass(frozen=True)
class Entity:
    """A profile, and how often it was skipped, as far as sources tell."""

    profile: Profile
    skips: Skips


def profile(plays: Plays, kind: TopKind, number: int, bucket: Bucket = Bucket.MONTH) -> Profile:
    """What the plays tell of one artist, album or track; ranks over time by `bucket`.

    Raises NotFound where none of the plays is of it.
    """
    ids = ids_of(plays, kind)
    is_own = ids == number
    if not number or not is_own.any():
        raise _unknown(kind, number)
    own = plays.take(is_own)
    return Profile(
        id=number,
        totals=totals(own),
        rank=rank(tally_of(plays, kind), number),
        share_of_plays=_share(own, plays),
        best_day=best(own, Bucket.DAY),
        best_week=best(own, Bucket.WEEK),
        best_month=best(own, Bucket.MONTH),
        longest_streak=streaks(own, None).longest,
        sessions=len(np.unique(session_numbers(plays)[is_own])),
        months=timeline(own, Bucket.MONTH),
        rank_over_time=rank_over_time(plays, kind, number, bucket),
        hours=_slots(own, own.hours, range(HOURS_A_DAY)),
        weekdays=_slots(own, clock.weekdays(own.days), range(1, DAYS_A_WEEK + 1)),
        top_tracks=[] if kind is TopKind.TRACKS else top(own, TopKind.TRACKS, limit=LISTED).items,
        albums=top(own, TopKind.ALBUMS, limit=LISTED).items if kind is TopKind.ARTISTS else [],
        neighbours=neighbours(plays, kind, number),
    )


def best(plays: Plays, bucket: Bucket) -> Amount | None:
    """The day, week, month, quarter or year with the most counted plays; the earliest of equals.

    With its counted plays and the ms of all its plays; None without a counted play.
    """
    by_day = daily(plays)
    if not by_day.plays.any():
        return None
    starts = bucket_starts(by_day.days, bucket, plays.clock)
    distinct, places = np.unique(starts, return_inverse=True)
    counted, ms = (np.bincount(places, values) for values in (by_day.plays, by_day.ms_played))
    most = int(np.argmax(counted))
    return Amount(clock.named(distinct[most]), int(counted[most]), int(ms[most]))


def entity(session: Session, scope: Scope, kind: TopKind, number: int) -> Entity:
    """The page of one artist, album or track of music, over the plays of a scope.

    A track that is merged into another one answers with that one. Raises NotFound for what the
    listener did not play in it.
    """
    plays = scopes.fetch(session, scope)
    if kind is TopKind.TRACKS:
        merge = session.get(TrackMerge, number)
        number = merge.into_track_id if merge and not merge.is_undone else number
    found = profile(plays, kind, number)
    own = plays.take(ids_of(plays, kind) == number)
    return Entity(found, skips(session, own, details_of(session, own)))


def _share(own: Plays, plays: Plays) -> float | None:
    """The share (0..1) of all counted plays; None without any."""
    counted = np.count_nonzero(plays.is_counted)
    return round(int(np.count_nonzero(own.is_counted)) / counted, 4) if counted else None


def _slots(plays: Plays, places: Numbers, numbers: range) -> list[Slot]:
    counted = np.bincount(places[plays.is_counted], minlength=numbers.stop)
    ms = summed(places, plays.ms_played, numbers.stop)
    return [Slot(number, int(counted[number]), int(ms[number])) for number in numbers]


def _unknown(kind: TopKind, number: int) -> NotFound:
    match kind:
        case TopKind.TRACKS:
            return NotFound("unknown_track", f"Track {number} was not played.")
        case TopKind.ARTISTS:
            return NotFound("unknown_artist", f"Artist {number} was not played.")
        case TopKind.ALBUMS:
            return NotFound("unknown_album", f"Album {number} was not played.")
