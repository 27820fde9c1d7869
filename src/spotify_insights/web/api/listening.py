"""Ingests and snapshots."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from spotify_insights import accounts, queue
from spotify_insights.listening import ingest, snapshots
from spotify_insights.models.listening import TimeRange
from spotify_insights.resources import transaction
from spotify_insights.web.errors import documented
from spotify_insights.web.schemas.listening import IngestQueued, SnapshotOut, SpotifyRange

router = APIRouter(prefix="/api/listening", tags=["listening"])


@router.post(
    "/ingest",
    status_code=202,
    responses=documented(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
)
def start_ingest(user_id: UUID, time_range: SpotifyRange = "medium_term") -> IngestQueued:
    """Queue an ingest. If one for this range is already under way, that one is the answer."""
    with transaction() as session:
        job = ingest.submit(session, user_id, TimeRange(time_range))
    queue.send(job)
    return IngestQueued(task_id=job.id, user_id=user_id, time_range=TimeRange(time_range))


@router.get("/snapshots", responses=documented(HTTPStatus.NOT_FOUND))
def list_snapshots(
    user_id: UUID,
    limit: Annotated[int, Query(ge=1, le=200)] = 10,
    time_range: TimeRange | None = None,
) -> list[SnapshotOut]:
    """Snapshots, newest first; weekly and monthly ones only when asked for."""
    with transaction() as session:
        accounts.get_user(session, user_id)
        found = snapshots.find_snapshots(session, user_id, limit, time_range)
    return [SnapshotOut.of(snapshot) for snapshot in found]
