"""From the asking to the text, in real transactions."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from tests.insights.builders import a_snapshot

from spotify_insights import jobs
from spotify_insights.errors import Invalid, NotFound, Unavailable
from spotify_insights.insights import generate
from spotify_insights.jobs import Flow
from spotify_insights.models import GeneratedInsight, Job, Snapshot, User
from spotify_insights.models.insight import InsightStatus, InsightType, Tone
from spotify_insights.models.job import JobState
from spotify_insights.resources import transaction

pytestmark = pytest.mark.usefixtures("clean_database")

MINUTE = timedelta(minutes=1)
FLOW = Flow(generate.run, MINUTE, generate.failed)


@pytest.fixture
def snapshot():
    with transaction() as session:
        listener = User(display_name="Ada", timezone="Europe/Berlin")
        session.add(listener)
        session.flush()
        snapshot = a_snapshot(user_id=listener.id)
        session.add(snapshot)
    return snapshot


def request(snapshot, insight_type=InsightType.WELLNESS, tone=Tone.NEUTRAL):
    with transaction() as session:
        return generate.request(session, snapshot.id, insight_type, tone)


def look_at(insight):
    with transaction() as session:
        return generate.get_insight(session, insight.id)


def job_of(job):
    with transaction() as session:
        return jobs.get_job(session, job.id)


def refusing(_job):
    raise NotFound("no_such_thing", "There is no such thing.")


def test_an_insight_exists_from_the_moment_it_is_asked_for(snapshot):
    insight, job = request(snapshot, tone=Tone.SUPPORTIVE)

    pending = look_at(insight)
    assert pending.status is InsightStatus.PENDING
    assert pending.content is None
    assert pending.tone_mode is Tone.SUPPORTIVE
    assert pending.user_id == snapshot.user_id
    assert job.params == {"insight_id": str(insight.id)}
    assert job.state is JobState.QUEUED


def test_a_job_writes_the_insight_with_its_evidence(snapshot):
    insight, job = request(snapshot)

    jobs.run(job.id, FLOW)

    ready = look_at(insight)
    assert ready.status is InsightStatus.READY
    assert ready.content.startswith("# ")
    assert ready.structured_output["evidence"]
    assert (ready.llm_model, ready.prompt_version, ready.tokens_used) == ("plain", "plain-1", 0)
    assert ready.generation_time_ms >= 0
    assert ready.completed_at >= ready.created_at
    done = job_of(job)
    assert done.state is JobState.SUCCEEDED
    assert done.result == {"insight_id": str(insight.id), "snapshot_id": str(snapshot.id)}


def test_facts_are_those_of_the_listener_s_zone(snapshot):
    insight, job = request(snapshot)

    jobs.run(job.id, FLOW)

    statements = [one["statement"] for one in look_at(insight).structured_output["evidence"]]
    assert any("Europe/Berlin" in statement for statement in statements)


def test_the_same_snapshot_and_tone_read_the_same(snapshot):
    texts = set()
    for _ in range(2):
        insight, job = request(snapshot)
        jobs.run(job.id, FLOW)
        texts.add(look_at(insight).content)

    assert len(texts) == 1


def test_a_double_click_gets_the_insight_that_is_under_way(snapshot):
    insight, job = request(snapshot)

    again, same_job = request(snapshot)

    assert (again.id, same_job.id) == (insight.id, job.id)


def test_two_requests_at_once_get_the_same_insight(snapshot):
    with ThreadPoolExecutor() as others:
        with transaction() as session:
            insight, _ = generate.request(session, snapshot.id, InsightType.WELLNESS, Tone.NEUTRAL)
            meanwhile = others.submit(request, snapshot)
        again, _ = meanwhile.result(timeout=30)

    assert again.id == insight.id


def test_another_tone_is_another_insight(snapshot):
    neutral, _ = request(snapshot)

    roast, _ = request(snapshot, tone=Tone.ROAST)

    assert roast.id != neutral.id


def test_a_finished_insight_may_be_asked_for_anew(snapshot):
    insight, job = request(snapshot)
    jobs.run(job.id, FLOW)

    again, _ = request(snapshot)

    assert again.id != insight.id


def test_a_cancelled_job_leaves_room_for_another(snapshot):
    insight, job = request(snapshot)
    with transaction() as session:
        jobs.cancel(session, job.id)

    again, _ = request(snapshot)

    assert again.id != insight.id


def test_an_unknown_snapshot_is_not_found():
    with pytest.raises(NotFound) as refused:
        request(Snapshot(id=uuid4()))

    assert refused.value.code == "unknown_snapshot"


@pytest.mark.parametrize("insight_type", [InsightType.ROAST, InsightType.PRODUCTIVITY])
def test_types_that_are_not_written_yet_are_refused(snapshot, insight_type):
    with pytest.raises(Invalid, match="not written yet") as refused:
        request(snapshot, insight_type)

    assert (refused.value.code, refused.value.field) == ("not_yet", "insight_type")


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


def test_insights_are_listed_newest_first_and_by_type(snapshot):
    first, _ = request(snapshot)
    second, _ = request(snapshot, tone=Tone.ROAST)

    with transaction() as session:
        newest = generate.list_insights(session, snapshot.user_id, 1)
        wellness = generate.list_insights(session, snapshot.user_id, 10, InsightType.WELLNESS)
        roasts = generate.list_insights(session, snapshot.user_id, 10, InsightType.ROAST)
        strangers = generate.list_insights(session, uuid4(), 10)

    assert [insight.id for insight in newest] == [second.id]
    assert [insight.id for insight in wellness] == [second.id, first.id]
    assert (list(roasts), list(strangers)) == ([], [])
