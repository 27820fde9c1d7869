"""What the refusals of a model's server mean.

    Answer of the server                          Raised           code
    ────────────────────────────────────────────  ───────────────  ───────────────────
    401, 403                                      Forbidden        `model_key_refused`
    404                                           NotFound         `model_unknown`
    402, 429 "insufficient_quota"                 Unavailable      `model_used_up`
    429, 503 with Retry-After                     Unavailable      `model_busy`
    400 of a content filter, a refusal in a 200   Forbidden        `model_refused`
    413, 400 of a context's length, a cut answer  Unavailable      `model_too_long`
    other 400, 415, 422, 501                      FormatRefused    `model_bad_answer`
    408, 5xx, broken connection                   Temporary        `model_unavailable`
    nothing within the time given                 Unavailable      `model_too_slow`
    200 that is too large or cannot be read       Unavailable      `model_bad_answer`

The server's own words are left out of what is raised: they can repeat the question or the key.
"""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated

import msgspec

from spotify_insights.errors import Forbidden, InsightsError, NotFound, Unavailable
from spotify_insights.waiting import seconds_to_wait

BUSY_PAUSE = 30.0
# Somebody has to pay first.
USED_UP_PAUSE = 3_600.0

_KEY = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_FORMAT = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.NOT_IMPLEMENTED,
    }
)
_FILTERED = frozenset({"content_filter", "content_policy_violation", "moderation_blocked"})
_TOO_LONG = frozenset({"context_length_exceeded", "string_above_max_length"})
_NO_MONEY = frozenset({"insufficient_quota", "billing_hard_limit_reached"})
_IDENTIFIER = re.compile(r"[a-z][a-z_.]{0,63}")


class Temporary(Unavailable):
    """A failure that is often gone a moment later, so the question is worth repeating at once."""


class FormatRefused(Unavailable):
    """A request the server does not take, most often for the way the answer's shape was asked."""


class _Message(msgspec.Struct, omit_defaults=True):
    content: str | None = None
    refusal: str | None = None
    role: str = "assistant"


class _Choice(msgspec.Struct):
    message: _Message
    finish_reason: str | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class _Completion(msgspec.Struct, omit_defaults=True):
    choices: Annotated[list[_Choice], msgspec.Meta(min_length=1)]
    model: str = ""
    usage: _Usage | None = None


def understood(content: bytes) -> bytes:
    """A completion, reduced to the fields that count; raises what it means that there is none."""
    try:
        completion = msgspec.json.decode(content, type=_Completion)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise unreadable() from error
    first = completion.choices[0]
    if first.finish_reason == "content_filter" or first.message.refusal:
        raise refused()
    if first.finish_reason == "length":
        raise too_long()
    if not (first.message.content or "").strip():
        raise unreadable()
    del completion.choices[1:]
    return msgspec.json.encode(completion)


def refusal(status: int, headers: Mapping[str, str], content: bytes) -> InsightsError:
    """The error for an answer that is not a completion: its code decides, then its status."""
    return _by_code(status, codes(content)) or _by_status(status, headers.get("retry-after"))


def _by_code(status: int, named: set[str]) -> InsightsError | None:
    if status == HTTPStatus.PAYMENT_REQUIRED or named & _NO_MONEY:
        return used_up()
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE or named & _TOO_LONG:
        return too_long()
    return refused() if named & _FILTERED else None


def _by_status(status: int, retry_after: str | None) -> InsightsError:
    if status in _KEY:
        return key_refused()
    if status == HTTPStatus.NOT_FOUND:
        return NotFound("model_unknown", "The model's server does not know this model or address.")
    is_busy = status == HTTPStatus.SERVICE_UNAVAILABLE and retry_after is not None
    if is_busy or status == HTTPStatus.TOO_MANY_REQUESTS:
        detail = "The model's server asks for fewer requests."
        wait = seconds_to_wait(retry_after, BUSY_PAUSE)
        return Unavailable("model_busy", detail, retry_after=wait)
    if status in _FORMAT:
        detail = f"The model's server does not take the request ({status})."
        return FormatRefused("model_bad_answer", detail)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        return unreachable()
    detail = f"The model's server answered {status} to a request it documents."
    return Unavailable("model_bad_answer", detail)


def key_refused() -> Forbidden:
    detail = "The model's server does not accept the key, or not for this model."
    return Forbidden("model_key_refused", detail)


def used_up() -> Unavailable:
    detail = "The credit at the model's server is used up."
    return Unavailable("model_used_up", detail, retry_after=USED_UP_PAUSE)


def refused() -> Forbidden:
    return Forbidden("model_refused", "The model refused to write this text.")


def too_long() -> Unavailable:
    detail = "The question, or the answer, is longer than the model can take."
    return Unavailable("model_too_long", detail)


def too_slow() -> Unavailable:
    return Unavailable("model_too_slow", "The model did not answer in the time it has.")


def unreachable() -> Temporary:
    return Temporary("model_unavailable", "The model's server does not answer at the moment.")


def unreadable() -> Unavailable:
    return Unavailable("model_bad_answer", "The model's answer could not be read.")


def codes(content: bytes) -> set[str]:
    """The identifiers in an error, as OpenAI and those that follow it write them.

    They stand under `code`, `type` and `param`. Sentences are left out, so these can be logged.
    """
    try:
        body = msgspec.json.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return set()
    error = body.get("error") if isinstance(body, dict) else None
    found = error.values() if isinstance(error, dict) else ()
    return {one for one in found if isinstance(one, str) and _IDENTIFIER.fullmatch(one)}
