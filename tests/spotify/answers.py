"""What Spotify might answer, and a network that answers it."""

from typing import Any

import httpx2

CANNED_PLAYED_AT = "2026-01-31T12:34:56.789Z"


class Script:
    """A transport's handler: one answer after the other, the last one again and again."""

    def __init__(self, *answers: httpx2.Response | Exception) -> None:
        self._answers = list(answers)
        self.requests: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx2.Response(answer.status_code, headers=answer.headers, content=answer.content)

    @property
    def transport(self) -> httpx2.MockTransport:
        return httpx2.MockTransport(self)


def ok(body: object) -> httpx2.Response:
    return httpx2.Response(200, json=body)


def refused(status: int, message: str, **error: str) -> httpx2.Response:
    return httpx2.Response(status, json={"error": {"status": status, "message": message, **error}})


def a_track(**changed: Any) -> dict[str, Any]:
    track = {
        "id": "4uLU6hMCjMI75M1A2tKUQC",
        "uri": "spotify:track:4uLU6hMCjMI75M1A2tKUQC",
        "name": "Night Drive",
        "duration_ms": 213_000,
        "explicit": False,
        "artists": [{"id": "a1", "name": "The Lamps", "uri": "spotify:artist:a1"}],
        "album": {"id": "b1", "name": "Roads", "images": [], "release_date": "1981"},
        "external_ids": {"isrc": "GBAYE0601498"},
    }
    return track | changed


def a_play(**changed: Any) -> dict[str, Any]:
    return {"track": a_track(), "played_at": CANNED_PLAYED_AT, "context": None} | changed


def a_page(*items: object) -> dict[str, Any]:
    return {"items": list(items), "limit": 50, "next": None, "cursors": None, "href": "here"}


def a_token(**changed: Any) -> dict[str, Any]:
    token = {
        "access_token": "new-access",
        "token_type": "Bearer",
        "scope": "user-top-read",
        "expires_in": 3600,
        "refresh_token": "new-refresh",
    }
    return token | changed
