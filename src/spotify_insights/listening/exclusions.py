"""Plays that do not count because their listener said so: by rule, reversible at any time.

A rule changes no play. It is applied wherever plays are read for a statistic.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ARRAY, Integer, any_, delete, literal, select
from sqlalchemy.orm import Session

from spotify_insights import accounts
from spotify_insights.errors import Conflict, Invalid, NotFound
from spotify_insights.listening import packed, recordings, versions
from spotify_insights.listening.stats import clock, sessions
from spotify_insights.listening.stats.clock import Clock
from spotify_insights.listening.stats.names import Name, names_of
from spotify_insights.listening.stats.plays import Plays, factorised
from spotify_insights.listening.stats.tops import TopKind
from spotify_insights.models import Content, Exclusion, User
from spotify_insights.models.listening import PlayKind
from spotify_insights.models.statistics import ExclusionKind

Flags = NDArray[np.bool_]

MOST_RULES = 200
HOURS_A_DAY = 24

# What a listener has to say of each kind of rule, and nothing else.
FIELDS: Mapping[ExclusionKind, tuple[str, ...]] = {
    ExclusionKind.ARTIST: ("artist_id",),
    ExclusionKind.ALBUM: ("album_id",),
    ExclusionKind.TRACK: ("track_id",),
    ExclusionKind.SHOW: ("show",),
    ExclusionKind.HOURS: ("first_hour", "last_hour"),
    ExclusionKind.DATES: ("first_on", "last_on"),
    ExclusionKind.SESSION: ("at",),
}
_LISTS = {
    ExclusionKind.ARTIST: TopKind.ARTISTS,
    ExclusionKind.ALBUM: TopKind.ALBUMS,
    ExclusionKind.TRACK: TopKind.TRACKS,
}


@dataclass(frozen=True, kw_only=True)
class NewRule:
    """What a listener wants left out: a kind and the `FIELDS` of it.

    Ids are those of top lists. Hours go from the first to before the last, over midnight where the
    last is smaller; dates are local days, both inclusive; `at` is any instant within a session.
    """

    kind: ExclusionKind
    artist_id: int | None = None
    album_id: int | None = None
    track_id: int | None = None
    show: str | None = None
    first_hour: int | None = None
    last_hour: int | None = None
    first_on: date | None = None
    last_on: date | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Told:
    """A rule, what it is about (None for a time), and what it alone leaves out of all plays."""

    rule: Exclusion
    about: Name | None
    plays: int
    ms_played: int


def add(session: Session, user_id: UUID, wanted: NewRule) -> tuple[Exclusion, bool]:
    """Leave plays out from now on; return the rule and whether it is new. Safe to repeat.

    Raises Invalid for a rule that cannot be or that is about nothing the listener played, and
    Conflict when there are `MOST_RULES` already.
    """
    _check_fields(wanted)
    accounts.lock_ledger(session, user_id)
    values = _values(session, accounts.get_user(session, user_id), wanted)
    rules = rules_of(session, user_id)
    for rule in rules:
        if all(getattr(rule, name) == value for name, value in values.items()):
            return rule, False
    if len(rules) >= MOST_RULES:
        raise Conflict("too_many_exclusions", f"There are {len(rules)} rules: remove one first.")
    rule = Exclusion(user_id=user_id, **values)
    session.add(rule)
    session.flush()
    changed(session, user_id)
    return rule, True


def remove(session: Session, exclusion_id: UUID) -> UUID:
    """End a rule: what it left out counts again. Returns whose rule it was."""
    owner = session.scalar(select(Exclusion.user_id).where(Exclusion.id == exclusion_id))
    if owner is None:
        raise NotFound("unknown_exclusion", f"There is no rule {exclusion_id}.")
    accounts.lock_ledger(session, owner)
    session.execute(delete(Exclusion).where(Exclusion.id == exclusion_id))
    changed(session, owner)
    return owner


def changed(session: Session, user_id: UUID) -> None:
    """Say that other plays of a listener count than before, by a rule or one by one."""
    versions.listener_changed(session, user_id)


def rules_of(session: Session, user_id: UUID) -> list[Exclusion]:
    """A listener's rules, oldest first."""
    query = select(Exclusion).where(Exclusion.user_id == user_id)
    return list(session.scalars(query.order_by(Exclusion.created_at, Exclusion.id)))


def tell(session: Session, user_id: UUID, rules: Sequence[Exclusion]) -> list[Told]:
    """What rules of a listener are about, and how many plays each leaves out by itself.

    A play that several rules leave out is counted under each of them.
    """
    user = accounts.get_user(session, user_id)
    names = _names(session, rules)
    every = [_all_plays(session, user, kind) for kind in PlayKind] if rules else []
    told = []
    for rule in rules:
        lengths = [plays.ms_played[_mask(session, [rule], plays)] for plays in every]
        ms = sum(int(of_kind.sum(dtype=np.int64)) for of_kind in lengths)
        told.append(Told(rule, names.get(rule.id), sum(map(len, lengths)), ms))
    return told


def left_out(session: Session, user_id: UUID, plays: Plays) -> Flags:
    """Which of a listener's plays a rule leaves out. Hours and dates are those of the listener."""
    rules = rules_of(session, user_id)
    if not rules or not len(plays):
        return np.zeros(len(plays), bool)
    own = _clock_of(session.get_one(User, user_id))
    return _mask(session, rules, plays if plays.clock == own else replace(plays, clock=own))


def _check_fields(wanted: NewRule) -> None:
    """Raise Invalid unless the fields are those of the kind and fit together."""
    needed = FIELDS[wanted.kind]
    for name in (name for names in FIELDS.values() for name in names):
        is_given = getattr(wanted, name) is not None
        if name in needed and not is_given:
            raise Invalid("rule_incomplete", f"{wanted.kind} needs {name}.", field=name)
        if is_given and name not in needed:
            detail = f"{name} does not belong to {wanted.kind}: leave it out."
            raise Invalid("rule_mixed_up", detail, field=name)
    if wanted.kind is ExclusionKind.HOURS:
        assert wanted.first_hour is not None, "needed"
        assert wanted.last_hour is not None, "needed"
        if wanted.first_hour % HOURS_A_DAY == wanted.last_hour % HOURS_A_DAY:
            detail = "The hours must end at another hour than they begin."
            raise Invalid("hours_equal", detail, field="last_hour")
    if wanted.first_on and wanted.last_on and wanted.first_on > wanted.last_on:
        raise Invalid("dates_reversed", "last_on lies before first_on.", field="last_on")


def _values(session: Session, user: User, wanted: NewRule) -> dict[str, Any]:
    """The columns of a rule; of two ways to say the same, always the same one."""
    values: dict[str, Any] = {"kind": wanted.kind}
    if wanted.kind is ExclusionKind.SESSION:
        assert wanted.at, "needed"
        first_at, last_at = _session_around(session, user, wanted.at)
        return values | {"first_at": first_at, "last_at": last_at}
    values |= {name: getattr(wanted, name) for name in FIELDS[wanted.kind]}
    if wanted.kind is ExclusionKind.HOURS:
        return values | {"last_hour": wanted.last_hour or HOURS_A_DAY}
    if wanted.kind is not ExclusionKind.DATES:
        _require_heard(session, user, Exclusion(**values))
    return values


def _require_heard(session: Session, user: User, rule: Exclusion) -> None:
    """Raise Invalid unless the listener played what a rule names.

    The catalogue is shared, and nobody shall read in it what others listen to.
    """
    (field,) = FIELDS[rule.kind]
    named = getattr(rule, field)
    if rule.kind in _LISTS and named < 0:
        detail = "A negative id is that of something without an artist: delete its plays instead."
        raise Invalid("without_artist", detail, field=field)
    every = (_all_plays(session, user, kind) for kind in PlayKind)
    if named == 0 or not any(_mask(session, [rule], plays).any() for plays in every):
        detail = f"The listener has played nothing of the {rule.kind} {named!r}."
        raise Invalid("not_heard", detail, field=field)


def _session_around(session: Session, user: User, at: datetime) -> tuple[datetime, datetime]:
    """From the first start to the latest end of the session that an instant lies within.

    That of music, if there is one, else of what is spoken; by the rule of `stats.sessions`.
    """
    moment = int(at.timestamp() // 1)
    for kind in PlayKind:
        plays = _all_plays(session, user, kind)
        if not len(plays):
            continue
        firsts = sessions.first_plays(plays)
        n = int(np.searchsorted(plays.started[firsts], moment, side="right")) - 1
        if n >= 0:
            within = slice(firsts[n], firsts[n + 1] if n + 1 < len(firsts) else None)
            start, end = plays.started[within][0], plays.ended[within].max()
            if moment <= end:
                return clock.instant(start), clock.instant(end)
    detail = f"Nothing was playing at {at.isoformat()}, nor shortly before and after."
    raise Invalid("no_session", detail, field="at")


def _all_plays(session: Session, user: User, kind: PlayKind) -> Plays:
    """A listener's plays on the listener's clock, whatever rules there are."""
    columns = packed.fetch(session, user.id, kind)
    columns = columns._replace(tracks=recordings.merged(session, columns.tracks))
    return Plays.of(columns, _clock_of(user))


def _clock_of(user: User) -> Clock:
    return Clock(user.timezone, user.day_starts_at, user.week_starts_on)


def _names(session: Session, rules: Sequence[Exclusion]) -> dict[UUID, Name]:
    """What each rule is about, by its id."""
    found = {rule.id: Name(rule.show) for rule in rules if rule.show is not None}
    for kind, listed in _LISTS.items():
        ids = {rule.id: getattr(rule, FIELDS[kind][0]) for rule in rules if rule.kind is kind}
        names = names_of(session, listed, ids.values()) if ids else {}
        found |= {rule_id: names[number] for rule_id, number in ids.items()}
    return found


def _mask(session: Session, rules: Sequence[Exclusion], plays: Plays) -> Flags:
    """The plays, on their listener's clock, that any of some rules leaves out."""
    excluded = np.zeros(len(plays), bool)
    if not len(plays):
        return excluded
    for kind in {rule.kind for rule in rules}:
        excluded |= _mask_of_kind(session, kind, [one for one in rules if one.kind is kind], plays)
    return excluded


def _mask_of_kind(
    session: Session, kind: ExclusionKind, rules: Sequence[Exclusion], plays: Plays
) -> Flags:
    if kind is ExclusionKind.SHOW:
        return np.isin(plays.contents, _contents_of_shows(session, rules, plays))
    if kind not in _LISTS:
        in_time: Flags = np.any([_in_time(rule, plays) for rule in rules], axis=0)
        return in_time
    ids = np.array([getattr(rule, FIELDS[kind][0]) for rule in rules], np.int32)
    if kind is ExclusionKind.TRACK:
        return np.isin(plays.tracks, recordings.merged(session, ids))
    return np.isin(plays.artists if kind is ExclusionKind.ARTIST else plays.albums, ids)


def _contents_of_shows(
    session: Session, rules: Sequence[Exclusion], plays: Plays
) -> NDArray[np.int32]:
    """The contents among plays that belong to a show of the rules; music belongs to none."""
    spoken, _ = factorised(plays.contents[plays.tracks == 0])
    here = Content.id == any_(literal(spoken.tolist(), ARRAY(Integer)))
    query = select(Content.id).where(here, Content.collection.in_([rule.show for rule in rules]))
    return np.array(session.scalars(query).all(), np.int32)


def _in_time(rule: Exclusion, plays: Plays) -> Flags:
    """The plays that started in the hours, dates or session of a rule."""
    if rule.kind is ExclusionKind.SESSION:
        assert rule.first_at, "a session has a start"
        assert rule.last_at, "a session has an end"
        first, last = rule.first_at.timestamp(), rule.last_at.timestamp()
        return (plays.started >= first) & (plays.started <= last)
    if rule.kind is ExclusionKind.DATES:
        assert rule.first_on, "dates have a first day"
        assert rule.last_on, "dates have a last day"
        days = plays.days
        return (days >= clock.number(rule.first_on)) & (days <= clock.number(rule.last_on))
    assert rule.first_hour is not None, "hours have a first one"
    assert rule.last_hour is not None, "hours have an end"
    if rule.first_hour < rule.last_hour:
        return (plays.hours >= rule.first_hour) & (plays.hours < rule.last_hour)
    return (plays.hours >= rule.first_hour) | (plays.hours < rule.last_hour)
