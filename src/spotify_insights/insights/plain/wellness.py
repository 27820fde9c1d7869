"""Wellness: the habits of a period, and what could be tried. Never a verdict on the listener."""

from collections.abc import Iterator

from spotify_insights.insights.draft import Draft, Item, Paragraph
from spotify_insights.insights.facts.fact import Says
from spotify_insights.insights.plain import chapters
from spotify_insights.insights.plain.chapters import Chapter, Frame
from spotify_insights.insights.plain.nudges import BIG_FAVOURITE, EVEN_OF_1, nudges
from spotify_insights.insights.plain.script import Script
from spotify_insights.insights.statements import sentence

FRAME = Frame(
    chapters=(
        Chapter((*chapters.AMOUNTS, *chapters.RHYTHM, *chapters.SITTINGS), most=2),
        Chapter(
            (*chapters.FAVOURITES, *chapters.PIECES, *chapters.FINDS, *chapters.TASTES), most=4
        ),
        Chapter((*chapters.HISTORY, *chapters.CHANGES, *chapters.OUTLIERS, *chapters.WAYS), most=3),
    ),
    weights={
        "rhythm": 1.2,
        "rhythm.routine": 0.8,
        "energy": 1.2,
        "change": 1.2,
        "usual": 1.2,
        "moods": 1.1,
        "skips": 0.8,
        "focus": 0.8,
        "shuffle": 0.6,
        "artists.second": 0.6,
        "platforms": 0.4,
        "offline": 0.4,
        "listening.time": 0.3,
        "listening.plays": 0.3,
        "tracks.distinct": 0.4,
        "albums.distinct": 0.4,
    },
)
MAX_PATTERNS = 6


def write(script: Script) -> Draft:
    title = chapters.title(script, FRAME)
    body = chapters.body(script, FRAME)
    if script.facts:
        body = chapters.ending(body, _close(script))
    lists = {
        "wellness_nudges": nudges(script),
        "key_patterns": _patterns(script),
    }
    return Draft(title, body, lists)


def _patterns(script: Script) -> tuple[Item, ...]:
    """What matters most, each in its own plain sentence."""
    best = chapters.ranked(script, FRAME)[:MAX_PATTERNS]
    return tuple(Item((sentence(fact, script.language),)) for fact in best)


def _close(script: Script) -> Paragraph:
    closes = (script.mention("close", key) for key in _ways_to_close(script))
    return next(filter(None, closes), ())


def _ways_to_close(script: Script) -> Iterator[str]:
    """How the insight may end, what fits it best first."""
    says = script.facts["change.time"].says if "change.time" in script.facts else frozenset()
    if Says.MORE in says:
        yield "more"
    if Says.LESS in says:
        yield "less"
    if script.number("artists.evenness") >= EVEN_OF_1:
        yield "wide"
    if script.number("artists.top", "share") >= BIG_FAVOURITE:
        yield "narrow"
    yield "any"
