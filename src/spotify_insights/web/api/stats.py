"""Statistics over the ledger."""

from datetime import date
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from spotify_insights import accounts
from spotify_insights.listening import stats
from spotify_insights.models.listening import PlayKind
from spotify_insights.resources import transaction
from spotify_insights.web.errors import documented
from spotify_insights.web.schemas.stats import KindTotals, Skips, Summary, kind_totals

router = APIRouter(prefix="/api/stats", tags=["statistics"])


@router.get("/summary", responses=documented(HTTPStatus.NOT_FOUND))
def summary(
    user_id: UUID,
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
    tz: str | None = None,
) -> Summary:
    """Totals between two local days, both inclusive and optional; without them, lifetime."""
    with transaction() as session:
        scope = stats.scope_of(accounts.get_user(session, user_id), first=first, last=last, zone=tz)
        totals = stats.totals(session, scope)
        skips = stats.skips(session, scope)
    return Summary(
        **kind_totals(totals[PlayKind.TRACK]),
        skips=Skips(told=skips.told, skipped=skips.skipped),
        podcasts=KindTotals(**kind_totals(totals[PlayKind.EPISODE])),
        audiobooks=KindTotals(**kind_totals(totals[PlayKind.CHAPTER])),
    )
