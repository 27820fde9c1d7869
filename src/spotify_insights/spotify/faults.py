"""What Spotify's refusals mean.

    Answer of the Web API                   Raised               code
    ──────────────────────────────────────  ───────────────────  ─────────────────────
    401                                     AccessExpired        `reconnect_required`
    401 "Permissions missing", 403 "scope"  ReconnectRequired    `scope_missing`
    403 "not registered"                    Forbidden            `not_allow_listed`
    403 "Premium", often as plain text      Forbidden            `owner_premium`
    403, anything else                      Forbidden            `spotify_refused`
    404                                     NotFound             `not_at_spotify`
    429                                     Unavailable          `rate_limited`
    429 with reason QUOTA_EXCEEDED          Unavailable          `quota_exceeded`
    5xx, timeout, broken connection         Temporary            `spotify_unavailable`
    200 that cannot be read                 Temporary            `spotify_protocol`
    anything else                           Unavailable          `spotify_protocol`

The status decides, then `reason`. Only where Spotify gives several cases one status and no reason
does its wording decide.
"""

from http import HTTPStatus

import httpx2
import pydantic_core

from spotify_insights.errors import (
    Forbidden,
    InsightsError,
    NotFound,
    ReconnectRequired,
    Unavailable,
)
from spotify_insights.waiting import seconds_to_wait

RATE_LIMIT_PAUSE = 30.0
QUOTA_PAUSE = 3_600.0


class AccessExpired(ReconnectRequired):
    """The access token is not accepted. Whoever can refresh it tries again, once."""

    def __init__(self) -> None:
        super().__init__(
            "reconnect_required", "Spotify no longer accepts the sign-in; connect Spotify again."
        )


class Temporary(Unavailable):
    """A failure that is often gone a moment later, so a read is worth repeating at once."""


def unreachable() -> Temporary:
    return Temporary("spotify_unavailable", "Spotify does not answer at the moment.")


def unreadable() -> Temporary:
    return Temporary("spotify_protocol", "Spotify's answer could not be read.")


def body_of(response: httpx2.Response) -> dict[str, object]:
    """The JSON object of an answer; empty if there is none, as in answers of text or HTML."""
    try:
        body = pydantic_core.from_json(response.content)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def refusal(response: httpx2.Response) -> InsightsError:
    """The error for an answer of the Web API that is not a success."""
    status = response.status_code
    if status == HTTPStatus.UNAUTHORIZED:
        return _unauthorised(response)
    if status == HTTPStatus.FORBIDDEN:
        return _forbidden(response)
    if status == HTTPStatus.NOT_FOUND:
        return NotFound("not_at_spotify", "Spotify knows nothing under this address.")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return _too_many(response)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return unreachable()
    return Unavailable("spotify_protocol", f"Spotify answered {status} to a request it documents.")


def _unauthorised(response: httpx2.Response) -> ReconnectRequired:
    if "permissions missing" in response.text.lower():
        return _scope_missing()
    return AccessExpired()


def _forbidden(response: httpx2.Response) -> InsightsError:
    wording = response.text.lower()
    if "not registered" in wording:
        return Forbidden(
            "not_allow_listed",
            "This Spotify account is not on the app's list of users. The owner of the app adds it "
            "in the Spotify developer dashboard.",
        )
    if "premium" in wording:
        return Forbidden(
            "owner_premium",
            "Spotify stopped serving this app because its owner has no active Premium "
            "subscription. After renewing it can take some hours.",
        )
    if "scope" in wording:
        return _scope_missing()
    return Forbidden("spotify_refused", "Spotify does not give this data to this app.")


def _scope_missing() -> ReconnectRequired:
    return ReconnectRequired(
        "scope_missing", "A permission is missing; connect Spotify again and agree to all of them."
    )


def _too_many(response: httpx2.Response) -> Unavailable:
    retry_after = response.headers.get("retry-after")
    error = body_of(response).get("error")
    if isinstance(error, dict) and error.get("reason") == "QUOTA_EXCEEDED":
        return Unavailable(
            "quota_exceeded",
            "The quota of this Spotify app is used up for now.",
            retry_after=seconds_to_wait(retry_after, QUOTA_PAUSE),
        )
    return Unavailable(
        "rate_limited",
        "Spotify asks for fewer requests.",
        retry_after=seconds_to_wait(retry_after, RATE_LIMIT_PAUSE),
    )
