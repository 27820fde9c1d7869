from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from starlette.testclient import TestClient

from spotify_insights.demo.app import create_app

SCHEMA = Path(__file__).parents[3] / "shared" / "openapi" / "fixed.yml"
CALLBACK = "http://127.0.0.1:8000/callback"


@dataclass
class FakeClock:
    now: datetime = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)

    def __call__(self):
        return self.now

    def advance(self, **duration):
        self.now += timedelta(**duration)


@dataclass
class DemoSpotify:
    """The demo Spotify and an app that asks it."""

    http: TestClient
    client: dict = field(default_factory=lambda: {"client_id": "an-app"})

    def get(self, path, token="BQD...", **params):
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return self.http.get(f"/v1{path}", params=params, headers=headers)

    def switch(self, **switches):
        return self.http.put("/demo/switches", json=switches)

    def fault(self, kind, **fault):
        return self.switch(faults=[{"kind": kind, **fault}])

    def authorize(self, **params):
        asked = {"response_type": "code", "redirect_uri": CALLBACK, "scope": "user-top-read"}
        return self.http.get("/authorize", params={**self.client, **asked, **params})

    def code(self, **params):
        answer = self.authorize(consent="agree", **params)
        return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]

    def exchange(self, code, auth=("an-app", "a-secret"), **form):
        grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
        return self.http.post("/api/token", data={**grant, **form}, auth=auth)

    def refresh(self, refresh_token, auth=("an-app", "a-secret"), **form):
        grant = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return self.http.post("/api/token", data={**grant, **form}, auth=auth)


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def start(clock):
    """Starts a demo Spotify; a second one has the seed and the clock, but not the memory."""

    def start(seed=1, registration=None):
        app = create_app(seed, clock, registration)
        return DemoSpotify(TestClient(app, follow_redirects=False))

    return start


@pytest.fixture
def spotify(start):
    return start()


@pytest.fixture(scope="session")
def openapi():
    if not SCHEMA.exists():
        pytest.skip("the schema of the Web API is not part of the project")
    return yaml.load(SCHEMA.read_text(), yaml.CSafeLoader)
