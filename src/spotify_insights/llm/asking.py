"""One question to a model.

LangChain carries it and is loaded only here, when the first question is asked: its import takes
seconds and a hundred megabytes. What a server understands of the ways to ask for JSON is tried
strictest first and remembered for the life of the process.
"""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from spotify_insights.errors import Conflict
from spotify_insights.llm import refusals
from spotify_insights.llm.line import Line
from spotify_insights.llm.model import Mode, Model

POLL_SECONDS = 0.5
BACKOFF_SECONDS = 0.5

Schema = Mapping[str, Any]

_modes: dict[tuple[str, str], Mode] = {}
_jitter = random.SystemRandom()


class Message(NamedTuple):
    """`role` is system, user or assistant."""

    role: str
    content: str


@dataclass(frozen=True)
class Answer:
    """What the model wrote. Tokens are None where the server does not count them."""

    text: str
    model: str
    input_tokens: int | None
    output_tokens: int | None
    seconds: float
    mode: Mode


class _Libraries(NamedTuple):
    init_chat_model: Callable[..., Any]
    tracing_context: Callable[..., Any]


def _never() -> bool:
    return False


def ask(
    model: Model,
    messages: Sequence[Message],
    schema: Schema,
    *,
    cancelled: Callable[[], bool] = _never,
) -> Answer:
    """Ask once, within `model.timeout_s`, a repeat after a broken connection included.

    `schema` is the JSON Schema of the answer. It is a wish: the text has to be read with care.
    Looks twice a second whether the question was `cancelled`. Raises what `refusals` lists, and
    Conflict (`model_cancelled`).
    """
    key = model.key.get_secret_value()
    if not (key.isascii() and key.isprintable()):
        raise refusals.key_refused()
    line = Line(model.timeout_s)
    # What is loaded here, the first time, is no part of the time that the model has.
    chat = _chat(model, line)
    deadline = time.monotonic() + model.timeout_s
    pool = ThreadPoolExecutor(1, thread_name_prefix="model")
    future = pool.submit(_converse, model, chat, line, messages, schema)
    try:
        _wait(future, deadline, cancelled)
        return future.result()
    finally:
        line.hang_up()
        pool.shutdown(wait=False)


def _wait(future: Future[Answer], deadline: float, cancelled: Callable[[], bool]) -> None:
    while not wait([future], timeout=_until(deadline)).done:
        if time.monotonic() >= deadline:
            raise refusals.too_slow()
        if cancelled():
            raise Conflict("model_cancelled", "The question to the model was cancelled.")


def _until(deadline: float) -> float:
    """Seconds until the next look."""
    return max(0, min(deadline - time.monotonic(), POLL_SECONDS))


def _converse(
    model: Model, chat: Any, line: Line, messages: Sequence[Message], schema: Schema
) -> Answer:
    """Ask in the strictest way that the server is not known to refuse, then in laxer ones."""
    key = (model.base_url, model.name)
    *stricter, last = _ways(_modes.get(key, Mode.SCHEMA))
    with line:
        for mode in stricter:
            try:
                answer = _persist(chat, messages, schema, mode)
            except refusals.FormatRefused:
                continue
            _modes[key] = mode
            return answer
        answer = _persist(chat, messages, schema, last)
        _modes[key] = last
        return answer


def _ways(first: Mode) -> list[Mode]:
    order = list(Mode)
    return order[order.index(first) :]


def _persist(chat: Any, messages: Sequence[Message], schema: Schema, mode: Mode) -> Answer:
    """Once more after a failure that may be gone a moment later.

    LangChain's own repeats stay off: they would sleep as long as a Retry-After says.
    """
    try:
        return _once(chat, messages, schema, mode)
    except refusals.Temporary:
        time.sleep(_jitter.uniform(0, BACKOFF_SECONDS))
    return _once(chat, messages, schema, mode)


def _once(chat: Any, messages: Sequence[Message], schema: Schema, mode: Mode) -> Answer:
    started = time.perf_counter()
    with _libraries().tracing_context(enabled=False):
        said = chat.bind(**_wish(schema, mode)).invoke(list(messages))
    usage = said.usage_metadata or {}
    return Answer(
        text=said.text,
        model=said.response_metadata.get("model_name") or chat.model_name,
        input_tokens=usage.get("input_tokens") or None,
        output_tokens=usage.get("output_tokens") or None,
        seconds=time.perf_counter() - started,
        mode=mode,
    )


def _chat(model: Model, line: Line) -> Any:
    own = {} if model.temperature is None else {"temperature": model.temperature}
    return _libraries().init_chat_model(
        model.name,
        model_provider="openai",
        base_url=model.base_url,
        api_key=model.key,
        timeout=model.timeout_s,
        max_retries=0,
        use_responses_api=False,
        http_client=line,
        http_socket_options=(),
        openai_proxy=None,
        **own,
    )


def _wish(schema: Schema, mode: Mode) -> dict[str, Any]:
    """The part of a request that says what shape the answer should have."""
    match mode:
        case Mode.SCHEMA:
            shape = {"name": "insight", "schema": schema, "strict": True}
            return {"response_format": {"type": mode, "json_schema": shape}}
        case Mode.OBJECT:
            return {"response_format": {"type": mode}}
        case Mode.TEXT:
            return {}


def load() -> None:
    """Load what carries a question, so that the first one does not wait for it."""
    _libraries()


@cache
def _libraries() -> _Libraries:
    from langchain.chat_models import init_chat_model  # noqa: PLC0415 - see the module's docstring
    from langsmith import tracing_context  # noqa: PLC0415

    return _Libraries(init_chat_model, tracing_context)
