"""Evidence in words."""

import pytest
from tests.insights.facts_at_hand import a_fact

from spotify_insights.insights import layout
from spotify_insights.insights.draft import Draft, Piece, Sentence
from spotify_insights.insights.facts.fact import Against, Method, Says, Unit
from spotify_insights.insights.languages import LANGUAGES
from spotify_insights.models.insight import InsightType
from spotify_insights.web.pages import evidence, prose

PLAYS = {"plays": (48, Unit.PLAYS)}
ENGLISH, GERMAN = LANGUAGES["en"], LANGUAGES["de"]
# As it was kept before evidence named what was looked at.
OLDER = {
    "id": "artists.top",
    "claim": "Marrow Choir",
    "position": 2,
    "statement": "Marrow Choir was the artist played most.",
    "value": "Marrow Choir",
    "unit": "artist",
    "from": "2025-03-03",
    "to": "2025-03-13",
    "sample_size": 170,
    "comparison": None,
    "method": None,
    "source": "Your export",
    "provenance": ["export"],
}


def card_of(*pieces, language=ENGLISH):
    """The card of the first note of a text that is these pieces."""
    title = Sentence(tuple(pieces), ())
    written = layout.lay_out(Draft(title, [], {}), InsightType.ROAST, language, None)
    text = prose.render(written.content, written.structured_output["evidence"])
    return evidence.card(text.notes[0], language)


def older_card(**changes):
    one = OLDER | changes
    return evidence.card(prose.Note(1, [one], is_cited=True), ENGLISH)


def test_a_card_says_all_that_a_fact_rests_on():
    fact = a_fact(
        8,
        Unit.POINTS,
        "change.skips",
        {"now": (31, Unit.PERCENT), "before": (23, Unit.PERCENT)},
        says=frozenset({Says.MORE}),
        interval=(3.2, 12.8),
        against=Against.PREVIOUS,
        method=Method.ESTIMATED_LENGTHS,
    )

    shown = card_of(Piece("up by 8 percentage points", fact))

    assert shown.values == "8 percentage points"
    assert shown.interval == "3.2 percentage points to 12.8 percentage points"
    assert shown.comparison == "As many days right before"
    assert shown.method == "Estimated from track lengths"
    assert shown.sample == f"{fact.sample_size} plays"
    assert shown.source
    assert shown.statement
    assert shown.is_cited


def test_values_are_in_the_language_of_the_insight():
    fact = a_fact(10.8, Unit.HOURS, "listening.time", PLAYS, sample_size=1190, sampled=Unit.TRACKS)

    shown = card_of(Piece("10,8 Stunden", fact), language=GERMAN)

    assert shown.values == "10,8 Stunden"
    assert shown.sample == "1.190 Titel"


def test_claims_of_one_fact_are_told_with_their_values_where_the_words_differ():
    fact = a_fact("AC*DC", Unit.ARTIST, "artists.top", PLAYS)

    shown = card_of(
        Piece("AC*DC", fact), Piece(", "), Piece("48 of them", fact, "plays"), Piece("!")
    )

    assert shown.values == "AC*DC · 48 plays"
    assert [(one.words, one.value) for one in shown.claims] == [
        ("48 of them", "48 plays"),
    ]


def test_a_claim_that_stands_alone_needs_no_list():
    fact = a_fact(10.8, Unit.HOURS, "listening.time", PLAYS)

    shown = card_of(Piece("much music", fact), Piece(" and "), Piece("much music", fact))

    assert (shown.values, shown.claims) == ("10.8 hours", [])


def test_a_claimed_period_is_told_as_days_and_stands_for_the_note_only_alone():
    fact = a_fact(10.8, Unit.HOURS, "listening.time", PLAYS)
    period = Piece("all the time", fact, "period")
    first, last = fact.period.first, fact.period.last
    days = f"{ENGLISH.write_date(first)} – {ENGLISH.write_date(last)}"  # noqa: RUF001

    assert card_of(period).values == days
    assert card_of(period, Piece(" "), Piece("10.8 hours", fact)).values == "10.8 hours"


def test_an_interval_whose_unit_no_claim_names_is_told_without_it():
    parts = {"skipped": (48, Unit.PLAYS)}
    fact = a_fact(31, Unit.PERCENT, "skips.rate", interval=(29.1, 33.4), parts=parts)

    assert card_of(Piece("48 plays", fact, "skipped")).interval == "29.1 to 33.4"


def test_older_evidence_is_still_shown():
    shown = older_card()

    assert (shown.values, shown.sample) == ("Marrow Choir", "170 plays")
    assert shown.period == "3 March 2025 to 13 March 2025"
    assert (shown.interval, shown.comparison, shown.method) == (None, None, None)


@pytest.mark.parametrize(
    ("changes", "sample"),
    [
        ({"method": "ranked by Spotify", "sample_size": 50}, "50 artists"),
        ({"id": "tracks.looked_at", "sample_size": 90}, "90 tracks"),
        ({"id": "genres.top", "sample_size": 2}, "2 artists"),
        ({"id": "moods.score", "sample_size": 10}, "10 tracks"),
    ],
)
def test_older_evidence_says_what_was_looked_at_by_its_id(changes, sample):
    assert older_card(**changes).sample == sample


def test_a_unit_that_no_longer_exists_leaves_the_value_alone():
    assert older_card(value=4.0, unit="of ten").values == "4.0"


def test_an_unknown_comparison_says_itself():
    assert older_card(comparison="the year before").comparison == "the year before"
