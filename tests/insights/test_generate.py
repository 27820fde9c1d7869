"""From the asking to the text, in real transactions and with a stand-in for a model."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import select
from tests.insights.builders import a_mixed_snapshot, a_snapshot, some_totals
from tests.model_server import counted, faithful, problem

from spotify_insights import accounts, jobs
from spotify_insights.errors import NotFound, Unavailable
from spotify_insights.insights import generate, prompts, rows
from spotify_insights.jobs import Flow
from spotify_insights.models import GeneratedInsight, Job, ModelCall
from spotify_insights.models.insight import CallOutcome, InsightStatus, InsightType, Tone
from spotify_insights.models.job import JobState
from spotify_insights.resources import transaction
from spotify_insights.settings import get_settings

MINUTE = timedelta(minutes=1)
FLOW = Flow(generate.run, MINUTE, generate.failed)


@pytest.fixture
def snapshot(a_listener):
    return stored(a_snapshot(), a_listener(timezone="Europe/Berlin"))


@pytest.fixture
def model(clean_database, model_server):
    """A model that is configured, and a listener's export that it may read."""
    clean_database.setenv("OPENAI_BASE_URL", model_server.url)
    clean_database.setenv("OPENAI_MODEL", "a-model")
    clean_database.setenv("MODEL_TIMEOUT_S", "2")
    get_settings.cache_clear()
    model_server.answers(faithful)
    yield model_server
    get_settings.cache_clear()


@pytest.fixture
def consenting(model, a_listener):
    return a_listener(ai_consent=True)


@pytest.fixture
def exported(consenting):
    return stored(a_snapshot(sources=["export"]), consenting)


def stored(snapshot, listener):
    snapshot.id, snapshot.user_id = uuid4(), listener.id
    with transaction() as session:
        session.add(snapshot)
    return snapshot


def request(snapshot, insight_type=InsightType.WELLNESS, tone=Tone.NEUTRAL, language="en"):
    with transaction() as session:
        return rows.request(session, snapshot.id, insight_type, tone, language)


def written(snapshot, *arguments, **changes):
    insight, job = request(snapshot, *arguments, **changes)
    jobs.run(job.id, FLOW)
    return look_at(insight)


def look_at(insight):
    with transaction() as session:
        return rows.get_insight(session, insight.id)


def job_of(job):
    with transaction() as session:
        return jobs.get_job(session, job.id)


def calls():
    with transaction() as session:
        return session.scalars(select(ModelCall).order_by(ModelCall.created_at)).all()


def refusing(_job):
    raise NotFound("no_such_thing", "There is no such thing.")


# Without a model


@pytest.mark.parametrize("insight_type", InsightType)
@pytest.mark.parametrize("language", ["en", "de"])
def test_a_job_writes_the_insight_with_its_evidence(snapshot, insight_type, language):
    insight, job = request(snapshot, insight_type, Tone.SUPPORTIVE, language)

    jobs.run(job.id, FLOW)

    ready = look_at(insight)
    assert ready.status is InsightStatus.READY
    assert ready.content.startswith("# ")
    evidence = ready.structured_output["evidence"]
    assert {one["id"] for one in evidence} <= {fact["id"] for fact in ready.facts}
    for one in evidence:
        assert ready.content.startswith(one["claim"], one["position"])
    assert (ready.llm_model, ready.prompt_version) == ("plain", "plain-2")
    assert (ready.tokens_used, ready.cost_usd) == (0, 0)
    assert ready.verdict == {"outcome": "not_asked", "reason": "no_model"}
    assert ready.completed_at >= ready.created_at
    done = job_of(job)
    assert done.state is JobState.SUCCEEDED
    assert done.result == {"insight_id": str(insight.id), "snapshot_id": str(snapshot.id)}


def test_the_same_facts_in_the_same_tone_read_the_same(snapshot):
    assert written(snapshot).content == written(snapshot).content


def test_another_seed_of_facts_reads_differently(a_listener):
    texts = {
        written(stored(a_snapshot(totals=some_totals(plays=plays)), a_listener())).content
        for plays in (180, 190, 200)
    }

    assert len(texts) == 3


# With a model


def test_a_model_writes_what_the_checker_passes(model, exported):
    ready = written(exported)

    assert (ready.llm_model, ready.prompt_version) == ("a-model", prompts.version())
    assert ready.verdict == {"outcome": "passed"}
    assert ready.tokens_used == 1000
    assert ready.structured_output["evidence"]
    (call,) = calls()
    assert (call.outcome, call.insight_id) == (CallOutcome.ANSWERED, ready.id)
    assert (call.input_tokens, call.output_tokens) == (800, 200)


def test_what_it_cost_is_noted_where_the_price_is_known(model, exported, clean_database, tmp_path):
    table = tmp_path / "prices.toml"
    table.write_text(
        'noted_on = 2026-11-01\n[usd_per_million_tokens]\n"a-model" = {input = 1, output = 10}\n'
    )
    clean_database.setenv("MODEL_PRICES_FILE", str(table))
    get_settings.cache_clear()

    assert written(exported).cost_usd == Decimal("0.0028")


def test_a_cost_that_is_not_known_is_null(model, exported):
    assert written(exported).cost_usd is None


def test_the_same_facts_are_asked_of_the_model_once(model, exported):
    first = written(exported)
    again = written(exported)
    third = written(exported)

    assert len(model.asked) == 1
    assert again.content == first.content
    assert (again.reused_from, again.tokens_used, again.cost_usd) == (first.id, 0, 0)
    assert third.reused_from == first.id


@pytest.mark.parametrize(
    "other",
    [{"tone": Tone.ROAST}, {"insight_type": InsightType.ROAST}, {"language": "de"}],
)
def test_another_type_tone_or_language_is_asked_anew(model, exported, other):
    written(exported)
    written(exported, **other)

    assert len(model.asked) == 2


def test_other_facts_are_asked_anew(model, consenting):
    written(stored(a_snapshot(sources=["export"]), consenting))
    other = a_snapshot(sources=["export"], totals=some_totals(plays=240), time_range="medium_term")
    written(stored(other, consenting))

    assert len(model.asked) == 2


def test_a_text_that_was_refused_twice_is_written_plainly_and_says_why(model, exported):
    model.answers(counted("{}"))

    ready = written(exported)

    assert ready.llm_model == "plain"
    assert ready.content.startswith("# ")
    assert ready.verdict["outcome"] == "fell_back"
    assert ready.verdict["reason"] == "model_bad_answer"
    assert (ready.tokens_used, len(calls())) == (2000, 2)


def test_a_plain_text_is_not_told_again_in_place_of_the_model_s(model, exported):
    model.answers(counted("{}"))
    written(exported)
    model.answers(faithful)

    assert written(exported).llm_model == "a-model"


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (problem(401), "model_key_refused"),
        (problem(404), "model_unknown"),
        (problem(429), "model_busy"),
        (problem(429, **{"retry-after": "74214"}), "model_busy"),
        (problem(500), "model_unavailable"),
        (counted(""), "model_bad_answer"),
        (counted("x" * 100_000), "model_bad_answer"),
    ],
)
def test_whatever_the_model_s_server_does_there_is_an_insight(model, exported, reply, reason):
    model.answers(reply)

    ready = written(exported)

    assert ready.status is InsightStatus.READY
    assert (ready.llm_model, ready.verdict["reason"]) == ("plain", reason)
    assert {call.outcome for call in calls()} <= {CallOutcome.FAILED, CallOutcome.ANSWERED}


def test_while_the_server_wants_a_rest_nobody_asks(model, exported):
    model.answers(problem(429, **{"retry-after": "600"}))
    written(exported)
    asked = len(model.asked)

    again = written(exported)

    assert len(model.asked) == asked
    assert again.verdict["reason"] == "model_busy"


def test_the_rest_of_one_model_is_not_that_of_another(model, exported, clean_database):
    model.answers(problem(429, **{"retry-after": "600"}), faithful)
    assert written(exported).verdict["reason"] == "model_busy"

    clean_database.setenv("OPENAI_MODEL", "another-model")
    get_settings.cache_clear()

    assert written(exported).llm_model == "another-model"


def test_a_cap_that_is_reached_ends_the_asking(model, exported, clean_database):
    clean_database.setenv("MODEL_CALLS_PER_LISTENER", "1")
    get_settings.cache_clear()
    written(exported)

    ready = written(exported, tone=Tone.ROAST)

    assert ready.verdict["reason"] == "cap_listener"
    assert "free again" in ready.verdict["message"]
    assert len(model.asked) == 1


def test_a_cancelled_question_is_given_up(model, exported):
    model.answers(lambda body: faithful(body).after(20))
    insight, job = request(exported)

    def cancelling(running):
        with transaction() as session:
            rows.cancel(session, insight.id)
        generate.run(running)

    jobs.run(job.id, Flow(cancelling, MINUTE, generate.failed))

    ended = look_at(insight)
    assert (ended.status, ended.error_code) == (InsightStatus.FAILED, "cancelled")
    assert job_of(job).state is JobState.CANCELLED
    assert [call.outcome for call in calls()] == [CallOutcome.CANCELLED]


# Which data a model may see


def test_without_consent_no_model_is_asked(model, a_listener):
    ready = written(stored(a_snapshot(sources=["export"]), a_listener()))

    assert ready.verdict == {"outcome": "not_asked", "reason": "no_consent"}
    assert model.asked == []


def test_consent_is_to_the_provider_that_was_named(model, consenting, clean_database):
    clean_database.setenv("OPENAI_BASE_URL", "http://another.example/v1")
    get_settings.cache_clear()

    ready = written(stored(a_snapshot(sources=["export"]), consenting))

    assert ready.verdict["reason"] == "no_consent"


def test_consent_says_to_whom_and_when(model, consenting):
    assert (consenting.ai_consent, consenting.ai_consent_to) == (True, "127.0.0.1")
    assert consenting.ai_consent_at is not None
    with transaction() as session:
        ended = accounts.change(session, consenting.id, {"ai_consent": False})
    assert (ended.ai_consent_to, ended.ai_consent_at) == (None, None)


@pytest.mark.parametrize("source", ["api", "demo"])
def test_what_the_listener_did_not_give_goes_to_no_model(model, consenting, source):
    ready = written(stored(a_snapshot(sources=[source]), consenting))

    assert ready.verdict == {"outcome": "not_asked", "reason": "no_export_data"}
    assert model.asked == []


def test_of_mixed_data_a_model_sees_what_the_listener_gave(model, consenting):
    mixed = a_mixed_snapshot(
        totals=some_totals(plays=777),
        given={"totals": some_totals(plays=150, counted_plays=140)},
    )

    ready = written(stored(mixed, consenting))

    assert ready.llm_model == "a-model"
    assert {tuple(fact["provenance"]) for fact in ready.facts} == {("export",)}
    assert "777" not in model.asked[0].messages[1]["content"]


def test_the_operator_may_open_all_data(model, consenting, clean_database):
    clean_database.setenv("INSIGHTS_DATA", "all")
    get_settings.cache_clear()

    assert written(stored(a_snapshot(sources=["api"]), consenting)).llm_model == "a-model"


# Jobs


def test_a_job_that_fails_for_good_fails_its_insight(snapshot):
    insight, job = request(snapshot)

    jobs.run(job.id, Flow(refusing, MINUTE, generate.failed))

    ended = look_at(insight)
    assert ended.status is InsightStatus.FAILED
    assert (ended.error_code, ended.error_message) == ("no_such_thing", "There is no such thing.")
    assert ended.completed_at is not None


def test_a_job_that_waits_leaves_its_insight_pending(snapshot):
    insight, job = request(snapshot)

    def busy(_job):
        raise Unavailable("busy", "Come back later.", retry_after=60)

    jobs.run(job.id, Flow(busy, MINUTE, generate.failed))

    assert look_at(insight).status is InsightStatus.PENDING


def test_a_deleted_insight_ends_its_job_and_nothing_else(snapshot):
    insight, job = request(snapshot)
    with transaction() as session:
        session.delete(session.get_one(GeneratedInsight, insight.id))

    jobs.run(job.id, FLOW)

    ended = job_of(job)
    assert (ended.state, ended.error_code) == (JobState.FAILED, "unknown_insight")


def test_a_worker_that_lost_its_job_writes_nothing(snapshot):
    insight, job = request(snapshot)

    def taken_over(running):
        with transaction() as session:
            session.get_one(Job, running.id).fence += 1
        generate.run(running)

    jobs.run(job.id, Flow(taken_over, MINUTE, generate.failed))

    assert look_at(insight).status is InsightStatus.PENDING
