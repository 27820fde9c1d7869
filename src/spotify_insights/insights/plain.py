"""The writer without a model: chooses by rules what to say, and says it in the asked tone.

It needs no key, always works, and asserts nothing but facts. Which of several wordings is taken
follows from the seed alone, so the same insight is written the same way again.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from spotify_insights.insights import facts, text
from spotify_insights.insights.facts import Fact
from spotify_insights.insights.script import Script
from spotify_insights.insights.text import Piece, Pieces, Text
from spotify_insights.insights.wording import PHRASES
from spotify_insights.models.insight import Tone

MAX_NUDGES = 3

# From where on a value is worth a remark; shares of days and plays 0..1, of time in percent.
OFTEN, RARE = 0.8, 0.4
MUCH_NIGHT, TOO_MUCH_NIGHT = 20, 35
STRONG_PART = 50
BIG_FAVOURITE, HUGE_FAVOURITE = 20, 35
STRONG_GENRE = 35
EVEN, NARROW = 0.85, 0.6
MANY_ARTISTS = 20
REPEATS, REPEATED_SHARE = 10, 0.05
LIVELY, QUIET = 6.5, 3.5
A_WEEK = 7


@dataclass(frozen=True)
class Written:
    """An insight: Markdown, and what the contract calls its structured output."""

    content: str
    structured_output: dict[str, Any]


def write(found: Sequence[Fact], tone: Tone, seed: str) -> Written:
    """Compose a wellness insight: a finding, two or three paragraphs, and nudges."""
    script = Script(found, PHRASES[tone], seed)
    finding = _title(script)
    title, paragraphs = script.say(finding), _paragraphs(script, finding)
    nudges = list(_nudges(script))[:MAX_NUDGES]
    page = _laid_out(title, paragraphs, nudges)
    return Written(
        content=page.content,
        structured_output={
            "overall_assessment": f"{text.plain(title)}. {text.plain(paragraphs[0][0])}",
            "wellness_nudges": [nudge.as_json() for nudge in nudges],
            "key_patterns": [text.plain(pattern) for pattern in script.patterns()],
            "mood_score": facts.mood_score(found),
            "evidence": page.evidence,
        },
    )


@dataclass(frozen=True)
class Nudge:
    """Something to try: a suggestion about habits, never a verdict on the listener."""

    category: str
    priority: str
    message: Pieces

    def as_json(self) -> dict[str, str]:
        return {
            "category": self.category,
            "priority": self.priority,
            "message": text.plain(self.message),
        }


def _laid_out(title: Pieces, paragraphs: Sequence[list[Pieces]], nudges: list[Nudge]) -> Text:
    page = Text()
    page.begin(text.HEADING)
    page.say(title)
    for paragraph in paragraphs:
        page.begin()
        page.say(text.joined(paragraph))
    for nudge in nudges:
        page.begin(text.ITEM)
        page.say([Piece(f"{nudge.category.capitalize()}: "), *nudge.message])
    return page


def _title(script: Script) -> str:
    """The most telling finding there is."""
    tellings = {
        "title.nights": script.number("hours.night_share") >= TOO_MUCH_NIGHT,
        "title.artist_share": script.number("artists.top_share") >= BIG_FAVOURITE,
        "title.repeat": _has_a_song_on_repeat(script),
        "title.part": script.number("hours.strongest") >= STRONG_PART,
        "title.even": _is_wide(script),
        "title.days": _days_share(script) >= OFTEN,
        "title.genre": script.number("genres.top_share") >= STRONG_GENRE,
    }
    found = [key for key, is_telling in tellings.items() if is_telling]
    rest = ["artist", "genre", "time", "plays", "tracks", "missing"]
    return next(filter(script.can, [*found, *(f"title.{key}" for key in rest)]))


def _paragraphs(script: Script, title: str) -> list[list[Pieces]]:
    """How much and when, what, and of which kind; or what is missing."""
    amount = script.say_all(_amount(script, title))
    habits = script.say_all(_when(script))
    tastes = [script.say_all(keys) for keys in (_favourites(script, title), _kinds(script))]
    told = [paragraph for paragraph in (amount + habits, *tastes) if paragraph]
    if not told:
        return [script.say_all(["missing.what"]), script.say_all(["missing.fill"])]
    if told == [amount]:
        return [amount, script.say_all(["amount.thin"])]
    told[-1].extend(script.say_all(["close"]))
    return told


def _amount(script: Script, title: str) -> Iterator[str]:
    if not script.can("amount.time"):
        yield "amount.plays" if script.can("title.plays") else "amount.ranked"
        return
    yield from _time(script, title)
    yield "amount.artists"
    if script.method("listening.time"):
        yield "amount.estimated"


def _time(script: Script, title: str) -> Iterator[str]:
    """Time and days, without what the title has said of them."""
    share = _days_share(script)
    if title == "title.days":
        yield "amount.time"
    elif share >= OFTEN:
        yield "amount.often"
    elif not math.isnan(share):
        yield "amount.some" if share >= RARE else "amount.rare"
    elif title != "title.time" or not script.can("amount.artists"):
        yield script.best("amount.short", "amount.time")


def _when(script: Script) -> Iterator[str]:
    yield "when.part"
    night = script.number("hours.night_share")
    if script.value("hours.strongest_part") == "night":
        return
    if night >= MUCH_NIGHT:
        yield "when.night_much"
    elif night > 0:
        yield "when.night_some"
    else:
        yield "when.night_none"


def _favourites(script: Script, title: str) -> Iterator[str]:
    if script.method("artists.top"):
        yield "what.artist_ranked"
    else:
        yield "what.artist_plays" if title == "title.artist_share" else "what.artist_share"
    if script.method("tracks.top"):
        yield "what.track_ranked"
    elif script.value("tracks.top_artist") == script.value("artists.top"):
        yield "what.track_same"
    else:
        yield "what.track"
    if title != "title.even":
        yield _by_evenness(script.number("artists.evenness"))


def _by_evenness(evenness: float) -> str:
    if evenness >= EVEN:
        return "what.even"
    return "what.narrow" if evenness < NARROW else "what.mixed"


def _kinds(script: Script) -> Iterator[str]:
    yield "what.genre"
    if script.can("what.mood"):
        yield "what.mood"
        yield _by_score(script.number("moods.score"))


def _by_score(score: float) -> str:
    if score >= LIVELY:
        return "what.lively"
    return "what.quiet" if score <= QUIET else "what.balanced"


def _nudges(script: Script) -> Iterator[Nudge]:
    for category, priority, key in _suggestions(script):
        if script.can(key):
            yield Nudge(category, priority, script.say(key))


def _suggestions(script: Script) -> Iterator[tuple[str, str, str]]:
    """Category, priority and words of what could be tried, most important first."""
    night, favourite = script.number("hours.night_share"), script.number("artists.top_share")
    if night >= MUCH_NIGHT:
        yield "balance", "high" if night >= TOO_MUCH_NIGHT else "medium", "nudge.night"
    if favourite >= BIG_FAVOURITE or script.number("artists.evenness") < NARROW:
        yield "variety", "high" if favourite >= HUGE_FAVOURITE else "medium", "nudge.narrow"
    elif _is_wide(script):
        yield "variety", "low", "nudge.wide"
    elif script.method("artists.top"):
        yield "variety", "low", "nudge.list"
    strong = script.number("hours.strongest") >= STRONG_PART
    yield "energy", "medium" if strong else "low", "nudge.part"
    if script.number("moods.score") >= LIVELY:
        yield "mood", "low", "nudge.lively"
    elif script.number("moods.score") <= QUIET:
        yield "mood", "low", "nudge.quiet"
    if _days_share(script) >= OFTEN:
        yield "balance", "low", "nudge.daily"
    elif _days_share(script) < RARE:
        yield "energy", "low", "nudge.rare"


def _days_share(script: Script) -> float:
    """Share of the days with music, or NaN when less than a week is on record."""
    span = script.number("days.span")
    return script.number("days.active") / span if span >= A_WEEK else math.nan


def _is_wide(script: Script) -> bool:
    many = script.number("artists.distinct") >= MANY_ARTISTS
    return many and script.number("artists.evenness") >= EVEN


def _has_a_song_on_repeat(script: Script) -> bool:
    plays, counted = script.number("tracks.top_plays"), script.sample_size("tracks.top_plays")
    return plays >= REPEATS and plays >= REPEATED_SHARE * counted
