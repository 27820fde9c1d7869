"""What was told to a listener, with the evidence for it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from spotify_insights.models.base import Base, Identified, choice


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


class GeneratedInsight(Identified, Base):
    """An insight from the moment it is asked for; content comes when a worker has written it."""

    __tablename__ = "generated_insights"
    __table_args__ = (Index("ix_generated_insights_user_id_created_at", "user_id", "created_at"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    snapshot_id: Mapped[UUID] = mapped_column(
        ForeignKey("listening_snapshots.id", ondelete="CASCADE"), index=True
    )
    insight_type: Mapped[InsightType] = mapped_column(choice(InsightType))
    tone_mode: Mapped[Tone] = mapped_column(choice(Tone))
    status: Mapped[InsightStatus] = mapped_column(
        choice(InsightStatus), server_default=InsightStatus.PENDING.value
    )
    content: Mapped[str | None]
    structured_output: Mapped[dict[str, Any] | None]
    error_code: Mapped[str | None]
    error_message: Mapped[str | None]
    llm_model: Mapped[str | None]
    prompt_version: Mapped[str | None]
    tokens_used: Mapped[int | None]
    generation_time_ms: Mapped[int | None]
    completed_at: Mapped[datetime | None]
