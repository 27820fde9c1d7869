"""A worker that is killed while it sends a summary is not followed by one that sends it again."""

import pytest
from tests.chaos.workers import IN_TIME, ended_well, notice_the_death
from tests.digest.builders import a_target, deliveries, tell
from tests.digest.conftest import mail_server
from tests.eventually import eventually

from spotify_insights import queue
from spotify_insights.models.summary import Channel, DeliveryState

__all__ = ["mail_server"]


@pytest.mark.parametrize(("verb", "mails"), [("RCPT", 0), ("TEXT", 1)])
def test_a_mail_is_not_sent_twice_whenever_its_worker_dies(
    listener, mail_server, start_worker, verb, mails
):
    a_target(listener, Channel.EMAIL, "ada@example.org")
    (job,) = tell(listener)
    mail_server.silent.add(verb)
    doomed = start_worker(1)
    queue.send(job)
    eventually(lambda: verb in mail_server.verbs or mail_server.raw, IN_TIME)

    doomed.kill()
    mail_server.silent.clear()
    assert [one.state for one in deliveries()] == [DeliveryState.SENDING]
    notice_the_death()
    start_worker(1)
    (ended,) = ended_well(job)

    assert ended.result["state"] == "uncertain"
    assert [one.state for one in deliveries()] == [DeliveryState.UNCERTAIN]
    assert len(mail_server.mails) == mails
