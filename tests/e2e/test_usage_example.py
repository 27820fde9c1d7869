"""The usage example runs as it stands, and every number it prints can be counted again."""

import os
import socket
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import httpx2
import pytest
from tests.demo_server import running_demo
from tests.e2e import answers, recount
from tests.e2e.truth import assert_true
from tests.stack import Stack

EXAMPLE = Path(__file__).with_name("usage_example.py")
ORIGINAL = Path(__file__).parents[3] / "shared" / "contract" / EXAMPLE.name
ITS_SECONDS = 90
OF_ONE_LISTENER = (
    *(("artists.top", None), ("tracks.top", None), ("tracks.top", "artist")),
    ("listening.time", None),
)
LISTENER = {"spotify_user_id": "spotify_123", "display_name": "Alice"}


@pytest.fixture
def stack():
    """A stack where the example looks for one, with a demo listener whom no other test knows."""
    if _is_taken(8000):
        reason = "the usage example needs port 8000, which is taken"
        assert "CI" not in os.environ, reason
        pytest.skip(reason)
    with Stack.start(api_port=8000, demo_seed=2) as stack:
        answers.hold_hour(stack.demo_url)
        yield stack


def test_the_example_is_the_one_of_the_contract():
    if not ORIGINAL.exists():
        pytest.skip("the contract is not part of a checkout")

    assert EXAMPLE.read_bytes() == ORIGINAL.read_bytes()


def test_the_example_prints_an_insight_that_is_true_of_this_listener_alone(stack):
    told = answers.ask(stack.demo_url)

    done = subprocess.run(
        [sys.executable, EXAMPLE], capture_output=True, check=False, text=True, timeout=ITS_SECONDS
    )

    assert done.returncode == 0, done.stderr
    status, _, content = done.stdout.partition("\n")
    insight, snapshot = insight_of_the_example(stack)
    assert status in {"PENDING", "STARTED", "SUCCESS"}
    assert content == insight["content"] + "\n"
    assert (insight["insight_type"], insight["tone_mode"]) == ("wellness", "supportive")
    assert_true(insight, snapshot, told)
    until = datetime.fromisoformat(snapshot["period_end"])
    ours, others = (recount.facts_of(one, until) for one in (told, answers_of_the_usual_listener()))
    for what in OF_ONE_LISTENER:
        assert ours[what] != others[what]


def answers_of_the_usual_listener():
    with running_demo() as demo:
        answers.hold_hour(demo.url)
        return answers.ask(demo.url)


def insight_of_the_example(stack):
    """It, and the snapshot it tells of."""
    with httpx2.Client(base_url=stack.url) as api:
        user = api.post("/api/users/register", json=LISTENER).json()
        listed = api.get(f"/api/insights/user/{user['user_id']}").json()
        assert len(listed) == 1
        insight = api.get(f"/api/insights/{listed[0]['insight_id']}").json()
        kept = api.get("/api/listening/snapshots", params={"user_id": user["user_id"]}).json()
        (snapshot,) = (one for one in kept if one["snapshot_id"] == insight["snapshot_id"])
        return insight, snapshot


def _is_taken(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
