"""Sittings: plays that follow one another without a pause of more than half an hour."""

from collections.abc import Iterator

from spotify_insights.insights.facts.fact import Fact, Quantity, Says, Unit, half_up, time_of
from spotify_insights.insights.facts.interest import either_way, rising
from spotify_insights.insights.facts.scene import Scene

MS_A_MINUTE = 60_000
# The middle of fewer sessions is an accident.
MIN_SESSIONS = 5
# The longest of two is no feat, and neither is half an album.
MIN_TO_COMPARE, MIN_LONGEST_MS = 3, 20 * MS_A_MINUTE

# Minutes: a song or two, a way to work, an album and more.
SHORT_MS, ORDINARY_MS, LONG_MS = 5 * MS_A_MINUTE, 25 * MS_A_MINUTE, 75 * MS_A_MINUTE
ORDINARY_LONGEST_MS, STRIKING_LONGEST_MS = 75 * MS_A_MINUTE, 300 * MS_A_MINUTE


def count(scene: Scene) -> Iterator[Fact]:
    """How many sessions there were, and how long the one in the middle is (ms played)."""
    number, median_ms = scene.count("sessions", "count"), scene.count("sessions", "median_ms")
    typical = half_up(median_ms / MS_A_MINUTE)
    if number < MIN_SESSIONS or not typical:
        return
    yield scene.fact(
        "sessions.count",
        Quantity(number, Unit.SESSIONS),
        sample_size=number,
        sampled=Unit.SESSIONS,
        parts={"typical": Quantity(typical, Unit.MINUTES)},
        interest=either_way(median_ms, SHORT_MS, ORDINARY_MS, LONG_MS),
    )


def longest(scene: Scene) -> Iterator[Fact]:
    """The session with most time played in it, if no other has as much."""
    number, items = scene.count("sessions", "count"), scene.items("sessions", "longest")
    if number < MIN_TO_COMPARE or len(items) < MIN_TO_COMPARE - 1:
        return
    ms = [int(item.get("ms_played") or 0) for item in items]
    started_at = items[0].get("started_at")
    if ms[0] < MIN_LONGEST_MS or ms[0] <= ms[1] or not started_at:
        return
    yield scene.fact(
        "sessions.longest",
        time_of(ms[0]),
        sample_size=number,
        sampled=Unit.SESSIONS,
        parts={
            "date": Quantity(scene.day_of(started_at).isoformat(), Unit.DATE),
            "plays": Quantity(int(items[0].get("plays") or 0), Unit.PLAYS),
        },
        interest=rising(ms[0], ORDINARY_LONGEST_MS, STRIKING_LONGEST_MS),
        says=[Says.LONGEST],
    )
