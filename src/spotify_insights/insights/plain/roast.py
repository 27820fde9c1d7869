"""Roast: teasing about habits and taste, and kind at the end."""

import math
from itertools import islice

from spotify_insights.insights.draft import Draft, Item, Paragraph
from spotify_insights.insights.facts.fact import Fact
from spotify_insights.insights.plain import chapters, stories
from spotify_insights.insights.plain.chapters import Chapter, Frame
from spotify_insights.insights.plain.script import Script
from spotify_insights.insights.wording import TELL

FRAME = Frame(
    chapters=(
        Chapter((*chapters.RHYTHM, *chapters.SITTINGS), most=2),
        Chapter((*chapters.FAVOURITES, *chapters.PIECES, *chapters.TASTES), most=3),
        Chapter((*chapters.WAYS, *chapters.CHANGES, *chapters.OUTLIERS, *chapters.FINDS), most=2),
    ),
    weights={
        "repeats": 1.4,
        "skips": 1.3,
        "artists": 1.2,
        "tracks": 1.2,
        "change": 0.8,
        "usual": 0.7,
        "listening": 0.6,
        "history": 0.8,
        "platforms": 0.6,
        "energy": 0.7,
    },
    telling=("callout", TELL),
    opening=("open", TELL),
)
MAX_CALLOUTS = 5
# From where on a habit is a strength: percent, days, or artists.
_STRONG_FROM = {
    "artists.loyalty": ("", 40),
    "artists.evenness": ("effective", 15),
    "discovery.artists": ("", 5),
    "repeats.rate": ("", 40),
    "streaks.longest": ("", 7),
    "focus.stretches": ("", 5),
}


def write(script: Script) -> Draft:
    title = chapters.title(script, FRAME)
    body = chapters.body(script, FRAME)
    if script.facts:
        body = chapters.ending(body, script.mention("close", "any"))
    redemption = _redemption(script)
    lists = {"specific_callouts": _callouts(script), "redemption_quality": (redemption,)}
    return Draft(title, body, lists)


def _callouts(script: Script) -> tuple[Item, ...]:
    """What the body left out, a line each; other stories than those of the body come first."""
    body = [script.facts[told] for told in script.told]
    left = sorted(chapters.ranked(script, FRAME), key=lambda fact: not stories.is_news(fact, body))
    told = (_callout(script, fact) for fact in left)
    return tuple(islice((Item(said) for said in told if said), MAX_CALLOUTS))


def _callout(script: Script, fact: Fact) -> Paragraph:
    script.begin()
    return chapters.tell(script, FRAME, fact) if fact.id not in script.told else ()


def _redemption(script: Script) -> Item:
    """The strength that the facts show best; without one, a kind word that needs none."""
    for key in _strengths(script):
        if said := script.mention("redemption", key):
            return Item(said)
    return Item(script.mention("redemption", "any"))


def _strengths(script: Script) -> list[str]:
    """What could be praised: what the body left out first, the most interesting first."""
    facts = [fact for fact in script.facts.values() if not _is_faint(script, fact.id)]
    facts.sort(key=lambda fact: (fact.id in script.told, -fact.interest, fact.id))
    return [fact.id for fact in facts]


def _is_faint(script: Script, key: str) -> bool:
    """Whether the value is too small to be a strength."""
    part, least = _STRONG_FROM.get(key, ("", -math.inf))
    return script.number(key, part) < least
