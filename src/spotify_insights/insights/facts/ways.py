"""Ways of playing, as far as sources tell of them: skips, shuffle, offline, devices, countries."""

from collections.abc import Iterator
from typing import Any

from spotify_insights.insights.facts.fact import Fact, Quantity, Says, Unit, percent
from spotify_insights.insights.facts.interest import either_way, rising
from spotify_insights.insights.facts.intervals import wilson
from spotify_insights.insights.facts.scene import Scene, find_leader

MIN_TOLD = 30
# Of nearly all plays the source must tell before a share is one of the whole time.
MIN_SHARE_TOLD = 0.95
# What plays are heard on when nothing better is known.
NO_PLATFORM = "Other"

# Most have one device for their music, and know which.
PLATFORM_INTEREST = 0.3

# Shares of the plays told of, and of the time.
FEW_SKIPS, ORDINARY_SKIPS, MANY_SKIPS = 0.01, 0.15, 0.45
LITTLE_SHUFFLE, ORDINARY_SHUFFLE, MUCH_SHUFFLE = 0.02, 0.4, 0.95
ORDINARY_OFFLINE, STRIKING_OFFLINE = 0.05, 0.4
ORDINARY_ABROAD, STRIKING_ABROAD = 0.02, 0.4


def skips(scene: Scene) -> Iterator[Fact]:
    """The share of the plays that were skipped, of those whose source tells how they ended."""
    told, skipped = scene.count("skips", "told"), scene.count("skips", "skipped")
    if told < MIN_TOLD:
        return
    low, high = wilson(skipped, told)
    yield scene.fact(
        "skips.rate",
        percent(skipped / told),
        sample_size=told,
        parts={"skipped": Quantity(skipped, Unit.PLAYS)},
        interval=(round(100 * low, 1), round(100 * high, 1)),
        interest=either_way(skipped / told, FEW_SKIPS, ORDINARY_SKIPS, MANY_SKIPS, told),
        says=() if skipped else [Says.NONE],
    )


def shuffle(scene: Scene) -> Iterator[Fact]:
    share = _share_of_time(scene, "shuffle")
    if share:
        interest = either_way(share, LITTLE_SHUFFLE, ORDINARY_SHUFFLE, MUCH_SHUFFLE)
        yield _portion(scene, "shuffle", share, interest)


def offline(scene: Scene) -> Iterator[Fact]:
    share = _share_of_time(scene, "offline")
    if share:
        interest = rising(share, ORDINARY_OFFLINE, STRIKING_OFFLINE)
        yield _portion(scene, "offline", share, interest)


def platforms(scene: Scene) -> Iterator[Fact]:
    """The family of devices with more of the time than any other."""
    leader = _leader(scene, "platforms")
    if leader is None or leader[0] == NO_PLATFORM:
        return
    name, share = leader
    yield scene.fact(
        "platforms.top",
        Quantity(name, Unit.PLATFORM),
        sample_size=scene.count("platforms", "told"),
        parts={"share": percent(share)},
        interest=PLATFORM_INTEREST,
        says=[Says.MOST],
    )


def countries(scene: Scene) -> Iterator[Fact]:
    """The country with more of the time than any other, if there were several."""
    leader, number = _leader(scene, "countries"), len(scene.items("countries", "parts"))
    if leader is None or number == 1:
        return
    name, share = leader
    yield scene.fact(
        "countries.top",
        Quantity(name, Unit.COUNTRY),
        sample_size=scene.count("countries", "told"),
        parts={"share": percent(share), "countries": Quantity(number, Unit.COUNTRIES)},
        interest=rising(1 - share, ORDINARY_ABROAD, STRIKING_ABROAD),
        says=[Says.MOST],
    )


def _share_of_time(scene: Scene, what: str) -> float | None:
    """The share (0..1) of the listening time known to be of one sort; None below a percent.

    The source must tell of nearly all plays, so that the rest cannot change the share much.
    """
    told, total_ms = scene.count(what, "told"), scene.total("ms_played")
    if told < max(MIN_TOLD, MIN_SHARE_TOLD * scene.total("plays")) or not total_ms:
        return None
    share = scene.count(what, "ms_played") / total_ms
    return share if percent(share).value else None


def _portion(scene: Scene, what: str, share: float, interest: float) -> Fact:
    return scene.fact(
        f"{what}.share",
        percent(share),
        sample_size=scene.count(what, "told"),
        parts={"plays": Quantity(scene.count(what, "plays"), Unit.PLAYS)},
        interest=interest,
    )


def _leader(scene: Scene, what: str) -> tuple[str, float] | None:
    """The part with most of the time told of, and its share."""
    parts: dict[Any, float] = {
        part.get("name"): float(part.get("ms_played") or 0) for part in scene.items(what, "parts")
    }
    name = find_leader(parts)
    if not name or scene.count(what, "told") < MIN_TOLD:
        return None
    return str(name), parts[name] / sum(parts.values())
