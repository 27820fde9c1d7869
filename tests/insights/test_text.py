import pytest
from tests.insights.facts_at_hand import a_fact

from spotify_insights.insights import text
from spotify_insights.insights.facts.fact import Unit
from spotify_insights.insights.languages import LANGUAGES

ENGLISH = LANGUAGES["en"]


def filled(template, fact):
    return text.fill(template, {fact.id: fact}, ENGLISH).words


@pytest.mark.parametrize(
    ("template", "fact", "words"),
    [
        ("It has [{}](some.fact).", a_fact(1204), "It has 1,204 plays."),
        ("It has [{}](some.fact).", a_fact(1), "It has 1 play."),
        ("On [{#}](some.fact) of them", a_fact(9, Unit.DAYS), "On 9 of them"),
        ("[{} of it](some.fact)", a_fact(41, Unit.PERCENT), "41% of it"),
        ("[{}](some.fact) of music", a_fact(10.8, Unit.HOURS), "10.8 hours of music"),
        ("By [{}](some.fact)", a_fact("{} [x](y)", Unit.ARTIST), "By {} [x](y)"),
        ("Spread [widely](some.fact)", a_fact(0.9, Unit.OF_1), "Spread widely"),
        ("[{:when}](some.fact)", a_fact("night", Unit.PART_OF_DAY), "at night"),
        ("In [{period}](some.fact)", a_fact(1), "In the week to 9 March 2025"),
        (
            "[{}](some.fact), [{share}](some.fact), [{share#}](some.fact)",
            a_fact("Nyx", Unit.ARTIST, parts={"share": (12, Unit.PERCENT)}),
            "Nyx, 12%, 12",
        ),
    ],
)
def test_a_claim_is_filled_with_the_value_of_its_fact(template, fact, words):
    assert filled(template, fact) == words


def test_a_claim_remembers_which_value_it_says():
    fact = a_fact("Nyx", Unit.ARTIST, parts={"share": (12, Unit.PERCENT)})

    sentence = text.fill("[{}](some.fact) has [{share}](some.fact).", {fact.id: fact}, ENGLISH)

    claims = [(piece.words, piece.part) for piece in sentence.pieces if piece.fact]
    assert claims == [("Nyx", ""), ("12%", "share")]
    assert sentence.cites == (fact.id,)


def test_a_template_says_which_facts_it_needs():
    assert text.cited("[{}](a.b) and [so](c.d)") == ["a.b", "c.d"]


@pytest.mark.parametrize("template", ["[{}](other.fact)", "[{share}](some.fact)"])
def test_what_is_missing_cannot_be_filled(template):
    assert not text.can_fill(template, {"some.fact": a_fact(1)})


def test_a_name_from_right_to_left_stays_between_its_neighbours():
    fact = a_fact("\u05d0\u05d1", Unit.ARTIST)

    assert filled("By [{}](some.fact).", fact) == "By \u2068\u05d0\u05d1\u2069."


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("P!nk", "P!nk"),
        ("Jay-Z", "Jay-Z"),
        ("AC*DC_live_", r"AC\*DC\_live\_"),
        ("[x](https://example.org)", r"\[x\](https\://example.org)"),
        ("www.example.org", r"www\.example.org"),
        ("<b>", r"\<b\>"),
    ],
)
def test_markdown_shows_a_name_as_it_is(name, shown):
    assert text.escape(name) == shown
