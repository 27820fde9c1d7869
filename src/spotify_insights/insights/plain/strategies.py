"""Which strategies an insight about productivity offers: ideas that follow from a fact."""

from collections.abc import Iterator

from spotify_insights.insights.plain.script import Script

# From where on a value is worth an idea: percent, unless it says something else.
MANY_STRETCHES, MANY_SKIPS_AN_HOUR, MANY_SKIPS = 5, 4, 30
MUCH_SHUFFLE, ROUTINE, SCATTERED, MUCH_NIGHT = 60, 70, 40, 20
LIVELY, CALM, MUCH_REPEATED, FRESH, MANY_SESSIONS = 60, 60, 40, 40, 10


def situations(script: Script) -> Iterator[str]:
    """The situations there is something to say about, most telling first."""
    yield from _of_focus(script)
    yield from _of_hours(script)
    yield from _of_music(script)


def _of_focus(script: Script) -> Iterator[str]:
    if script.number("focus.interruptions") >= MANY_SKIPS_AN_HOUR:
        yield "interruptions"
    elif script.number("skips.rate") >= MANY_SKIPS:
        yield "skips"
    if "focus.part" in script.facts:
        yield "part"
    if script.number("focus.stretches") >= MANY_STRETCHES:
        yield "stretches"


def _of_hours(script: Script) -> Iterator[str]:
    if "energy.part" in script.facts:
        yield "energy"
    if script.number("rhythm.night") >= MUCH_NIGHT:
        yield "night"
    if script.number("rhythm.routine") >= ROUTINE:
        yield "routine"
    if script.number("rhythm.routine") <= SCATTERED:
        yield "scattered"


def _of_music(script: Script) -> Iterator[str]:
    if script.number("shuffle.share") >= MUCH_SHUFFLE:
        yield "shuffle"
    if script.number("repeats.rate") >= MUCH_REPEATED:
        yield "repeat"
    if script.number("discovery.artists", "share") >= FRESH:
        yield "fresh"
    if script.number("energy.balance") >= LIVELY:
        yield "lively"
    if script.number("energy.balance", "calming") >= CALM:
        yield "calm"
    if "podcasts.time" in script.facts:
        yield "podcasts"
    if script.number("sessions.count") >= MANY_SESSIONS:
        yield "sessions"
