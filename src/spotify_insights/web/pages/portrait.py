"""A snapshot as a page shows it: lines with their bars, titles with their findings (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from spotify_insights.insights import facts
from spotify_insights.insights.facts.scene import Scene
from spotify_insights.models import Snapshot, User
from spotify_insights.models.listening import TimeRange
from spotify_insights.web import format as written
from spotify_insights.web.pages import findings

RANGES: Mapping[TimeRange, str] = {
    TimeRange.SHORT: "Four weeks",
    TimeRange.MEDIUM: "Six months",
    TimeRange.LONG: "Twelve months",
    TimeRange.LIFETIME: "All time",
    TimeRange.WEEK: "Week",
    TimeRange.MONTH: "Month",
}
_TOP = 10
_GENRES = 6
_HOUR_MS = 3_600_000
_PARTS = {
    "morning": "06:00 to 12:00",
    "afternoon": "12:00 to 18:00",
    "evening": "18:00 to 24:00",
    "night": "00:00 to 06:00",
}


@dataclass(frozen=True)
class Line:
    """One line of a chart; `bar` is its length as a share of the longest, None without one."""

    name: str
    note: str = ""
    amount: str = ""
    bar: float | None = None

    @property
    def is_peak(self) -> bool:
        return self.bar == 1


@dataclass(frozen=True)
class Portrait:
    snapshot: Snapshot
    range_name: str
    titles: Mapping[str, Markup]
    parts: Sequence[Line]
    artists: Sequence[Line]
    tracks: Sequence[Line]
    genres: Sequence[Line]
    moods: Sequence[Line]
    is_ranked_by_spotify: bool


def draw(snapshot: Snapshot, listener: User) -> Portrait:
    scene = Scene.of(snapshot, (), ZoneInfo(listener.timezone), listener.day_starts_at)
    found = facts.find(scene) if scene else []
    return Portrait(
        snapshot=snapshot,
        range_name=RANGES[snapshot.time_range],
        titles=findings.titles(found),
        parts=_parts(snapshot.listening_hours),
        artists=_ranking(snapshot.top_artists),
        tracks=_ranking(snapshot.top_tracks),
        genres=_genres(snapshot.genre_distribution),
        moods=_moods(snapshot.mood_patterns),
        is_ranked_by_spotify=snapshot.coverage.get("tops") == "spotify",
    )


def newest_by_range(snapshots: Sequence[Snapshot]) -> dict[TimeRange, Snapshot]:
    """The newest snapshot of each range, from the shortest range to the longest."""
    newest: dict[TimeRange, Snapshot] = {}
    for snapshot in snapshots:
        newest.setdefault(snapshot.time_range, snapshot)
    return {time_range: newest[time_range] for time_range in RANGES if time_range in newest}


def _parts(hours: Mapping[str, float]) -> list[Line]:
    """Empty where no play has a time."""
    amounts = {part: float(hours.get(part) or 0) for part in _PARTS}
    total, most = sum(amounts.values()), max(amounts.values())
    if not total:
        return []
    return [
        Line(
            name=part.capitalize(),
            note=_PARTS[part],
            amount=f"{written.duration(amount * _HOUR_MS)}, {written.percent(amount / total)}",
            bar=amount / most,
        )
        for part, amount in amounts.items()
    ]


def _ranking(items: Sequence[Mapping[str, Any]]) -> list[Line]:
    shown = items[:_TOP]
    most = max((item["plays"] or 0 for item in shown), default=0)
    return [
        Line(
            name=item["name"],
            note=item.get("artist", ""),
            amount=_played(item),
            bar=item["plays"] / most if item["plays"] else None,
        )
        for item in shown
    ]


def _played(item: Mapping[str, Any]) -> str:
    """Nothing where the source of the list does not say."""
    time = written.duration(item["ms_played"]) if item["ms_played"] else ""
    plays = written.count(item["plays"], "plays") if item["plays"] else ""
    return ", ".join(filter(None, (time, plays)))


def _genres(shares: Mapping[str, float]) -> list[Line]:
    ordered = sorted(shares.items(), key=lambda item: -item[1])[:_GENRES]
    most = max((share for _, share in ordered), default=0)
    return [
        Line(name=name, amount=written.percent(share), bar=share / most) for name, share in ordered
    ]


def _moods(patterns: Mapping[str, Mapping[str, float]]) -> list[Line]:
    ordered = sorted(patterns.items(), key=lambda item: -item[1]["percentage"])
    most = max((pattern["percentage"] for _, pattern in ordered), default=0)
    return [
        Line(
            name=mood.capitalize(),
            amount=f"{written.percent(pattern['percentage'])}, "
            f"{written.count(int(pattern['track_count']), 'tracks')}",
            bar=pattern["percentage"] / most,
        )
        for mood, pattern in ordered
    ]
