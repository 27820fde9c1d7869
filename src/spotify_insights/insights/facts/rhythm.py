"""When music is heard: parts of the day, hours, weekdays, and how alike the days are.

Shares are of the listening time (of all plays), by the hour and weekday a play starts at.
"""

import math
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import combinations, pairwise

from spotify_insights.insights.facts.fact import (
    Against,
    Fact,
    Quantity,
    Says,
    Unit,
    percent,
    time_of,
)
from spotify_insights.insights.facts.interest import either_way, rising
from spotify_insights.insights.facts.scene import Scene, find_leader

PARTS = ("morning", "afternoon", "evening", "night")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HOURS_A_DAY, DAYS_A_WEEK = 24, 7
SATURDAY = 5
# Each weekday comes three times at least, so that one long evening makes no habit.
MIN_DAYS_OF_WEEKDAYS = 21
# The days of a week have each been seen four times before they are called alike.
MIN_DAYS_OF_ROUTINE = 28
MIN_ACTIVE_DAYS = 3
# So far the weekend's share of the time lies from its share of the days before it is told.
CLEAR_WEEKEND = 0.10

# Shares of the time: a part of the day has a quarter if none stands out; night is the rarest.
ORDINARY_PART, STRIKING_PART = 0.35, 0.75
ORDINARY_NIGHT, STRIKING_NIGHT = 0.08, 0.35
NO_NIGHT_INTEREST = 0.3
ORDINARY_HOUR, STRIKING_HOUR = 0.1, 0.35
ORDINARY_WEEKDAY, STRIKING_WEEKDAY = 0.18, 0.35
ORDINARY_WEEKEND, STRIKING_WEEKEND = 0.05, 0.35
# Cosines of unlike days, of most people's days, and of days by the clock.
UNLIKE, ORDINARY_ROUTINE, ALIKE = 0.3, 0.65, 0.95
# Over years the weekdays come out alike by themselves.
A_SEASON, ORDINARY_OVER_YEARS, ALIKE_OVER_YEARS = 92, 0.95, 1.0
# The share of the day with the most time, against that of an even day.
ORDINARY_PEAK, STRIKING_PEAK = 2.0, 6.0
_MS_AN_HOUR = 3_600_000


def part(scene: Scene) -> Iterator[Fact]:
    """The part of the day with more listening time than any other."""
    hours = _hours_by_part(scene)
    leader = find_leader(hours)
    if leader is None or not scene.has_enough_plays:
        return
    share = hours[leader] / sum(hours.values())
    yield scene.fact(
        "rhythm.part",
        Quantity(leader, Unit.PART_OF_DAY),
        sample_size=scene.total("plays"),
        parts={"share": percent(share), "time": time_of(round(hours[leader] * _MS_AN_HOUR))},
        interest=rising(share, ORDINARY_PART, STRIKING_PART, scene.total("plays")),
        says=[Says.MOST],
    )


def night(scene: Scene) -> Iterator[Fact]:
    """The share from midnight to six; told when it is nothing, not when it is next to nothing."""
    hours = _hours_by_part(scene)
    total, at_night = sum(hours.values()), hours["night"]
    if not scene.has_enough_plays or not total:
        return
    share = percent(at_night / total)
    if at_night and not share.value:
        return
    yield scene.fact(
        "rhythm.night",
        share,
        sample_size=scene.total("plays"),
        parts={"time": time_of(round(at_night * _MS_AN_HOUR))},
        interest=_night_interest(scene, at_night / total),
        says=() if at_night else [Says.NONE],
    )


def hour(scene: Scene) -> Iterator[Fact]:
    """The hour of the clock with more listening time than any other."""
    cells = _cells(scene)
    sums = {hour: float(sum(cells[hour::HOURS_A_DAY])) for hour in range(HOURS_A_DAY)}
    leader = find_leader(sums) if cells else None
    if leader is None or not scene.has_enough_plays:
        return
    share = sums[leader] / sum(cells)
    yield scene.fact(
        "rhythm.hour",
        _clock(leader),
        sample_size=scene.total("plays"),
        parts={"end": _clock(leader + 1), "share": percent(share)},
        interest=rising(share, ORDINARY_HOUR, STRIKING_HOUR, scene.total("plays")),
        says=[Says.MOST],
    )


def weekday(scene: Scene) -> Iterator[Fact]:
    """The weekday with more listening time than any other, once each has come a few times."""
    sums = dict(enumerate(map(sum, _days(scene))))
    leader = find_leader(sums)
    if leader is None or not scene.has_enough_plays or scene.known_days < MIN_DAYS_OF_WEEKDAYS:
        return
    share = sums[leader] / sum(sums.values())
    yield scene.fact(
        "rhythm.weekday",
        Quantity(WEEKDAYS[leader], Unit.WEEKDAY),
        sample_size=scene.total("plays"),
        parts={"share": percent(share)},
        interest=rising(share, ORDINARY_WEEKDAY, STRIKING_WEEKDAY, scene.total("plays")),
        says=[Says.MOST],
    )


def weekend(scene: Scene) -> Iterator[Fact]:
    """The share on Saturday and Sunday, where it is clearly not that of their days.

    Their days are counted among those known, a week at least.
    """
    sums, span = [sum(day) for day in _days(scene)], scene.known_span
    if not scene.has_enough_plays or not any(sums) or span is None:
        return
    share, expected = sum(sums[SATURDAY:]) / sum(sums), _weekend_of(*span)
    if scene.known_days < DAYS_A_WEEK or abs(share - expected) < CLEAR_WEEKEND:
        return
    yield scene.fact(
        "rhythm.weekend",
        percent(share),
        sample_size=scene.total("plays"),
        parts={"expected": percent(expected)},
        interest=rising(abs(share - expected), ORDINARY_WEEKEND, STRIKING_WEEKEND),
        says=[Says.MORE if share > expected else Says.LESS],
        against=Against.REST,
    )


def routine(scene: Scene) -> Iterator[Fact]:
    """How alike the hours of the seven weekdays are: the mean cosine similarity of each two.

    A weekday's profile is its listening time in each of the 24 hours. 100 means that every weekday
    has its music at the same hours, 0 that no two weekdays share one. (G. Salton and M. J. McGill,
    Introduction to Modern Information Retrieval, 1983, has the measure.)
    """
    days = _days(scene)
    if not scene.has_enough_plays or scene.known_days < MIN_DAYS_OF_ROUTINE:
        return
    if not days or not all(map(any, days)):
        return
    pairs = [_cosine(one, other) for one, other in combinations(days, 2)]
    alike = sum(pairs) / len(pairs)
    yield scene.fact(
        "rhythm.routine",
        percent(alike),
        sample_size=scene.total("plays"),
        interest=_routine_interest(scene, alike),
    )


def peak(scene: Scene) -> Iterator[Fact]:
    """The day with more listening time than any other, where the timeline has days."""
    if scene.statistic("timeline").get("bucket") != "day" or not scene.has_enough_plays:
        return
    items = scene.items("timeline", "items")
    days = {item["start"]: float(item.get("ms_played") or 0) for item in items if "start" in item}
    leader, total = find_leader(days), sum(days.values())
    if leader is None or sum(map(bool, days.values())) < MIN_ACTIVE_DAYS:
        return
    share = days[leader] / total
    yield scene.fact(
        "calendar.peak",
        Quantity(leader, Unit.DATE),
        sample_size=len(days),
        sampled=Unit.DAYS,
        parts={"time": time_of(days[leader]), "share": percent(share)},
        interest=rising(share * len(days), ORDINARY_PEAK, STRIKING_PEAK),
        says=[Says.MOST],
    )


def _night_interest(scene: Scene, share: float) -> float:
    if not share:
        return NO_NIGHT_INTEREST
    return rising(share, ORDINARY_NIGHT, STRIKING_NIGHT, scene.total("plays"))


def _routine_interest(scene: Scene, alike: float) -> float:
    if scene.known_days > A_SEASON:
        return either_way(alike, UNLIKE, ORDINARY_OVER_YEARS, ALIKE_OVER_YEARS)
    return either_way(alike, UNLIKE, ORDINARY_ROUTINE, ALIKE)


def _hours_by_part(scene: Scene) -> dict[str, float]:
    return {name: scene.blocks.number("listening_hours", name) or 0.0 for name in PARTS}


def _cells(scene: Scene) -> Sequence[int]:
    """Ms for each hour of the week from Monday's first on; empty where they are not known."""
    cells: Sequence[int] = scene.statistic("heatmap").get("ms_played") or ()
    return cells if len(cells) == DAYS_A_WEEK * HOURS_A_DAY else ()


def _days(scene: Scene) -> list[Sequence[int]]:
    """Ms for the 24 hours of each weekday, Monday first."""
    cells = _cells(scene)
    bounds = pairwise(range(0, len(cells) + 1, HOURS_A_DAY))
    return [cells[first:end] for first, end in bounds]


def _weekend_of(first: date, last: date) -> float:
    """The share of Saturdays and Sundays among the days from one to another."""
    number = (last - first).days + 1
    weekend = sum((first + timedelta(n)).weekday() >= SATURDAY for n in range(number % DAYS_A_WEEK))
    return (number // DAYS_A_WEEK * (DAYS_A_WEEK - SATURDAY) + weekend) / number


def _cosine(one: Sequence[int], other: Sequence[int]) -> float:
    product = sum(a * b for a, b in zip(one, other, strict=True))
    return product / math.hypot(*one) / math.hypot(*other)


def _clock(hour: int) -> Quantity:
    return Quantity(f"{hour % HOURS_A_DAY:02}:00", Unit.CLOCK)
