"""One insight's questions to the model: counted, paused where the model asks for it, paid."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from redis.exceptions import RedisError
from sqlalchemy import select

from spotify_insights import llm
from spotify_insights.errors import InsightsError, Unavailable
from spotify_insights.insights import calls, prices
from spotify_insights.insights.calls import NOT_KNOWN, Usage
from spotify_insights.llm import Answer, Message, Model, Schema
from spotify_insights.models import Job
from spotify_insights.models.insight import CallOutcome
from spotify_insights.models.job import JobState
from spotify_insights.resources import redis, transaction
from spotify_insights.settings import get_settings

CANCELLED = "model_cancelled"
# While it is there, nobody asks this model: its server wants a rest.
_PAUSE = "insights:model:pause:{host}:{name}"


@dataclass
class Questions:
    """What is asked for one insight, in a job. `usages` are those of the questions answered."""

    model: Model
    user_id: UUID
    insight_id: UUID
    job_id: UUID
    usages: list[Usage] = field(default_factory=list)

    def ask(self, messages: Sequence[Message], schema: Schema) -> Answer:
        """[tx] take a place under the caps, [net] ask, [tx] note what it cost.

        Raises Conflict where a cap is reached or the job was cancelled, Unavailable while the
        server wants a rest, and what `llm.ask` raises.
        """
        _check_pause(self.model)
        with transaction() as session:
            call_id = calls.reserve(session, self.user_id, self.insight_id, self.model.name)
        started = time.perf_counter()
        try:
            answer = llm.ask(self.model, messages, schema, cancelled=self._is_cancelled)
        except InsightsError as error:
            outcome = CallOutcome.CANCELLED if error.code == CANCELLED else CallOutcome.FAILED
            _settle(call_id, outcome, started, error_code=error.code)
            if isinstance(error, Unavailable) and error.retry_after is not None:
                _pause(self.model, error.retry_after)
            raise
        usage = _usage_of(answer)
        self.usages.append(usage)
        _settle(call_id, CallOutcome.ANSWERED, started, usage=usage)
        return answer

    def total(self) -> dict[str, Any]:
        """Tokens and cost (USD) of all answers; null as soon as one of them is not known."""
        tokens = [n for one in self.usages for n in (one.input_tokens, one.output_tokens)]
        costs = [one.cost_usd for one in self.usages]
        return {
            "tokens_used": None if None in tokens else sum(n or 0 for n in tokens),
            "cost_usd": None
            if None in costs
            else sum((n or Decimal(0) for n in costs), Decimal(0)),
        }

    def _is_cancelled(self) -> bool:
        with transaction() as session:
            state = session.scalar(select(Job.state).where(Job.id == self.job_id))
        return state is not JobState.RUNNING


def _usage_of(answer: Answer) -> Usage:
    table = prices.read(get_settings().model_prices_file)
    cost = prices.cost(table, answer.model, answer.input_tokens, answer.output_tokens)
    return Usage(answer.input_tokens, answer.output_tokens, cost)


def _settle(
    call_id: UUID,
    outcome: CallOutcome,
    started: float,
    *,
    usage: Usage = NOT_KNOWN,
    error_code: str | None = None,
) -> None:
    took_ms = round(1000 * (time.perf_counter() - started))
    with transaction() as session:
        calls.settle(
            session, call_id, outcome, usage=usage, error_code=error_code, duration_ms=took_ms
        )


def _check_pause(model: Model) -> None:
    """Raise Unavailable while the server wants a rest. Without Redis nobody knows of one."""
    try:
        left_ms = int(redis().pttl(_key(model)))
    except RedisError:
        return
    if left_ms > 0:
        detail = "The model's server asked for a rest."
        raise Unavailable("model_busy", detail, retry_after=left_ms / 1000)


def _pause(model: Model, seconds: float) -> None:
    try:
        redis().set(_key(model), 1, px=max(1, round(1000 * seconds)))
    except RedisError:
        return


def _key(model: Model) -> str:
    return _PAUSE.format(host=model.host, name=model.name)
