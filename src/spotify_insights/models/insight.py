"""What was told to a listener, with the evidence for it."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from spotify_insights.models.base import Base, Identified, choice

USD = Numeric(12, 6)


class InsightType(StrEnum):
    WELLNESS = "wellness"
    ROAST = "roast"
    PRODUCTIVITY = "productivity"


class Tone(StrEnum):
    NEUTRAL = "neutral"
    SUPPORTIVE = "supportive"
    ENCOURAGING = "encouraging"
    ROAST = "roast"


class InsightStatus(StrEnum):
    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"


class Opinion(StrEnum):
    """What the listener says of an insight."""

    USEFUL = "useful"
    NOT_USEFUL = "not_useful"
    WRONG = "wrong"


class GeneratedInsight(Identified, Base):
    """An insight from the moment it is asked for; content comes when a worker has written it.

    `facts` are those it was written from, and `facts_hash` stands for them: the same facts in the
    same type, tone, language, prompt and model are never written twice, but taken from the insight
    that `reused_from` names. `verdict` tells what the checker said, and why a model's text was not
    taken where one was asked.
    """

    __tablename__ = "generated_insights"
    __table_args__ = (
        Index("ix_generated_insights_user_id_created_at", "user_id", "created_at"),
        Index("ix_generated_insights_user_id_facts_hash", "user_id", "facts_hash"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    snapshot_id: Mapped[UUID] = mapped_column(
        ForeignKey("listening_snapshots.id", ondelete="CASCADE"), index=True
    )
    insight_type: Mapped[InsightType] = mapped_column(choice(InsightType))
    tone_mode: Mapped[Tone] = mapped_column(choice(Tone))
    language: Mapped[str] = mapped_column(server_default="en")
    status: Mapped[InsightStatus] = mapped_column(
        choice(InsightStatus), server_default=InsightStatus.PENDING.value
    )
    content: Mapped[str | None]
    structured_output: Mapped[dict[str, Any] | None]
    facts: Mapped[list[Any] | None]
    facts_hash: Mapped[str | None]
    verdict: Mapped[dict[str, Any] | None]
    reused_from: Mapped[UUID | None] = mapped_column(
        ForeignKey("generated_insights.id", ondelete="SET NULL")
    )
    error_code: Mapped[str | None]
    error_message: Mapped[str | None]
    llm_model: Mapped[str | None]
    prompt_version: Mapped[str | None]
    tokens_used: Mapped[int | None]
    cost_usd: Mapped[Decimal | None] = mapped_column(USD)
    generation_time_ms: Mapped[int | None]
    completed_at: Mapped[datetime | None]
    opinion: Mapped[Opinion | None] = mapped_column(choice(Opinion))
    opinion_note: Mapped[str | None]
    opinion_at: Mapped[datetime | None]


class CallOutcome(StrEnum):
    """How a question to the model ended; one under way counts against the caps already."""

    UNDER_WAY = "under_way"
    ANSWERED = "answered"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ModelCall(Identified, Base):
    """One question to the model: what the daily caps count and what it has cost."""

    __tablename__ = "model_calls"
    __table_args__ = (Index("ix_model_calls_created_at", "created_at"),)

    user_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    insight_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("generated_insights.id", ondelete="SET NULL"), index=True
    )
    model: Mapped[str]
    outcome: Mapped[CallOutcome] = mapped_column(
        choice(CallOutcome), server_default=CallOutcome.UNDER_WAY.value
    )
    error_code: Mapped[str | None]
    input_tokens: Mapped[int | None]
    output_tokens: Mapped[int | None]
    cost_usd: Mapped[Decimal | None] = mapped_column(USD)
    duration_ms: Mapped[int | None]
