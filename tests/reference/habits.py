"""How plays began and ended, where and on what: as far as rows tell of it."""

from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.reference.amounts import ms_of
from tests.reference.clocks import Heard, by_thing, share
from tests.reference.exports import THIRTY_SECONDS

# How the text of a row begins, and the family in people's words: the first that fits.
SYSTEMS = {
    "Android": ("android",),
    "iOS": ("ios",),
    "macOS": ("os x", "osx", "macos"),
    "Windows": ("windows",),
    "Linux": ("linux",),
    "Web": ("web_player", "webplayer", "partner spotify web_player"),
    "TV & consoles": ("partner webos_tv", "partner tizen_tv", "tizen"),
    "Speakers & partners": ("partner google cast", "cast"),
}


class Told(NamedTuple):
    """Some of the plays that are told of: how many, their time, their share."""

    told: int
    plays: int | None
    ms_played: int | None
    share: float | None


class Reason(NamedTuple):
    reason: str
    plays: int
    share: float


class Reasons(NamedTuple):
    told: int
    items: list[Reason]


class PartHeard(NamedTuple):
    """The mean part (0..1) of things that was heard, of plays whose length is known."""

    known: int
    mean: float | None


class Skipped(NamedTuple):
    id: Any
    told: int
    skipped: int
    rate: float


class Used(NamedTuple):
    """A platform or a country. The share is that of the time."""

    name: str
    plays: int
    ms_played: int
    share: float | None


class Spread(NamedTuple):
    told: int
    unknown: int
    parts: list[Used]


Lengths = dict[Any, int]


def skips(plays: list[Heard], lengths: Lengths) -> Told:
    return _told(plays, _tells_its_end, lambda play: is_skipped(play, lengths))


def is_skipped(play: Heard, lengths: Lengths) -> bool:
    """Ended by a button or marked, and shorter than 30 s or half of its length if that is known."""
    by_button = play.how.reason_end in ("fwdbtn", "backbtn") or play.how.skipped is True
    length = lengths.get(play.content)
    return by_button and play.ms_played < (length / 2 if length else THIRTY_SECONDS)


def most_skipped(
    plays: list[Heard], kind: str, lengths: Lengths, at_least: int = 5
) -> list[Skipped]:
    found = []
    for thing, its in by_thing(plays, kind).items():
        told, skipped, _, rate = skips(its, lengths)
        if told >= at_least and skipped:
            found.append(Skipped(thing, told, skipped, rate))
    return sorted(found, key=lambda one: (-one.skipped, -one.skipped / one.told, one.id))


def finished(plays: list[Heard]) -> Told:
    return _told(
        plays,
        lambda play: play.how.reason_end is not None,
        lambda play: play.how.reason_end == "trackdone",
    )


def part_heard(plays: list[Heard], lengths: Lengths) -> PartHeard:
    parts = [
        min(1, play.ms_played / lengths[play.content]) for play in plays if play.content in lengths
    ]
    return PartHeard(len(parts), round(sum(parts) / len(parts), 4) if parts else None)


def shuffled(plays: list[Heard]) -> Told:
    return _told(plays, lambda play: play.how.shuffle is not None, lambda play: play.how.shuffle)


def offline(plays: list[Heard]) -> Told:
    return _told(plays, lambda play: play.how.offline is not None, lambda play: play.how.offline)


def starts(plays: list[Heard]) -> Reasons:
    return _reasons([play.how.reason_start for play in plays])


def endings(plays: list[Heard]) -> Reasons:
    return _reasons([play.how.reason_end for play in plays])


def platforms(plays: list[Heard]) -> Spread:
    return _used(plays, lambda play: _family(play.how.platform))


def countries(plays: list[Heard]) -> Spread:
    return _used(plays, lambda play: _country(play.how.country))


def private(plays: list[Heard]) -> Told:
    """Of the plays whose source knows private sessions: that which knows videos."""
    return _told(plays, lambda play: play.how.is_video is not None, lambda play: play.is_private)


def video(plays: list[Heard]) -> Told:
    return _told(plays, lambda play: play.how.is_video is not None, lambda play: play.how.is_video)


def _told(plays: list[Heard], tells: Callable[[Heard], Any], holds: Callable[[Heard], Any]) -> Told:
    telling = [play for play in plays if tells(play)]
    holding = [play for play in telling if holds(play)]
    if not telling:
        return Told(0, None, None, None)
    return Told(len(telling), len(holding), ms_of(holding), share(len(holding), len(telling)))


def _tells_its_end(play: Heard) -> bool:
    return play.how.skipped is not None or play.how.reason_end is not None


def _reasons(reasons: list[str | None]) -> Reasons:
    """Most common first. A few rows have an empty text where others say that it is unknown."""
    told = [reason or "unknown" for reason in reasons if reason is not None]
    items = [
        Reason(reason, plays, share(plays, len(told))) for reason, plays in Counter(told).items()
    ]
    return Reasons(len(told), sorted(items, key=lambda item: (-item.plays, item.reason)))


def _used(plays: list[Heard], name_of: Callable[[Heard], str | None]) -> Spread:
    """Those with most time first, then with most plays."""
    named: dict[str, list[Heard]] = {}
    for play in plays:
        name = name_of(play)
        if name is not None:
            named.setdefault(name, []).append(play)
    of_all = sum(ms_of(its) for its in named.values())
    parts = [
        Used(name, len(its), ms_of(its), share(ms_of(its), of_all)) for name, its in named.items()
    ]
    told = sum(part.plays for part in parts)
    parts.sort(key=lambda part: (-part.ms_played, -part.plays, part.name))
    return Spread(told, len(plays) - told, parts)


def _family(platform: str | None) -> str | None:
    if not platform:
        return None
    for family, openings in SYSTEMS.items():
        if any(platform.lower().startswith(opening) for opening in openings):
            return family
    return "Android" if "android" in platform.lower() else "Other"


def _country(code: str | None) -> str | None:
    return code if code and code != "ZZ" else None
