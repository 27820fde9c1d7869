"""Numbers about the running of insights."""

from decimal import Decimal
from uuid import uuid4

import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.insights.builders import a_snapshot

from spotify_insights.models import GeneratedInsight, ModelCall
from spotify_insights.models.insight import CallOutcome, InsightStatus, InsightType, Opinion, Tone
from spotify_insights.resources import transaction


@pytest.fixture
def snapshot(listener):
    return stored(a_snapshot(id=uuid4(), user_id=listener.id))


def stored(row):
    with transaction() as session:
        session.add(row)
        session.flush()
    return row


def an_insight(snapshot, **changes):
    values = {
        "user_id": snapshot.user_id,
        "snapshot_id": snapshot.id,
        "insight_type": InsightType.WELLNESS,
        "tone_mode": Tone.NEUTRAL,
        "status": InsightStatus.READY,
        "llm_model": "plain",
    }
    return stored(GeneratedInsight(**values | changes))


def scraped(client):
    """Each sample by its name and its labels' values, in the order of the labels' names."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, *(sample.labels[name] for name in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_insights_are_counted_by_status_type_and_writer(client, snapshot):
    first = an_insight(snapshot, llm_model="gpt-x")
    an_insight(snapshot, llm_model="gpt-x", reused_from=first.id)
    an_insight(snapshot)
    an_insight(snapshot)
    an_insight(
        snapshot, insight_type=InsightType.ROAST, status=InsightStatus.PENDING, llm_model=None
    )

    shown = scraped(client)

    assert {key[1:]: value for key, value in shown.items() if key[0] == "insights_stored"} == {
        ("ready", "wellness", "model"): 1,
        ("ready", "wellness", "reused"): 1,
        ("ready", "wellness", "plain"): 2,
        ("pending", "roast", "none"): 1,
    }


def test_opinions_are_counted(client, snapshot):
    an_insight(snapshot, opinion=Opinion.WRONG, opinion_note="No.")
    an_insight(snapshot, opinion=Opinion.WRONG)
    an_insight(snapshot)

    shown = scraped(client)

    assert shown["insights_opinions", "wrong", "wellness"] == 2
    assert len([key for key in shown if key[0] == "insights_opinions"]) == 1


def test_questions_to_the_model_are_counted_with_what_they_used(client):
    for outcome, tokens in ((CallOutcome.ANSWERED, 800), (CallOutcome.FAILED, None)):
        used = {"input_tokens": tokens, "output_tokens": tokens and 200}
        stored(ModelCall(model="gpt-x", outcome=outcome, cost_usd=Decimal("0.0028"), **used))

    shown = scraped(client)

    assert shown["insights_model_calls_total", "answered"] == 1
    assert shown["insights_model_calls_total", "failed"] == 1
    assert shown["insights_model_tokens_total", "input"] == 800
    assert shown["insights_model_tokens_total", "output"] == 200
    assert shown["insights_model_cost_usd_total",] == pytest.approx(0.0056)


def test_without_anything_there_is_nothing_to_tell(client):
    shown = scraped(client)

    assert set(shown.values()) == {0}


def test_no_metric_is_about_a_person(client, snapshot):
    an_insight(snapshot, opinion=Opinion.WRONG, opinion_note="My name is Ada.")

    shown = client.get("/metrics").text

    assert "Ada" not in shown
    assert str(snapshot.user_id) not in shown
