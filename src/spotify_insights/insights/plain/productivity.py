"""Productivity: what the hours with music look like to somebody who works or studies to it."""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from spotify_insights.insights.draft import Draft, Item
from spotify_insights.insights.facts.fact import Fact
from spotify_insights.insights.plain import chapters, stories, variants
from spotify_insights.insights.plain.chapters import Chapter, Frame
from spotify_insights.insights.plain.script import Script
from spotify_insights.insights.plain.strategies import MUCH_NIGHT, situations
from spotify_insights.insights.wording import TELL

FRAME = Frame(
    chapters=(
        Chapter((*chapters.AMOUNTS, *chapters.RHYTHM), most=2),
        Chapter((*chapters.SITTINGS, *chapters.WAYS, *chapters.PIECES, *chapters.TASTES), most=3),
        Chapter((*chapters.CHANGES, *chapters.OUTLIERS, *chapters.FINDS), most=2),
    ),
    weights={
        "focus": 2.0,
        "sessions": 1.5,
        "energy": 1.5,
        "rhythm": 1.4,
        "skips": 1.4,
        "shuffle": 1.2,
        "podcasts": 1.2,
        "repeats": 1.0,
        "artists": 0.5,
        "tracks": 0.5,
        "albums": 0.5,
        "genres": 0.6,
        "history": 0.3,
        "anniversary": 0.2,
    },
    opening=("open", TELL),
)
MOST_IN_A_LIST = 3
FOCUS = (
    *("focus.stretches", "focus.part", "sessions.", "rhythm.routine"),
    *("rhythm.part", "rhythm.hour", "rhythm.weekday"),
)
DISTRACTIONS = (
    *("focus.interruptions", "skips.", "change.skips", "usual.skips", "shuffle."),
    *("rhythm.night", "podcasts.", "discovery.artists"),
)
BALANCE = (*("energy.", "moods.", "rhythm.weekend", "rhythm.night", "podcasts.", "listening.days"),)
# Variants of a fact by which little or nothing broke in.
_CALM = {"few", "none", "less"}


def write(script: Script) -> Draft:
    title = chapters.title(script, FRAME)
    body = chapters.body(script, FRAME)
    if script.facts:
        body = chapters.ending(body, script.mention("close", "any"))
    focus = _choose(script, "focus", FOCUS)
    distractions = _choose(script, "distraction", DISTRACTIONS, _breaks_in)
    distractions = distractions or _choose(script, "distraction", DISTRACTIONS, _is_kept_off)[:1]
    balance = _choose(script, "balance", BALANCE, lambda fact: _weighs(fact, distractions))
    lists = {
        "focus_patterns": _list(script, "focus", _keys(focus)),
        "distractions": _list(script, "distraction", _keys(distractions)),
        "strategies": _list(script, "strategy", situations(script)),
        "balance": _list(script, "balance", _keys(balance)),
    }
    return Draft(title, body, lists)


def _choose(
    script: Script,
    table: str,
    kinds: tuple[str, ...],
    fits: Callable[[Fact], bool] = lambda _fact: True,
) -> list[Fact]:
    """Facts whose ids begin so, each story once: what the body left out, then what matters most."""
    chosen: list[Fact] = []
    ranked = chapters.ranked(script, FRAME)
    for fact in sorted(ranked, key=lambda fact: fact.id in script.told):
        is_one = fact.id.startswith(kinds) and script.can_mention(table, fact.id)
        if is_one and fits(fact) and stories.is_news(fact, chosen):
            chosen.append(fact)
    return chosen[:MOST_IN_A_LIST]


def _breaks_in(fact: Fact) -> bool:
    return not _is_calm(fact) and not _is_slight(fact)


def _is_kept_off(fact: Fact) -> bool:
    return _is_calm(fact) and not _is_slight(fact)


def _weighs(fact: Fact, said: Sequence[Fact]) -> bool:
    return fact not in said and not _is_slight(fact)


def _is_slight(fact: Fact) -> bool:
    """Whether it is of some late music, but too little to make a difference."""
    is_night = fact.id == "rhythm.night" and not isinstance(fact.value, str)
    return is_night and 0 < float(fact.value) < MUCH_NIGHT


def _is_calm(fact: Fact) -> bool:
    return not _CALM.isdisjoint(variants.of(fact, None))


def _keys(facts: Iterable[Fact]) -> list[str]:
    return [fact.id for fact in facts]


def _list(script: Script, table: str, keys: Iterable[str]) -> tuple[Item, ...]:
    """What can be said for the keys; at least that nothing is known."""
    said = (Item(script.mention(table, key)) for key in keys)
    told = tuple(islice((item for item in said if item.sentences), MOST_IN_A_LIST))
    return told or (Item(script.mention(table, "unknown")),)
