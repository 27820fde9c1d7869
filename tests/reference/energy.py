"""Moods that wake up and moods that calm down, by the part of the day."""

from typing import Any, NamedTuple

from tests.reference.clocks import Heard, counted, share

PARTS = {"morning": (6, 11), "afternoon": (12, 17), "evening": (18, 23), "night": (0, 5)}


class Energy(NamedTuple):
    energising: int
    calming: int


class EnergyOfDay(NamedTuple):
    plays: int
    known: int
    coverage: float | None
    parts: dict[str, Energy]


def energy(plays: list[Heard], moods: dict[Any, str]) -> EnergyOfDay:
    """`moods` are those of artists, as far as they are known."""
    heard = counted(plays)
    parts = {}
    for part, (first, last) in PARTS.items():
        found = [moods.get(play.artist) for play in heard if first <= play.hour <= last]
        energising = found.count("energetic") + found.count("bright")
        parts[part] = Energy(energising, found.count("calm") + found.count("melancholic"))
    known = sum(one.energising + one.calming for one in parts.values())
    return EnergyOfDay(len(heard), known, share(known, len(heard)), parts)
