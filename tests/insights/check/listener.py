"""Facts of a made-up listener in a week of March 2024, and sentences about them."""

from datetime import date

from spotify_insights.insights.check import check
from spotify_insights.insights.draft import Draft, Piece, Sentence
from spotify_insights.insights.facts.fact import Against, Fact, Period, Quantity, Says, Unit
from spotify_insights.insights.languages import LANGUAGES
from spotify_insights.models.listening import TimeRange

WEEK = Period(date(2024, 3, 4), date(2024, 3, 10), TimeRange.WEEK)
ALL_TIME = Period(date(2016, 7, 2), date(2024, 3, 10), TimeRange.LIFETIME)
NAMES = ("Ister Parade", "Marrow Choir", "Nyx", "Kites", "grey pavilion", "techno", "Amber Tides")
TITLES = {"en": "Your listening", "de": "Deine Musik"}


def a_fact(key, value, unit, *, says=(), against=None, period=WEEK, **parts):
    quantities = {name: Quantity(*part) for name, part in parts.items()}
    return Fact(
        key,
        value,
        unit,
        period,
        190,
        ("export",),
        parts=quantities,
        says=frozenset(says),
        against=against,
    )


def percent(value):
    return value, Unit.PERCENT


def plays(value):
    return value, Unit.PLAYS


def hours(value):
    return value, Unit.HOURS


FACTS = {
    fact.id: fact
    for fact in (
        a_fact("listening.time", 10.8, Unit.HOURS, plays=plays(190)),
        a_fact("listening.daily", 1.8, Unit.HOURS, days=(6, Unit.DAYS)),
        a_fact("listening.days", 6, Unit.DAYS, span=(7, Unit.DAYS), share=percent(86)),
        a_fact(
            "artists.top",
            "Ister Parade",
            Unit.ARTIST,
            says=[Says.MOST],
            plays=plays(48),
            share=percent(25),
        ),
        a_fact("artists.second", "Marrow Choir", Unit.ARTIST, plays=plays(31)),
        a_fact(
            "tracks.top",
            "Amber Tides",
            Unit.TRACK,
            says=[Says.MOST],
            artist=("Ister Parade", Unit.ARTIST),
            plays=plays(12),
        ),
        a_fact(
            "change.time",
            33,
            Unit.PERCENT,
            says=[Says.MORE],
            against=Against.PREVIOUS,
            now=hours(10.8),
            before=hours(8.1),
        ),
        a_fact(
            "change.part",
            "evening",
            Unit.PART_OF_DAY,
            against=Against.PREVIOUS,
            before=("morning", Unit.PART_OF_DAY),
        ),
        a_fact(
            "usual.time",
            10.8,
            Unit.HOURS,
            says=[Says.SAME],
            against=Against.USUAL,
            low=hours(8.0),
            high=hours(15.0),
        ),
        a_fact(
            "artists.rising",
            "Nyx",
            Unit.ARTIST,
            says=[Says.MORE],
            against=Against.PREVIOUS,
            now=plays(20),
            before=plays(10),
        ),
        a_fact("rhythm.part", "evening", Unit.PART_OF_DAY, says=[Says.MOST], share=percent(52)),
        a_fact("rhythm.night", 12, Unit.PERCENT, time=hours(1.3)),
        a_fact("rhythm.hour", "21:00", Unit.CLOCK, says=[Says.MOST], end=("22:00", Unit.CLOCK)),
        a_fact("rhythm.weekday", "saturday", Unit.WEEKDAY, says=[Says.MOST], share=percent(32)),
        a_fact("genres.top", "dream pop", Unit.GENRE, says=[Says.MOST], share=percent(41)),
        a_fact("countries.top", "SE", Unit.COUNTRY, says=[Says.MOST], share=percent(91)),
        a_fact("moods.top", "calm", Unit.MOOD, says=[Says.MOST], share=percent(44)),
        a_fact("moods.score", 6.3, Unit.OF_10, coverage=percent(70)),
        a_fact(
            "discovery.artists", 6, Unit.ARTISTS, says=[Says.NEW, Says.FIRST], share=percent(26)
        ),
        a_fact(
            "streaks.longest",
            4,
            Unit.DAYS,
            says=[Says.LONGEST],
            first=("2024-03-05", Unit.DATE),
            last=("2024-03-08", Unit.DATE),
        ),
        a_fact("repeats.run", 2, Unit.TIMES, track=("Amber Tides", Unit.TRACK)),
        a_fact(
            "history.span",
            7,
            Unit.YEARS,
            period=ALL_TIME,
            first=("2016-07-02", Unit.DATE),
        ),
        a_fact("sessions.count", 14, Unit.SESSIONS, typical=(30, Unit.MINUTES)),
        a_fact(
            "sessions.longest",
            1.5,
            Unit.HOURS,
            says=[Says.LONGEST],
            date=("2024-03-09", Unit.DATE),
        ),
        a_fact(
            "artists.newcomer",
            "The Lamps",
            Unit.ARTIST,
            says=[Says.NEW, Says.FIRST],
            rank=(5, Unit.RANK),
            plays=plays(9),
        ),
        a_fact(
            "turning.point",
            "2021-03",
            Unit.MONTH,
            says=[Says.MORE],
            against=Against.PREVIOUS,
            period=ALL_TIME,
            before=hours(9.8),
            after=hours(17.6),
        ),
        a_fact("history.peak_year", 2020, Unit.YEAR, says=[Says.MOST], period=ALL_TIME),
        a_fact("tracks.singles", 41, Unit.PERCENT, tracks=(36, Unit.TRACKS)),
        a_fact("skips.rate", 0, Unit.PERCENT, skipped=plays(0)),
        a_fact("albums.top", "311", Unit.ALBUM, says=[Says.MOST], plays=plays(11)),
        a_fact("artists.evenness", 0.73, Unit.OF_1, effective=(13, Unit.ARTISTS)),
        a_fact("genres.second", "drum-and-bass", Unit.GENRE, share=percent(12)),
        a_fact(
            "record.time", 10.8, Unit.HOURS, says=[Says.RECORD, Says.MOST], against=Against.USUAL
        ),
    )
}


def checked(words, *cites, code="en", facts=None, names=NAMES):
    """The verdict on a sentence that cites these facts."""
    sentence = Sentence((Piece(words),), cites)
    draft = Draft(Sentence((Piece(TITLES[code]),)), ((sentence,),))
    return check(draft, FACTS if facts is None else facts, LANGUAGES[code], names)


def faults(words, *cites, **options):
    return [(fault.words, fault.kind) for fault in checked(words, *cites, **options).faults]
