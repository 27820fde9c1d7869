"""How music ran on, what interrupted it, and how energising it was at which time of the day."""

from collections.abc import Iterator, Mapping
from itertools import combinations
from statistics import NormalDist

from spotify_insights.insights.facts.differences import z_of
from spotify_insights.insights.facts.fact import (
    Fact,
    Method,
    Quantity,
    Says,
    Unit,
    half_up,
    percent,
    time_of,
)
from spotify_insights.insights.facts.interest import either_way, rising
from spotify_insights.insights.facts.intervals import wilson
from spotify_insights.insights.facts.scene import MIN_COVERAGE, Scene, find_leader

# Where fewer plays tell how they ended, skips may be missing and stretches too.
MIN_TOLD = 0.9
# Of fewer stretches, a single evening decides which part of the day has most.
MIN_STRETCHES = 4
# A rate an hour needs some hours.
MIN_HOURS = 3
MIN_KNOWN, MIN_KNOWN_OF_PART = 50, 20
SIGNIFICANCE = 0.05

# Quartiles of the months of two histories of ten years; beyond the outer values lies one in twenty.
FEW_FOCUSED, ORDINARY_FOCUSED, MUCH_FOCUSED = 0.35, 0.65, 0.9
ORDINARY_PART, STRIKING_PART = 0.5, 0.85
FEW_SKIPS, ORDINARY_SKIPS, MANY_SKIPS = 0.5, 5.0, 14.0
# Chosen: rock and pop are energising, so most listening is.
CALM_BALANCE, ORDINARY_BALANCE, LIVELY_BALANCE = 0.25, 0.65, 0.95
ORDINARY_CONTRAST, STRIKING_CONTRAST = 0.1, 0.5
_MS_AN_HOUR = 3_600_000


def stretches(scene: Scene) -> Iterator[Fact]:
    """Runs of at least 25 minutes without a skip (see `listening.stats.focus`).

    The share is that of the listening time; the longest one is told from its start to its end.
    """
    count, ms = scene.count("focus", "count"), scene.count("focus", "ms_played")
    if not count or not ms or not _is_told(scene, "focus"):
        return
    share = ms / scene.total("ms_played")
    yield scene.fact(
        "focus.stretches",
        Quantity(count, Unit.STRETCHES),
        sample_size=scene.count("focus", "told"),
        parts={
            "time": time_of(ms),
            "longest": time_of(scene.count("focus", "longest_ms")),
            "share": percent(share),
        },
        interest=either_way(share, FEW_FOCUSED, ORDINARY_FOCUSED, MUCH_FOCUSED),
        says=[Says.LONGEST],
    )


def part(scene: Scene) -> Iterator[Fact]:
    """The part of the day in which more focused time began than in any other."""
    by_part: Mapping[str, int] = scene.statistic("focus").get("ms_by_part") or {}
    count, leader = scene.count("focus", "count"), find_leader(by_part)
    if leader is None or count < MIN_STRETCHES or not _is_told(scene, "focus"):
        return
    share = by_part[leader] / sum(by_part.values())
    yield scene.fact(
        "focus.part",
        Quantity(leader, Unit.PART_OF_DAY),
        sample_size=count,
        sampled=Unit.STRETCHES,
        parts={"share": percent(share)},
        interest=rising(share, ORDINARY_PART, STRIKING_PART),
        says=[Says.MOST],
    )


def interruptions(scene: Scene) -> Iterator[Fact]:
    """Skips an hour of listening; told when there was none, not when there was next to none."""
    skipped, hours = scene.count("skips", "skipped"), scene.total("ms_played") / _MS_AN_HOUR
    if hours < MIN_HOURS or not scene.has_enough_plays or not _is_told(scene, "skips"):
        return
    rate = half_up(10 * skipped / hours) / 10
    if skipped and not rate:
        return
    yield scene.fact(
        "focus.interruptions",
        Quantity(rate, Unit.SKIPS_AN_HOUR),
        sample_size=scene.count("skips", "told"),
        parts={
            "skips": Quantity(skipped, Unit.PLAYS),
            "hours": Quantity(half_up(10 * hours) / 10, Unit.HOURS),
        },
        interest=either_way(skipped / hours, FEW_SKIPS, ORDINARY_SKIPS, MANY_SKIPS),
        says=[] if skipped else [Says.NONE],
    )


def balance(scene: Scene) -> Iterator[Fact]:
    """The share of energising plays among those with a mood; with the calming ones it is 100 %."""
    parts = _energy_of(scene)
    if parts is None:
        return
    lively, size = (sum(one[n] for one in parts.values()) for n in (0, 1))
    low, high = wilson(lively, size)
    share = percent(lively / size)
    assert not isinstance(share.value, str), "a share is a number"
    yield scene.fact(
        "energy.balance",
        share,
        sample_size=size,
        parts={
            "calming": Quantity(100 - share.value, Unit.PERCENT),
            "coverage": percent(size / scene.count("energy", "plays")),
        },
        interval=(round(100 * low, 1), round(100 * high, 1)),
        interest=either_way(lively / size, CALM_BALANCE, ORDINARY_BALANCE, LIVELY_BALANCE),
        method=Method.GENRE_FAMILIES,
    )


def energy_part(scene: Scene) -> Iterator[Fact]:
    """The part of the day with the highest share of energising plays, beside the calmest one.

    Told when the two differ by a two-proportion test at 5 %, divided by the number of pairs that
    there were to choose from (C. E. Bonferroni, 1936). `calm_share` is that of calming plays.
    """
    known = _energy_of(scene) or {}
    shares = {name: n / size for name, (n, size) in known.items() if size >= MIN_KNOWN_OF_PART}
    lively = find_leader(shares)
    calm = find_leader({name: 1 - share for name, share in shares.items()})
    if lively is None or calm is None or lively == calm:
        return
    pairs = len(list(combinations(shares, 2)))
    if z_of(*known[lively], *known[calm]) < NormalDist().inv_cdf(1 - SIGNIFICANCE / (2 * pairs)):
        return
    yield scene.fact(
        "energy.part",
        Quantity(lively, Unit.PART_OF_DAY),
        sample_size=sum(known[name][1] for name in shares),
        parts={
            "share": percent(shares[lively]),
            "calm_part": Quantity(calm, Unit.PART_OF_DAY),
            "calm_share": percent(1 - shares[calm]),
        },
        interest=rising(shares[lively] - shares[calm], ORDINARY_CONTRAST, STRIKING_CONTRAST),
        says=[Says.MOST],
        method=Method.GENRE_FAMILIES,
    )


def _is_told(scene: Scene, statistic: str) -> bool:
    """Whether of nearly all plays a source tells how they ended."""
    told, plays = scene.count(statistic, "told"), scene.total("plays")
    return told > 0 and told >= MIN_TOLD * plays


def _energy_of(scene: Scene) -> dict[str, tuple[int, int]] | None:
    """Energising plays and all with a known mood, by part of the day; None where too few are."""
    found = scene.statistic("energy")
    known = found.get("known", 0)
    if known < MIN_KNOWN or known < MIN_COVERAGE * found["plays"]:
        return None
    return {
        name: (one["energising"], one["energising"] + one["calming"])
        for name, one in found["parts"].items()
    }
