"""Snapshots: what the API hands out and insights read, one per listener, range and day.

Private sessions are left out: they count in a listener's own statistics and nowhere else. Where
plays came from several kinds of source, `export_basis` has the same blocks of what the listener
gave alone; it is null where nothing was given, and where everything was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, delete, exists, func, select, tuple_
from sqlalchemy.dialects.postgresql import Insert, distinct_on, insert
from sqlalchemy.orm import Session

from spotify_insights.listening import aggregates, packed, periods, rankings
from spotify_insights.listening.aggregates import Material, Names
from spotify_insights.listening.packed import WEEK_S
from spotify_insights.listening.periods import Period
from spotify_insights.listening.rankings import Tops
from spotify_insights.listening.stats import scope as scopes
from spotify_insights.listening.stats.clock import Clock, instant
from spotify_insights.listening.stats.scope import Scope
from spotify_insights.models import GeneratedInsight, PackedWeek, Snapshot, User
from spotify_insights.models.listening import Provenance, TimeRange
from spotify_insights.settings import get_settings

LENGTH = {
    TimeRange.SHORT: timedelta(days=28),
    TimeRange.MEDIUM: timedelta(days=182),
    TimeRange.LONG: timedelta(days=365),
}
LISTED = (TimeRange.SHORT, TimeRange.MEDIUM, TimeRange.LONG, TimeRange.LIFETIME)
SERIES = (TimeRange.WEEK, TimeRange.MONTH)
# So many periods are taken at once: of all of them, the numbers alone would fill a worker.
BATCH = 40
# The longest month.
_LONGEST = timedelta(days=31)
_KEY = "uq_listening_snapshots_user_id_time_range_snapshot_date"


@dataclass(frozen=True)
class Basis:
    """A listener's plays, and those alone that the listener gave."""

    whole: Material
    given: Material

    def between(self, start_s: float | None, end_s: float) -> "Basis":
        whole = self.whole.between(start_s, end_s)
        is_one = self.given is self.whole
        return Basis(whole, whole if is_one else self.given.between(start_s, end_s))


def take(
    session: Session,
    user: User,
    time_range: TimeRange,
    *,
    tops: Tops | None = None,
    period: tuple[datetime | None, datetime] | None = None,
    day: date | None = None,
    is_ranked: bool = False,
) -> Snapshot:
    """Aggregate a period and keep it; a snapshot of the same range and day is replaced.

    Without a period it is the rolling range that ends now. Top lists are Spotify's where `tops`
    gives them, else those of the ledger, as long as nobody puts others in (`is_ranked`).
    """
    start, end = period or period_of(time_range, datetime.now(UTC))
    basis = gather(session, Scope(user.id, scopes.clock_of(user), start, end, private=False))
    names = aggregates.names_in(session, (basis.whole, basis.given))
    day = day or end.astimezone(ZoneInfo(user.timezone)).date()
    is_ranked = is_ranked or tops is not None
    values = values_of(user, time_range, day, (start, end), basis, names, is_ranked=is_ranked)
    if tops:
        values |= rankings.ranked_by_spotify(session, basis.whole, tops)
    statement = _saved(values).values(values).returning(Snapshot)
    return session.scalars(statement, execution_options={"populate_existing": True}).one()


def take_series(session: Session, user: User, weeks: Sequence[int] | None = None) -> int:
    """Take the snapshots of all weeks and months that are over and changed; return how many.

    Changed are those with a part in these `weeks` of UTC and those that ended since the last time;
    None means all. One without plays has no snapshot. What retention summed up stays as it is.
    """
    clock = scopes.clock_of(user)
    today = clock.day_of(datetime.now(UTC))
    wanted = _due(session, user, weeks, today)
    if not wanted:
        return 0
    bounds = [period.bounds(clock) for period in wanted]
    span = min(start for start, _ in bounds), max(end for _, end in bounds)
    basis = gather(session, Scope(user.id, clock, *span, private=False))
    batches = range(0, len(wanted), BATCH)
    return sum(_take_batch(session, user, basis, wanted[n : n + BATCH], clock) for n in batches)


def _take_batch(
    session: Session, user: User, basis: Basis, wanted: Sequence[Period], clock: Clock
) -> int:
    """Take some snapshots at once: names are looked up together, and forgotten with them."""
    parts = {}
    for period in wanted:
        start, end = period.bounds(clock)
        parts[period] = basis.between(start.timestamp(), end.timestamp())
    heard = {period: part for period, part in parts.items() if len(part.whole.plays)}
    _drop(session, user.id, [period for period in wanted if period not in heard])
    names = aggregates.names_in(
        session, (m for part in heard.values() for m in vars(part).values())
    )
    taken = [
        values_of(user, one.time_range, one.end, one.bounds(clock), part, names)
        for one, part in heard.items()
    ]
    if taken:
        # Past the objects of the session, which would each take as long as the numbers in it.
        session.connection().execute(_saved(taken[0]), taken)
    return len(taken)


def retake_rolling(session: Session, user: User) -> int:
    """Take the newest snapshot of each rolling range again, over its own period; return how many.

    What Spotify said of it stays: it was said of that day, and nobody can ask for it again.
    """
    newest = (
        select(Snapshot)
        .where(Snapshot.user_id == user.id, Snapshot.time_range.in_(LENGTH))
        .ext(distinct_on(Snapshot.time_range))
        .order_by(Snapshot.time_range, Snapshot.snapshot_date.desc())
    )
    found = session.scalars(newest).all()
    for old in found:
        said = {name: getattr(old, name) for name in rankings.SAID_BY_SPOTIFY}
        is_said = old.coverage.get("tops") == Tops.SPOTIFY
        period = old.period_start, old.period_end
        day = old.snapshot_date
        new = take(session, user, old.time_range, period=period, day=day, is_ranked=is_said)
        if is_said:
            for name, value in said.items():
                setattr(new, name, value)
    return len(found)


def find_snapshots(
    session: Session, user_id: UUID, limit: int, time_range: TimeRange | None
) -> list[Snapshot]:
    """Newest day first; without a range the rolling ones and lifetime."""
    ranges = (time_range,) if time_range else LISTED
    return list(
        session.scalars(
            select(Snapshot)
            .where(Snapshot.user_id == user_id, Snapshot.time_range.in_(ranges))
            .order_by(Snapshot.snapshot_date.desc(), Snapshot.updated_at.desc())
            .limit(limit)
        )
    )


def period_of(time_range: TimeRange, now: datetime) -> tuple[datetime | None, datetime]:
    """Start (None = the first play) and end of a rolling range."""
    length = LENGTH.get(time_range)
    return (now - length if length else None), now


def gather(session: Session, scope: Scope) -> Basis:
    """Read the plays of a scope, once."""
    whole = Material.gather(session, scope)
    if whole.sources in ([], [Provenance.EXPORT]):
        return Basis(whole, whole)
    return Basis(whole, Material.gather(session, replace(scope, export_only=True)))


def values_of(
    user: User,
    time_range: TimeRange,
    day: date,
    period: tuple[datetime | None, datetime],
    basis: Basis,
    names: Names,
    *,
    is_ranked: bool = False,
) -> dict[str, Any]:
    """The columns of a snapshot of one period; `basis` holds its plays alone.

    Where Spotify's lists will stand for the plays (`is_ranked`), they are another source.
    """
    start, end = period
    start_s = start.timestamp() if start else float("-inf")
    whole, given = basis.whole, basis.given
    is_mixed = (is_ranked or len(whole.sources) > 1) and len(given.plays)
    first_play = whole.plays.started[0] if len(whole.plays) else None
    return {
        "user_id": user.id,
        "time_range": time_range,
        "snapshot_date": day,
        "period_start": start or (instant(first_play) if first_play else end),
        "period_end": end,
        "sources": whole.sources,
        **aggregates.blocks_of(whole, names, start_s),
        "export_basis": aggregates.blocks_of(given, names, start_s) if is_mixed else None,
    }


def _saved(values: Mapping[str, Any]) -> Insert:
    """The statement that stores a snapshot; one of the same range and day is replaced."""
    new = insert(Snapshot)
    replaced = {name: new.excluded[name] for name in values if name != "user_id"}
    return new.on_conflict_do_update(constraint=_KEY, set_=replaced | {"updated_at": func.now()})


def _due(session: Session, user: User, weeks: Sequence[int] | None, today: date) -> list[Period]:
    """The periods to take: the changed ones, those not taken yet, none that retention holds."""
    clock = scopes.clock_of(user)
    heard = _weeks_heard(session, user.id)
    told = _told(session, user.id)
    if weeks is None:
        # On another clock the first plays may lie in a later period than the one told of them.
        first = clock.day_of(instant(heard[0] * WEEK_S)) - _LONGEST if heard else date.min
        wanted = {*periods.finished(heard, clock, today), *(p for p in told if p.end > first)}
    else:
        # The weekly summary takes its week alone, so only a month says that all before is taken.
        months = (period.end for period in told if period.time_range is TimeRange.MONTH)
        start = clock.start_of(max(months, default=date.min))
        recent = [week for week in heard if start is None or week >= packed.week_of(start)]
        new = set(periods.finished(recent, clock, today)) - told
        wanted = {*periods.finished(weeks, clock, today), *new}
    oldest = kept_from(clock)
    due = (one for one in wanted if oldest is None or one.first >= oldest)
    return sorted(due, key=lambda one: (one.end, one.first))


def _weeks_heard(session: Session, user_id: UUID) -> list[int]:
    """The weeks of UTC with plays of any kind, oldest first."""
    query = select(PackedWeek.week).where(PackedWeek.user_id == user_id)
    return list(session.scalars(query.distinct().order_by(PackedWeek.week)))


def _told(session: Session, user_id: UUID) -> set[Period]:
    """The weeks and months that there are snapshots of."""
    of_series = Snapshot.user_id == user_id, Snapshot.time_range.in_(SERIES)
    query = select(Snapshot.time_range, Snapshot.snapshot_date).where(*of_series)
    return {periods.ending(time_range, end) for time_range, end in session.execute(query)}


def kept_from(clock: Clock) -> date | None:
    """The first day whose plays retention keeps; of what lies before, snapshots alone may tell."""
    days = get_settings().history_retention_days
    if days is None:
        return None
    return clock.day_of(datetime.now(UTC) - timedelta(days=days)).replace(day=1)


def _drop(session: Session, user_id: UUID, empty: Sequence[Period]) -> None:
    """Delete the snapshots of periods without plays, but for those that an insight tells of."""
    keys = [(one.time_range, one.end) for one in empty]
    told = exists().where(GeneratedInsight.snapshot_id == Snapshot.id)
    gone: tuple[ColumnElement[bool], ...] = (
        Snapshot.user_id == user_id,
        tuple_(Snapshot.time_range, Snapshot.snapshot_date).in_(keys),
        ~told,
    )
    session.execute(delete(Snapshot).where(*gone), execution_options={"synchronize_session": False})
