"""The periods before a snapshot's own, as long as it: what "more than before" is measured with.

Weeks and months are stored, and remain when plays are dropped. Of the rolling ranges none is stored
at the right distance; they are worked out from the plays, and not kept.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from spotify_insights.listening import aggregates, snapshots
from spotify_insights.listening.snapshots import Basis
from spotify_insights.listening.stats import scope as scopes
from spotify_insights.listening.stats.clock import Clock
from spotify_insights.listening.stats.scope import Scope
from spotify_insights.models import Play, Snapshot, User
from spotify_insights.models.listening import Provenance, TimeRange

# Half a year of weeks, a year of months, and of longer ranges what one still calls the present.
AT_MOST = {
    TimeRange.WEEK: 26,
    TimeRange.MONTH: 12,
    TimeRange.SHORT: 12,
    TimeRange.MEDIUM: 4,
    TimeRange.LONG: 4,
}
_LONGEST = {TimeRange.WEEK: timedelta(days=7), TimeRange.MONTH: timedelta(days=31)}
# Where the clock is put forward or back, a week is an hour longer or shorter.
_A_LITTLE = timedelta(days=1)

_Span = tuple[datetime, datetime]


def before(session: Session, user: User, snapshot: Snapshot, limit: int = 26) -> list[Snapshot]:
    """The last periods before a snapshot's, newest first, apart from it and from each other.

    At most `limit` and `AT_MOST` of them, and as many periods back. One without plays is missing,
    and so is one that began before the first play known: of it, only a part is known. A lifetime
    has none. What is not stored is not added to the session either.
    """
    count = min(limit, AT_MOST.get(snapshot.time_range, 0))
    if count <= 0:
        return []
    if snapshot.time_range in snapshots.SERIES:
        return _stored(session, snapshot, count)
    return _worked_out(session, user, snapshot, count)


def known_until(session: Session, user: User, *, export_only: bool = False) -> date | None:
    """The last day of the listener that the history covers; None without any play.

    That is the day of the last play, or later the one on which Spotify was last asked for plays.
    With `export_only` it is that of the last play the listener gave.
    """
    query = select(func.max(Play.started_at)).where(Play.user_id == user.id)
    if export_only:
        query = query.where(Play.provenance == Provenance.EXPORT)
    last = session.scalar(query)
    if last is None:
        return None
    asked = None if export_only else user.polled_at
    return scopes.clock_of(user).day_of(max(last, asked or last))


def _stored(session: Session, snapshot: Snapshot, count: int) -> list[Snapshot]:
    same_range = Snapshot.user_id == snapshot.user_id, Snapshot.time_range == snapshot.time_range
    oldest = snapshot.period_start - count * _LONGEST[snapshot.time_range] - _A_LITTLE
    # The first play lies in the very first one, which is known in part.
    first = select(func.min(Snapshot.period_start)).where(*same_range).scalar_subquery()
    query = (
        select(Snapshot)
        .where(
            *same_range,
            Snapshot.period_end <= snapshot.period_start,
            Snapshot.period_start >= oldest,
            Snapshot.period_start > first,
        )
        .order_by(Snapshot.period_end.desc(), Snapshot.period_start.desc())
    )
    return list(_apart(session.scalars(query)))[:count]


def _apart(found: Iterable[Snapshot]) -> Iterator[Snapshot]:
    """Those that do not reach into the one after them, as periods on two clocks may."""
    start: datetime | None = None
    for one in found:
        if start is None or one.period_end <= start:
            yield one
            start = one.period_start


def _worked_out(session: Session, user: User, snapshot: Snapshot, count: int) -> list[Snapshot]:
    clock = scopes.clock_of(user)
    spans = _kept(_spans(snapshot, count), clock)
    if not spans:
        return []
    scope = Scope(user.id, clock, spans[-1][0], snapshot.period_start, private=False)
    basis = snapshots.gather(session, scope)
    first_s = _first_heard(basis)
    parts = {
        (start, end): basis.between(start.timestamp(), end.timestamp())
        for start, end in spans
        if start.timestamp() >= first_s
    }
    heard = {span: part for span, part in parts.items() if len(part.whole.plays)}
    names = aggregates.names_in(
        session, (material for part in heard.values() for material in vars(part).values())
    )
    return [
        Snapshot(
            **snapshots.values_of(
                user, snapshot.time_range, clock.day_of(span[1]), span, part, names
            )
        )
        for span, part in heard.items()
    ]


def _spans(snapshot: Snapshot, count: int) -> list[_Span]:
    """So many spans as long as the snapshot's, one ending where the next starts, newest first."""
    end, length = snapshot.period_start, snapshot.period_end - snapshot.period_start
    return [(end - n * length, end - (n - 1) * length) for n in range(1, count + 1)]


def _kept(spans: list[_Span], clock: Clock) -> list[_Span]:
    oldest = snapshots.kept_from(clock)
    return [span for span in spans if oldest is None or clock.day_of(span[0]) >= oldest]


def _first_heard(basis: Basis) -> float:
    """The first counted play of all times (UTC seconds), also where it lies before the basis."""
    firsts = basis.whole.firsts.values()
    return min((float(one.heard.min()) for one in firsts if len(one.heard)), default=float("inf"))
