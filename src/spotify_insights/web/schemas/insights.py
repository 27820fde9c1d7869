"""Insights."""

from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel

from spotify_insights.models import GeneratedInsight
from spotify_insights.models.insight import InsightStatus, InsightType, Tone

PREVIEW = 200


class InsightId(BaseModel):
    insight_id: UUID


class InsightQueued(BaseModel):
    task_id: UUID
    status: Literal["queued"] = "queued"
    snapshot_id: UUID
    insight_type: InsightType
    result: InsightId


class InsightOut(BaseModel):
    insight_id: UUID
    user_id: UUID
    snapshot_id: UUID
    insight_type: InsightType
    tone_mode: Tone
    status: InsightStatus
    content: str | None
    structured_output: dict[str, Any] | None
    error: str | None
    message: str | None
    llm_model: str | None
    prompt_version: str | None
    tokens_used: int | None
    generation_time_ms: int | None
    created_at: datetime

    @classmethod
    def of(cls, insight: GeneratedInsight) -> Self:
        own = {
            "insight_id": insight.id,
            "error": insight.error_code,
            "message": insight.error_message,
        }
        same = {name: getattr(insight, name) for name in cls.model_fields if name not in own}
        return cls(**own, **same)


class InsightListed(BaseModel):
    """`preview` is the first 200 characters, null while the insight is being written."""

    insight_id: UUID
    snapshot_id: UUID
    insight_type: InsightType
    tone_mode: Tone
    status: InsightStatus
    created_at: datetime
    preview: str | None

    @classmethod
    def of(cls, insight: GeneratedInsight) -> Self:
        own = {
            "insight_id": insight.id,
            "preview": insight.content[:PREVIEW] if insight.content else None,
        }
        same = {name: getattr(insight, name) for name in cls.model_fields if name not in own}
        return cls(**own, **same)
