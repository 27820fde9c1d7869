"""Insights as rows: asked for, listed, cancelled, judged."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from tests.insights.builders import a_snapshot

from spotify_insights import jobs
from spotify_insights.errors import Conflict, NotFound
from spotify_insights.insights import rows
from spotify_insights.models import Snapshot
from spotify_insights.models.insight import InsightStatus, InsightType, Opinion, Tone
from spotify_insights.models.job import JobState
from spotify_insights.resources import transaction


@pytest.fixture
def snapshot(a_listener):
    return a_snapshot_of(a_listener(locale="de-AT"))


def a_snapshot_of(listener):
    with transaction() as session:
        snapshot = a_snapshot(id=uuid4(), user_id=listener.id)
        session.add(snapshot)
    return snapshot


def request(snapshot, insight_type=InsightType.WELLNESS, tone=Tone.NEUTRAL, language=None):
    with transaction() as session:
        return rows.request(session, snapshot.id, insight_type, tone, language)


def in_transaction(step, *arguments):
    with transaction() as session:
        return step(session, *arguments)


def settled(insight, status=InsightStatus.READY):
    in_transaction(rows.settle, insight.id, {"status": status})


def test_an_insight_exists_from_the_moment_it_is_asked_for(snapshot):
    insight, job = request(snapshot, tone=Tone.SUPPORTIVE)

    pending = in_transaction(rows.get_insight, insight.id)
    assert pending.status is InsightStatus.PENDING
    assert pending.content is None
    assert pending.tone_mode is Tone.SUPPORTIVE
    assert pending.user_id == snapshot.user_id
    assert job.params == {"insight_id": str(insight.id)}
    assert job.state is JobState.QUEUED


def test_the_language_is_the_listener_s_unless_another_is_asked_for(snapshot):
    assert request(snapshot)[0].language == "de"
    assert request(snapshot, language="en")[0].language == "en"


def test_a_language_that_is_not_written_yet_becomes_english(a_listener):
    snapshot = a_snapshot_of(a_listener(locale="fr"))

    assert request(snapshot)[0].language == "en"


def test_a_double_click_gets_the_insight_that_is_under_way(snapshot):
    insight, job = request(snapshot)

    again, same_job = request(snapshot)

    assert (again.id, same_job.id) == (insight.id, job.id)


def test_two_requests_at_once_get_the_same_insight(snapshot):
    with ThreadPoolExecutor() as others:
        with transaction() as session:
            insight, _ = rows.request(session, snapshot.id, InsightType.WELLNESS, Tone.NEUTRAL)
            meanwhile = others.submit(request, snapshot)
        again, _ = meanwhile.result(timeout=30)

    assert again.id == insight.id


@pytest.mark.parametrize(
    "other",
    [{"tone": Tone.ROAST}, {"insight_type": InsightType.PRODUCTIVITY}, {"language": "en"}],
)
def test_another_type_tone_or_language_is_another_insight(snapshot, other):
    assert request(snapshot)[0].id != request(snapshot, **other)[0].id


def test_a_finished_insight_may_be_asked_for_anew(snapshot):
    insight, _ = request(snapshot)
    settled(insight)

    assert request(snapshot)[0].id != insight.id


def test_an_unknown_snapshot_is_not_found(clean_database):
    with pytest.raises(NotFound) as refused:
        request(Snapshot(id=uuid4()))

    assert refused.value.code == "unknown_snapshot"


def test_insights_are_listed_newest_first_and_by_type(snapshot):
    first, _ = request(snapshot)
    second, _ = request(snapshot, InsightType.ROAST)

    def listed(*arguments):
        return [one.id for one in in_transaction(rows.list_insights, *arguments)]

    assert listed(snapshot.user_id, 1) == [second.id]
    assert listed(snapshot.user_id, 10) == [second.id, first.id]
    assert listed(snapshot.user_id, 10, InsightType.WELLNESS) == [first.id]
    assert listed(uuid4(), 10) == []


# Cancelled


def test_what_is_being_written_can_be_cancelled(snapshot):
    insight, job = request(snapshot)

    ended = in_transaction(rows.cancel, insight.id)

    assert (ended.status, ended.error_code) == (InsightStatus.FAILED, "cancelled")
    assert in_transaction(jobs.get_job, job.id).state is JobState.CANCELLED
    assert request(snapshot)[0].id != insight.id


def test_a_worker_that_was_writing_finds_out(snapshot):
    insight, job = request(snapshot)
    running = in_transaction(jobs.claim, job.id)
    in_transaction(rows.cancel, insight.id)

    with pytest.raises(jobs.LeaseLost):
        in_transaction(jobs.finish, running, {})


def test_what_is_written_cannot_be_cancelled(snapshot):
    insight, job = request(snapshot)
    running = in_transaction(jobs.claim, job.id)
    in_transaction(jobs.finish, running, {})

    with pytest.raises(Conflict) as refused:
        in_transaction(rows.cancel, insight.id)

    assert refused.value.code == "not_pending"


# Judged


def test_an_opinion_is_kept_and_taken_back(snapshot):
    insight, _ = request(snapshot)
    settled(insight)

    judged = in_transaction(rows.rate, insight.id, Opinion.WRONG, "I was away that week.")
    assert (judged.opinion, judged.opinion_note) == (Opinion.WRONG, "I was away that week.")
    assert judged.opinion_at is not None

    taken_back = in_transaction(rows.rate, insight.id, None)
    assert (taken_back.opinion, taken_back.opinion_note, taken_back.opinion_at) == (None,) * 3


def test_there_is_no_opinion_of_what_is_not_written(snapshot):
    insight, _ = request(snapshot)

    with pytest.raises(Conflict) as refused:
        in_transaction(rows.rate, insight.id, Opinion.USEFUL)

    assert refused.value.code == "not_ready"


def test_an_unknown_insight_is_not_found(clean_database):
    for step in (rows.get_insight, rows.cancel):
        with pytest.raises(NotFound, match="There is no insight"):
            in_transaction(step, uuid4())
