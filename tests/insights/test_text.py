from datetime import date

import pytest

from spotify_insights.insights import text
from spotify_insights.insights.facts import Fact
from spotify_insights.insights.text import Piece, Text


def a_fact(value, unit="plays"):
    day = date(2025, 3, 3)
    return Fact("some.fact", "A statement.", value, unit, day, day, 12, ("export",))


def filled(template, fact):
    return text.plain(text.fill(template, {"some.fact": fact}))


def page_of(*pieces):
    page = Text()
    page.begin()
    page.say(list(pieces))
    return page


@pytest.mark.parametrize(
    ("template", "fact", "words"),
    [
        ("It has [{}](some.fact).", a_fact(1204), "It has 1,204 plays."),
        ("It has [{}](some.fact).", a_fact(1), "It has 1 play."),
        ("On [{#}](some.fact) of them", a_fact(9, "days"), "On 9 of them"),
        ("[{} of it](some.fact)", a_fact(41, "percent"), "41% of it"),
        ("[{}](some.fact) music", a_fact(10.8, "hours"), "10.8 hours music"),
        ("By [{}](some.fact)", a_fact("{} [x](y)", "artist"), "By {} [x](y)"),
        ("Spread [widely](some.fact)", a_fact(0.9, "of 1"), "Spread widely"),
    ],
)
def test_a_claim_is_filled_with_the_value_of_its_fact(template, fact, words):
    assert filled(template, fact) == words


def test_a_template_says_which_facts_it_needs():
    assert text.cited("[{}](a.b) and [so](c.d)") == ["a.b", "c.d"]


def test_a_name_from_right_to_left_stays_between_its_neighbours():
    assert (
        filled("By [{}](some.fact).", a_fact("\u05d0\u05d1", "artist"))
        == "By \u2068\u05d0\u05d1\u2069."
    )


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("P!nk", "P!nk"),
        ("Jay-Z", "Jay-Z"),
        ("AC*DC_live_", r"AC\*DC\_live\_"),
        ("[x](https://example.org)", r"\[x\](https\://example.org)"),
        ("www.example.org", r"www\.example.org"),
        ("<b>&amp;</b>", r"\<b\>\&amp;\</b\>"),
        ("# `code` \\ ~~no~~ |", r"\# \`code\` \\ \~\~no\~\~ \|"),
        ("🎧 ☂️", "🎧 ☂️"),
    ],
)
def test_markdown_in_a_name_is_shown_and_not_obeyed(name, shown):
    assert text.escape(name) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("1. Outside", r"1\. Outside"),
        ("- 5 -", r"\- 5 -"),
        ("+ Plus", r"\+ Plus"),
        ("1) A", r"1\) A"),
    ],
)
def test_a_name_at_the_beginning_of_a_paragraph_makes_no_list(name, shown):
    page = page_of(Piece(""), Piece(name, a_fact(name, "artist")))

    assert page.content == shown
    assert page.evidence[0]["claim"] == shown


def test_evidence_says_where_its_claim_stands():
    page = page_of(Piece("a b "), Piece("a", a_fact("a", "artist")), Piece(" c"))

    assert page.evidence == [
        {
            "id": "some.fact",
            "claim": "a",
            "position": 4,
            "statement": "A statement.",
            "value": "a",
            "unit": "artist",
            "from": "2025-03-03",
            "to": "2025-03-03",
            "sample_size": 12,
            "comparison": None,
            "method": None,
            "source": "Your export",
            "provenance": ["export"],
        }
    ]


def test_blocks_stand_apart_and_the_items_of_a_list_together():
    page = Text()
    for block, words in [("# ", "T"), ("", "P"), ("- ", "I"), ("- ", "J"), ("", "Q")]:
        page.begin(block)
        page.say([Piece(words)])

    assert page.content == "# T\n\nP\n\n- I\n- J\n\nQ"
