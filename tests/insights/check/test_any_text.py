"""What holds for any fact and any text."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.insights.check.listener import ALL_TIME, FACTS, NAMES, a_fact, checked

from spotify_insights.insights.facts.fact import Unit
from spotify_insights.insights.languages import LANGUAGES

SAYS = {"en": "The page says {} here.", "de": "Auf der Seite steht {} zu lesen."}
MIXED = (
    *("the", "one", "half", "twice", "more", "than", "10.8", "%", "9", "pm", "hours", "plays"),
    *("48", "and", "to", "from", "“", "”", "March", "2024", "first", "Ister", "Parade", "usual"),
    *("before", "never", "every", "evening", "zweimal", "Hälfte", "Uhr", "5.", "März", ".", ","),
    *("um", "fünf", "zwanzig", "dreiundzwanzig", "Stunden", "als", "davor", "Choir", "K", "1/2"),
)
WHOLE = [
    *(Unit.MINUTES, Unit.DAYS, Unit.WEEKS, Unit.MONTHS, Unit.YEARS, Unit.PLAYS, Unit.TRACKS),
    *(Unit.ARTISTS, Unit.ALBUMS, Unit.SESSIONS, Unit.STRETCHES, Unit.TIMES, Unit.COUNTRIES),
    *(Unit.PERCENT, Unit.POINTS),
]
codes = st.sampled_from(sorted(LANGUAGES))
numbers = st.one_of(
    st.tuples(st.integers(0, 99_999), st.sampled_from(WHOLE)),
    st.tuples(
        st.integers(0, 99_999).map(lambda tenths: tenths / 10),
        st.sampled_from([Unit.HOURS, Unit.SKIPS_AN_HOUR]),
    ),
    st.tuples(st.integers(0, 100).map(lambda tenths: tenths / 10), st.just(Unit.OF_10)),
)
days = st.dates(date(2009, 1, 1), date(2025, 12, 31))
kinds_of_words = [
    st.tuples(days.map(str), st.just(Unit.DATE)),
    st.tuples(days.map(lambda day: str(day)[:7]), st.just(Unit.MONTH)),
    st.tuples(st.integers(0, 23).map("{:02}:00".format), st.just(Unit.CLOCK)),
    st.tuples(st.sampled_from(["morning", "afternoon", "evening"]), st.just(Unit.PART_OF_DAY)),
    st.tuples(st.sampled_from(["monday", "saturday", "sunday"]), st.just(Unit.WEEKDAY)),
    st.tuples(st.sampled_from(["SE", "DE", "FR", "JP"]), st.just(Unit.COUNTRY)),
    st.tuples(st.sampled_from(["Nyx", "grey pavilion", "P!nk", "30 Below"]), st.just(Unit.ARTIST)),
]
words = st.one_of(kinds_of_words)
pairs_of_words = st.sampled_from(kinds_of_words).flatmap(lambda kind: st.tuples(kind, kind))


def sentence(code, value, unit):
    fact = a_fact("some.fact", value, unit, period=ALL_TIME)
    return SAYS[code].format(LANGUAGES[code].say(fact.quantity))


def is_good(code, words, *facts):
    known = {fact.id: fact for fact in facts}
    return checked(words, *known, code=code, facts=known, names=NAMES).is_good


def some_fact(value, unit):
    return a_fact("some.fact", value, unit, period=ALL_TIME)


@given(codes, numbers | words)
def test_the_value_of_a_cited_fact_passes_as_its_language_says_it(code, quantity):
    assert is_good(code, sentence(code, *quantity), some_fact(*quantity))


@given(codes, numbers, st.integers(1, 500))
def test_another_number_does_not(code, quantity, more):
    value, unit = quantity
    step = 0.1 if unit in (Unit.HOURS, Unit.SKIPS_AN_HOUR, Unit.OF_10) else 1
    other = round(value + more * step, 1)
    assume(other != value)

    changed = sentence(code, other if step < 1 else int(other), unit)

    # A number without decimals is a rounded one.
    assume(step == 1 or other % 1 or other != int(value + 0.5))
    assert not is_good(code, changed, some_fact(value, unit))


@given(codes, pairs_of_words)
def test_another_word_does_not(code, pair):
    quantity, other = pair
    assume(quantity[0] != other[0])

    assert not is_good(code, sentence(code, *other), some_fact(*quantity))


@given(codes, numbers | words)
def test_a_value_that_is_not_cited_does_not(code, quantity):
    assert not is_good(code, sentence(code, *quantity))


@given(codes, numbers, st.sampled_from(WHOLE))
def test_a_number_of_another_unit_does_not(code, quantity, unit):
    value = int(quantity[0])
    alike = {Unit.TIMES, Unit.PLAYS, Unit.SESSIONS}
    assume(quantity[1] in WHOLE and quantity[1] is not unit)
    assume(not {quantity[1], unit} <= alike)

    assert not is_good(code, sentence(code, value, unit), some_fact(value, quantity[1]))


@given(codes, days, st.integers(1, 4_000))
def test_another_day_does_not(code, day, later):
    other = sentence(code, str(day + timedelta(days=later)), Unit.DATE)
    assume(str(day + timedelta(days=later)) not in (str(ALL_TIME.first), str(ALL_TIME.last)))

    assert not is_good(code, other, some_fact(str(day), Unit.DATE))


@given(codes, st.text(max_size=500), st.lists(st.sampled_from(sorted(FACTS)), max_size=4))
def test_no_text_raises_and_its_words_stay(code, text, cites):
    checked(text, *cites, code=code)


@given(
    codes,
    st.lists(
        st.sampled_from(MIXED),
        max_size=60,
    ),
    st.lists(st.sampled_from(sorted(FACTS)), max_size=6),
)
def test_no_mixture_of_claims_raises(code, tokens, cites):
    text = " ".join(tokens)

    verdict = checked(text, *cites, code=code)

    assert verdict.draft.paragraphs[0][0].words == text


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_same_text_has_the_same_verdict(code):
    text = "Nyx 12 hours more than Kites, 5 March 2024, half of it."

    assert checked(text, *FACTS, code=code) == checked(text, *FACTS, code=code)
