"""Artists and genres that are heard more or less than before, new ones, and those that are back.

Top lists have fifty lines. An artist who is not on a full one had at most the plays of its last
line, and is taken to have had as many.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from spotify_insights.insights.facts.differences import newcombe, z_of
from spotify_insights.insights.facts.fact import (
    Against,
    Fact,
    Method,
    Quantity,
    Says,
    Unit,
    clean,
    percent,
)
from spotify_insights.insights.facts.interest import rising
from spotify_insights.insights.facts.past import (
    Past,
    compared,
    length_of,
    listed,
    past_of,
    previous_of,
    reaches_its_end,
)
from spotify_insights.insights.facts.scene import MIN_COVERAGE, Blocks, Scene

# So many standard errors apart, of some fifty artists not one moves by chance.
MIN_Z = 3
MIN_PLAYS = 10
# By this factor the plays themselves differ too, and not just what was heard beside them.
MIN_RATIO = 1.5
# Somebody new or back was chosen more often than by chance.
MIN_PLAYS_OF_ONE = 5
# Shares of genres go by artists as well as by plays: a small difference is none.
MIN_POINTS = 0.05
# For so many weeks or months an artist is away before a return is one.
MIN_AWAY = {Unit.WEEKS: 8, Unit.MONTHS: 3}

# Of all plays, what a striking mover gains or loses, and what a striking newcomer has.
_STRIKING_GAIN, _STRIKING_SHARE = 0.25, 0.25
# After half a year a return is striking.
_STRIKING_AWAY = {Unit.WEEKS: 26, Unit.MONTHS: 6}

_TOLD = ("heard", "new", "plays", "plays_of_new")


@dataclass(frozen=True)
class _Artists:
    """The artists of a period by name in one case."""

    blocks: Blocks

    @cached_property
    def plays(self) -> Mapping[str, int]:
        """Counted plays, most first; artists of one name are one."""
        found: dict[str, int] = {}
        for line in listed(self.blocks, "top_artists"):
            name = _key(line["name"])
            found[name] = found.get(name, 0) + int(line["plays"])
        found.pop("", None)
        return found

    @property
    def is_whole(self) -> bool:
        """Whether everyone who was heard is listed."""
        return self.blocks.total("distinct_artists") <= len(listed(self.blocks, "top_artists"))

    @property
    def least(self) -> int:
        """What an artist who is not listed has at most."""
        lines = listed(self.blocks, "top_artists")
        return 0 if self.is_whole or not lines else int(lines[-1]["plays"])

    @property
    def counted(self) -> int:
        return self.blocks.total("counted_plays")

    def of(self, name: str) -> int:
        return self.plays.get(name, self.least)

    def is_sure(self, name: str) -> bool:
        """Whether the plays of an artist are known and not only what they are at most."""
        return name in self.plays or self.is_whole


def rising_artist(scene: Scene) -> Iterator[Fact]:
    """The artist whose share of the plays grew the most beyond chance."""
    previous = previous_of(scene)
    if previous is None:
        return
    now, before = _Artists(scene.blocks), _Artists(previous)
    found = _find_mover(now, before)
    if found:
        yield _mover(scene, "artists.rising", found, now, before, Says.MORE)


def fading_artist(scene: Scene) -> Iterator[Fact]:
    """The artist whose share of the plays fell the most beyond chance."""
    previous = previous_of(scene)
    if previous is None or not reaches_its_end(scene):
        return
    now, before = _Artists(scene.blocks), _Artists(previous)
    found = _find_mover(before, now)
    if found:
        yield _mover(scene, "artists.fading", found, now, before, Says.LESS)


def newcomer(scene: Scene) -> Iterator[Fact]:
    """The most played artist who certainly was never heard before this period.

    The snapshot says how many artists and plays were new, not whose. Who is in the list of a period
    before is not new, so the rest may leave no choice.
    """
    past = past_of(scene)
    if previous_of(scene) is None:
        return
    now = _Artists(scene.blocks)
    heard = {name for one in past.known for name in _Artists(one).plays}
    for rank, (name, plays) in enumerate(now.plays.items(), start=1):
        if plays >= MIN_PLAYS_OF_ONE and _is_new(now, heard, name):
            yield compared(
                scene,
                "artists.newcomer",
                Quantity(_spelled(scene.blocks, name), Unit.ARTIST),
                past.known,
                sample_size=now.counted,
                parts={
                    "rank": Quantity(rank, Unit.RANK),
                    "plays": Quantity(plays, Unit.PLAYS),
                },
                interest=rising(plays / now.counted, 0, _STRIKING_SHARE),
                says=[Says.NEW, Says.FIRST],
                against=Against.EVER,
            )
            return


def returned(scene: Scene) -> Iterator[Fact]:
    """The artist who was away the longest: heard before, and in none of the periods in between.

    Only periods whose lists are whole can tell that an artist was not heard.
    """
    past, now = past_of(scene), _Artists(scene.blocks)
    if not scene.has_enough_plays:
        return
    away = {
        name: _periods_away(past, name)
        for name, plays in now.plays.items()
        if plays >= MIN_PLAYS_OF_ONE
    }
    name = max(away, key=lambda one: (away[one], now.plays[one], one), default="")
    length = length_of(away.get(name, 0), scene.period.time_range)
    if length is None or float(length.value) < MIN_AWAY[length.unit]:
        return
    yield compared(
        scene,
        "artists.returned",
        Quantity(_spelled(scene.blocks, name), Unit.ARTIST),
        past.known,
        sample_size=now.counted,
        parts={"away": length, "plays": Quantity(now.plays[name], Unit.PLAYS)},
        interest=rising(float(length.value), 0, _STRIKING_AWAY[length.unit]),
        says=[Says.AGAIN],
        against=Against.USUAL,
    )


def rising_genre(scene: Scene) -> Iterator[Fact]:
    """The genre whose share of the known listening grew the most beyond chance."""
    previous = previous_of(scene)
    if previous is None or not _are_alike(scene.blocks, previous):
        return
    size, size_before = _known(scene.blocks), _known(previous)
    grown = {}
    for name, share in _genres(scene.blocks).items():
        before = _genres(previous).get(name, 0.0)
        low, _ = newcombe(round(share * size), size, round(before * size_before), size_before)
        if low > 0 and share - before >= MIN_POINTS:
            grown[name] = (share - before, before)
    if not grown:
        return
    name = max(grown, key=lambda one: (grown[one], one))
    gain, before = grown[name]
    yield compared(
        scene,
        "genres.rising",
        Quantity(name, Unit.GENRE),
        [previous],
        sample_size=size + size_before,
        parts={"now": percent(before + gain), "before": percent(before)},
        interest=rising(gain, 0, _STRIKING_GAIN),
        says=[Says.MORE],
        against=Against.PREVIOUS,
        method=Method.TAGS,
    )


def _find_mover(more: _Artists, less: _Artists) -> str | None:
    """Who has a larger share and more plays in one period than in the other, most clearly so."""
    clear = {
        name: z_of(plays, more.counted, less.of(name), less.counted)
        for name, plays in more.plays.items()
        if plays >= max(MIN_PLAYS, MIN_RATIO * less.of(name))
    }
    best = max(clear, key=lambda name: (clear[name], name), default=None)
    return best if best is not None and clear[best] >= MIN_Z else None


def _mover(scene: Scene, key: str, name: str, now: _Artists, before: _Artists, says: Says) -> Fact:
    sides = {"now": now, "before": before}
    gain = now.of(name) / now.counted - before.of(name) / before.counted
    spelled = scene.blocks if name in now.plays else before.blocks
    return compared(
        scene,
        key,
        Quantity(_spelled(spelled, name), Unit.ARTIST),
        [before.blocks],
        sample_size=now.counted + before.counted,
        parts={
            part: Quantity(side.of(name), Unit.PLAYS)
            for part, side in sides.items()
            if side.is_sure(name)
        },
        interest=rising(abs(gain), 0, _STRIKING_GAIN),
        says=[says],
        against=Against.PREVIOUS,
    )


def _is_new(now: _Artists, heard: set[str], name: str) -> bool:
    """Whether an artist must be among those who were heard for the first time."""
    told = {one: now.blocks.count("statistics", "discovery", "artists", one) for one in _TOLD}
    plays = now.plays[name]
    if name in heard or not told["new"] or plays > told["plays_of_new"]:
        return False
    known = [other for other in now.plays if other in heard]
    not_known = told["heard"] - len(known)
    plays_of_others = told["plays"] - plays - sum(now.plays[other] for other in known)
    return told["new"] >= not_known or told["plays_of_new"] > plays_of_others


def _periods_away(past: Past, name: str) -> int:
    """So many periods before an artist was last heard; 0 where it was not, or nobody can tell."""
    for away, one in enumerate(past.periods):
        if one is None:
            continue
        artists = _Artists(one)
        if name in artists.plays:
            return away
        if not artists.is_whole:
            return 0
    return 0


def _are_alike(one: Blocks, other: Blocks) -> bool:
    """Whether the genres of two periods are known well enough, and in the same way."""
    methods = [blocks.find("coverage", "genres_method") for blocks in (one, other)]
    are_known = all(blocks.coverage("genres") >= MIN_COVERAGE for blocks in (one, other))
    return are_known and methods[0] == methods[1] and not one.is_ranked_by_spotify


def _known(blocks: Blocks) -> int:
    """The counted plays whose genres are known."""
    return max(1, round(blocks.coverage("genres") * blocks.total("counted_plays")))


def _genres(blocks: Blocks) -> Mapping[str, float]:
    found = blocks.find("genre_distribution") or {}
    return {clean(name): float(share) for name, share in found.items() if clean(name)}


def _key(name: object) -> str:
    return clean(str(name)).casefold()


def _spelled(blocks: Blocks, name: str) -> str:
    """A name as the top list writes it."""
    lines = listed(blocks, "top_artists")
    return next(clean(str(line["name"])) for line in lines if _key(line["name"]) == name)
