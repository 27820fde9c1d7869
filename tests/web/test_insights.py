import pytest
from tests.web.asking import NOWHERE, a_snapshot_of, problem, run_task, wrong_fields

from spotify_insights.settings import get_settings

TONES = ["neutral", "supportive", "encouraging", "roast"]


@pytest.fixture
def snapshot_id(client, listener):
    return a_snapshot_of(client, listener.id)


def ask(client, snapshot_id, **query):
    return client.post("/api/insights/generate", params={"snapshot_id": snapshot_id, **query})


def read(client, insight_id):
    return client.get(f"/api/insights/{insight_id}")


def written(client, snapshot_id, **query):
    queued = ask(client, snapshot_id, **query).json()
    task = run_task(client, queued["task_id"])
    assert task["status"] == "SUCCESS", task
    return read(client, queued["result"]["insight_id"]).json()


def listed(client, user_id, **query):
    return client.get(f"/api/insights/user/{user_id}", params=query)


def test_an_insight_exists_from_the_moment_it_is_asked_for(client, listener, snapshot_id):
    answer = ask(client, snapshot_id)

    queued = answer.json()
    insight = read(client, queued["result"]["insight_id"]).json()
    assert answer.status_code == 202
    assert (queued["status"], queued["snapshot_id"]) == ("queued", snapshot_id)
    assert queued["insight_type"] == "wellness"
    assert (insight["status"], insight["content"]) == ("pending", None)
    assert insight["user_id"] == str(listener.id)


@pytest.mark.parametrize("tone", TONES)
def test_a_written_insight_has_evidence_for_each_claim(client, snapshot_id, tone):
    insight = written(client, snapshot_id, tone_mode=tone)

    output = insight["structured_output"]
    assert (insight["status"], insight["tone_mode"]) == ("ready", tone)
    assert insight["error"] is None
    assert insight["llm_model"]
    assert insight["prompt_version"]
    assert output["mood_score"] is None
    assert output["overall_assessment"]
    assert output["evidence"]
    assert all(one["claim"] in insight["content"] for one in output["evidence"])


def test_the_task_leads_to_the_insight(client, snapshot_id):
    queued = ask(client, snapshot_id).json()

    task = run_task(client, queued["task_id"])

    assert task["result"] == queued["result"] | {"snapshot_id": snapshot_id}


def test_asking_twice_while_it_is_written_is_one_insight(client, snapshot_id):
    first = ask(client, snapshot_id).json()

    assert ask(client, snapshot_id).json() == first
    assert ask(client, snapshot_id, tone_mode="roast").json() != first


@pytest.mark.parametrize("insight_type", ["roast", "productivity"])
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_type_is_written_in_every_language(client, snapshot_id, insight_type, language):
    insight = written(client, snapshot_id, insight_type=insight_type, language=language)

    assert (insight["insight_type"], insight["language"]) == (insight_type, language)
    assert insight["structured_output"]["evidence"]


def test_the_language_is_the_listener_s_unless_another_is_asked_for(client, a_listener):
    snapshot = a_snapshot_of(client, a_listener(locale="de-AT").id)

    own, other = ask(client, snapshot).json(), ask(client, snapshot, language="en").json()

    languages = [
        read(client, one["result"]["insight_id"]).json()["language"] for one in (own, other)
    ]
    assert languages == ["de", "en"]


def test_an_insight_tells_how_it_came_about(client, snapshot_id):
    insight = written(client, snapshot_id)

    assert insight["verdict"] == {"outcome": "not_asked", "reason": "no_model"}
    assert (insight["tokens_used"], insight["cost_usd"], insight["reused_from"]) == (0, 0.0, None)
    assert (insight["opinion"], insight["opinion_note"]) == (None, None)
    assert insight["completed_at"] >= insight["created_at"]


def test_a_wrong_type_or_tone_is_named_with_those_there_are(client, snapshot_id):
    answer = ask(client, snapshot_id, insight_type="horoscope", tone_mode="rude", language="tlh")

    fields = wrong_fields(answer)
    assert all(one in fields["query.tone_mode"] for one in TONES)
    assert "'wellness', 'roast' or 'productivity'" in fields["query.insight_type"]
    assert "'en' or 'de'" in fields["query.language"]


def test_what_does_not_exist_is_not_found(client):
    problem(ask(client, NOWHERE), 404, "unknown_snapshot")
    problem(read(client, NOWHERE), 404, "unknown_insight")
    problem(listed(client, NOWHERE), 404, "unknown_user")


def test_a_malformed_id_is_named(client):
    assert set(wrong_fields(ask(client, "1"))) == {"query.snapshot_id"}
    assert set(wrong_fields(read(client, "1"))) == {"path.insight_id"}
    assert set(wrong_fields(listed(client, "1"))) == {"path.user_id"}


def test_a_list_shows_the_beginning_of_each_insight_newest_first(client, listener, snapshot_id):
    old = written(client, snapshot_id)
    new = ask(client, snapshot_id, tone_mode="roast").json()["result"]["insight_id"]

    pending, ready = listed(client, listener.id).json()

    assert (pending["insight_id"], pending["preview"]) == (new, None)
    assert (ready["insight_id"], ready["preview"]) == (old["insight_id"], old["content"][:200])
    assert listed(client, listener.id, limit=1).json() == [pending]


def test_a_list_can_be_of_one_type(client, listener, snapshot_id):
    written(client, snapshot_id)

    assert len(listed(client, listener.id, insight_type="wellness").json()) == 1
    assert listed(client, listener.id, insight_type="roast").json() == []


@pytest.mark.parametrize("limit", [0, 201])
def test_a_limit_is_between_1_and_200(client, listener, limit):
    assert set(wrong_fields(listed(client, listener.id, limit=limit))) == {"query.limit"}


def test_insights_of_others_are_not_listed(client, a_listener, snapshot_id):
    written(client, snapshot_id)

    assert listed(client, a_listener().id).json() == []


# Cancelled


def cancel(client, insight_id):
    return client.post(f"/api/insights/{insight_id}/cancel")


def test_an_insight_that_is_pending_can_be_cancelled(client, snapshot_id):
    queued = ask(client, snapshot_id).json()

    answer = cancel(client, queued["result"]["insight_id"])

    assert (answer.status_code, answer.json()["status"]) == (200, "failed")
    assert answer.json()["error"] == "cancelled"
    assert client.get(f"/api/tasks/{queued['task_id']}").json()["status"] == "REVOKED"


def test_what_is_not_pending_cannot_be_cancelled(client, snapshot_id):
    insight = written(client, snapshot_id)

    problem(cancel(client, insight["insight_id"]), 409, "not_pending")
    problem(cancel(client, NOWHERE), 404, "unknown_insight")


def test_after_a_cancel_the_same_may_be_asked_for_anew(client, snapshot_id):
    first = ask(client, snapshot_id).json()["result"]["insight_id"]
    cancel(client, first)

    assert ask(client, snapshot_id).json()["result"]["insight_id"] != first


# Judged


def judge(client, insight_id, **given):
    return client.put(f"/api/insights/{insight_id}/opinion", json=given)


def test_an_opinion_is_kept_with_its_note(client, listener, snapshot_id):
    insight = written(client, snapshot_id)

    answer = judge(client, insight["insight_id"], opinion="not_useful", note="  Too short.  ")

    kept = answer.json()
    assert (answer.status_code, kept["opinion"], kept["opinion_note"]) == (
        200,
        "not_useful",
        "Too short.",
    )
    assert kept["opinion_at"]
    assert kept["evidence"] is None
    shown = read(client, insight["insight_id"]).json()
    assert (shown["opinion"], shown["opinion_note"]) == ("not_useful", "Too short.")
    assert [one["opinion"] for one in listed(client, listener.id).json()] == ["not_useful"]


def test_who_says_wrong_gets_the_evidence(client, snapshot_id):
    insight = written(client, snapshot_id)

    kept = judge(client, insight["insight_id"], opinion="wrong").json()

    assert kept["evidence"] == insight["structured_output"]["evidence"]


def test_an_opinion_can_be_changed_and_taken_back(client, snapshot_id):
    insight_id = written(client, snapshot_id)["insight_id"]
    judge(client, insight_id, opinion="wrong", note="No.")
    changed = judge(client, insight_id, opinion="useful").json()

    undone = client.delete(f"/api/insights/{insight_id}/opinion")

    assert (changed["opinion"], changed["opinion_note"]) == ("useful", None)
    assert undone.status_code == 204
    shown = read(client, insight_id).json()
    assert (shown["opinion"], shown["opinion_note"]) == (None, None)


def test_what_is_not_written_yet_cannot_be_judged(client, snapshot_id):
    insight_id = ask(client, snapshot_id).json()["result"]["insight_id"]

    problem(judge(client, insight_id, opinion="useful"), 409, "not_ready")
    problem(client.delete(f"/api/insights/{insight_id}/opinion"), 409, "not_ready")
    problem(judge(client, NOWHERE, opinion="useful"), 404, "unknown_insight")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"opinion": "great"}, "body.opinion"),
        ({}, "body.opinion"),
        ({"opinion": "wrong", "note": "x" * 501}, "body.note"),
        ({"opinion": "wrong", "note": "nul \0"}, "body.note"),
        ({"opinion": "wrong", "stars": 5}, "body.stars"),
    ],
)
def test_a_wrong_opinion_is_named(client, given, field):
    assert set(wrong_fields(judge(client, NOWHERE, **given))) == {field}


# Who would write


def writer(client, user_id):
    return client.get("/api/insights/model", params={"user_id": str(user_id)})


@pytest.fixture
def model(clean_database):
    clean_database.setenv("OPENAI_BASE_URL", "https://models.example/v1")
    clean_database.setenv("OPENAI_MODEL", "a-model")
    clean_database.setenv("MODEL_CALLS_PER_LISTENER", "3")
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


def test_without_a_model_rules_write(client, listener):
    told = writer(client, listener.id).json()

    assert (told["model"], told["host"], told["calls_left"]) == (None, None, None)
    assert told["reason"] == "no_model"


def test_a_model_is_told_with_its_place_its_data_and_what_is_left(client, model, listener):
    told = writer(client, listener.id).json()

    assert (told["model"], told["host"]) == ("a-model", "models.example")
    assert (told["is_on_this_machine"], told["data"], told["calls_left"]) == (False, "export", 3)
    assert (told["ai_consent"], told["reason"]) == (False, "no_consent")


def test_with_consent_the_model_writes(client, model, listener):
    client.patch(f"/api/users/{listener.id}", json={"ai_consent": True})

    told = writer(client, listener.id).json()

    assert (told["ai_consent_to"], told["reason"]) == ("models.example", None)
    assert told["ai_consent_at"]


def test_consent_to_another_provider_is_none(client, model, listener, clean_database):
    client.patch(f"/api/users/{listener.id}", json={"ai_consent": True})
    clean_database.setenv("OPENAI_BASE_URL", "https://another.example/v1")
    get_settings.cache_clear()

    told = writer(client, listener.id).json()

    assert (told["ai_consent_to"], told["reason"]) == ("models.example", "no_consent")


def test_a_model_that_may_not_be_asked_any_more_today_says_so(
    client, model, listener, clean_database
):
    client.patch(f"/api/users/{listener.id}", json={"ai_consent": True})
    clean_database.setenv("MODEL_CALLS_PER_LISTENER", "0")
    get_settings.cache_clear()

    assert writer(client, listener.id).json()["reason"] == "used_up"


def test_the_writer_of_an_unknown_listener_is_not_found(client):
    problem(writer(client, NOWHERE), 404, "unknown_user")
