"""A program of a listener that asks again when the server is away."""

from contextlib import contextmanager
from uuid import uuid4

import httpx2
from tests.eventually import eventually

from spotify_insights.accounts import DEMO_TOKENS

PATIENCE = 30.0
ENDED = ("SUCCESS", "FAILURE", "REVOKED")


@contextmanager
def asking(stack):
    """A program that asks the API of a stack for a new listener of its demo Spotify."""
    with (
        httpx2.Client(base_url=stack.url, timeout=10) as http,
        httpx2.Client(base_url=stack.demo_url, timeout=10) as demo,
    ):
        yield Api(http, demo)


class Api:
    def __init__(self, http, demo):
        self._http, self._demo = http, demo
        self._user_id = self._connected_user()

    def ingest(self):
        """Queue an ingest; return its task."""
        return self.ask("POST", "/api/listening/ingest", params={"user_id": self._user_id})

    def result_of(self, queued):
        """Wait for the task that was queued."""
        path = f"/api/tasks/{queued['task_id']}"
        task = eventually(lambda: self._ended(path), PATIENCE)
        assert task["status"] == "SUCCESS", task
        return task["result"]

    def insight(self):
        """Collect, and have it told: the text of a new insight and its id."""
        collected = self.result_of(self.ingest())
        given = {"snapshot_id": collected["snapshot_id"]}
        queued = self.ask("POST", "/api/insights/generate", params=given)
        return self.read_insight(self.result_of(queued)["insight_id"])

    def read_insight(self, insight_id):
        return self.ask("GET", f"/api/insights/{insight_id}")

    def ask(self, method, path, **given):
        """The answer in JSON; only an unavailable server is asked again."""
        return eventually(lambda: self._answer(method, path, given), PATIENCE)

    def slow_down(self, seconds):
        """Let the next ingest wait so long for its last list."""
        slow = {"kind": "slow", "times": 1, "path": "/v1/me/top/tracks", "seconds": seconds}
        self._demo.put("/demo/switches", json={"faults": [slow]}).raise_for_status()

    def is_slowed_down(self):
        """Whether an ingest has begun to wait."""
        return self._demo.get("/demo/switches").json()["faults"] == []

    def _connected_user(self):
        name = {"spotify_user_id": uuid4().hex, "display_name": "Ada"}
        user_id = self.ask("POST", "/api/users/register", json=name)["user_id"]
        access, refresh = DEMO_TOKENS
        grant = {"access_token": access, "refresh_token": refresh, "expires_in": 3600}
        self.ask("POST", "/api/tokens/store", json={"user_id": user_id} | grant)
        return user_id

    def _ended(self, path):
        task = self.ask("GET", path)
        return task if task["status"] in ENDED else None

    def _answer(self, method, path, given):
        try:
            response = self._http.request(method, path, **given)
        except httpx2.TransportError:
            return None
        if response.status_code == 503:
            return None
        return response.raise_for_status().json()
