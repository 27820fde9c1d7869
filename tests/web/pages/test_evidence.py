"""Evidence in words."""

from zoneinfo import ZoneInfo

import pytest
from tests.insights.builders import a_snapshot

from spotify_insights.insights import facts
from spotify_insights.insights.text import Piece, Text
from spotify_insights.web.pages import evidence


def evidence_of(key):
    found = {fact.id: fact for fact in facts.find(a_snapshot(), ZoneInfo("UTC"))}
    text = Text()
    text.say([Piece("claim", found[key])])
    return text.evidence[0]


@pytest.mark.parametrize(
    ("key", "value", "sample"),
    [
        ("listening.time", "10.8 hours", "190 plays"),
        ("artists.top", "Marrow Choir", "170 plays"),
        ("artists.top_share", "28%", "170 plays"),
        ("tracks.looked_at", "90 tracks", "90 tracks"),
        ("genres.top", "dream pop", "2 artists"),
        ("moods.score", "4 of 10", "10 tracks"),
    ],
)
def test_a_value_has_its_unit_and_its_sample_a_name(key, value, sample):
    shown = evidence_of(key)

    assert evidence.value(shown) == value
    assert evidence.sample(shown) == sample


def test_a_ranking_was_taken_over_its_names():
    ranked = evidence_of("artists.top") | {"method": "ranked by Spotify", "sample_size": 50}

    assert evidence.sample(ranked) == "50 artists"
