import pytest
from tests.insights.check.listener import FACTS, a_fact, checked, faults

from spotify_insights.insights.check import FaultKind, check
from spotify_insights.insights.check.marks import LONGEST_SENTENCE, LONGEST_TEXT
from spotify_insights.insights.draft import Draft, Piece, Sentence
from spotify_insights.insights.facts.fact import Unit
from spotify_insights.insights.languages import LANGUAGES


def kinds(words, **options):
    return {kind for _, kind in faults(words, **options)}


@pytest.mark.parametrize(
    "words",
    [
        "See https://example.org for it.",
        "See www.example.org for it.",
        "See example.com for it.",
        "Write to me@example.",
        "Look at [this](x) now.",
        "It is <b>bold</b>.",
        "It is &lt; that.",
        "It is **bold**.",
        "It is `code`.",
        "# A heading",
        "- A list",
        "It hides a\u200bspace.",
        "It turns \u202eround.",
        "It rings \x07.",
        "It is Cyrillic: \u0430.",
        "It is wide: \uff11.",
    ],
)
def test_addresses_markup_and_strange_characters_are_refused(words):
    assert FaultKind.MARK in kinds(words)


@pytest.mark.parametrize("words", ["You seem depressed.", "This is a symptom.", "Sleep well."])
def test_clinical_words_are_refused(words):
    assert FaultKind.WORD in kinds(words)


@pytest.mark.parametrize(
    "words", ["A café, a naïve tune \u2013 and so on …", "Why not? It\u2019s fun!"]
)
def test_ordinary_signs_pass(words):
    assert faults(words) == []


@pytest.mark.parametrize(
    "name",
    [
        "<script>",
        "www.example.org",
        "12 Hours",
        "Mehr",
        "\u0410\u0411",
        "**",
        "Sleep",
        "Don\u2019t",
    ],
)
def test_a_cited_name_may_hold_what_it_likes(name):
    facts = {"tracks.top": a_fact("tracks.top", name, Unit.TRACK)}

    assert checked(f"It was “{name}”.", "tracks.top", facts=facts).is_good


@pytest.mark.parametrize("length", [LONGEST_SENTENCE + 1, 100_000])
def test_a_long_sentence_is_refused_unread(length):
    assert kinds("a" * length) == {FaultKind.LENGTH}


def test_a_long_text_is_refused_unread():
    sentence = Sentence((Piece("a" * 400),))
    many = LONGEST_TEXT // 400 + 1

    verdict = check(Draft(sentence, ((sentence,) * many,)), FACTS, LANGUAGES["en"])

    assert [fault.kind for fault in verdict.faults] == [FaultKind.LENGTH]
