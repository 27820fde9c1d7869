"""A service on this machine that answers as a test says, and notices open transactions."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from sqlalchemy import text

from spotify_insights import resources

Answer = tuple[int, dict[str, str], bytes]

_OPEN_TRANSACTIONS = """
    select count(*) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()
        and backend_type = 'client backend' and xact_start is not null
"""


@contextmanager
def serving(answer: Callable[[str], Answer]) -> Iterator[str]:
    """Give what `answer` makes of each address that is asked for; the value is where.

    A request that comes while a transaction is open anywhere fails the test at the end.
    """
    in_transaction = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if _is_any_transaction_open():
                in_transaction.append(self.path)
            status, headers, body = answer(self.path)
            self.send_response(status)
            for name, value in (headers | {"content-length": str(len(body))}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
    assert in_transaction == []


def _is_any_transaction_open() -> bool:
    with resources.engine().connect() as connection:
        return bool(connection.execute(text(_OPEN_TRANSACTIONS)).scalar_one())
