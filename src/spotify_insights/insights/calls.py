"""Questions to the model: counted before they are asked, so that no cap is ever passed.

A day is one of UTC. A question under way counts; one that failed counts too, for it may have cost.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, text, update
from sqlalchemy.orm import Session

from spotify_insights.errors import Conflict
from spotify_insights.models import ModelCall
from spotify_insights.models.insight import CallOutcome
from spotify_insights.settings import get_settings

# Two who ask at the same moment take turns here, or both would find the last free place.
_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtext('model_calls'))")


@dataclass(frozen=True)
class Usage:
    """What a question has used; None where the model does not tell or no price is known."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: Decimal | None = None


NOT_KNOWN = Usage()


def reserve(session: Session, user_id: UUID, insight_id: UUID, model: str) -> UUID:
    """Take a place among today's questions; return its id.

    Raises Conflict with the code of the cap that is reached: `cap_listener`, `cap_instance` or
    `cap_cost`.
    """
    session.execute(_ONE_AT_A_TIME)
    settings = get_settings()
    total, own, cost = _today(session, user_id)
    if own >= settings.model_calls_per_listener:
        raise Conflict("cap_listener", _reached(f"{own} questions for this listener"))
    if total >= settings.model_calls_per_day:
        raise Conflict("cap_instance", _reached(f"{total} questions for all listeners"))
    if settings.model_usd_per_day is not None and cost >= settings.model_usd_per_day:
        raise Conflict("cap_cost", _reached(f"{cost:.2f} USD"))
    call = ModelCall(user_id=user_id, insight_id=insight_id, model=model)
    session.add(call)
    session.flush()
    return call.id


def settle(
    session: Session,
    call_id: UUID,
    outcome: CallOutcome,
    *,
    usage: Usage = NOT_KNOWN,
    error_code: str | None = None,
    duration_ms: int | None = None,
) -> None:
    """Record how a question ended."""
    values = {
        "outcome": outcome,
        "error_code": error_code,
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "cost_usd": usage.cost_usd,
        "duration_ms": duration_ms,
    }
    session.execute(update(ModelCall).where(ModelCall.id == call_id).values(values))


def left(session: Session, user_id: UUID) -> int:
    """How many questions a listener may still cause today."""
    settings = get_settings()
    total, own, cost = _today(session, user_id)
    if settings.model_usd_per_day is not None and cost >= settings.model_usd_per_day:
        return 0
    free = (settings.model_calls_per_listener - own, settings.model_calls_per_day - total)
    return max(0, min(free))


def _today(session: Session, user_id: UUID) -> tuple[int, int, Decimal]:
    """Questions of all and of one listener since midnight, and what all have cost (USD)."""
    since = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    own: ColumnElement[bool] = ModelCall.user_id == user_id
    query = select(
        func.count(),
        func.count().filter(own),
        func.sum(ModelCall.cost_usd),
    ).where(ModelCall.created_at >= since)
    total, of_listener, cost = session.execute(query).one()
    return total, of_listener, cost or Decimal(0)


def _reached(used: str) -> str:
    midnight = datetime.now(UTC).date() + timedelta(days=1)
    return f"Today's share of the model is used up ({used}); it is free again on {midnight} UTC."
