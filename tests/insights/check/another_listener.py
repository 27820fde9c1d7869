"""Facts of another made-up listener, in December 2023 and over all years."""

from datetime import date

from tests.insights.check.listener import a_fact, checked, hours, percent, plays

from spotify_insights.insights.facts.fact import Against, Period, Says, Unit
from spotify_insights.models.listening import TimeRange

MONTH = Period(date(2023, 12, 1), date(2023, 12, 31), TimeRange.MONTH)
ALL_YEARS = Period(date(2015, 2, 1), date(2023, 12, 31), TimeRange.LIFETIME)
NAMES = ("Copper Lane", "Vesper Hall", "Oda", "Seldom Blue", "Paper Boats", "ambient", "shoegaze")

MORE_THAN_BEFORE = {"says": [Says.MORE], "against": Against.PREVIOUS}
LESS_THAN_BEFORE = {"says": [Says.LESS], "against": Against.PREVIOUS}
A_DATE, A_PART = Unit.DATE, Unit.PART_OF_DAY


def of_month(key, value, unit, **more):
    return a_fact(key, value, unit, period=MONTH, **more)


def ever(key, value, unit, **more):
    return a_fact(key, value, unit, period=ALL_YEARS, **more)


FACTS = {
    fact.id: fact
    for fact in (
        of_month("listening.time", 71.6, Unit.HOURS, plays=plays(1310)),
        of_month("listening.daily", 2.3, Unit.HOURS, days=(31, Unit.DAYS)),
        of_month("listening.days", 31, Unit.DAYS, span=(31, Unit.DAYS), share=percent(100)),
        of_month("rhythm.part", "morning", A_PART, says=[Says.MOST], share=percent(44)),
        of_month("rhythm.weekday", "friday", Unit.WEEKDAY, says=[Says.MOST], share=percent(21)),
        of_month("rhythm.night", 6, Unit.PERCENT, time=hours(4.3)),
        of_month(
            "rhythm.weekend",
            19,
            Unit.PERCENT,
            says=[Says.LESS],
            against=Against.REST,
            expected=percent(32),
        ),
        of_month(
            "calendar.peak",
            "2023-12-31",
            A_DATE,
            says=[Says.MOST],
            time=hours(7.4),
            share=percent(10),
        ),
        of_month(
            "anomaly.day",
            "2023-12-24",
            A_DATE,
            says=[Says.MORE],
            against=Against.USUAL,
            time=hours(6.5),
            typical=hours(2.1),
        ),
        of_month(
            "artists.top",
            "Copper Lane",
            Unit.ARTIST,
            says=[Says.MOST],
            plays=plays(88),
            share=percent(7),
        ),
        of_month("artists.second", "Vesper Hall", Unit.ARTIST, plays=plays(63)),
        of_month(
            "tracks.top",
            "Paper Boats",
            Unit.TRACK,
            says=[Says.MOST],
            artist=("Copper Lane", Unit.ARTIST),
            plays=plays(24),
        ),
        of_month(
            "albums.top",
            "Low Season",
            Unit.ALBUM,
            says=[Says.MOST],
            artist=("Vesper Hall", Unit.ARTIST),
            plays=plays(40),
        ),
        of_month(
            "artists.fading",
            "Oda",
            Unit.ARTIST,
            **LESS_THAN_BEFORE,
            now=plays(9),
            before=plays(47),
        ),
        of_month("genres.top", "ambient", Unit.GENRE, says=[Says.MOST], share=percent(27)),
        of_month("genres.second", "folk", Unit.GENRE, share=percent(15)),
        of_month("skips.rate", 11, Unit.PERCENT, skipped=plays(140)),
        of_month("shuffle.share", 35, Unit.PERCENT, plays=plays(450)),
        of_month("podcasts.time", 5.2, Unit.HOURS, plays=plays(12), share=percent(7)),
        of_month("platforms.top", "android", Unit.PLATFORM, says=[Says.MOST], share=percent(64)),
        of_month(
            "change.time",
            24,
            Unit.PERCENT,
            **MORE_THAN_BEFORE,
            now=hours(71.6),
            before=hours(57.7),
        ),
        of_month(
            "change.night",
            5,
            Unit.POINTS,
            **LESS_THAN_BEFORE,
            now=percent(6),
            before=percent(11),
        ),
        of_month(
            "usual.time",
            71.6,
            Unit.HOURS,
            says=[Says.MORE],
            against=Against.USUAL,
            low=hours(38.0),
            high=hours(66.0),
        ),
        of_month(
            "usual.skips",
            11,
            Unit.PERCENT,
            says=[Says.SAME],
            against=Against.USUAL,
            low=percent(8),
            high=percent(14),
        ),
        a_fact(
            "record.time",
            5.4,
            Unit.HOURS,
            says=[Says.LEAST],
            against=Against.USUAL,
            periods=(26, Unit.WEEKS),
        ),
        ever(
            "turning.point",
            "2019-09",
            Unit.MONTH,
            **LESS_THAN_BEFORE,
            before=hours(14.2),
            after=hours(8.8),
        ),
        ever(
            "streaks.longest",
            97,
            Unit.DAYS,
            says=[Says.LONGEST],
            first=("2020-03-16", A_DATE),
            last=("2020-06-20", A_DATE),
        ),
        ever("history.span", 8, Unit.YEARS, first=("2015-02-01", A_DATE)),
        ever("history.peak_year", 2021, Unit.YEAR, says=[Says.MOST], time=hours(845.0)),
    )
}


def faults(words, *cites, code):
    verdict = checked(words, *cites, code=code, facts=FACTS, names=NAMES)
    return [(fault.words, fault.why) for fault in verdict.faults]
