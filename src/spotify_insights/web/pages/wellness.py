"""Insights: asked for, awaited, read with the evidence for every claim."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from spotify_insights import queue
from spotify_insights.insights import generate
from spotify_insights.listening import snapshots
from spotify_insights.models import GeneratedInsight, Snapshot
from spotify_insights.models.insight import InsightType, Tone
from spotify_insights.resources import transaction
from spotify_insights.web.pages import evidence, listeners, portrait, prose
from spotify_insights.web.templating import render

router = APIRouter()

_PAST = 20
_SNAPSHOTS = 50


@router.get("/wellness")
def wellness(request: Request, user: UUID | None = None, insight: UUID | None = None) -> Response:
    with transaction() as session:
        shown = generate.get_insight(session, insight) if insight else None
        audience = listeners.find_audience(session, shown.user_id if shown else user)
        listener = audience.listener
        about = session.get_one(Snapshot, shown.snapshot_id) if shown else None
        taken = snapshots.find_snapshots(session, listener.id, _SNAPSHOTS, None) if listener else []
        past = generate.list_insights(session, listener.id, _PAST, None) if listener else []
    context = {
        "audience": audience,
        "insight": shown,
        "about": about,
        "prose": _prose(shown) if shown else None,
        "ranges": portrait.newest_by_range(taken),
        "past": past,
        "range_names": portrait.RANGES,
        "evidence": evidence,
        "teaser": prose.teaser,
    }
    return render(request, "wellness.html", context)


@router.post("/wellness")
def ask(
    snapshot: Annotated[UUID, Form()],
    tone: Annotated[Tone, Form()] = Tone.NEUTRAL,
) -> RedirectResponse:
    with transaction() as session:
        insight, job = generate.request(session, snapshot, InsightType.WELLNESS, tone)
    queue.send(job)
    return RedirectResponse(f"/wellness?insight={insight.id}", 303)


def _prose(insight: GeneratedInsight) -> prose.Prose | None:
    if insight.content is None:
        return None
    return prose.render(insight.content, (insight.structured_output or {}).get("evidence", []))
