"""HTTP to a model's server for one question: bounded in size, and it can be hung up."""

import logging
import socket
import ssl
from collections.abc import Mapping
from contextlib import closing, suppress
from functools import cache
from http import HTTPStatus
from typing import Any

import httpx2

from spotify_insights.llm import refusals

LARGEST_ANSWER = 65_536
CONNECT_SECONDS = 5.0

# After these the connection stands; the later of the two has the socket that is used.
_CONNECTED = ("connect_tcp.complete", "connect_unix_socket.complete", "start_tls.complete")

_log = logging.getLogger(__name__)


@cache
def _certificates() -> ssl.SSLContext:
    """Reading all certificates takes longer than everything else of ours."""
    return httpx2.create_ssl_context()


class Line(httpx2.Client):
    """The client that LangChain is given.

    What comes back has been read whole and understood; all else is raised as one of our errors, so
    nothing above needs to know the errors of three libraries. Redirects are not followed: what a
    listener agreed to names one server.
    """

    def __init__(self, timeout_s: float) -> None:
        super().__init__(
            timeout=httpx2.Timeout(timeout_s, connect=min(CONNECT_SECONDS, timeout_s)),
            verify=_certificates(),
            headers={"accept-encoding": "identity"},
        )
        self._socket: socket.socket | None = None
        self._is_hung_up = False

    def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        request.extensions = {**request.extensions, "trace": self._notice}
        options |= {"stream": True, "follow_redirects": False}
        try:
            with closing(super().send(request, **options)) as response:
                content = _read(response)
        except httpx2.TimeoutException as error:
            raise refusals.too_slow() from error
        except httpx2.RequestError as error:
            raise refusals.unreachable() from error
        if response.status_code != HTTPStatus.OK:
            named = ", ".join(sorted(refusals.codes(content)))
            _log.warning("the model's server answered %d: %s", response.status_code, named)
            raise refusals.refusal(response.status_code, response.headers, content)
        return httpx2.Response(
            HTTPStatus.OK,
            headers={"content-type": "application/json"},
            content=refusals.understood(content),
            request=request,
        )

    def hang_up(self) -> None:
        """End the exchange under way, from any thread; the server sees the connection close.

        Only closing the socket would leave the thread that reads from it waiting.
        """
        self._is_hung_up = True
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _notice(self, event: str, info: Mapping[str, Any]) -> None:
        if event.endswith(_CONNECTED):
            self._socket = info["return_value"].get_extra_info("socket")
            if self._is_hung_up:
                self.hang_up()


def _read(response: httpx2.Response) -> bytes:
    """The body, at most 64 KiB once it is unpacked."""
    content = bytearray()
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > LARGEST_ANSWER:
            raise refusals.unreadable()
    return bytes(content)
