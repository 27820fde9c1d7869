"""Insights: asked for, written in the background, read, judged."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from spotify_insights import accounts, llm, queue
from spotify_insights.insights import calls, rows
from spotify_insights.models.insight import InsightType, Tone
from spotify_insights.resources import transaction
from spotify_insights.settings import get_settings
from spotify_insights.web.errors import documented
from spotify_insights.web.schemas.insights import (
    InsightId,
    InsightListed,
    InsightOut,
    InsightQueued,
    LanguageCode,
    OpinionIn,
    OpinionOut,
    WriterOut,
)

router = APIRouter(prefix="/api/insights", tags=["insights"])


@router.post("/generate", status_code=202, responses=documented(HTTPStatus.NOT_FOUND))
def request_insight(
    snapshot_id: UUID,
    insight_type: InsightType = InsightType.WELLNESS,
    tone_mode: Tone = Tone.NEUTRAL,
    language: LanguageCode | None = None,
) -> InsightQueued:
    """Queue an insight on a snapshot; its id exists at once.

    Without a `language` it is written in that of the listener's locale, else in English.
    """
    with transaction() as session:
        insight, job = rows.request(session, snapshot_id, insight_type, tone_mode, language)
    queue.send(job)
    return InsightQueued(
        task_id=job.id,
        snapshot_id=snapshot_id,
        insight_type=insight_type,
        result=InsightId(insight_id=insight.id),
    )


@router.get("/model", responses=documented(HTTPStatus.NOT_FOUND))
def describe_model(user_id: UUID) -> WriterOut:
    """Who would write this listener's next insight, and what a model would be shown."""
    model, data = llm.configured(), get_settings().insights_data
    with transaction() as session:
        user = accounts.get_user(session, user_id)
        calls_left = calls.left(session, user_id) if model else None
    return WriterOut.of(model, user, data, calls_left)


@router.get("/{insight_id}", responses=documented(HTTPStatus.NOT_FOUND))
def read_insight(insight_id: UUID) -> InsightOut:
    """An insight with the evidence for each of its claims."""
    with transaction() as session:
        insight = rows.get_insight(session, insight_id)
    return InsightOut.of(insight)


@router.post(
    "/{insight_id}/cancel", responses=documented(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)
)
def cancel(insight_id: UUID) -> InsightOut:
    """Stop the writing of an insight that is pending; its `error` is then `cancelled`."""
    with transaction() as session:
        insight = rows.cancel(session, insight_id)
    return InsightOut.of(insight)


@router.put(
    "/{insight_id}/opinion", responses=documented(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)
)
def judge(insight_id: UUID, given: OpinionIn) -> OpinionOut:
    """Keep what the listener says of an insight; a later opinion replaces it."""
    with transaction() as session:
        insight = rows.rate(session, insight_id, given.opinion, given.note or None)
    return OpinionOut.of(insight)


@router.delete(
    "/{insight_id}/opinion",
    status_code=204,
    responses=documented(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
)
def forget_opinion(insight_id: UUID) -> Response:
    """Take an opinion back, with its note."""
    with transaction() as session:
        rows.rate(session, insight_id, None)
    return Response(status_code=204)


@router.get("/user/{user_id}", responses=documented(HTTPStatus.NOT_FOUND))
def list_insights(
    user_id: UUID,
    limit: Annotated[int, Query(ge=1, le=200)] = 10,
    insight_type: InsightType | None = None,
) -> list[InsightListed]:
    """A listener's insights, newest first."""
    with transaction() as session:
        accounts.get_user(session, user_id)
        found = rows.list_insights(session, user_id, limit, insight_type)
    return [InsightListed.of(insight) for insight in found]
