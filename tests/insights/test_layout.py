import pytest
from tests.insights.facts_at_hand import a_fact

from spotify_insights.insights import layout
from spotify_insights.insights.draft import Draft, Item, Piece, Sentence
from spotify_insights.insights.facts.fact import Method, Unit
from spotify_insights.insights.languages import LANGUAGES
from spotify_insights.models.insight import InsightType

TIME = a_fact(
    10.8,
    Unit.HOURS,
    key="listening.time",
    parts={"plays": (190, Unit.PLAYS)},
    method=Method.ESTIMATED_LENGTHS,
    provenance=("api", "export"),
)
TOP = a_fact(
    "1. [Nyx]", Unit.ARTIST, key="artists.top", parts={"plays": (12, Unit.PLAYS)}, sample_size=1
)


def said(*parts):
    pieces = tuple(Piece(part) if isinstance(part, str) else Piece(*part) for part in parts)
    return Sentence(pieces, tuple(piece.fact.id for piece in pieces if piece.fact))


def a_draft(**sections):
    return Draft(
        title=said("A week of ", ("10.8 hours", TIME)),
        paragraphs=(
            (said(("190 plays", TIME, "plays"), "."), said("Most by ", ("1. [Nyx]", TOP), ".")),
            (said(("1. [Nyx]", TOP), " leads."),),
        ),
        sections={
            name: tuple(Item((said(words),), *names) for words, *names in items)
            for name, items in sections.items()
        },
    )


def laid_out(draft, insight_type=InsightType.WELLNESS, code="en"):
    return layout.lay_out(draft, insight_type, LANGUAGES[code], mood_score=6.5)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_claim_stands_in_the_content_where_its_evidence_says(code):
    written = laid_out(a_draft(), code=code)

    for one in written.structured_output["evidence"]:
        assert written.content.startswith(one["claim"], one["position"])


def test_evidence_has_the_value_that_the_claim_says():
    evidence = laid_out(a_draft()).structured_output["evidence"]

    assert [(one["id"], one["part"], one["value"], one["unit"]) for one in evidence] == [
        ("listening.time", None, 10.8, "hours"),
        ("listening.time", "plays", 190, "plays"),
        ("artists.top", None, "1. [Nyx]", "artist"),
        ("artists.top", None, "1. [Nyx]", "artist"),
    ]


def test_evidence_says_where_a_value_comes_from():
    first = laid_out(a_draft()).structured_output["evidence"][0]

    assert first["source"] == "Spotify and your export"
    assert first["method"] == "estimated from track lengths"
    assert (first["from"], first["to"]) == ("2025-03-03", "2025-03-09")
    assert (first["sample_size"], first["sampled"]) == (12, "plays")


def test_a_paragraph_that_begins_like_a_list_is_none():
    content = laid_out(a_draft()).content

    assert r"1\. \[Nyx\] leads." in content.splitlines()


def test_wellness_has_nudges_and_a_score_that_is_a_fact():
    draft = a_draft(
        wellness_nudges=[("Try a walk.", "energy", "low"), ("Try silence.", "balance", "high")],
        key_patterns=[("Music for 10.8 hours.",)],
    )

    written = laid_out(draft)

    assert written.content.endswith("- Energy: Try a walk.\n- Balance: Try silence.")
    output = written.structured_output
    assert output["mood_score"] == 6.5
    assert output["wellness_nudges"][0] == {
        "category": "energy",
        "priority": "low",
        "message": "Try a walk.",
    }
    assert output["key_patterns"] == ["Music for 10.8 hours."]
    assert output["overall_assessment"].startswith("A week of 10.8 hours. 190 plays.")


def test_a_roast_ends_with_what_redeems():
    draft = a_draft(specific_callouts=[("Again.",)], redemption_quality=[("You are loyal.",)])

    written = laid_out(draft, InsightType.ROAST)

    assert written.content.endswith("- Again.\n\nYou are loyal.")
    assert written.structured_output["roast_title"] == "A week of 10.8 hours"
    assert written.structured_output["specific_callouts"] == ["Again."]
    assert written.structured_output["redemption_quality"] == "You are loyal."


def test_productivity_has_its_four_lists_under_headings():
    draft = a_draft(focus_patterns=[("Long.",)], balance=[("Even.",)])

    written = laid_out(draft, InsightType.PRODUCTIVITY)

    assert "## What holds your focus\n\n- Long." in written.content
    assert {name: written.structured_output[name] for name in ("distractions", "balance")} == {
        "distractions": [],
        "balance": ["Even."],
    }
