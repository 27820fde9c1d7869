"""A week in words, before it takes the form of a mail, a feed or a note (pure)."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from spotify_insights.digest.figures import Amount, Figures, Leader, Pair
from spotify_insights.insights.facts.fact import Quantity, Unit, half_up, time_of
from spotify_insights.insights.languages.language import Language

Texts = Mapping[str, Mapping[str, str]]

TIME = "time_ms"


@dataclass(frozen=True)
class Line:
    """A figure with its name, and what stands beside it (may be empty)."""

    label: str
    value: str
    against: str


@dataclass(frozen=True)
class Told:
    """`note` says what the figures are against; `insight` are paragraphs of plain text."""

    subject: str
    title: str
    opening: str
    lines: tuple[Line, ...]
    note: str
    insight: tuple[str, ...]


@cache
def texts(code: str) -> Texts:
    """The sentences of a language."""
    path = Path(__file__).parent / "texts" / f"{code}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def tell(
    week: tuple[date, date],
    figures: Figures,
    insight: Mapping[str, Any] | None,
    language: Language,
) -> Told:
    """The week from its first to its last day; `insight` is a wellness insight's own output."""
    said = texts(language.code)
    first, last = (language.write_date(day) for day in week)
    if figures.is_quiet:
        title = said["week"]["quiet_title"].format(first=first, last=last)
        quiet = said["subject"]["quiet"]
        return Told(quiet, title, said["week"]["quiet"], (), "", ())
    time = language.say(time_of(figures.amounts[TIME].now))
    days = language.say(Quantity(half_up(figures.amounts["days"].now), Unit.DAYS), "dative")
    return Told(
        subject=said["subject"]["week"].format(time=time),
        title=said["week"]["title"].format(first=first, last=last),
        opening=said["week"]["opening"].format(time=time, days=days),
        lines=tuple(_lines(figures, language)),
        note=_note(figures, language),
        insight=tuple(_paragraphs(insight or {})),
    )


def _lines(figures: Figures, language: Language) -> Iterator[Line]:
    said = texts(language.code)
    for name, amount in figures.amounts.items():
        value = _value(name, amount.now, language)
        yield Line(said["label"][name], value, _against(name, amount, language))
    for name, pair in figures.leaders.items():
        if pair.now:
            plays = language.say(Quantity(pair.now.plays, Unit.PLAYS))
            value = said["against"]["leader"].format(name=_named(pair.now, said), plays=plays)
            yield Line(said["label"][name], value, _leader_before(pair, said))


def _against(name: str, amount: Amount, language: Language) -> str:
    said = texts(language.code)["against"]
    parts = []
    if amount.before is not None:
        parts.append(said["before"].format(value=_value(name, amount.before, language)))
    if amount.low is not None and amount.high is not None:
        low, high = (_value(name, value, language) for value in (amount.low, amount.high))
        key = "usual" if low != high else "usual_always"
        parts.append(said[key].format(low=low, high=high))
    return "; ".join(parts)


def _leader_before(pair: Pair, said: Texts) -> str:
    if pair.now is None or pair.before is None:
        return ""
    if (pair.before.name, pair.before.artist) == (pair.now.name, pair.now.artist):
        return said["against"]["same_leader"]
    return said["against"]["before"].format(value=_named(pair.before, said))


def _named(leader: Leader, said: Texts) -> str:
    if leader.artist is None:
        return leader.name
    return said["against"]["named"].format(name=leader.name, artist=leader.artist)


def _note(figures: Figures, language: Language) -> str:
    said = texts(language.code)["week"]
    notes = []
    if figures.usual_weeks:
        weeks = language.say(Quantity(figures.usual_weeks, Unit.WEEKS), "dative")
        notes.append(said["basis_usual"].format(weeks=weeks))
    elif figures.amounts[TIME].before is not None:
        notes.append(said["basis"])
    if figures.is_estimated:
        notes.append(said["estimated"])
    return " ".join(notes)


def _paragraphs(insight: Mapping[str, Any]) -> Iterator[str]:
    """What a wellness insight says on the whole, and the nudge it puts first."""
    if insight.get("overall_assessment"):
        yield insight["overall_assessment"]
    yield from (nudge["message"] for nudge in insight.get("wellness_nudges", [])[:1])


def _value(name: str, value: float, language: Language) -> str:
    """A figure beside its label, which says of what a number is."""
    if name == TIME:
        return language.say(time_of(value))
    return language.write_number(half_up(value))
