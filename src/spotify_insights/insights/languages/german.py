"""German: decimal comma, a no-break space before the per cent sign, "du".

A period is an adverbial with its own preposition ("im März 2024", "in der Woche bis zum 9. März
2024", "vom 2. Juli 2016 bis zum 9. März 2024"), since each kind of range has a different one; so
`{period}` stands in mid-sentence where "damals" could stand. Words of closed lists have these
forms besides the plain one:

    parts of the day   when (am Abend), start (Am Abend), often (abends), plural, of (des Abends)
    weekdays           when (montags), start (Montags), plural
    moods              attribute (ruhige, before a feminine or plural noun), start (Ruhig)
    countries          where (in der Schweiz)
    platforms          where (im Browser)
    numbers            dative (3 Tagen)
"""

from datetime import date

from spotify_insights.insights.facts.fact import Period, Unit
from spotify_insights.insights.languages import countries
from spotify_insights.insights.languages.language import Language
from spotify_insights.models.listening import TimeRange

_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
_TO_GERMAN = str.maketrans(",.", ".,")

_UNITS = {
    Unit.HOURS: ("Stunde", "Stunden", "Stunden"),
    Unit.MINUTES: ("Minute", "Minuten", "Minuten"),
    Unit.DAYS: ("Tag", "Tage", "Tagen"),
    Unit.WEEKS: ("Woche", "Wochen", "Wochen"),
    Unit.MONTHS: ("Monat", "Monate", "Monaten"),
    Unit.YEARS: ("Jahr", "Jahre", "Jahren"),
    Unit.PLAYS: ("Wiedergabe", "Wiedergaben", "Wiedergaben"),
    Unit.TRACKS: ("Titel", "Titel", "Titeln"),
    Unit.ARTISTS: ("Künstler", "Künstler", "Künstlern"),
    Unit.ALBUMS: ("Album", "Alben", "Alben"),
    Unit.SESSIONS: ("Sitzung", "Sitzungen", "Sitzungen"),
    Unit.STRETCHES: ("Strecke", "Strecken", "Strecken"),
    Unit.TIMES: ("Mal", "Mal", "Mal"),
    Unit.COUNTRIES: ("Land", "Länder", "Ländern"),
    Unit.POINTS: ("Prozentpunkt", "Prozentpunkte", "Prozentpunkten"),
    Unit.SKIPS_AN_HOUR: ("Sprung pro Stunde", "Sprünge pro Stunde", "Sprüngen pro Stunde"),
    Unit.OF_10: ("von 10", "von 10", "von 10"),
    Unit.OF_1: ("", "", ""),
}
_PARTS = {
    "morning": {
        "": "Vormittag",
        "when": "am Vormittag",
        "start": "Am Vormittag",
        "often": "vormittags",
        "plural": "Vormittage",
        "of": "des Vormittags",
    },
    "afternoon": {
        "": "Nachmittag",
        "when": "am Nachmittag",
        "start": "Am Nachmittag",
        "often": "nachmittags",
        "plural": "Nachmittage",
        "of": "des Nachmittags",
    },
    "evening": {
        "": "Abend",
        "when": "am Abend",
        "start": "Am Abend",
        "often": "abends",
        "plural": "Abende",
        "of": "des Abends",
    },
    "night": {
        "": "Nacht",
        "when": "in der Nacht",
        "start": "In der Nacht",
        "often": "nachts",
        "plural": "Nächte",
        "of": "der Nacht",
    },
}
_WEEKDAYS = {
    "monday": "Montag",
    "tuesday": "Dienstag",
    "wednesday": "Mittwoch",
    "thursday": "Donnerstag",
    "friday": "Freitag",
    "saturday": "Samstag",
    "sunday": "Sonntag",
}
_MOODS = {
    "melancholic": ("melancholisch", "melancholische"),
    "calm": ("ruhig", "ruhige"),
    "energetic": ("energiegeladen", "energiegeladene"),
    "bright": ("heiter", "heitere"),
}
_PLATFORMS = {
    "Android": ("Android", "auf Android"),
    "iOS": ("iOS", "auf iOS"),
    "Windows": ("Windows", "unter Windows"),
    "macOS": ("macOS", "unter macOS"),
    "Linux": ("Linux", "unter Linux"),
    "Web": ("Browser", "im Browser"),
    "TV & consoles": ("Fernseher und Konsole", "auf Fernseher und Konsole"),
    "Speakers & partners": ("Lautsprecher und Partnergeräte", "über Lautsprecher"),
    "Other": ("andere Geräte", "auf anderen Geräten"),
}
_MONTHS = (
    *("Januar", "Februar", "März", "April", "Mai", "Juni"),
    *("Juli", "August", "September", "Oktober", "November", "Dezember"),
)
_WORDS = {
    Unit.PART_OF_DAY: _PARTS,
    Unit.WEEKDAY: {
        value: {
            "": name,
            "when": f"{name.lower()}s",
            "start": f"{name}s",
            "plural": f"{name}e",
        }
        for value, name in _WEEKDAYS.items()
    },
    Unit.MOOD: {
        value: {"": plain, "start": plain.capitalize(), "attribute": attribute}
        for value, (plain, attribute) in _MOODS.items()
    },
    Unit.COUNTRY: countries.of_language("de"),
    Unit.PLATFORM: {
        value: {"": name, "where": where} for value, (name, where) in _PLATFORMS.items()
    },
}


def _number(value: float) -> str:
    return f"{value:,}".removesuffix(".0").translate(_TO_GERMAN)


def _date(day: date) -> str:
    return f"{day.day}. {_MONTHS[day.month - 1]} {day.year}"


def _month(first: date) -> str:
    return f"{_MONTHS[first.month - 1]} {first.year}"


def _clock(clock: str) -> str:
    hour, minute = clock.split(":")
    return f"{int(hour)} Uhr" if minute == "00" else f"{int(hour)}:{minute} Uhr"


def _period(period: Period) -> str:
    last = _date(period.last)
    if period.time_range is TimeRange.MONTH and period.is_whole:
        return f"im {_month(period.first)}"
    if period.time_range is TimeRange.WEEK and period.is_whole:
        return f"in der Woche bis zum {last}"
    if period.days == 1:
        return f"am {last}"
    if period.time_range is TimeRange.LIFETIME:
        return f"vom {_date(period.first)} bis zum {last}"
    return f"in den {_number(period.days)} Tagen bis zum {last}"


GERMAN = Language(
    code="de",
    name="Deutsch",
    units=_UNITS,
    words=_WORDS,
    write_number=_number,
    write_percent=f"{{}}{_NO_BREAK_SPACE}%".format,
    write_date=_date,
    write_month=_month,
    write_period=_period,
    write_clock=_clock,
    write_ordinal="{}.".format,
    quote="„{}“".format,
)
