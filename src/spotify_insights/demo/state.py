"""What a running demo Spotify knows. Only codes, retired tokens and counts die with it."""

from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from starlette.requests import Request

from spotify_insights.demo.clock import Clock
from spotify_insights.demo.switches import SwitchBoard


class Registration(NamedTuple):
    """The app that may ask; without an id, every app is welcome under any id and secret."""

    client_id: str | None = None
    client_secret: str | None = None

    def knows(self, client_id: str) -> bool:
        return bool(client_id) and self.client_id in (None, client_id)

    def accepts(self, secret: str) -> bool:
        return bool(secret) and self.client_secret in (None, secret)


class Consent(NamedTuple):
    """What an authorisation code stands for, until it is used or ends."""

    client_id: str
    redirect_uri: str
    scope: str
    code_challenge: str | None
    expires_at: datetime


@dataclass
class Demo:
    seed: int
    clock: Clock
    registration: Registration
    board: SwitchBoard = field(default_factory=SwitchBoard)
    codes: dict[str, Consent] = field(default_factory=dict)
    retired: deque[str] = field(default_factory=lambda: deque(maxlen=1000))
    calls: Counter[str] = field(default_factory=Counter)

    def now(self) -> datetime:
        return self.clock() + timedelta(seconds=self.board.now.clock_offset_s)


def demo_of(request: Request) -> Demo:
    demo: Demo = request.app.state.demo
    return demo
