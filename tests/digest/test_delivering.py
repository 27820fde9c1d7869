"""A summary goes to each target at most once, and what became of it can be seen."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from sqlalchemy import text
from tests.digest.builders import (
    a_target,
    deliveries,
    due,
    hear,
    jobs_of,
    look_at,
    run,
    summaries_of,
    summarise,
    tell,
    the_target,
)

from spotify_insights import jobs
from spotify_insights.digest import delivering, summaries, targets
from spotify_insights.errors import Conflict, NotFound
from spotify_insights.models.job import JobKind, JobState
from spotify_insights.models.summary import Channel, DeliveryState, TargetState
from spotify_insights.resources import transaction

ADA = "ada@example.org"


def test_a_summary_reaches_a_confirmed_address(a_listener, mail_server):
    listener = a_listener()
    a_target(listener, Channel.EMAIL, ADA)
    (job,) = tell(listener)

    ended = run(job)

    (mail,), (delivery,) = mail_server.mails, deliveries()
    assert ended.result == {"delivery_id": str(delivery.id), "state": "sent"}
    assert (delivery.state, delivery.attempts, delivery.error) == (DeliveryState.SENT, 1, None)
    assert delivery.sent_at is not None
    assert mail["To"] == ADA
    assert mail["Message-ID"] == f"<{delivery.id}@example.org>"
    assert mail["List-Unsubscribe"].startswith("<https://insights.example.org/summaries/unsub")


def test_a_summary_reaches_a_service(listener, service):
    a_target(listener, Channel.APPRISE, service.url)
    (job,) = tell(listener)

    run(job)

    assert b"Your week in music" in service.bodies[0]
    assert deliveries()[0].state is DeliveryState.SENT


def test_a_feed_has_a_summary_as_soon_as_it_is_written(listener):
    a_target(listener)
    (job,) = tell(listener)

    run(job)

    assert deliveries()[0].state is DeliveryState.SENT


def test_an_address_that_is_not_confirmed_gets_nothing(listener, mail_server):
    a_target(listener, Channel.EMAIL, ADA, is_confirmed=False)
    for job in jobs_of(listener, JobKind.DELIVER):
        run(job)

    assert tell(listener) == []
    assert [mail["Subject"] for mail in mail_server.mails] == ["Confirm your weekly summary"]


def test_a_delivery_waits_for_the_insight(listener, service):
    a_target(listener, Channel.APPRISE, service.url)
    hear(listener, 1)
    summarise(listener)
    (job,) = jobs_of(listener, JobKind.DELIVER)

    paused = run(due(job))

    assert (paused.state, paused.attempt) == (JobState.PAUSED, 0)
    assert paused.error_code == "insight_pending"
    assert deliveries()[0].state is DeliveryState.PENDING
    (writing,) = jobs_of(listener, JobKind.INSIGHT)
    run(writing)
    run(due(job))
    assert len(service.bodies) == 1


def test_a_summary_without_its_insight_is_delivered_all_the_same(listener, service):
    a_target(listener, Channel.APPRISE, service.url)
    (job,) = tell(listener)
    with transaction() as session:
        session.execute(text("update generated_insights set status = 'failed'"))

    run(job)

    assert len(service.bodies) == 1


def test_what_is_only_away_is_tried_again_with_growing_waits(listener, service):
    a_target(listener, Channel.APPRISE, service.url)
    (job,) = tell(listener)
    service.status = 503

    for wait in delivering.WAITS_S:
        paused = run(due(job))
        (delivery,) = deliveries()
        assert paused.state is JobState.PAUSED
        assert paused.run_after - paused.updated_at == timedelta(seconds=wait)
        assert delivery.state is DeliveryState.PENDING
        assert "503" in delivery.error
    ended = run(due(job))

    (delivery,) = deliveries()
    assert (ended.state, ended.error_code) == (JobState.FAILED, "target_unavailable")
    assert (delivery.state, delivery.attempts) == (DeliveryState.FAILED, 5)
    assert "503" in delivery.error


def test_a_second_attempt_may_succeed_and_forgets_the_first(listener, service):
    a_target(listener, Channel.APPRISE, service.url)
    (job,) = tell(listener)
    service.status = 503
    run(job)
    service.status = 200

    run(due(job))

    (delivery,) = deliveries()
    assert (delivery.state, delivery.attempts, delivery.error) == (DeliveryState.SENT, 2, None)


def test_a_refusal_fails_at_once_and_says_why(a_listener, mail_server):
    listener = a_listener()
    a_target(listener, Channel.EMAIL, ADA)
    (job,) = tell(listener)
    mail_server.replies["RCPT"] = "550 no"

    ended = run(job)

    (delivery,) = deliveries()
    assert (ended.state, ended.error_code) == (JobState.FAILED, "mail_refused")
    assert (delivery.state, delivery.attempts) == (DeliveryState.FAILED, 1)
    assert delivery.error == "The mail server refused it with code 550."


def test_a_failed_delivery_can_be_tried_once_more_by_hand(listener, service):
    a_target(listener, Channel.APPRISE, service.url)
    (job,) = tell(listener)
    service.status = 404
    run(job)
    service.status = 200

    with transaction() as session:
        again = summaries.retry(session, deliveries()[0].id)
    run(again)

    assert again.id != job.id
    assert deliveries()[0].state is DeliveryState.SENT
    assert len(service.bodies) == 2


@pytest.mark.parametrize("state", [one for one in DeliveryState if one != DeliveryState.FAILED])
def test_only_what_failed_is_tried_by_hand(listener, state):
    a_target(listener)
    tell(listener)
    with transaction() as session:
        session.execute(text("update deliveries set state = :state"), {"state": state})

    with pytest.raises(Conflict, match="failed"), transaction() as session:
        summaries.retry(session, deliveries()[0].id)


def test_nothing_is_tried_again_for_a_target_that_has_ended(listener):
    target = a_target(listener)
    tell(listener)
    with transaction() as session:
        session.execute(text("update deliveries set state = 'failed'"))
        targets.end(session, targets.get_target(session, target.id))

    with pytest.raises(Conflict) as caught, transaction() as session:
        summaries.retry(session, deliveries()[0].id)

    assert caught.value.code == "target_not_active"


def test_an_unknown_delivery_is_not_found(listener):
    with pytest.raises(NotFound), transaction() as session:
        summaries.retry(session, listener.id)


def test_a_target_that_ended_meanwhile_gets_nothing(listener, service):
    target = a_target(listener, Channel.APPRISE, service.url)
    (job,) = tell(listener)
    with transaction() as session:
        targets.end(session, targets.get_target(session, target.id))

    ended = run(job)

    assert (ended.state, ended.error_code) == (JobState.FAILED, "target_not_active")
    assert deliveries()[0].state is DeliveryState.FAILED
    assert service.bodies == []


def test_mail_that_is_no_longer_configured_fails_and_says_so(listener, mail_server, clean_database):
    a_target(listener, Channel.EMAIL, ADA)
    (job,) = tell(listener)
    clean_database.delenv("SMTP_URL")
    delivering.get_settings.cache_clear()

    run(job)

    (delivery,) = deliveries()
    assert delivery.state is DeliveryState.FAILED
    assert "SMTP_URL" in delivery.error


def test_a_worker_that_died_while_sending_leaves_it_uncertain_and_nothing_is_sent(
    listener, service
):
    a_target(listener, Channel.APPRISE, service.url)
    (job,) = tell(listener)
    with transaction() as session:
        dead = jobs.claim(session, job.id)
        delivering._begin(session, dead, deliveries()[0].id)
    lose_the_lease(job)

    ended = run(due(job))

    (delivery,) = deliveries()
    assert (ended.state, ended.result["state"]) == (JobState.SUCCEEDED, "uncertain")
    assert (delivery.state, service.bodies) == (DeliveryState.UNCERTAIN, [])
    assert "may have arrived" in delivery.error


def test_a_worker_that_died_after_sending_is_not_followed_by_a_second_mail(listener, mail_server):
    a_target(listener, Channel.EMAIL, ADA)
    (job,) = tell(listener)
    with transaction() as session:
        dead = jobs.claim(session, job.id)
    with transaction() as session:
        begun = delivering._begin(session, dead, deliveries()[0].id)
    begun.send()
    lose_the_lease(job)

    run(due(job))

    assert len(mail_server.mails) == 1
    assert deliveries()[0].state is DeliveryState.UNCERTAIN


def test_a_worker_that_was_only_slow_still_says_that_it_was_sent(listener, service):
    a_target(listener, Channel.APPRISE, service.url)
    (job,) = tell(listener)
    taken_over, go_on = Event(), Event()

    def slowly():
        with transaction() as session:
            slow = jobs.claim(session, job.id)
        with transaction() as session:
            begun = delivering._begin(session, slow, deliveries()[0].id)
        taken_over.set()
        go_on.wait(10)
        begun.send()
        delivering._settle(begun, DeliveryState.SENT)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(slowly)
        taken_over.wait(10)
        lose_the_lease(job)
        run(due(job))
        assert deliveries()[0].state is DeliveryState.UNCERTAIN
        go_on.set()

    assert deliveries()[0].state is DeliveryState.SENT
    assert len(service.bodies) == 1


def test_a_worker_that_lost_its_job_does_not_begin(listener, service):
    a_target(listener, Channel.APPRISE, service.url)
    (job,) = tell(listener)
    with transaction() as session:
        lost = jobs.claim(session, job.id)
    lose_the_lease(job)
    run(due(job))

    with pytest.raises(jobs.LeaseLost), transaction() as session:
        delivering._begin(session, lost, deliveries()[0].id)

    assert len(service.bodies) == 1


@pytest.mark.parametrize(
    ("left", "ends"),
    [
        (DeliveryState.PENDING, DeliveryState.FAILED),
        (DeliveryState.SENDING, DeliveryState.UNCERTAIN),
        (DeliveryState.SENT, DeliveryState.SENT),
    ],
)
def test_a_job_whose_workers_all_died_leaves_no_delivery_waiting(listener, left, ends):
    a_target(listener)
    (job,) = tell(listener)
    with transaction() as session:
        session.execute(text("update deliveries set state = :state"), {"state": left})
        delivering.failed(session, jobs.get_job(session, job.id))

    assert deliveries()[0].state is ends


def test_a_server_that_died_with_the_text_is_not_sent_it_again(listener, mail_server):
    a_target(listener, Channel.EMAIL, ADA)
    (job,) = tell(listener)
    mail_server.replies["TEXT"] = None

    ended = run(job)

    (delivery,) = deliveries()
    assert ended.state is JobState.SUCCEEDED
    assert delivery.state is DeliveryState.UNCERTAIN
    assert "did not say" in delivery.error


def test_runs_too_many_send_nothing(listener, service):
    a_target(listener, Channel.APPRISE, service.url)
    (job,) = tell(listener)
    run(job)

    for _ in range(3):
        summarise(listener)
        with transaction() as session:
            again = jobs.submit(session, JobKind.DELIVER, listener.id, params=job.params)
        run(again)

    assert len(service.bodies) == 1
    assert len(summaries_of(listener)) == len(deliveries()) == 1


def test_two_workers_at_once_send_once(listener, service):
    a_target(listener, Channel.APPRISE, service.url)
    (job,) = tell(listener)

    with ThreadPoolExecutor(2) as workers:
        list(workers.map(run, [job, job]))

    assert len(service.bodies) == 1


def test_each_target_fails_for_itself(listener, service):
    a_target(listener, Channel.APPRISE, service.url)
    a_target(listener, Channel.APPRISE, "json://127.0.0.1:9/nobody")
    a_target(listener)

    for job in tell(listener):
        run(job)

    assert sorted(one.state for one in deliveries()) == ["pending", "sent", "sent"]


def test_a_confirmation_is_sent_to_an_address_that_was_added(listener, mail_server):
    target = a_target(listener, Channel.EMAIL, ADA, is_confirmed=False)
    (job,) = jobs_of(listener, JobKind.DELIVER)

    ended = run(job)

    (mail,) = mail_server.mails
    secret = targets.secret_of(the_target(target))
    assert ended.state is JobState.SUCCEEDED
    assert f"https://insights.example.org/summaries/confirm/{secret}" in mail.get_body(
        ("plain",)
    ).get_content().replace("=\n", "")
    assert the_target(target).state is TargetState.UNCONFIRMED


@pytest.mark.parametrize(("reply", "state"), [("451 later", "queued"), ("550 no", "failed")])
def test_a_confirmation_is_tried_again_as_any_job(listener, mail_server, reply, state):
    a_target(listener, Channel.EMAIL, ADA, is_confirmed=False)
    mail_server.replies["RCPT"] = reply
    (job,) = jobs_of(listener, JobKind.DELIVER)

    assert run(job).state == state


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.APPRISE])
def test_a_test_message_arrives_and_is_tried_once(listener, mail_server, service, channel):
    address = ADA if channel is Channel.EMAIL else service.url
    target = a_target(listener, channel, address)
    with transaction() as session:
        job = targets.test(session, target.id)

    assert run(job).state is JobState.SUCCEEDED
    service.status, mail_server.replies["RCPT"] = 503, "451 later"
    with transaction() as session:
        again = targets.test(session, target.id)
    assert run(again).state is JobState.FAILED
    assert len(mail_server.mails) + len(service.bodies) in {1, 2}


def lose_the_lease(job):
    with transaction() as session:
        session.execute(
            text("update background_jobs set lease_until = now() - interval '1 s' where id = :id"),
            {"id": job.id},
        )
        jobs.sweep(session)
    assert look_at(job).state is JobState.QUEUED
