"""How much music there was, on which days and in which hours."""

from collections.abc import Iterator

from spotify_insights.insights.facts.fact import Fact, half_up, measure, percent, written
from spotify_insights.insights.facts.scene import Scene, find_leader

PARTS = {
    "morning": "06:00 and 12:00",
    "afternoon": "12:00 and 18:00",
    "evening": "18:00 and 24:00",
    "night": "00:00 and 06:00",
}
ESTIMATED = "estimated from track lengths"
_MS_PER_MINUTE = 60_000
_MS_PER_TENTH_OF_HOUR = 360_000
_MINUTES_PER_HOUR = 60


def time(scene: Scene) -> Iterator[Fact]:
    """Listening time over all plays; less than half a minute is none."""
    value, unit = _time_of(scene.total("ms_played"))
    if not value:
        return
    method = ESTIMATED if scene.snapshot.totals.get("is_estimated") else None
    said = measure(value, unit) + (f", {method}" if method else "")
    yield scene.plays.fact("listening.time", value, unit, f"Music for {said}.", method=method)


def _time_of(ms: int) -> tuple[float, str]:
    minutes = half_up(ms / _MS_PER_MINUTE)
    if minutes < _MINUTES_PER_HOUR:
        return minutes, "minutes"
    return half_up(ms / _MS_PER_TENTH_OF_HOUR) / 10, "hours"


def plays(scene: Scene) -> Iterator[Fact]:
    value, counted = scene.total("plays"), scene.total("counted_plays")
    if value:
        statement = f"{measure(value, 'plays')} on record, {counted:,} of 30 seconds or more."
        yield scene.plays.fact("listening.plays", value, "plays", statement)


def days(scene: Scene) -> Iterator[Fact]:
    """Days with music among the days from the first to the last play, both included."""
    active, basis = scene.total("days_active"), scene.plays
    span = (basis.end - basis.start).days + 1
    if not active or span == 1:
        return
    between = f"from {written(basis.start)} to {written(basis.end)}"
    statement = f"Music on {active:,} of the {measure(span, 'days')} {between}."
    yield basis.fact("days.active", active, "days", statement)
    yield basis.fact("days.span", span, "days", f"Plays are on record {between}.")


def parts_of_day(scene: Scene) -> Iterator[Fact]:
    """Shares of the listening time, by the hour a play starts at in the listener's zone."""
    hours = {part: float(scene.snapshot.listening_hours.get(part) or 0) for part in PARTS}
    total = sum(hours.values())
    if not scene.has_enough_plays or not total:
        return
    for part, span in PARTS.items():
        share = percent(hours[part] / total)
        amount = f"{_tenths(hours[part])} of {_tenths(total)} hours"
        when = f"between {span}, {scene.zone.key} time"
        statement = f"{share}% of the listening time starts {when}: {amount}."
        yield scene.plays.fact(f"hours.{part}_share", share, "percent", statement)
    strongest = find_leader(hours)
    if strongest:
        statement = f"More listening time starts in the {strongest} than in any other part."
        yield scene.plays.fact("hours.strongest_part", strongest, "part of day", statement)


def _tenths(hours: float) -> float:
    return half_up(10 * hours) / 10
