"""A listener who has connected the demo Spotify, at an hour of its clock that does not end soon."""

import time
from collections.abc import Callable, Iterator

import pytest
from tests.demo_server import DemoServer

from spotify_insights import accounts
from spotify_insights.models import User
from spotify_insights.resources import transaction
from spotify_insights.spotify.payloads import Token

HOUR = 3600


@pytest.fixture
def spotify(demo: DemoServer) -> Iterator["SteadyDemo"]:
    steady = SteadyDemo(demo)
    steady.set_clock(hours_ago=0)
    yield steady
    demo.reset()


class SteadyDemo:
    """New plays appear on the hour: half past is when nothing happens for a while."""

    def __init__(self, demo: DemoServer) -> None:
        self.url = demo.url
        self.switch = demo.switch
        self.calls = demo.calls

    def set_clock(self, *, hours_ago: int) -> None:
        to_half_past = HOUR // 2 - int(time.time()) % HOUR
        self.switch(clock_offset_s=to_half_past - hours_ago * HOUR)

    def fail(self, kind: str, **how: object) -> None:
        self.switch(faults=[{"kind": kind, **how}])

    def calls_during(self, act: Callable[[], object]) -> dict[str, int]:
        """How often each path is asked while `act` runs."""
        before = self.calls()
        act()
        return {
            path: count - before.get(path, 0)
            for path, count in self.calls().items()
            if count > before.get(path, 0)
        }


@pytest.fixture
def connect() -> Callable[..., None]:
    """Give a listener the demo's tokens, for so many seconds."""

    def connect(user: User, expires_in: int = HOUR) -> None:
        token = Token(access_token="BQD...", refresh_token="AQC...", expires_in=expires_in)
        with transaction() as session:
            accounts.save_token(session, user.id, token)

    return connect


@pytest.fixture
def connected(
    spotify: SteadyDemo, a_listener: Callable[..., User], connect: Callable[..., None]
) -> User:
    user = a_listener(timezone="Europe/Berlin")
    connect(user)
    return user
