"""How a language writes dates, months and days with a name, as patterns."""

import re
from collections.abc import Iterator
from functools import cache

from spotify_insights.insights.check import tongue
from spotify_insights.insights.check.reading import DASHES

_UNTIL = rf"\s*(?:[{DASHES}-]|to|and|until|through|bis zum|bis|und)\s*"
_YEAR = r"(?:,?\s+(?P<year>(?:19|20)\d\d))?(?!\w)"

FeastDays = tuple[tuple[int, int], ...]


@cache
def dates(code: str) -> tuple[re.Pattern[str], ...]:
    """Days of a month and ranges of them, with or without a year."""
    named = tongue.of(code).days["months"].values()
    months = "|".join(map(_inner, named))
    suffix = r"(?:st|nd|rd|th)?(?:\s+of)?" if code == "en" else r"\."
    day = rf"(?:(?P<first>\d{{1,2}}){suffix}{_UNTIL})?(?P<day>\d{{1,2}}){suffix}"
    early = rf"(?<![\w.,]){day}\s+(?P<month>{months}){_YEAR}"
    after = rf"(?:(?P<first>\d{{1,2}}){_UNTIL})?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:%,.]\d)"
    late = rf"(?<!\w)(?P<month>{months})\s+{after}{_YEAR}"
    patterns = (early, late) if code == "en" else (early,)
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


def months(code: str, text: str) -> Iterator[tuple[int, re.Pattern[str]]]:
    """The months that may stand in a text, each with the words that name a part of it."""
    if _any_of(code, "months").search(text):
        yield from _months(code)


def feasts(code: str, text: str) -> Iterator[tuple[FeastDays, re.Pattern[str]]]:
    """The days with a name that may stand in a text, each with the dates it may be."""
    if _any_of(code, "feasts").search(text):
        yield from _feasts(code)


@cache
def _any_of(code: str, table: str) -> re.Pattern[str]:
    words = "|".join(map(_inner, tongue.of(code).days[table].values()))
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)


@cache
def _months(code: str) -> tuple[tuple[int, re.Pattern[str]], ...]:
    days = tongue.of(code).days
    parts = "|".join(
        rf"(?P<{name}>{_inner(pattern)})[\s-]+" for name, pattern in days["month_parts"].items()
    )
    year = r"(?:,?\s+(?:of\s+)?(?P<year>(?:19|20)\d\d))?(?!\w)"
    return tuple(
        (
            int(month),
            re.compile(rf"(?<!\w)(?:{parts})?(?:{_inner(pattern)}){year}", re.IGNORECASE),
        )
        for month, pattern in days["months"].items()
    )


@cache
def _feasts(code: str) -> tuple[tuple[FeastDays, re.Pattern[str]], ...]:
    return tuple(
        (_days(written), re.compile(rf"{pattern.pattern}{_YEAR}", re.IGNORECASE))
        for written, pattern in tongue.of(code).days["feasts"].items()
    )


def _days(written: str) -> FeastDays:
    pairs = (day.split("-") for day in written.split("|"))
    return tuple((int(month), int(day)) for month, day in pairs)


def _inner(pattern: re.Pattern[str]) -> str:
    """A pattern of whole words without what makes them whole."""
    return pattern.pattern.removeprefix(r"(?<!\w)").removesuffix(r"(?!\w)")
