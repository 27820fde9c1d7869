import tomllib
from datetime import date
from importlib import resources

import pytest

from spotify_insights.insights import languages
from spotify_insights.insights.facts.fact import NAMES, Period, Quantity, Unit
from spotify_insights.insights.languages import LANGUAGES
from spotify_insights.models.listening import TimeRange

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
COUNTED = [unit for unit in Unit if unit in LANGUAGES["en"].units]
CLOSED_LISTS = [Unit.PART_OF_DAY, Unit.WEEKDAY, Unit.MOOD, Unit.COUNTRY]

every_language = pytest.mark.parametrize("code", LANGUAGES)


def say(code, value, unit, form=""):
    return LANGUAGES[code].say(Quantity(value, unit), form)


@pytest.mark.parametrize(
    ("value", "unit", "english", "german"),
    [
        (1204, Unit.PLAYS, "1,204 plays", "1.204 Wiedergaben"),
        (1, Unit.PLAYS, "1 play", "1 Wiedergabe"),
        (0, Unit.TRACKS, "0 tracks", "0 Titel"),
        (10.8, Unit.HOURS, "10.8 hours", "10,8 Stunden"),
        (1.0, Unit.HOURS, "1 hour", "1 Stunde"),
        (1234.5, Unit.HOURS, "1,234.5 hours", "1.234,5 Stunden"),
        (41, Unit.PERCENT, "41%", f"41{NO_BREAK_SPACE}%"),
        (1, Unit.POINTS, "1 percentage point", "1 Prozentpunkt"),
        (3.2, Unit.SKIPS_AN_HOUR, "3.2 skips an hour", "3,2 Sprünge pro Stunde"),
        (6.5, Unit.OF_10, "6.5 out of 10", "6,5 von 10"),
        (0.83, Unit.OF_1, "0.83", "0,83"),
        (2019, Unit.YEAR, "2019", "2019"),
        ("2024-03-03", Unit.DATE, "3 March 2024", "3. März 2024"),
        ("2021-03", Unit.MONTH, "March 2021", "März 2021"),
        ("09:30", Unit.CLOCK, "09:30", "9:30 Uhr"),
        ("21:00", Unit.CLOCK, "21:00", "21 Uhr"),
        ("evening", Unit.PART_OF_DAY, "evening", "Abend"),
        ("friday", Unit.WEEKDAY, "Friday", "Freitag"),
        ("calm", Unit.MOOD, "calm", "ruhig"),
        ("DE", Unit.COUNTRY, "Germany", "Deutschland"),
        ("Nyx", Unit.ARTIST, "Nyx", "Nyx"),
    ],
)
def test_a_value_is_written_as_the_language_writes_it(value, unit, english, german):
    assert (say("en", value, unit), say("de", value, unit)) == (english, german)


@pytest.mark.parametrize(
    ("value", "unit", "form", "words"),
    [
        (3, Unit.DAYS, "dative", "3 Tagen"),
        (1, Unit.DAYS, "dative", "1 Tag"),
        (12, Unit.ARTISTS, "dative", "12 Künstlern"),
        (5, Unit.HOURS, "dative", "5 Stunden"),
        ("night", Unit.PART_OF_DAY, "when", "in der Nacht"),
        ("morning", Unit.PART_OF_DAY, "start", "Am Vormittag"),
        ("evening", Unit.PART_OF_DAY, "often", "abends"),
        ("monday", Unit.WEEKDAY, "when", "montags"),
        ("monday", Unit.WEEKDAY, "start", "Montags"),
        ("bright", Unit.MOOD, "attribute", "heitere"),
        ("Web", Unit.PLATFORM, "where", "im Browser"),
        ("CH", Unit.COUNTRY, "where", "in der Schweiz"),
        ("FR", Unit.COUNTRY, "where", "in Frankreich"),
    ],
)
def test_german_has_the_forms_that_its_sentences_need(value, unit, form, words):
    assert say("de", value, unit, form) == words


@pytest.mark.parametrize(
    ("time_range", "first", "english", "german"),
    [
        (TimeRange.MONTH, date(2024, 3, 1), "March 2024", "im März 2024"),
        (
            TimeRange.WEEK,
            date(2024, 3, 25),
            "the week to 31 March 2024",
            "in der Woche bis zum 31. März 2024",
        ),
        (
            TimeRange.SHORT,
            date(2024, 3, 4),
            "the 28 days to 31 March 2024",
            "in den 28 Tagen bis zum 31. März 2024",
        ),
        (
            TimeRange.LIFETIME,
            date(2016, 7, 2),
            "the time from 2 July 2016 to 31 March 2024",
            "vom 2. Juli 2016 bis zum 31. März 2024",
        ),
        # What is known of a range may begin within it.
        (
            TimeRange.MONTH,
            date(2024, 3, 29),
            "the 3 days to 31 March 2024",
            "in den 3 Tagen bis zum 31. März 2024",
        ),
        (
            TimeRange.WEEK,
            date(2024, 3, 30),
            "the 2 days to 31 March 2024",
            "in den 2 Tagen bis zum 31. März 2024",
        ),
        (TimeRange.SHORT, date(2024, 3, 31), "the day of 31 March 2024", "am 31. März 2024"),
    ],
)
def test_a_period_is_named_so_that_it_can_be_read_years_later(time_range, first, english, german):
    period = Period(first, date(2024, 3, 31), time_range)

    assert LANGUAGES["en"].write_period(period) == english
    assert LANGUAGES["de"].write_period(period) == german


@every_language
@pytest.mark.parametrize("unit", COUNTED)
def test_every_unit_has_a_singular_and_a_plural(code, unit):
    singular, plural, *rest = LANGUAGES[code].units[unit]

    assert bool(singular) == bool(plural)
    assert len(rest) <= 1


@every_language
def test_every_number_can_be_said(code):
    numbers = set(Unit) - set(CLOSED_LISTS) - NAMES - {Unit.PLATFORM}
    written = {Unit.DATE: "2024-03-03", Unit.MONTH: "2024-03", Unit.CLOCK: "08:00"}

    assert all(say(code, written.get(unit, 2), unit) for unit in numbers)


@pytest.mark.parametrize("unit", CLOSED_LISTS)
def test_both_languages_name_the_same_things(unit):
    english, german = (LANGUAGES[code].words[unit] for code in ("en", "de"))

    assert english.keys() == german.keys()
    assert all(forms[""] for named in (english, german) for forms in named.values())


def test_every_country_of_iso_3166_has_a_name():
    rows = resources.files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text().splitlines()
    codes = {row.partition("\t")[0] for row in rows if not row.startswith("#")}

    assert codes <= LANGUAGES["en"].words[Unit.COUNTRY].keys()


def test_no_two_countries_share_a_name():
    for language in LANGUAGES.values():
        names = [forms[""] for forms in language.words[Unit.COUNTRY].values()]
        assert len(set(names)) == len(names)


def test_an_unknown_country_or_form_is_said_as_it_is():
    assert say("de", "QQ", Unit.COUNTRY) == "QQ"
    assert say("de", "monday", Unit.WEEKDAY, "no such form") == "Montag"


@pytest.mark.parametrize(
    ("locale", "code"), [("de-AT", "de"), ("de", "de"), ("DE", "de"), ("en-GB", "en"), ("fr", "en")]
)
def test_a_locale_has_its_language_or_else_english(locale, code):
    assert languages.of_locale(locale).code == code


def test_the_countries_are_written_in_order_and_once():
    path = resources.files(languages).joinpath("countries.toml")

    codes = list(tomllib.loads(path.read_text(encoding="utf-8")))

    assert codes == sorted(codes)
