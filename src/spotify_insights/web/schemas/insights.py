"""Insights, who writes them, and what listeners say of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from spotify_insights.insights.order import NO_CONSENT, NO_MODEL
from spotify_insights.llm import Model
from spotify_insights.models import GeneratedInsight, User
from spotify_insights.models.insight import InsightStatus, InsightType, Opinion, Tone
from spotify_insights.settings import InsightsData

PREVIEW = 200
LONGEST_NOTE = 500

LanguageCode = Literal["en", "de"]
Note = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        max_length=LONGEST_NOTE,
        pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$",
    ),
]


class InsightId(BaseModel):
    insight_id: UUID


class InsightQueued(BaseModel):
    task_id: UUID
    status: Literal["queued"] = "queued"
    snapshot_id: UUID
    insight_type: InsightType
    result: InsightId


class InsightOut(BaseModel):
    """`verdict` says who wrote it in the end and, where a model did not, why.

    `reused_from` is the insight whose text is told again, for nothing. `cost_usd` is null where no
    price is known.
    """

    insight_id: UUID
    user_id: UUID
    snapshot_id: UUID
    insight_type: InsightType
    tone_mode: Tone
    language: str
    status: InsightStatus
    content: str | None
    structured_output: dict[str, Any] | None
    verdict: dict[str, Any] | None
    reused_from: UUID | None
    error: str | None
    message: str | None
    llm_model: str | None
    prompt_version: str | None
    tokens_used: int | None
    cost_usd: float | None
    generation_time_ms: int | None
    opinion: Opinion | None
    opinion_note: str | None
    created_at: datetime
    completed_at: datetime | None

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
    language: str
    status: InsightStatus
    error: str | None
    llm_model: str | None
    opinion: Opinion | None
    created_at: datetime
    preview: str | None

    @classmethod
    def of(cls, insight: GeneratedInsight) -> Self:
        own = {
            "insight_id": insight.id,
            "error": insight.error_code,
            "preview": insight.content[:PREVIEW] if insight.content else None,
        }
        same = {name: getattr(insight, name) for name in cls.model_fields if name not in own}
        return cls(**own, **same)


class OpinionIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    opinion: Opinion
    note: Note | None = None


class OpinionOut(BaseModel):
    """What is kept. `evidence` comes with `wrong` alone: what every claim rests on, to look at."""

    insight_id: UUID
    opinion: Opinion | None
    opinion_note: str | None
    opinion_at: datetime | None
    evidence: Sequence[dict[str, Any]] | None

    @classmethod
    def of(cls, insight: GeneratedInsight) -> Self:
        is_wrong = insight.opinion is Opinion.WRONG
        return cls(
            insight_id=insight.id,
            opinion=insight.opinion,
            opinion_note=insight.opinion_note,
            opinion_at=insight.opinion_at,
            evidence=evidence_of(insight) if is_wrong else None,
        )


class WriterOut(BaseModel):
    """Who would write this listener's next insight.

    Without a `model` all is written by rules. `data` is what a model may read: only what the
    listener uploaded (`export`) or everything. `reason` says why no model would be asked:
    `no_model`, `no_consent`, `used_up`. `calls_left` counts today's questions.
    """

    model: str | None
    host: str | None
    is_on_this_machine: bool | None
    data: InsightsData
    ai_consent: bool
    ai_consent_to: str | None
    ai_consent_at: datetime | None
    calls_left: int | None
    reason: str | None

    @classmethod
    def of(
        cls, model: Model | None, user: User, data: InsightsData, calls_left: int | None
    ) -> Self:
        agreed = model is not None and user.ai_consent and user.ai_consent_to == model.host
        return cls(
            model=model.name if model else None,
            host=model.host if model else None,
            is_on_this_machine=model.is_on_this_machine if model else None,
            data=data,
            ai_consent=user.ai_consent,
            ai_consent_to=user.ai_consent_to,
            ai_consent_at=user.ai_consent_at,
            calls_left=calls_left if model else None,
            reason=_reason(model, agreed=agreed, calls_left=calls_left),
        )


def evidence_of(insight: GeneratedInsight) -> Sequence[dict[str, Any]]:
    """The evidence of an insight in reading order; empty while it is being written."""
    evidence: Sequence[dict[str, Any]] = (insight.structured_output or {}).get("evidence", [])
    return evidence


def _reason(model: Model | None, *, agreed: bool, calls_left: int | None) -> str | None:
    if model is None:
        return NO_MODEL
    if not agreed:
        return NO_CONSENT
    return "used_up" if calls_left == 0 else None
