"""Any part of a running stack may die: it comes back, and what listeners asked for is done."""

import os
import subprocess
import sys

import psycopg
import pytest
from tests.chaos.api import PATIENCE, asking
from tests.eventually import eventually
from tests.stack import Stack, environment, outside_engines

from spotify_insights import jobs
from spotify_insights.embedded import running

OURS = pytest.mark.skipif(
    "TEST_DATABASE_URL" in os.environ, reason="engines of the outside are not ours to kill"
)


@pytest.fixture(scope="module")
def stack(worker_number):
    with outside_engines(worker_number) as settings, Stack.start(**settings) as stack:
        yield stack


@pytest.fixture
def api(stack):
    with asking(stack) as api:
        yield api


def kill(stack, name):
    """Kill a part and wait for its successor."""
    killed = stack.child(name)
    killed.kill()
    eventually(lambda: stack.child(name) != killed, PATIENCE)
    eventually(stack.is_ready, PATIENCE)


@pytest.mark.parametrize("name", ["web", "worker", "beat", "demo"])
def test_a_killed_process_is_replaced_and_insights_go_on_coming(stack, api, name):
    kill(stack, name)

    assert api.insight()["content"].startswith("# ")


@OURS
@pytest.mark.parametrize("name", ["postgresql", "redis"])
def test_a_killed_engine_comes_back_without_the_loss_of_a_job(stack, api, name):
    api.slow_down(seconds=2)
    under_way = api.ingest()
    eventually(api.is_slowed_down, PATIENCE)

    kill(stack, name)

    with asking(stack) as another:
        assert another.insight()["content"].startswith("# ")
    let_a_minute_pass(stack)
    assert api.result_of(under_way)["snapshot_id"]


def let_a_minute_pass(stack):
    """Leases of workers that are gone end, and so does the wait for messages that got lost."""
    engines = running.find_running(stack.data_dir)
    with psycopg.connect(engines.database_url) as connection:
        connection.execute(
            """
            update background_jobs
            set lease_until = lease_until - %(past)s, sent_at = sent_at - %(past)s
            where completed_at is null
            """,
            {"past": 2 * jobs.LEASE},
        )


def test_a_second_start_says_that_one_runs(stack, tmp_path):
    second = subprocess.run(
        [sys.executable, "-m", "spotify_insights.cli", "start"],
        env=environment({"data_dir": stack.data_dir}),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )

    assert second.returncode == 1
    assert f"Already running at {stack.url} (process {stack.process.pid}" in second.stderr
    assert stack.is_ready()
