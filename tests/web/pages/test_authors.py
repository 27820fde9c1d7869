"""Who wrote an insight, in words."""

from uuid import UUID

import pytest

from spotify_insights.models import GeneratedInsight
from spotify_insights.models.insight import InsightType, Tone
from spotify_insights.web.pages import authors


def an_insight(**changes):
    values = {"insight_type": InsightType.WELLNESS, "tone_mode": Tone.SUPPORTIVE}
    return GeneratedInsight(**values | {"llm_model": "plain"} | changes)


def byline(**changes):
    return authors.byline(an_insight(**changes))


def test_type_and_tone_are_named_once_where_they_are_one_word():
    assert authors.kind(an_insight()) == "Wellness, supportive"
    roast = an_insight(insight_type=InsightType.ROAST, tone_mode=Tone.ROAST)
    assert authors.kind(roast) == "Roast"


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        ({"outcome": "not_asked", "reason": "no_model"}, ": none was set up"),
        ({"outcome": "not_asked", "reason": "no_consent"}, ": you had not agreed to one"),
        ({"outcome": "fell_back", "reason": "model_unproven"}, "does not all follow"),
        ({"outcome": "fell_back", "reason": "x_y", "message": "It broke."}, ": It broke"),
        ({"outcome": "fell_back", "reason": "x_y", "message": None}, "without a language model"),
        (None, "without a language model"),
    ],
)
def test_without_a_model_the_reason_is_told(verdict, said):
    told = byline(verdict=verdict)

    assert told.startswith("Written by rules")
    assert told.endswith(said) or said in told


def test_a_model_is_named():
    assert byline(llm_model="gpt-x", verdict={"outcome": "passed"}) == "Written by gpt-x"


def test_a_repair_and_a_reuse_are_told():
    told = byline(llm_model="gpt-x", verdict={"outcome": "repaired"}, reused_from=UUID(int=1))

    assert "corrected once" in told
    assert "told again" in told


def test_an_insight_of_before_verdicts_is_told_too():
    assert byline(llm_model="gpt-x", verdict=None) == "Written by gpt-x"
