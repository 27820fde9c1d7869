"""The second count against the first: all facts of a first ingest, told in a text or not."""

from zoneinfo import ZoneInfo

import httpx2
import pytest
from tests.e2e import answers, recount

from spotify_insights import accounts, jobs
from spotify_insights.insights import facts
from spotify_insights.insights.facts import Scene
from spotify_insights.listening import predecessors, snapshots
from spotify_insights.models.job import JobKind
from spotify_insights.models.listening import TimeRange
from spotify_insights.resources import transaction
from spotify_insights.spotify.payloads import Token
from spotify_insights.worker import FLOWS

A_DAY_S = 86_400
# So many days ago the demo heard its last play: as many other plays, days and top lists.
DAYS_AGO = (0, 3, 40, 80, 120, 160)


@pytest.fixture
def connected(listener):
    access, refresh = accounts.DEMO_TOKENS
    token = Token(access_token=access, refresh_token=refresh, expires_in=3600)
    with transaction() as session:
        accounts.save_token(session, listener.id, token)
    return listener


@pytest.mark.parametrize("oddities", [[], ["local_file", "twin_plays"]])
@pytest.mark.parametrize("days_ago", DAYS_AGO)
def test_every_fact_and_no_other_is_counted_by_hand(demo, connected, days_ago, oddities):
    answers.hold_hour(demo.url)
    now_s = httpx2.get(f"{demo.url}/demo/switches").json()["clock_offset_s"]
    demo.switch(clock_offset_s=now_s - days_ago * A_DAY_S, oddities=oddities)

    snapshot = ingested(connected)

    counted = recount.facts_of(answers.ask(demo.url), snapshot.period_end)
    assert found(connected, snapshot) == {key: tuple(value) for key, value in counted.items()}


def ingested(user):
    with transaction() as session:
        job = jobs.submit(session, JobKind.INGEST, user.id, subject=TimeRange.MEDIUM)
    jobs.run(job.id, FLOWS[JobKind.INGEST])
    with transaction() as session:
        return snapshots.find_snapshots(session, user.id, 1, TimeRange.MEDIUM)[0]


def found(user, snapshot):
    """What the product finds, with the days of each fact."""
    with transaction() as session:
        before = predecessors.before(session, user, snapshot)
    scene = Scene.of(snapshot, before, ZoneInfo(user.timezone), user.day_starts_at)
    values = {}
    for fact in facts.found(scene):
        values[fact.id, "period"] = f"{fact.period.first}/{fact.period.last}", "period"
        for part, quantity in fact.quantities.items():
            values[fact.id, part or None] = quantity.value, quantity.unit.value
    return values
