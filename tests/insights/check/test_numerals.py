import pytest

from spotify_insights.insights.check import tongue
from spotify_insights.insights.check.numerals import numerals


def values(text, code):
    return [numeral.value for numeral in numerals(text, tongue.of(code))]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,204", 1204),
        ("10.8", 10.8),
        ("1.2K", 1200),
        ("1 234,5", None),
        ("1.234,5", None),
        ("seventeen", 17),
        ("twenty-three", 23),
        ("twenty three", 23),
        ("a hundred", 100),
        ("one hundred and twelve", 112),
        ("two thousand three hundred and five", 2305),
        ("a dozen", 12),
        ("two dozen", 24),
        ("half a dozen", 6),
        ("three and a half", 3.5),
        ("ten point eight", 10.8),
        ("½", 0.5),
    ],
)
def test_an_english_number_is_read(text, value):
    assert value in values(text, "en")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.204", 1204),
        ("10,8", 10.8),
        ("10.8", None),
        ("siebzehn", 17),
        ("dreiundzwanzig", 23),
        ("hundertzwölf", 112),
        ("zweihundertfünfunddreißig", 235),
        ("tausendzweihundert", 1200),
        ("zweitausendvierundzwanzig", 2024),
        ("ein Dutzend", 12),
        ("anderthalb", 1.5),
        ("dreieinhalb", 3.5),
        ("zehn Komma acht", 10.8),
        ("siebzehnmal", 17),
        ("zehntägig", 10),
        ("zwei Millionen", 2_000_000),
    ],
)
def test_a_german_number_is_read(text, value):
    assert values(text, "de") == [value]


@pytest.mark.parametrize("text", ["five six", "48, 31", "eleven, twelve"])
def test_numbers_beside_each_other_stay_two(text):
    assert len(values(text, "en")) == 2


@pytest.mark.parametrize("text", ["Einsamkeit", "Beitrag", "Elfenbein", "Neunauge", "Dreirad"])
def test_a_german_word_that_begins_like_a_number_is_none(text):
    assert values(text, "de") == []
