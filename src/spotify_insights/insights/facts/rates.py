"""Shares that one period has and another one has too, with what each was counted in."""

from dataclasses import dataclass

from spotify_insights.insights.facts.fact import Quantity, Unit, half_up
from spotify_insights.insights.facts.scene import MIN_COUNTED_PLAYS, Blocks

NIGHT = "night"


@dataclass(frozen=True)
class Rate:
    """A share (0..1) of `size` things that were looked at."""

    share: float
    size: int

    @property
    def count(self) -> int:
        return round(self.share * self.size)

    @property
    def points(self) -> int:
        """The share in whole percent."""
        return half_up(round(100 * self.share, 6))

    @property
    def percent(self) -> Quantity:
        return Quantity(self.points, Unit.PERCENT)


def night(blocks: Blocks) -> Rate | None:
    """The share of the listening time between 0 and 6 o'clock.

    It is counted in sessions: plays follow one another, and a single long night has many.
    """
    hours = [blocks.number("listening_hours", part) or 0.0 for part in _parts(blocks)]
    whole, size = sum(hours), blocks.count("statistics", "sessions", "count")
    if not whole or not size:
        return None
    return Rate((blocks.number("listening_hours", NIGHT) or 0.0) / whole, size)


def skips(blocks: Blocks) -> Rate | None:
    """The skipped plays among those whose source tells how they ended."""
    return _rate(blocks, "skips", part="skipped", whole="told")


def discovery(blocks: Blocks) -> Rate | None:
    """The plays of artists that were never heard before the period, among the counted ones."""
    return _rate(blocks, "discovery", "artists", part="plays_of_new", whole="plays")


def repeats(blocks: Blocks) -> Rate | None:
    """The plays of a track that was heard before in the period, among the counted ones."""
    return _rate(blocks, "repeats", part="repeats", whole="plays")


def _parts(blocks: Blocks) -> list[str]:
    found = blocks.find("listening_hours")
    return list(found) if isinstance(found, dict) else []


def _rate(blocks: Blocks, *path: str, part: str, whole: str) -> Rate | None:
    size = blocks.count("statistics", *path, whole)
    if size < MIN_COUNTED_PLAYS:
        return None
    return Rate(blocks.count("statistics", *path, part) / size, size)
