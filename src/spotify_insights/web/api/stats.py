"""Statistics over a listener's plays. All of them take the same range (see `web.asked`)."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy.orm import Session

from spotify_insights.listening.stats import dashboard as dashboards
from spotify_insights.listening.stats import scope as scopes
from spotify_insights.listening.stats import summary as summaries
from spotify_insights.listening.stats import timeline as timelines
from spotify_insights.listening.stats import tops
from spotify_insights.listening.stats.ranges import Comparison
from spotify_insights.listening.stats.timeline import Bucket
from spotify_insights.listening.stats.tops import By, TopKind
from spotify_insights.listening.stats.totals import totals
from spotify_insights.web.asked import AskedFor, Look
from spotify_insights.web.errors import documented
from spotify_insights.web.schemas import stats as schemas
from spotify_insights.web.schemas.stats import Period

router = APIRouter(prefix="/api/stats", tags=["statistics"])

LONGEST_PAGE = 500
KEPT = documented(HTTPStatus.NOT_FOUND) | {304: {"description": "Not changed since the ETag given"}}

Limit = Annotated[int, Query(ge=1, le=LONGEST_PAGE)]
Offset = Annotated[int, Query(ge=0, le=1_000_000)]


@router.get("/summary", response_model=schemas.SummaryOut, responses=KEPT)
def summary(asked: AskedFor) -> Response:
    """Totals of music, podcasts and audiobooks, and of the compared range."""

    def make(session: Session, look: Look) -> schemas.SummaryOut:
        found = summaries.summary(session, look.scope)
        before = scopes.fetch(session, look.compared) if look.compared else None
        return schemas.SummaryOut.of(look, found, None if before is None else totals(before))

    return asked.answered(make)


@router.get("/top", response_model=schemas.TopOut, responses=KEPT)
def top(
    asked: AskedFor,
    kind: TopKind = TopKind.TRACKS,
    by: By = By.PLAYS,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Response:
    """What was played most; `previous_rank` is the rank in the compared range or the one before."""

    def make(session: Session, look: Look) -> schemas.TopOut:
        plays = look.plays(session)
        before = look.plays_before(session, Comparison.PREVIOUS)
        found = tops.top(plays, kind, by, limit=limit, offset=offset, before=before)
        return schemas.top_out(session, look, kind, found)

    return asked.answered(make)


@router.get("/heatmap", response_model=schemas.HeatmapOut, responses=KEPT)
def heatmap(asked: AskedFor) -> Response:
    """Plays and time for each hour of the week; no cells where there are no plays."""

    def make(session: Session, look: Look) -> schemas.HeatmapOut:
        cells = timelines.heatmap(look.plays(session))
        return schemas.HeatmapOut(period=Period.of(look), cells=cells)

    return asked.answered(make)


@router.get("/timeline", response_model=schemas.TimelineOut, responses=KEPT)
def timeline(asked: AskedFor, bucket: Bucket | None = None) -> Response:
    """Plays and time over the range, in buckets that fit its length or in those asked for."""

    def make(session: Session, look: Look) -> schemas.TimelineOut:
        plays = look.plays(session)
        chosen = bucket or dashboards.bucket_for(plays)
        items = timelines.timeline(plays, chosen)
        return schemas.TimelineOut(period=Period.of(look), bucket=chosen, items=items)

    return asked.answered(make)


@router.get("/dashboard", response_model=schemas.DashboardOut, responses=KEPT)
def dashboard(asked: AskedFor) -> Response:
    """Everything a dashboard shows, with the change against the compared range."""

    def make(session: Session, look: Look) -> schemas.DashboardOut:
        found = dashboards.dashboard(
            session,
            look.scope,
            look.compared,
            days=look.days,
            today=look.today if look.is_open else None,
            known_until=look.known_until,
        )
        return schemas.DashboardOut.of(session, look, found)

    return asked.answered(make)
