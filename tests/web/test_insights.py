import pytest
from tests.web.asking import NOWHERE, a_snapshot_of, problem, run_task, wrong_fields

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
def test_types_that_are_not_written_yet_say_so(client, snapshot_id, insight_type):
    answer = ask(client, snapshot_id, insight_type=insight_type)

    body = problem(answer, 422, "not_yet")
    assert "not written yet" in body["detail"]
    assert [one["field"] for one in body["errors"]] == ["insight_type"]


def test_a_wrong_type_or_tone_is_named_with_those_there_are(client, snapshot_id):
    answer = ask(client, snapshot_id, insight_type="horoscope", tone_mode="rude")

    fields = wrong_fields(answer)
    assert all(one in fields["query.tone_mode"] for one in TONES)
    assert "'wellness', 'roast' or 'productivity'" in fields["query.insight_type"]


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
