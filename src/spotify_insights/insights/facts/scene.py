"""A snapshot as its listener sees it, and what there must be before a fact is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from spotify_insights.insights.facts.fact import Fact
from spotify_insights.models import Snapshot
from spotify_insights.models.listening import Provenance

# With fewer plays of 30 seconds or more, a single evening decides every share.
MIN_COUNTED_PLAYS = 20
# With less known than this, the unknown rest could turn the order round.
MIN_COVERAGE = 0.3

Key = TypeVar("Key")


@dataclass(frozen=True)
class Basis:
    """What a group of facts was taken from."""

    start: date
    end: date
    sample_size: int
    provenance: tuple[str, ...]

    def fact(
        self,
        key: str,
        value: float | str,
        unit: str,
        statement: str,
        *,
        method: str | None = None,
    ) -> Fact:
        return Fact(
            id=key,
            statement=statement,
            value=value,
            unit=unit,
            start=self.start,
            end=self.end,
            sample_size=self.sample_size,
            provenance=self.provenance,
            method=method,
        )


@dataclass(frozen=True)
class Scene:
    snapshot: Snapshot
    zone: ZoneInfo
    day_starts_at: timedelta

    def total(self, name: str) -> int:
        return int(self.snapshot.totals.get(name) or 0)

    def coverage(self, what: str) -> float:
        return float(self.snapshot.coverage.get(what) or 0)

    @property
    def has_enough_plays(self) -> bool:
        return self.total("counted_plays") >= MIN_COUNTED_PLAYS

    @property
    def is_ranked_by_spotify(self) -> bool:
        return bool(self.snapshot.coverage.get("tops") == "spotify")

    def covers(self, what: str) -> bool:
        return self.coverage(what) >= MIN_COVERAGE

    @cached_property
    def period(self) -> Basis:
        """All that was looked at, over the whole period of the snapshot."""
        return Basis(
            start=self._day_of(self.snapshot.period_start),
            end=self._day_of(self.snapshot.period_end - timedelta(microseconds=1)),
            sample_size=self.snapshot.total_tracks_analyzed,
            provenance=tuple(self.snapshot.sources),
        )

    @cached_property
    def plays(self) -> Basis:
        """The plays, from the day of the first to the day of the last one known."""
        first, last = (self.snapshot.totals.get(f"{end}_play_at") for end in ("first", "last"))
        if not first or not last:
            return replace(self.period, sample_size=0)
        return replace(
            self.period,
            start=self._day_of(datetime.fromisoformat(first)),
            end=self._day_of(datetime.fromisoformat(last)),
            sample_size=self.total("plays"),
        )

    @cached_property
    def counted_plays(self) -> Basis:
        return replace(self.plays, sample_size=self.total("counted_plays"))

    def tops(self, size: int) -> Basis:
        """`size` names of a top list. Where Spotify ranked it, no export has a part in it."""
        if not self.is_ranked_by_spotify:
            return replace(self.plays, sample_size=size)
        asked = tuple(key for key in self.period.provenance if key != Provenance.EXPORT)
        return replace(self.period, sample_size=size, provenance=asked)

    def _day_of(self, moment: datetime) -> date:
        local = moment.astimezone(self.zone).replace(tzinfo=None)
        return (local - self.day_starts_at).date()


def find_leader(values: Mapping[Key, float]) -> Key | None:
    """The key of the largest value above zero; None when several share it."""
    largest = max(values.values(), default=0)
    leaders = [key for key, value in values.items() if value == largest > 0]
    return leaders[0] if len(leaders) == 1 else None


def find_most_played(scene: Scene, items: Sequence[Any], least: int) -> Any | None:
    """The item of a top list with more plays than any other, and at least `least`."""
    plays = {index: int(item["plays"] or 0) for index, item in enumerate(items)}
    index = find_leader(plays)
    if index is None or not scene.has_enough_plays or plays[index] < least:
        return None
    return items[index]
