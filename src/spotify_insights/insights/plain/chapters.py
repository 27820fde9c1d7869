"""What of the facts an insight tells, and in which order: the same for all types.

A chapter is the kinds of facts that belong into a paragraph, in the order a reader would ask for
them. Its facts are chosen by how interesting they are and how much they matter to the type of
insight, and told in the chapter's order.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from spotify_insights.insights.draft import Paragraph, Sentence
from spotify_insights.insights.facts.fact import Fact, Says
from spotify_insights.insights.plain import stories
from spotify_insights.insights.plain.script import Script
from spotify_insights.insights.wording import TELL

OPENINGS = ("listening.time", "listening.plays", "tracks.ranked")
MOST_OF_A_TOPIC = 2
# What matters less is left out of the body, and what is as usual matters so much less.
LEAST_RELEVANCE, AS_USUAL = 0.15, 0.5
# Fewer facts than this are told with a remark that it is early.
ENOUGH_TO_TELL = 3

# Kinds of facts and topics by their beginning, in the order they are told.
AMOUNTS = ("listening.days", "listening.daily", "podcasts.", "audiobooks.")
RHYTHM = ("rhythm.part", "rhythm.hour", "rhythm.", "calendar.")
SITTINGS = ("sessions.", "focus.", "energy.")
FAVOURITES = ("artists.top", "albums.top", "tracks.top", "artists.", "tracks.")
PIECES = ("repeats.",)
TASTES = ("genres.top", "genres.second", "moods.")
FINDS = ("discovery.", "artists.newcomer", "artists.returned")
WAYS = ("skips.", "shuffle.", "offline.", "platforms.", "countries.")
CHANGES = ("change.", "artists.rising", "artists.fading", "genres.rising")
OUTLIERS = ("usual.", "record.", "anomaly.", "turning.", "streaks.", "gaps.")
HISTORY = ("history.", "anniversary.")


@dataclass(frozen=True)
class Chapter:
    """Kinds of facts (or how their ids begin) in telling order, and how many facts are told."""

    kinds: Sequence[str]
    most: int

    def place(self, fact: Fact) -> int | None:
        """Where a fact stands in the chapter: the place of its kind, else of its topic."""
        fits = [kind for kind in self.kinds if fact.id.startswith(kind)]
        return self.kinds.index(max(fits, key=len)) if fits else None


@dataclass(frozen=True)
class Frame:
    """How a type of insight is built. `weights` say how much a kind or topic matters (else 1)."""

    chapters: Sequence[Chapter]
    weights: Mapping[str, float]
    telling: Sequence[str] = (TELL,)
    opening: Sequence[str] = (TELL,)

    def relevance(self, fact: Fact) -> float:
        """Its interest by its weight; that all is as usual is rarely worth a sentence."""
        weight = self.weights.get(fact.id, self.weights.get(fact.topic, 1.0))
        return fact.interest * weight * (AS_USUAL if Says.SAME in fact.says else 1.0)


def title(script: Script, frame: Frame) -> Sentence:
    """The most telling finding that the type has a title for, else that nothing is there yet."""
    best = [fact.id for fact in ranked(script, frame) if script.can_tell("title", fact.id)]
    return script.announce("title", (best or ["missing"])[0])[0]


def body(script: Script, frame: Frame) -> tuple[Paragraph, ...]:
    """The opening and the chapters; or what is missing, and how it comes to be there."""
    if not script.facts:
        return tuple(script.tell(TELL, key) for key in ("missing.what", "missing.fill"))
    told = [_opening(script, frame), *(_told(script, frame, each) for each in frame.chapters)]
    if len(script.told) < ENOUGH_TO_TELL:
        told.append(script.tell(TELL, "thin"))
    return joined(told)


def ending(body: Sequence[Paragraph], *said: Paragraph) -> tuple[Paragraph, ...]:
    """The body with further sentences at its end."""
    return (*body[:-1], sum(said, body[-1]))


def ranked(script: Script, frame: Frame) -> list[Fact]:
    """The facts, those that matter most to the type first."""
    return sorted(script.facts.values(), key=lambda fact: (-frame.relevance(fact), fact.id))


def joined(paragraphs: Iterable[Paragraph]) -> tuple[Paragraph, ...]:
    """The paragraphs; the opening takes in what follows, and no sentence stands alone."""
    whole: list[Paragraph] = []
    for place, paragraph in enumerate(paragraphs):
        if whole and (place == 1 or 1 in (len(whole[-1]), len(paragraph))):
            whole[-1] += paragraph
        elif paragraph:
            whole.append(paragraph)
    return tuple(whole)


def _opening(script: Script, frame: Frame) -> Paragraph:
    """How much there is, and of which days."""
    for key in OPENINGS:
        for table in frame.opening:
            if key in script.facts and script.can_tell(table, key):
                return script.tell(table, key)
    return script.tell(TELL, "period", about=ranked(script, frame)[0])


def _told(script: Script, frame: Frame, chapter: Chapter) -> Paragraph:
    script.begin()
    chosen = sorted(_chosen(script, frame, chapter), key=lambda fact: chapter.place(fact) or 0)
    return sum((tell(script, frame, fact) for fact in chosen), ())


def _chosen(script: Script, frame: Frame, chapter: Chapter) -> list[Fact]:
    """What the title announced, then what matters most, each story once."""
    chosen: dict[str, Fact] = {}
    topics: Counter[str] = Counter()
    for fact in _candidates(script, frame, chapter):
        known = (script.told | script.announced | chosen.keys()) - {fact.id}
        if (
            stories.is_news(fact, map(script.facts.__getitem__, known))
            and topics[fact.topic] < MOST_OF_A_TOPIC
        ):
            chosen[fact.id] = fact
            topics[fact.topic] += 1
    return list(chosen.values())[: chapter.most]


def _candidates(script: Script, frame: Frame, chapter: Chapter) -> list[Fact]:
    fits = [
        fact
        for fact in ranked(script, frame)
        if chapter.place(fact) is not None and _tables(script, frame, fact)
    ]
    announced = [fact for fact in fits if fact.id in script.announced]
    others = [fact for fact in fits if fact.id not in script.announced]
    return announced + [fact for fact in others if frame.relevance(fact) >= LEAST_RELEVANCE]


def tell(script: Script, frame: Frame, fact: Fact) -> Paragraph:
    """The fact in the words of the first table that has some."""
    return next((script.tell(table, fact.id) for table in _tables(script, frame, fact)), ())


def _tables(script: Script, frame: Frame, fact: Fact) -> list[str]:
    return [table for table in frame.telling if script.can_tell(table, fact.id)]
