"""Where a listener's plays came from, and taking one such source out again."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter

from spotify_insights import accounts, queue
from spotify_insights.listening import records, undoing
from spotify_insights.resources import transaction
from spotify_insights.web.errors import documented
from spotify_insights.web.schemas.numbers import RowId
from spotify_insights.web.schemas.sources import SourceEnding, SourceOut

router = APIRouter(prefix="/api/sources", tags=["imports"])


@router.get("", responses=documented(HTTPStatus.NOT_FOUND))
def list_sources(user_id: UUID) -> list[SourceOut]:
    """A listener's sources, oldest first, and the plays each of them claims now."""
    with transaction() as session:
        accounts.get_user(session, user_id)
        holdings = records.list_holdings(session, user_id)
    return [SourceOut.of(holding) for holding in holdings]


@router.delete("/{source_id}", status_code=202, responses=documented(HTTPStatus.NOT_FOUND))
def end_source(source_id: RowId) -> SourceEnding:
    """Queue the end of a source: plays that nothing else tells of are deleted."""
    with transaction() as session:
        job = undoing.submit_forget(session, source_id)
    queue.send(job)
    return SourceEnding(source_id=source_id, task_id=job.id)
