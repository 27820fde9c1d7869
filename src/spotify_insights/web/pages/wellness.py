"""Insights: asked for, awaited, read with the evidence for every claim, judged."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from spotify_insights import accounts, llm, queue
from spotify_insights.insights import calls, languages, rows, wording
from spotify_insights.insights.languages import LANGUAGES
from spotify_insights.insights.layout import LAYOUT
from spotify_insights.listening import snapshots
from spotify_insights.models import GeneratedInsight, Snapshot, User
from spotify_insights.models.insight import InsightType, Opinion, Tone
from spotify_insights.models.listening import TimeRange
from spotify_insights.resources import transaction
from spotify_insights.settings import get_settings
from spotify_insights.web.format import day
from spotify_insights.web.pages import authors, evidence, listeners, portrait, prose
from spotify_insights.web.schemas.insights import LanguageCode, Note, WriterOut, evidence_of
from spotify_insights.web.templating import render

router = APIRouter()

_PAST = 20
_SNAPSHOTS = 50
_SERIES = (TimeRange.WEEK, TimeRange.MONTH)


@router.get("/wellness")
def wellness(request: Request, user: UUID | None = None, insight: UUID | None = None) -> Response:
    with transaction() as session:
        shown = rows.get_insight(session, insight) if insight else None
        audience = listeners.find_audience(session, shown.user_id if shown else user)
        listener = audience.listener
        about = session.get_one(Snapshot, shown.snapshot_id) if shown else None
        taken = _snapshots(session, listener, about) if listener else {}
        past = rows.list_insights(session, listener.id, _PAST) if listener else []
        writer = _writer(session, listener) if listener else None
    context = {
        "audience": audience,
        "insight": shown,
        "about": about,
        "ranges": taken,
        "labels": _labels(taken, listener),
        "past": past,
        "writer": writer,
        "languages": LANGUAGES.values(),
        "own_language": languages.of_locale(listener.locale if listener else "").code,
        "range_names": portrait.RANGES,
        "byline": authors.byline,
        "kind": authors.kind,
        "teaser": prose.teaser,
        **(_read(shown) if shown else {"prose": None, "cards": []}),
    }
    return render(request, "wellness.html", context)


@router.post("/wellness")
def ask(
    snapshot: Annotated[UUID, Form()],
    insight_type: Annotated[InsightType, Form(alias="type")] = InsightType.WELLNESS,
    tone: Annotated[Tone, Form()] = Tone.NEUTRAL,
    language: Annotated[LanguageCode | None, Form()] = None,
) -> RedirectResponse:
    with transaction() as session:
        insight, job = rows.request(session, snapshot, insight_type, tone, language)
    queue.send(job)
    return _to(insight.id)


@router.post("/wellness/{insight_id}/cancel")
def cancel(insight_id: UUID) -> RedirectResponse:
    with transaction() as session:
        rows.cancel(session, insight_id)
    return _to(insight_id)


@router.post("/wellness/{insight_id}/opinion")
def judge(
    insight_id: UUID,
    opinion: Annotated[Opinion | None, Form()] = None,
    note: Annotated[Note | None, Form()] = None,
) -> RedirectResponse:
    """Without an opinion the one that was given is taken back."""
    with transaction() as session:
        rows.rate(session, insight_id, opinion, note or None)
    return _to(insight_id, "#opinion")


@router.post("/wellness/consent")
def consent(
    user: Annotated[UUID, Form()],
    is_given: Annotated[bool, Form(alias="given")],
    insight: Annotated[UUID | None, Form()] = None,
) -> RedirectResponse:
    """Agree to the model that is configured now, or end that."""
    with transaction() as session:
        accounts.change(session, user, {"ai_consent": is_given})
    if insight:
        return _to(insight, "#writer")
    return RedirectResponse(f"/wellness?user={user}#writer", 303)


def _to(insight_id: UUID, part: str = "") -> RedirectResponse:
    return RedirectResponse(f"/wellness?insight={insight_id}{part}", 303)


def _snapshots(
    session: Session, listener: User, about: Snapshot | None
) -> Mapping[TimeRange, Snapshot]:
    """What an insight may be asked about: the newest of each range.

    Of weeks and months it is the one that the page is about, for there are many that differ.
    """
    taken = [about] if about and about.time_range in _SERIES else []
    taken += snapshots.find_snapshots(session, listener.id, _SNAPSHOTS, None)
    for kind in _SERIES:
        taken += snapshots.find_snapshots(session, listener.id, 1, kind)
    return portrait.newest_by_range(taken)


def _labels(taken: Mapping[TimeRange, Snapshot], listener: User | None) -> Mapping[str, str]:
    zone = ZoneInfo(listener.timezone if listener else "UTC")
    return {time_range: _label(snapshot, zone) for time_range, snapshot in taken.items()}


def _label(snapshot: Snapshot, zone: ZoneInfo) -> str:
    """A range by its name; a week or a month by its days."""
    first = snapshot.period_start.astimezone(zone).date()
    if snapshot.time_range is TimeRange.MONTH:
        return f"{first:%B %Y}"
    if snapshot.time_range is TimeRange.WEEK:
        return f"Week from {day(first)}"
    return portrait.RANGES[snapshot.time_range]


def _writer(session: Session, listener: User) -> WriterOut:
    model = llm.configured()
    left = calls.left(session, listener.id) if model else None
    return WriterOut.of(model, listener, get_settings().insights_data, left)


def _read(insight: GeneratedInsight) -> dict[str, object]:
    """The text with its claims, and a card of evidence for each number in it."""
    if insight.content is None:
        return {"prose": None, "cards": []}
    language = languages.of_locale(insight.language)
    leads = wording.read(language.code, LAYOUT)["categories"].values()
    text = prose.render(insight.content, evidence_of(insight), leads)
    return {"prose": text, "cards": [evidence.card(note, language) for note in text.notes]}
