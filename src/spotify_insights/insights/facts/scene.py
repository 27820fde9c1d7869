"""A snapshot as its listener sees it, with the periods before it: what facts are found in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any, Self, TypeVar
from zoneinfo import ZoneInfo

from spotify_insights.insights.facts.fact import (
    Against,
    Fact,
    Method,
    Period,
    Quantity,
    Says,
    Unit,
)
from spotify_insights.models import Snapshot
from spotify_insights.models.listening import Provenance, TimeRange

# With fewer plays of 30 seconds or more, a single evening decides every share.
MIN_COUNTED_PLAYS = 20
# With less known than this, the unknown rest could turn the order round.
MIN_COVERAGE = 0.3

_BLOCKS = (
    *("totals", "top_artists", "top_tracks", "total_tracks_analyzed", "artist_diversity_score"),
    *("mood_diversity_score", "listening_hours", "statistics", "audio_features"),
    *("genre_distribution", "mood_patterns", "coverage"),
)
_GIVEN = (Provenance.EXPORT.value,)

_UTC = ZoneInfo("UTC")

Key = TypeVar("Key")


@dataclass(frozen=True)
class Blocks:
    """One period in one basis: the blocks of a snapshot by name, as JSON holds them.

    Older snapshots may lack any block or any part of one; what is not there reads as None, 0 or
    empty.
    """

    period: Period
    values: Mapping[str, Any]
    provenance: tuple[str, ...]

    def find(self, *path: str) -> Any:
        """What lies at a path of names, or None."""
        found: Any = self.values
        for name in path:
            found = found.get(name) if isinstance(found, Mapping) else None
        return found

    def number(self, *path: str) -> float | None:
        found = self.find(*path)
        return found if isinstance(found, int | float) else None

    def count(self, *path: str) -> int:
        return int(self.number(*path) or 0)

    def items(self, *path: str) -> Sequence[Mapping[str, Any]]:
        """The lines of a list; empty where there is none."""
        found = self.find(*path)
        return found if isinstance(found, list) else []

    def total(self, name: str) -> int:
        """A number of the totals: `plays`, `counted_plays`, `ms_played`, `days_active`, …"""
        return self.count("totals", name)

    def statistic(self, name: str) -> Mapping[str, Any]:
        """A block of the statistics; empty where the snapshot has none."""
        found = self.find("statistics", name)
        return found if isinstance(found, Mapping) else {}

    def coverage(self, what: str) -> float:
        """The share (0..1) of the listening that `genres` or `moods` are known of."""
        return self.number("coverage", what) or 0.0

    @property
    def is_ranked_by_spotify(self) -> bool:
        """Whether top lists, genres and moods are those of Spotify's ranking, without plays."""
        return bool(self.find("coverage", "tops") == "spotify")


@dataclass(frozen=True)
class Scene:
    """One period and the same-length ones before it, newest first; one without plays may miss.

    `known_until` is the last day that the listener's whole history covers, where that is known.
    """

    blocks: Blocks
    before: tuple[Blocks, ...] = ()
    zone: ZoneInfo = _UTC
    day_starts_at: int = 0
    known_until: date | None = None

    @classmethod
    def of(
        cls,
        snapshot: Snapshot,
        before: Sequence[Snapshot],
        zone: ZoneInfo,
        day_starts_at: int,
        *,
        export_only: bool = False,
        known_until: date | None = None,
    ) -> Self | None:
        """The scene of a snapshot on the listener's clock; `before` are its predecessors.

        With `export_only` nothing but what the listener gave is in it, and it is None where nothing
        was given.
        """
        blocks = _blocks_of(snapshot, zone, day_starts_at, export_only)
        if blocks is None:
            return None
        past = (_blocks_of(one, zone, day_starts_at, export_only) for one in before)
        known = tuple(one for one in past if one is not None)
        return cls(blocks, known, zone, day_starts_at, known_until)

    @property
    def period(self) -> Period:
        return self.blocks.period

    @property
    def has_enough_plays(self) -> bool:
        return self.total("counted_plays") >= MIN_COUNTED_PLAYS

    @property
    def is_estimated(self) -> bool:
        """Whether lengths of plays were estimated from those of their tracks."""
        return bool(self.blocks.find("totals", "is_estimated"))

    @property
    def known_span(self) -> tuple[date, date] | None:
        """The days of the period that the history surely covers; None without plays.

        They begin with the period where plays are known from before it, else with the first play,
        and end with the last play, or later where the history goes on.
        """
        first, last = (self.blocks.find("totals", f"{end}_play_at") for end in ("first", "last"))
        if not first or not last:
            return None
        last_day = self.day_of(last)
        until = max(last_day, min(self.period.last, self.known_until or last_day))
        return self.period.first if self.before else self.day_of(first), until

    @property
    def told_period(self) -> Period:
        """The days a fact about plays tells of: the period, as far as it is known.

        The days before the first play known are not silence, and nor are those of a lifetime after
        the last one.
        """
        span = self.known_span
        if span is None:
            return self.period
        is_lifetime = self.period.time_range is TimeRange.LIFETIME
        last = span[1] if is_lifetime else self.period.last
        return replace(self.period, first=span[0], last=last)

    @property
    def known_days(self) -> int:
        """How many days the known span has."""
        span = self.known_span
        return (span[1] - span[0]).days + 1 if span else 0

    def total(self, name: str) -> int:
        return self.blocks.total(name)

    def statistic(self, name: str) -> Mapping[str, Any]:
        return self.blocks.statistic(name)

    def number(self, *path: str) -> float | None:
        """A number of the statistics by its path, or None."""
        return self.blocks.number("statistics", *path)

    def count(self, *path: str) -> int:
        """A number of the statistics by its path, or 0."""
        return self.blocks.count("statistics", *path)

    def items(self, *path: str) -> Sequence[Mapping[str, Any]]:
        """The lines of a list of the statistics by its path; empty where there is none."""
        return self.blocks.items("statistics", *path)

    def covers(self, what: str) -> bool:
        """Whether enough is known of `genres` or `moods` to speak of them."""
        return self.blocks.coverage(what) >= MIN_COVERAGE

    def day_of(self, moment: str | datetime) -> date:
        """The listener's day that holds an instant (aware, or ISO 8601 with an offset)."""
        if isinstance(moment, str):
            moment = datetime.fromisoformat(moment)
        return _day_of(moment, self.zone, self.day_starts_at)

    def fact(
        self,
        key: str,
        quantity: Quantity,
        *,
        sample_size: int,
        sampled: Unit = Unit.PLAYS,
        parts: Mapping[str, Quantity] | None = None,
        interest: float = 0.0,
        interval: tuple[float, float] | None = None,
        says: Iterable[Says] = (),
        against: Against | None = None,
        method: Method | None = None,
        is_ranked: bool = False,
    ) -> Fact:
        """A fact of this period. What Spotify ranked (`is_ranked`) is nothing an export told."""
        return Fact(
            id=key,
            value=quantity.value,
            unit=quantity.unit,
            period=self.period if is_ranked else self.told_period,
            sample_size=sample_size,
            provenance=_asked(self.blocks.provenance) if is_ranked else self.blocks.provenance,
            sampled=sampled,
            parts=MappingProxyType(dict(parts or {})),
            interval=interval,
            interest=interest,
            says=frozenset(says),
            against=against,
            method=method,
        )


def find_leader(values: Mapping[Key, float]) -> Key | None:
    """The key of the largest value above zero; None when several share it."""
    largest = max(values.values(), default=0)
    leaders = [key for key, value in values.items() if value == largest > 0]
    return leaders[0] if len(leaders) == 1 else None


def _blocks_of(
    snapshot: Snapshot, zone: ZoneInfo, day_starts_at: int, export_only: bool
) -> Blocks | None:
    if not export_only or tuple(snapshot.sources) == _GIVEN:
        values = {name: getattr(snapshot, name) for name in _BLOCKS}
        provenance = tuple(snapshot.sources)
    elif snapshot.export_basis:
        values, provenance = snapshot.export_basis, _GIVEN
    else:
        return None
    period = _period_of(snapshot, values, zone, day_starts_at)
    return Blocks(period, MappingProxyType(values), provenance)


def _period_of(
    snapshot: Snapshot, values: Mapping[str, Any], zone: ZoneInfo, day_starts_at: int
) -> Period:
    """The days of a snapshot; a lifetime begins with the first play of its own basis."""
    start, last = snapshot.period_start, snapshot.period_end - timedelta(microseconds=1)
    time_range = TimeRange(snapshot.time_range)
    first_play_at = (values.get("totals") or {}).get("first_play_at")
    if time_range is TimeRange.LIFETIME and first_play_at:
        start = datetime.fromisoformat(first_play_at)
    first_on = _day_of(start, zone, day_starts_at)
    return Period(first_on, max(first_on, _day_of(last, zone, day_starts_at)), time_range)


def _day_of(moment: datetime, zone: ZoneInfo, day_starts_at: int) -> date:
    local = moment.astimezone(zone).replace(tzinfo=None)
    return (local - timedelta(hours=day_starts_at)).date()


def _asked(provenance: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(one for one in provenance if one != Provenance.EXPORT)
