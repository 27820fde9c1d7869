"""The page of insights: asked for, awaited, read, judged; without a browser."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from tests.insights.builders import a_snapshot

from spotify_insights import jobs
from spotify_insights.insights import generate, rows
from spotify_insights.jobs import Flow
from spotify_insights.models import GeneratedInsight
from spotify_insights.models.insight import InsightStatus, InsightType, Opinion, Tone
from spotify_insights.models.listening import TimeRange
from spotify_insights.resources import transaction
from spotify_insights.settings import get_settings

HTML = {"accept": "text/html"}
# As insights were stored before evidence had parts, methods by name and a verdict beside it.
OLD_EVIDENCE = {
    "id": "artists.top_share",
    "claim": "28% of your plays",
    "position": 21,
    "statement": "Marrow Choir had 28% of the plays.",
    "value": 28,
    "unit": "percent",
    "from": "2025-03-03",
    "to": "2025-03-13",
    "sample_size": 170,
    "comparison": None,
    "method": None,
    "source": "Your export",
    "provenance": ["export"],
}


@pytest.fixture
def snapshot(listener):
    return a_stored_snapshot(listener)


@pytest.fixture
def model(clean_database):
    clean_database.setenv("OPENAI_BASE_URL", "https://models.example/v1")
    clean_database.setenv("OPENAI_MODEL", "a-model")
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


def stored(row):
    with transaction() as session:
        session.add(row)
        session.flush()
        session.refresh(row)
    return row


def a_stored_snapshot(listener, **changes):
    return stored(
        a_snapshot(**{"id": uuid4(), "user_id": listener.id, "sources": ["export"]} | changes)
    )


def an_insight(snapshot, **changes):
    values = {
        "user_id": snapshot.user_id,
        "snapshot_id": snapshot.id,
        "insight_type": InsightType.WELLNESS,
        "tone_mode": Tone.NEUTRAL,
    }
    return stored(GeneratedInsight(**values | changes))


def written(snapshot, insight_type=InsightType.WELLNESS, tone=Tone.NEUTRAL, language="en"):
    with transaction() as session:
        insight, job = rows.request(session, snapshot.id, insight_type, tone, language)
    jobs.run(job.id, Flow(generate.run, timedelta(minutes=1), generate.failed))
    return insight


def look_at(insight):
    with transaction() as session:
        return rows.get_insight(session, insight.id)


def page(client, path):
    answer = client.get(path, headers=HTML)
    assert answer.status_code == 200, answer.text
    return re.sub(r"\s+", " ", answer.text)


def of(insight):
    return f"/wellness?insight={insight.id}"


def send(client, path, **fields):
    return client.post(path, data=fields, headers=HTML, follow_redirects=False)


def checked(shown):
    """Name and value of each radio button that is chosen."""
    found = re.findall(r'<input type="radio" name="(\w+)" value="([^"]+)"[^>]* checked', shown)
    return dict(found)


# Asked for


def test_type_tone_and_language_are_chosen_with_the_period(client, snapshot):
    answer = send(
        client, "/wellness", snapshot=snapshot.id, type="roast", tone="supportive", language="de"
    )

    assert answer.status_code == 303
    with transaction() as session:
        (asked,) = rows.list_insights(session, snapshot.user_id, 10)
    assert answer.headers["location"] == of(asked)
    assert (asked.insight_type, asked.tone_mode, asked.language) == ("roast", "supportive", "de")


def test_the_language_offered_first_is_the_listener_s(client, a_listener):
    listener = a_listener(locale="de-AT")
    a_stored_snapshot(listener)

    shown = page(client, f"/wellness?user={listener.id}")

    assert checked(shown) | {"type": "wellness", "tone": "neutral", "language": "de"} == checked(
        shown
    )


def test_beside_an_insight_its_own_choices_are_offered(client, snapshot):
    insight = an_insight(snapshot, insight_type=InsightType.ROAST, tone_mode=Tone.SUPPORTIVE)

    chosen = checked(page(client, of(insight)))

    assert (chosen["type"], chosen["tone"]) == ("roast", "supportive")
    assert chosen["snapshot"] == str(snapshot.id)


def test_the_newest_week_and_month_are_offered_by_their_days(client, listener):
    a_stored_snapshot(listener, time_range=TimeRange.WEEK)
    a_stored_snapshot(listener, time_range=TimeRange.MONTH)

    shown = page(client, f"/wellness?user={listener.id}")

    assert "Week from 14 February 2025</span>" in shown
    assert "February 2025</span>" in shown


def test_the_week_an_insight_is_about_is_offered_again(client, listener):
    older = a_stored_snapshot(listener, time_range=TimeRange.WEEK)
    end = older.period_end + timedelta(days=7)
    a_stored_snapshot(listener, time_range=TimeRange.WEEK, period_end=end, snapshot_date=end.date())

    chosen = checked(page(client, of(an_insight(older))))

    assert chosen["snapshot"] == str(older.id)


def test_a_wrong_choice_is_refused(client, snapshot):
    answer = send(client, "/wellness", snapshot=snapshot.id, type="horoscope")

    assert answer.status_code == 422


# Awaited


def test_while_it_is_written_the_steps_are_told_and_it_can_be_cancelled(client, snapshot):
    insight = an_insight(snapshot)

    shown = page(client, of(insight))

    assert "Rules choose what to tell" in shown
    assert f'action="/wellness/{insight.id}/cancel"' in shown


def test_a_cancelled_insight_says_so_and_can_be_written_after_all(client, snapshot):
    send(client, "/wellness", snapshot=snapshot.id, type="roast", language="de")
    with transaction() as session:
        (insight,) = rows.list_insights(session, snapshot.user_id, 1)

    answer = send(client, f"/wellness/{insight.id}/cancel")

    shown = page(client, answer.headers["location"])
    assert (answer.status_code, look_at(insight).error_code) == (303, "cancelled")
    assert "This insight was cancelled" in shown
    assert '<input type="hidden" name="language" value="de">' in shown
    assert ">Cancelled</a>" in shown


def test_what_is_written_already_cannot_be_cancelled(client, snapshot):
    answer = send(client, f"/wellness/{written(snapshot).id}/cancel")

    assert answer.status_code == 409


# Read


@pytest.mark.parametrize("insight_type", InsightType)
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_claim_leads_to_its_evidence(client, snapshot, insight_type, language):
    insight = written(snapshot, insight_type, language=language)

    shown = page(client, of(insight))

    claimed = set(re.findall(r'href="#(evidence-\d+)"', shown))
    assert claimed
    assert claimed == set(re.findall(r'<div id="(evidence-\d+)"', shown))
    assert f'<article class="insight" lang="{language}">' in shown
    assert "Written by rules, without a language model: none was set up." in shown


def test_what_a_nudge_is_about_stands_apart(client, snapshot):
    shown = page(client, of(written(snapshot)))

    assert re.search(r"<li><b>(Mood|Energy|Variety|Balance)</b> ", shown)


def test_an_insight_of_an_earlier_version_is_still_shown(client, snapshot):
    insight = an_insight(
        snapshot,
        status=InsightStatus.READY,
        content="# Old\n\nOne artist has 28% of your plays.",
        structured_output={"evidence": [OLD_EVIDENCE]},
        llm_model="plain",
        prompt_version="1",
    )

    shown = page(client, of(insight))

    assert ">28% of your plays<sup>1</sup></a>" in shown
    assert "170 plays" in shown
    assert "Written by rules, without a language model." in shown


def test_markup_in_a_stored_text_is_shown_and_not_obeyed(client, snapshot):
    hostile = "<script>alert(1)</script>"
    one = OLD_EVIDENCE | {
        "claim": hostile,
        "statement": hostile,
        "value": hostile,
        "unit": "artist",
    }
    insight = an_insight(
        snapshot,
        status=InsightStatus.READY,
        content=f"# {hostile}",
        structured_output={"evidence": [one]},
        llm_model=hostile,
        verdict={"outcome": "fell_back", "reason": hostile, "message": hostile},
        opinion=Opinion.WRONG,
        opinion_note=hostile,
    )

    shown = page(client, of(insight)) + page(client, f"/?user={snapshot.user_id}")

    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


# Judged


def test_an_opinion_is_kept_and_marked(client, snapshot):
    insight = written(snapshot)

    answer = send(client, f"/wellness/{insight.id}/opinion", opinion="useful")

    shown = page(client, answer.headers["location"])
    assert answer.headers["location"] == f"{of(insight)}#opinion"
    assert 'value="useful" aria-pressed="true"' in shown
    assert "it is noted" in shown
    assert "· useful to you" in shown


def test_wrong_opens_all_evidence_and_a_field_for_a_note(client, snapshot):
    insight = written(snapshot)
    assert "<details open>" not in page(client, of(insight))

    send(client, f"/wellness/{insight.id}/opinion", opinion="wrong")
    shown = page(client, of(insight))
    send(client, f"/wellness/{insight.id}/opinion", opinion="wrong", note="It was\r\nnot me.")

    assert "<textarea" in shown
    assert shown.count("<details open>") == len(re.findall(r'<div id="evidence-', shown))
    assert look_at(insight).opinion_note == "It was\r\nnot me."
    assert "not me.</textarea>" in page(client, of(insight))


def test_an_opinion_is_taken_back(client, snapshot):
    insight = written(snapshot)
    send(client, f"/wellness/{insight.id}/opinion", opinion="wrong", note="No.")

    send(client, f"/wellness/{insight.id}/opinion")

    assert (look_at(insight).opinion, look_at(insight).opinion_note) == (None, None)
    assert "Take it back" not in page(client, of(insight))


def test_a_note_that_is_too_long_is_refused(client, snapshot):
    fields = {"opinion": "wrong", "note": "x" * 501}

    answer = send(client, f"/wellness/{written(snapshot).id}/opinion", **fields)

    assert answer.status_code == 422


# Who writes


def test_without_a_model_nothing_is_asked_for(client, snapshot):
    shown = page(client, f"/wellness?user={snapshot.user_id}")

    assert "nothing leaves this server" in shown
    assert "/wellness/consent" not in shown


def test_consent_names_the_provider_and_what_is_sent(client, model, snapshot):
    shown = page(client, f"/wellness?user={snapshot.user_id}")

    assert "<b>a-model</b> on <b>models.example</b>" in shown
    assert "Only of what you imported yourself" in shown
    assert "Not sent: your name" in shown
    assert '<button name="given" value="true">' in shown


def test_consent_is_given_and_ended(client, model, snapshot):
    user = snapshot.user_id
    given = send(client, "/wellness/consent", user=user, given="true")
    agreed = page(client, given.headers["location"])
    send(client, "/wellness/consent", user=user, given="false")

    assert "writes your insights; you agreed on" in agreed
    assert "Today it can be asked 20 times more." in agreed
    assert 'value="true"' in page(client, f"/wellness?user={user}")


def test_consent_leads_back_to_the_insight(client, model, snapshot):
    insight = an_insight(snapshot)

    answer = send(
        client, "/wellness/consent", user=snapshot.user_id, given="true", insight=insight.id
    )

    assert answer.headers["location"] == f"{of(insight)}#writer"
    assert "a-model writes from them" in page(client, of(insight))


def test_with_another_provider_consent_is_asked_for_anew(client, model, snapshot, clean_database):
    send(client, "/wellness/consent", user=snapshot.user_id, given="true")
    clean_database.setenv("OPENAI_BASE_URL", "https://another.example/v1")
    get_settings.cache_clear()

    shown = page(client, f"/wellness?user={snapshot.user_id}")

    assert "You had agreed to models.example." in shown
    assert '<button name="given" value="true">' in shown


def test_all_data_is_named_where_the_operator_opens_it(client, model, snapshot, clean_database):
    clean_database.setenv("INSIGHTS_DATA", "all")
    get_settings.cache_clear()

    assert "Of everything that is on record here" in page(
        client, f"/wellness?user={snapshot.user_id}"
    )


def test_when_the_questions_are_used_up_it_is_told(client, model, snapshot, clean_database):
    clean_database.setenv("MODEL_CALLS_PER_LISTENER", "0")
    get_settings.cache_clear()
    send(client, "/wellness/consent", user=snapshot.user_id, given="true")

    assert "For today it cannot be asked any more" in page(
        client, f"/wellness?user={snapshot.user_id}"
    )


def test_another_site_can_neither_judge_nor_consent(client, snapshot):
    cross_site = {"sec-fetch-site": "cross-site"}
    insight = an_insight(snapshot)

    for path in (f"{insight.id}/opinion", f"{insight.id}/cancel", "consent"):
        answer = client.post(f"/wellness/{path}", data={"given": "true"}, headers=cross_site)
        assert answer.status_code == 403
