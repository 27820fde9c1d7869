"""A stand-in for a mail server on loopback, which does as a test says, and one for web services.

    with mailing() as server:
        server.replies["RCPT"] = "451 greylisted"

No transaction of ours may be open while a message is handed over.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseServer, StreamRequestHandler, ThreadingTCPServer
from ssl import SSLContext
from threading import Event, Thread

from tests.loopback import _is_any_transaction_open

OK = "250 ok"


@dataclass
class MailServer:
    """`replies` by verb (`TEXT` after the text); None hangs up, and a verb in `silent` waits.

    A text that is not refused is taken, also where nobody is told so.
    """

    port: int = 0
    host: str = "127.0.0.1"
    replies: dict[str, str | None] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    verbs: list[str] = field(default_factory=list)
    envelopes: list[str] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    in_transaction: list[str] = field(default_factory=list)
    stopped: Event = field(default_factory=Event)
    is_watched: bool = False
    tls: SSLContext | None = None

    @property
    def url(self) -> str:
        return f"smtp://{self.host}:{self.port}"

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=default) for raw in self.raw]


class _Conversation(StreamRequestHandler):
    def handle(self) -> None:
        self._say("220 here")
        while line := self.rfile.readline():
            verb = line.split()[0].decode().upper()
            self._note(verb, line)
            usual = {"DATA": "354 go on", "QUIT": "221 bye", "STARTTLS": "220 go on"}
            if not self._reply(verb, usual.get(verb, OK)) or verb == "QUIT":
                return
            if verb == "DATA" and not self._take_text():
                return
            if verb == "STARTTLS" and self.state.tls:
                self.connection = self.state.tls.wrap_socket(self.connection, server_side=True)
                self.rfile, self.wfile = (self.connection.makefile(mode) for mode in ("rb", "wb"))

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    @property
    def state(self) -> MailServer:
        return self.server.state

    def _note(self, verb: str, line: bytes) -> None:
        self.state.verbs.append(verb)
        if verb in {"MAIL", "RCPT"}:
            self.state.envelopes.append(line.decode().strip())
        if self.state.is_watched and verb == "MAIL" and _is_any_transaction_open():
            self.state.in_transaction.append(verb)

    def _take_text(self) -> bool:
        if not (self.state.replies.get("DATA") or "354").startswith("354"):
            return True
        text = b"".join(iter(self.rfile.readline, b".\r\n"))
        if (self.state.replies.get("TEXT") or "250").startswith("2"):
            self.state.raw.append(text)
        return self._reply("TEXT", "250 taken")

    def _reply(self, verb: str, usual: str) -> bool:
        if verb in self.state.silent:
            self.state.stopped.wait(10)
            return False
        reply = self.state.replies.get(verb, usual)
        if reply is not None:
            self._say(reply)
        return reply is not None

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())
        self.wfile.flush()


class _MailServer(ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    state: MailServer

    def handle_error(self, *_: object) -> None:
        """Say nothing of a client that hung up."""


@contextmanager
def mailing(host: str = "127.0.0.1", *, is_watched: bool = False) -> Iterator[MailServer]:
    with _MailServer((host, 0), _Conversation) as server:
        state = MailServer(server.server_address[1], host, is_watched=is_watched)
        server.state = state
        with _running(server):
            yield state
            state.stopped.set()
    assert state.in_transaction == []


@dataclass
class Service:
    """What a web service answers, and what was posted to it."""

    port: int = 0
    status: int = 200
    hangs_up: bool = False
    silent: bool = False
    bodies: list[bytes] = field(default_factory=list)
    in_transaction: list[str] = field(default_factory=list)
    stopped: Event = field(default_factory=Event)

    @property
    def url(self) -> str:
        """As Apprise writes it."""
        return f"json://127.0.0.1:{self.port}/a-secret-path"


@contextmanager
def listening(*, is_watched: bool = False) -> Iterator[Service]:
    state = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            if is_watched and _is_any_transaction_open():
                state.in_transaction.append(self.path)
            state.bodies.append(self.rfile.read(int(self.headers["content-length"])))
            if state.silent:
                state.stopped.wait(10)
            if state.hangs_up or state.silent:
                self.close_connection = True
                return
            self.send_response(state.status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as server:
        state.port = server.server_port
        with _running(server):
            yield state
            state.stopped.set()
    assert state.in_transaction == []


@contextmanager
def _running(server: BaseServer) -> Iterator[None]:
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
