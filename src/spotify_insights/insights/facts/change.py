"""What is not as it was in the period right before, as long as this one.

A difference is told when it is one in the listener's ears, and more than chance would make.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

from spotify_insights.insights.facts import rates
from spotify_insights.insights.facts.differences import newcombe, ordinary_ratio
from spotify_insights.insights.facts.fact import (
    Against,
    Fact,
    Quantity,
    Says,
    Unit,
    clean,
    percent,
    time_of,
)
from spotify_insights.insights.facts.interest import rising
from spotify_insights.insights.facts.past import (
    compared,
    listed,
    past_of,
    previous_of,
    reaches_its_end,
)
from spotify_insights.insights.facts.rates import Rate
from spotify_insights.insights.facts.scene import Blocks, Scene, find_leader

# A smaller change of an amount nobody would notice.
MIN_CHANGE = 0.15
# What counts as a change where the listener's own ups and downs are not known yet.
CONSERVATIVE_CHANGE = 0.3
# From so many periods before on, the listener's own ups and downs are the measure.
MIN_PERIODS = 8
# Shares are counted in plays, which follow one another: a small difference is none.
MIN_POINTS = 0.05
# By so much of the time a part of the day leads the next one for it to be a habit.
MIN_LEAD = 0.1
# A favourite was chosen more often than by chance.
MIN_PLAYS = 5

# An amount three times what it was, and a share 30 points higher, are worth telling a friend.
_STRIKING_CHANGE, _STRIKING_POINTS = math.log(3), 0.3
# Plays and time mostly go together, and time is what a day has.
_PLAYS_TO_TIME = 0.9
# That all is as before is rarely the news.
_STEADY, _PART, _LEADER = 0.3, 0.5, 0.55

_Amount = Callable[[Blocks], float]
_RateOf = Callable[[Blocks], Rate | None]


def time(scene: Scene) -> Iterator[Fact]:
    """Listening time, more or less; or about the same."""
    previous = previous_of(scene)
    if previous is None:
        return
    now, before = _ms(scene.blocks), _ms(previous)
    if _differs(scene, previous, _ms):
        yield _amount(scene, previous, "change.time", _ms, time_of)
    elif _is_steady(now, before) and reaches_its_end(scene):
        yield compared(
            scene,
            "change.steady",
            time_of(now),
            [previous],
            sample_size=_plays(scene.blocks) + _plays(previous),
            parts={"before": time_of(before)},
            interest=_STEADY,
            says=[Says.SAME],
            against=Against.PREVIOUS,
        )


def plays(scene: Scene) -> Iterator[Fact]:
    previous = previous_of(scene)
    if previous and _differs(scene, previous, _plays):
        fact = _amount(scene, previous, "change.plays", _plays, _counted_in(Unit.PLAYS))
        yield replace(fact, interest=round(_PLAYS_TO_TIME * fact.interest, 3))


def artists(scene: Scene) -> Iterator[Fact]:
    """Different artists among counted plays; the value is how many more or less they are."""
    previous = previous_of(scene)
    if previous and _differs(scene, previous, _artists):
        now, before = _artists(scene.blocks), _artists(previous)
        yield compared(
            scene,
            "change.artists",
            Quantity(abs(now - before), Unit.ARTISTS),
            [previous],
            sample_size=scene.total("counted_plays") + previous.total("counted_plays"),
            parts=_parts(now, before, _counted_in(Unit.ARTISTS)),
            interest=_interest(now, before),
            says=[_direction(now, before)],
            against=Against.PREVIOUS,
        )


def discovery(scene: Scene) -> Iterator[Fact]:
    yield from _share(scene, "change.discovery", rates.discovery)


def night(scene: Scene) -> Iterator[Fact]:
    yield from _share(scene, "change.night", rates.night, sampled=Unit.SESSIONS)


def skips(scene: Scene) -> Iterator[Fact]:
    yield from _share(scene, "change.skips", rates.skips)


def repeats(scene: Scene) -> Iterator[Fact]:
    yield from _share(scene, "change.repeats", rates.repeats)


def part(scene: Scene) -> Iterator[Fact]:
    """Another part of the day has clearly the most listening time."""
    previous = previous_of(scene)
    if previous is None:
        return
    now, before = _leading_part(scene.blocks), _leading_part(previous)
    if now and before and now != before:
        yield compared(
            scene,
            "change.part",
            Quantity(now, Unit.PART_OF_DAY),
            [previous],
            sample_size=_plays(scene.blocks) + _plays(previous),
            parts={"before": Quantity(before, Unit.PART_OF_DAY)},
            interest=_PART,
            says=[Says.MOST],
            against=Against.PREVIOUS,
        )


def leader(scene: Scene) -> Iterator[Fact]:
    """Another artist has more counted plays than any other."""
    previous = previous_of(scene)
    if previous is None:
        return
    now, before = _leading_artist(scene.blocks), _leading_artist(previous)
    if now and before and now.casefold() != before.casefold():
        yield compared(
            scene,
            "change.leader",
            Quantity(now, Unit.ARTIST),
            [previous],
            sample_size=scene.total("counted_plays") + previous.total("counted_plays"),
            parts={"before": Quantity(before, Unit.ARTIST)},
            interest=_LEADER,
            says=[Says.NEW, Says.MOST],
            against=Against.PREVIOUS,
        )


def _amount(
    scene: Scene,
    previous: Blocks,
    key: str,
    of: _Amount,
    said: Callable[[float], Quantity],
) -> Fact:
    now, before = of(scene.blocks), of(previous)
    return compared(
        scene,
        key,
        percent(abs(now / before - 1)),
        [previous],
        sample_size=_plays(scene.blocks) + _plays(previous),
        parts=_parts(now, before, said),
        interest=_interest(now, before),
        says=[_direction(now, before)],
        against=Against.PREVIOUS,
    )


def _share(scene: Scene, key: str, of: _RateOf, *, sampled: Unit = Unit.PLAYS) -> Iterator[Fact]:
    """The difference of two shares in percentage points, as far as it is no chance."""
    previous = previous_of(scene)
    now, before = of(scene.blocks), of(previous) if previous else None
    if previous is None or now is None or before is None:
        return
    low, high = newcombe(now.count, now.size, before.count, before.size)
    difference = now.share - before.share
    if low <= 0 <= high or abs(difference) < MIN_POINTS:
        return
    yield compared(
        scene,
        key,
        Quantity(abs(now.points - before.points), Unit.POINTS),
        [previous],
        sample_size=now.size + before.size,
        sampled=sampled,
        parts={"now": now.percent, "before": before.percent},
        interval=_points(low, high),
        interest=rising(abs(difference), 0, _STRIKING_POINTS),
        says=[Says.MORE if difference > 0 else Says.LESS],
        against=Against.PREVIOUS,
    )


def _points(low: float, high: float) -> tuple[float, float]:
    """The interval of the size of a difference, in tenths of a point that hold all of it."""
    small, large = sorted((abs(low), abs(high)))
    return math.floor(1000 * small) / 10, math.ceil(1000 * large) / 10


def _differs(scene: Scene, previous: Blocks, of: _Amount) -> bool:
    """Whether an amount is clearly larger or smaller than in the period before."""
    now, before = of(scene.blocks), of(previous)
    if not now or not before or _is_steady(now, before):
        return False
    if now < before and not reaches_its_end(scene):
        return False
    past = past_of(scene).amounts(of)
    if len(past) < MIN_PERIODS:
        return abs(now / before - 1) >= CONSERVATIVE_CHANGE
    return abs(math.log(now / before)) > math.log(ordinary_ratio(past))


def _is_steady(now: float, before: float) -> bool:
    return abs(now / before - 1) < MIN_CHANGE


def _direction(now: float, before: float) -> Says:
    return Says.MORE if now > before else Says.LESS


def _interest(now: float, before: float) -> float:
    return rising(abs(math.log(now / before)), 0, _STRIKING_CHANGE)


def _parts(now: float, before: float, said: Callable[[float], Quantity]) -> dict[str, Quantity]:
    return {"now": said(now), "before": said(before)}


def _counted_in(unit: Unit) -> Callable[[float], Quantity]:
    return lambda value: Quantity(value, unit)


def _leading_part(blocks: Blocks) -> str | None:
    """The part of the day with the most time, where it leads clearly."""
    found = blocks.find("listening_hours")
    hours = sorted(found.items(), key=lambda one: one[1]) if isinstance(found, dict) else []
    if len(hours) < 2:  # noqa: PLR2004 - it takes two for one to lead
        return None
    (_, second), (name, most) = hours[-2:]
    is_clear = most - second >= MIN_LEAD * sum(time for _, time in hours)
    return str(name) if most and is_clear else None


def _leading_artist(blocks: Blocks) -> str | None:
    named = {clean(str(one["name"])): int(one["plays"]) for one in listed(blocks, "top_artists")}
    found = find_leader(named)
    return found if found and named[found] >= MIN_PLAYS else None


def _ms(blocks: Blocks) -> int:
    return blocks.total("ms_played")


def _plays(blocks: Blocks) -> int:
    return blocks.total("plays")


def _artists(blocks: Blocks) -> int:
    return blocks.total("distinct_artists")
