"""The listener's history as a whole, and the days on which something in it comes round again."""

from calendar import isleap
from collections import Counter
from collections.abc import Iterator
from datetime import date

from spotify_insights.insights.facts.fact import (
    Against,
    Fact,
    Period,
    Quantity,
    Says,
    Unit,
    clean,
    time_of,
)
from spotify_insights.insights.facts.interest import rising
from spotify_insights.insights.facts.scene import Scene
from spotify_insights.models.listening import TimeRange

SHORT_PERIODS = (TimeRange.WEEK, TimeRange.MONTH)
# Buckets of which each lies within one year.
WITHIN_A_YEAR = ("day", "month", "quarter", "year")
# An artist who leads with fewer plays does not lead by choice.
MIN_PLAYS = 3
# A single year is no peak.
MIN_YEARS = 2

ORDINARY_SPAN, STRIKING_SPAN = 1, 12
# The time of the year with the most, against that of a mean year.
ORDINARY_YEAR, STRIKING_YEAR = 1.3, 3.0
# The fifth anniversary is worth telling, of an artist the eighth.
STRIKING_ANNIVERSARY, STRIKING_ANNIVERSARY_OF_ARTIST = 5, 8
_FEBRUARY, _LEAP_DAY = 2, 29


def span(scene: Scene) -> Iterator[Fact]:
    """Whole years from the first play on record to the last one."""
    known = scene.known_span
    if scene.period.time_range is not TimeRange.LIFETIME or known is None:
        return
    first, last = known
    years = last.year - first.year - (last < anniversary(first, last.year))
    if years < 1:
        return
    yield scene.fact(
        "history.span",
        Quantity(years, Unit.YEARS),
        sample_size=scene.total("plays"),
        parts={
            "first": Quantity(first.isoformat(), Unit.DATE),
            "last": Quantity(last.isoformat(), Unit.DATE),
        },
        interest=rising(years, ORDINARY_SPAN, STRIKING_SPAN),
        says=[Says.FIRST],
        against=Against.EVER,
    )


def peak_year(scene: Scene) -> Iterator[Fact]:
    """The calendar year with the most listening time of all."""
    is_exact = scene.statistic("timeline").get("bucket") in WITHIN_A_YEAR
    if scene.period.time_range is not TimeRange.LIFETIME or not is_exact:
        return
    by_year: Counter[int] = Counter()
    for item in scene.items("timeline", "items"):
        by_year[date.fromisoformat(item["start"]).year] += item["ms_played"]
    heard = +by_year
    if len(heard) < MIN_YEARS or not scene.has_enough_plays:
        return
    (year, ms), (_, second) = heard.most_common(2)
    if ms == second:
        return
    yield scene.fact(
        "history.peak_year",
        Quantity(year, Unit.YEAR),
        sample_size=scene.total("plays"),
        parts={"time": time_of(ms)},
        interest=rising(ms * len(heard) / heard.total(), ORDINARY_YEAR, STRIKING_YEAR),
        says=[Says.MOST],
        against=Against.EVER,
    )


def first_play(scene: Scene) -> Iterator[Fact]:
    """In this week or month the first play ever known was a whole number of years ago."""
    at = scene.blocks.find("statistics", "first_play_ever_at")
    if not at:
        return
    first = scene.day_of(at)
    years = years_since(first, scene.period)
    if years is None:
        return
    yield scene.fact(
        "anniversary.first_play",
        Quantity(years, Unit.YEARS),
        sample_size=scene.total("plays"),
        parts={"date": Quantity(first.isoformat(), Unit.DATE)},
        interest=rising(years, 0, STRIKING_ANNIVERSARY),
        says=[Says.FIRST],
        against=Against.EVER,
    )


def first_of_artist(scene: Scene) -> Iterator[Fact]:
    """In this week or month its top artist was first heard a whole number of years ago."""
    found, lines = scene.statistic("firsts"), scene.blocks.items("top_artists")
    name = clean(str(found.get("artist") or ""))
    plays = next((line.get("plays") for line in lines), None)
    if not name or not found.get("at") or not plays or plays < MIN_PLAYS:
        return
    first = scene.day_of(found["at"])
    years = years_since(first, scene.period)
    if years is None or not scene.has_enough_plays:
        return
    yield scene.fact(
        "anniversary.artist",
        Quantity(name, Unit.ARTIST),
        sample_size=scene.total("counted_plays"),
        parts={
            "years": Quantity(years, Unit.YEARS),
            "date": Quantity(first.isoformat(), Unit.DATE),
        },
        interest=rising(years, 0, STRIKING_ANNIVERSARY_OF_ARTIST),
        says=[Says.FIRST, Says.MOST],
        against=Against.EVER,
    )


def years_since(first: date, period: Period) -> int | None:
    """How many years after a day its anniversary lies in a week or month; None if in no other."""
    if period.time_range not in SHORT_PERIODS:
        return None
    for year in (period.first.year, period.last.year):
        if year > first.year and period.first <= anniversary(first, year) <= period.last:
            return year - first.year
    return None


def anniversary(day: date, year: int) -> date:
    """The same date in another year; that of 29 February is the 28th where there is none."""
    is_leap_day = (day.month, day.day) == (_FEBRUARY, _LEAP_DAY)
    return day.replace(
        year=year, day=_LEAP_DAY - 1 if is_leap_day and not isleap(year) else day.day
    )
