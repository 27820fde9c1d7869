"""Which suggestions an insight about wellness makes, and how much they matter."""

from collections.abc import Iterator

from spotify_insights.insights.draft import Item
from spotify_insights.insights.facts.fact import Method, Says, Unit
from spotify_insights.insights.plain.script import Script

MAX_NUDGES = 3
PRIORITIES = ("high", "medium", "low")

# From where on a value is worth a suggestion: percent, unless it says something else.
MUCH_NIGHT, TOO_MUCH_NIGHT = 20, 35
BIG_FAVOURITE, HUGE_FAVOURITE = 20, 35
MUCH_REPEATED, LONG_RUN_TIMES, LONG_SESSION_HOURS = 50, 5, 4
FAMILIAR, FRESH, EVEN_OF_1 = 5, 40, 0.85
MANY_SKIPS, STRONG_PART = 30, 55
DAILY, RARE, TWO_WEEKS_DAYS = 95, 30, 14
LIVELY_OF_10, QUIET_OF_10 = 6.5, 3.5

# Category, priority and situation.
Suggestion = tuple[str, str, str]


def nudges(script: Script) -> tuple[Item, ...]:
    """The most important suggestions, of different categories as long as there are such."""
    found = [each for each in suggestions(script) if script.can_mention("nudge", each[2])]
    found.sort(key=lambda suggestion: PRIORITIES.index(suggestion[1]))
    categories = [category for category, _, _ in found]
    apart = [each for at, each in enumerate(found) if each[0] not in categories[:at]]
    rest = [each for each in found if each not in apart]
    return tuple(
        Item(script.mention("nudge", situation), category, priority)
        for category, priority, situation in [*apart, *rest][:MAX_NUDGES]
    )


def suggestions(script: Script) -> Iterator[Suggestion]:
    """All that could be tried; of the same category and priority, the better ones first."""
    yield from _of_hours(script)
    yield from _of_favourites(script)
    yield from _of_finds(script)
    yield from _of_days(script)
    yield from _of_moods(script)


def _of_hours(script: Script) -> Iterator[Suggestion]:
    night = script.number("rhythm.night")
    if night >= MUCH_NIGHT:
        yield "balance", "high" if night >= TOO_MUCH_NIGHT else "medium", "night"
    longest = script.facts.get("sessions.longest")
    is_in_hours = longest is not None and longest.unit is Unit.HOURS
    if is_in_hours and script.number("sessions.longest") >= LONG_SESSION_HOURS:
        yield "balance", "medium", "long"
    if "energy.part" in script.facts:
        yield "energy", "medium", "energy"
    if script.number("rhythm.part", "share") >= STRONG_PART:
        yield "energy", "low", "part"


def _of_favourites(script: Script) -> Iterator[Suggestion]:
    top = script.facts.get("artists.top")
    share = script.number("artists.top", "share")
    if share >= BIG_FAVOURITE:
        yield "variety", "high" if share >= HUGE_FAVOURITE else "medium", "narrow"
    if script.number("repeats.run") >= LONG_RUN_TIMES:
        yield "variety", "medium", "run"
    if script.number("repeats.rate") >= MUCH_REPEATED:
        yield "variety", "low", "repeat"
    if top and top.method is Method.RANKED_BY_SPOTIFY:
        yield "variety", "low", "list"


def _of_finds(script: Script) -> Iterator[Suggestion]:
    share = script.number("discovery.artists", "share")
    if share <= FAMILIAR:
        yield "variety", "medium", "familiar"
    if share >= FRESH:
        yield "variety", "low", "fresh"
    if script.number("artists.evenness") >= EVEN_OF_1:
        yield "variety", "low", "wide"
    if script.number("skips.rate") >= MANY_SKIPS:
        yield "energy", "medium", "skips"
    if "artists.returned" in script.facts:
        yield "mood", "low", "returned"


def _of_days(script: Script) -> Iterator[Suggestion]:
    if script.number("listening.days", "span") >= TWO_WEEKS_DAYS:
        share = script.number("listening.days", "share")
        if share >= DAILY:
            yield "balance", "low", "daily"
        if share <= RARE:
            yield "energy", "low", "rare"
    change = script.facts.get("change.time")
    if change and Says.LESS in change.says:
        yield "energy", "low", "quieter"


def _of_moods(script: Script) -> Iterator[Suggestion]:
    score = script.number("moods.score")
    if score >= LIVELY_OF_10:
        yield "mood", "low", "lively"
    if score <= QUIET_OF_10:
        yield "mood", "low", "quiet"
