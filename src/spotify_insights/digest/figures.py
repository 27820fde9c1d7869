"""The numbers of a week, beside the week before and what is usual for the listener (pure).

Usual is the range between the 10th and the 90th percentile of the weeks known without a gap, as in
the insights; a week in which nothing was heard counts with 0.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Self

from spotify_insights.insights.facts.differences import usual_range
from spotify_insights.insights.facts.fact import clean
from spotify_insights.insights.facts.past import listed, past_of
from spotify_insights.insights.facts.scene import Blocks, Scene
from spotify_insights.insights.facts.usual import MIN_PERIODS

_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Amount:
    """A number of the week; None is what cannot be known."""

    now: int
    before: int | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Leader:
    """What was played most, by name; `artist` of a track or an album."""

    name: str
    plays: int
    artist: str | None = None


@dataclass(frozen=True)
class Pair:
    """Who led in the week and in the week before; None where several shared the lead, or nobody."""

    now: Leader | None
    before: Leader | None


@dataclass(frozen=True)
class Figures:
    """A week in numbers. `amounts` are named as in AMOUNTS, `leaders` as in LEADERS.

    Time is in milliseconds over all plays, `plays` are all of them, those of leaders have 30
    seconds or more. `new_artists` were never heard before. `usual_weeks` is how many weeks the
    usual ranges rest on, 0 where there are too few. `is_estimated`: the lengths of some plays were
    taken from those of their tracks.
    """

    amounts: Mapping[str, Amount]
    leaders: Mapping[str, Pair]
    usual_weeks: int
    is_estimated: bool

    @property
    def is_quiet(self) -> bool:
        """Whether nothing was heard."""
        return not self.amounts["plays"].now

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> Self:
        return cls(
            {name: Amount(**stored["amounts"][name]) for name in AMOUNTS},
            {name: _pair(stored["leaders"][name]) for name in LEADERS},
            stored["usual_weeks"],
            stored["is_estimated"],
        )


def of_week(scene: Scene) -> Figures:
    """The figures of a week's scene, of all sources together."""
    weeks = len(past_of(scene).periods)
    before = _week_before(scene)
    return Figures(
        {name: _amount(scene, before, of) for name, of in AMOUNTS.items()},
        {
            name: Pair(_leader(scene.blocks, path), _leader(before, path) if before else None)
            for name, path in LEADERS.items()
        },
        usual_weeks=weeks if weeks >= MIN_PERIODS else 0,
        is_estimated=scene.is_estimated,
    )


def _total(name: str) -> Callable[[Blocks], int]:
    return lambda blocks: blocks.total(name)


def _new_artists(blocks: Blocks) -> int:
    return blocks.count("statistics", "discovery", "artists", "new")


AMOUNTS: Mapping[str, Callable[[Blocks], int]] = {
    "time_ms": _total("ms_played"),
    "plays": _total("plays"),
    "days": _total("days_active"),
    "artists": _total("distinct_artists"),
    "new_artists": _new_artists,
}
LEADERS: Mapping[str, Sequence[str]] = {
    "top_artist": ("top_artists",),
    "top_track": ("top_tracks",),
    "top_album": ("statistics", "top_albums"),
}


def _week_before(scene: Scene) -> Blocks | None:
    """The week right before, if anything is known of it."""
    last = scene.period.first - _A_DAY
    return next((one for one in scene.before if one.period.last == last), None)


def _amount(scene: Scene, before: Blocks | None, of: Callable[[Blocks], int]) -> Amount:
    past = past_of(scene)
    values = past.amounts(of)
    # A week without a snapshot, between others, is one in which nothing was heard.
    known = of(before) if before else (0 if values else None)
    low, high = usual_range(values) if len(values) >= MIN_PERIODS else (None, None)
    return Amount(of(scene.blocks), known, low, high)


def _leader(blocks: Blocks, path: Sequence[str]) -> Leader | None:
    first, *others = [*listed(blocks, *path)[:2]] or [None]
    if first is None or any(other["plays"] == first["plays"] for other in others):
        return None
    artist = first.get("artist")
    return Leader(clean(str(first["name"])), first["plays"], clean(artist) if artist else None)


def _pair(stored: Mapping[str, Any]) -> Pair:
    now, before = (stored[name] and Leader(**stored[name]) for name in ("now", "before"))
    return Pair(now, before)
