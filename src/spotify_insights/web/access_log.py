"""Secrets in an address are blanked before a server writes the address into its access log.

Servers write that line when the answer starts, from the very scope they handed in; until then the
secret is there for whoever answers. They stand in the query, or in the links of summaries.
"""

import re
from collections.abc import Awaitable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LINKS = re.compile(r"(/summaries/(?:confirm|unsubscribe|feed)/)[^/]+")
_SECRETS = re.compile(rb"(?i)((?:^|&)(?:access(?:_|%5f)token|code|state)=)[^&]*")


class Blanked:
    """ASGI middleware; the protocol's `async` is that of the app within."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        def send_blanked(message: Message) -> Awaitable[None]:
            _blank(scope)
            return send(message)

        return self._app(scope, receive, send_blanked)


def _blank(scope: Scope) -> None:
    if scope.get("query_string"):
        scope["query_string"] = _SECRETS.sub(rb"\1***", scope["query_string"])
    if _LINKS.match(scope.get("path", "")):
        scope["path"] = _LINKS.sub(r"\1***", scope["path"])
        scope["raw_path"] = scope["path"].encode()
