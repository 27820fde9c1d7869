"""Insights: asked for, written in the background, read."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from spotify_insights import accounts, queue
from spotify_insights.insights import generate
from spotify_insights.models.insight import InsightType, Tone
from spotify_insights.resources import transaction
from spotify_insights.web.errors import documented
from spotify_insights.web.schemas.insights import (
    InsightId,
    InsightListed,
    InsightOut,
    InsightQueued,
)

router = APIRouter(prefix="/api/insights", tags=["insights"])


@router.post("/generate", status_code=202, responses=documented(HTTPStatus.NOT_FOUND))
def request_insight(
    snapshot_id: UUID,
    insight_type: InsightType = InsightType.WELLNESS,
    tone_mode: Tone = Tone.NEUTRAL,
) -> InsightQueued:
    """Queue an insight on a snapshot; its id exists at once."""
    with transaction() as session:
        insight, job = generate.request(session, snapshot_id, insight_type, tone_mode)
    queue.send(job)
    return InsightQueued(
        task_id=job.id,
        snapshot_id=snapshot_id,
        insight_type=insight_type,
        result=InsightId(insight_id=insight.id),
    )


@router.get("/{insight_id}", responses=documented(HTTPStatus.NOT_FOUND))
def read_insight(insight_id: UUID) -> InsightOut:
    with transaction() as session:
        insight = generate.get_insight(session, insight_id)
    return InsightOut.of(insight)


@router.get("/user/{user_id}", responses=documented(HTTPStatus.NOT_FOUND))
def list_insights(
    user_id: UUID,
    limit: Annotated[int, Query(ge=1, le=200)] = 10,
    insight_type: InsightType | None = None,
) -> list[InsightListed]:
    """A listener's insights, newest first."""
    with transaction() as session:
        accounts.get_user(session, user_id)
        found = generate.list_insights(session, user_id, limit, insight_type)
    return [InsightListed.of(insight) for insight in found]
