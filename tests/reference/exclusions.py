"""Rules for plays that do not count."""

from datetime import date, datetime
from typing import Any, NamedTuple

from tests.reference.clocks import Heard


class Rule(NamedTuple):
    """One of artist, album, track (by its number), show (by name), hours, dates or a session.

    `first` and `last` bound hours (the last one is no part of them), days or instants.
    """

    kind: str
    about: Any = None
    first: int | date | datetime | None = None
    last: int | date | datetime | None = None


def apply(rules: list[Rule], plays: list[Heard]) -> list[Heard]:
    """The plays that no rule leaves out, on the listener's own clock."""
    return [play for play in plays if not any(_leaves_out(rule, play) for rule in rules)]


def _leaves_out(rule: Rule, play: Heard) -> bool:
    if rule.kind == "hours":
        if rule.first < rule.last:
            return rule.first <= play.hour < rule.last
        return play.hour >= rule.first or play.hour < rule.last
    if rule.kind == "dates":
        return rule.first <= play.day <= rule.last
    if rule.kind == "session":
        return rule.first <= play.started_at <= rule.last
    if rule.kind == "show":
        return play.kind != "track" and play.artist == rule.about
    return play.kind == "track" and getattr(play, rule.kind) == rule.about
