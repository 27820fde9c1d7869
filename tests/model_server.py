"""A stand-in for a language model: OpenAI's protocol over HTTP, and answers as a test says.

    with running_model() as server:
        server.answers(problem(429, **{"retry-after": "20"}), completion("…"))

What is scripted comes in turn; the last of it stays.
"""

import json
import select
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, Self

import pytest
from pydantic import SecretStr

from spotify_insights import llm
from spotify_insights.llm import Model

KEY = "sk-a-secret-key"
NAME = "a-model"
COMPLETIONS = "/v1/chat/completions"


@dataclass(frozen=True)
class Reply:
    """`wait_s` passes before the first byte, `drip_s` between the bytes of the body."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    wait_s: float = 0
    drip_s: float = 0

    def after(self, seconds: float) -> Self:
        return replace(self, wait_s=seconds)

    def dripping(self, seconds: float) -> Self:
        return replace(self, drip_s=seconds)


Script = Reply | Callable[[dict[str, Any]], Reply]


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def mode(self) -> str:
        return self.body.get("response_format", {}).get("type", "text")

    @property
    def messages(self) -> list[dict[str, str]]:
        return self.body["messages"]


class ModelServer:
    """The server's address, what it was asked, and whether somebody hung up on it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[Asked] = []
        self.paths: list[str] = []
        self.hung_up = Event()
        self.stopped = Event()
        self._script: list[Script] = [problem(500)]

    def answers(self, *script: Script) -> None:
        self._script = list(script)

    def model(self, **changes: Any) -> Model:
        """This server's model, as settings would name it."""
        return replace(Model(NAME, self.url, SecretStr(KEY)), **changes)

    def next(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        script = self._script.pop(0) if len(self._script) > 1 else self._script[0]
        return script(asked.body) if callable(script) else script


def completion(
    text: str | None,
    *,
    refusal: str | None = None,
    finish_reason: str = "stop",
    usage: dict[str, int] | None = None,
    name: str = NAME,
) -> Reply:
    """An answer in full; `usage` is left out unless given."""
    message = {"role": "assistant", "content": text, "refusal": refusal}
    choice = {"index": 0, "message": message, "finish_reason": finish_reason}
    body = {"id": "1", "object": "chat.completion", "created": 1, "model": name}
    counted = {"usage": usage} if usage else {}
    return json_reply(200, body | {"choices": [choice]} | counted)


def counted(text: str) -> Reply:
    """An answer with its tokens counted: 800 in, 200 out."""
    usage = {"prompt_tokens": 800, "completion_tokens": 200, "total_tokens": 1000}
    return completion(text, usage=usage)


def problem(status: int, code: str | None = None, **headers: str) -> Reply:
    error = {"message": f"Incorrect API key provided: {KEY}", "type": "a_type", "code": code}
    return json_reply(status, {"error": error}, **headers)


def json_reply(status: int, body: object, **headers: str) -> Reply:
    return Reply(status, json.dumps(body).encode(), {"content-type": "application/json", **headers})


def refuses_formats(*modes: str, then: Script) -> Script:
    """A server that does not know these ways to ask for JSON."""

    def reply(body: dict[str, Any]) -> Reply:
        if body.get("response_format", {}).get("type") in modes:
            return problem(400, "unsupported_parameter")
        return then(body) if callable(then) else then

    return reply


def faithful(body: dict[str, Any]) -> Reply:
    """An honest writer without a style: it repeats the statements of the facts."""
    return counted(json.dumps(a_draft(body)))


def a_draft(body: dict[str, Any]) -> dict[str, Any]:
    """A draft for a request: each of its facts is told once."""
    asked = json.loads(body["messages"][1]["content"])
    told = [{"text": one["statement"], "facts": [one["id"]]} for one in asked["facts"]]
    items = [{"sentences": [sentence]} for sentence in told[:3]]
    nudges = [{"category": "balance", "priority": "low"} | item for item in items]
    sections = {
        "wellness": {"wellness_nudges": nudges, "key_patterns": items},
        "roast": {"specific_callouts": items, "redemption_quality": items[0]},
        "productivity": dict.fromkeys(
            ("focus_patterns", "distractions", "strategies", "balance"), items
        ),
    }[asked["insight_type"]]
    return {"title": told[0], "paragraphs": [told[1:5] or told], **sections}


@contextmanager
def running_model(is_watched: Callable[[], bool] | None = None) -> Iterator[ModelServer]:
    """A server on loopback. Where `is_watched` is true at a request, the block fails at its end.

    Pass what tells whether a transaction is open: nobody may hold one while a model thinks.
    """
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            if is_watched and is_watched():
                seen.append(self.path)
            server.paths.append(self.path)
            content = self.rfile.read(int(self.headers.get("content-length", 0)))
            reply = problem(404)
            if self.path == COMPLETIONS:
                headers = {name.lower(): value for name, value in self.headers.items()}
                reply = server.next(Asked(headers, json.loads(content)))
            if not _wait(server, self.connection, reply.wait_s):
                _send(self, server, reply)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        server = ModelServer(f"http://127.0.0.1:{http.server_port}/v1")
        thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.stopped.set()
            http.shutdown()
            thread.join()
    assert seen == []


@pytest.fixture(scope="session")
def loaded_libraries() -> None:
    """The first question of a process loads what takes seconds; no test should be the one."""
    with running_model() as server:
        server.answers(completion("{}"))
        llm.ask(server.model(timeout_s=60), [llm.Message("user", "?")], {"type": "object"})


@pytest.fixture
def model_server(loaded_libraries: None) -> Iterator[ModelServer]:
    with running_model() as server:
        yield server


def _send(handler: BaseHTTPRequestHandler, server: ModelServer, reply: Reply) -> None:
    handler.send_response(reply.status)
    for name, value in ({"content-length": str(len(reply.body))} | reply.headers).items():
        handler.send_header(name, value)
    handler.end_headers()
    step = 1 if reply.drip_s else max(1, len(reply.body))
    try:
        for start in range(0, len(reply.body), step):
            handler.wfile.write(reply.body[start : start + step])
            if _wait(server, handler.connection, reply.drip_s):
                return
    except ConnectionError:
        server.hung_up.set()


def _wait(server: ModelServer, connection: socket.socket, seconds: float) -> bool:
    """Let time pass; True if the other side hung up or the test is over."""
    for _ in range(round(seconds / 0.02)):
        if select.select([connection], [], [], 0.02)[0] and not connection.recv(1, socket.MSG_PEEK):
            server.hung_up.set()
            return True
        if server.stopped.is_set():
            return True
    return False
