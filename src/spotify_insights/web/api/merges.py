"""Recordings under several titles, counted as one track, and taking that back."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from spotify_insights import accounts
from spotify_insights.listening import recordings
from spotify_insights.resources import transaction
from spotify_insights.web import answers
from spotify_insights.web.errors import documented
from spotify_insights.web.schemas.merges import MergeOut
from spotify_insights.web.schemas.numbers import RowId

router = APIRouter(prefix="/api/merges", tags=["statistics"])


@router.get("", responses=documented(HTTPStatus.NOT_FOUND))
def list_merges(
    user_id: UUID,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> list[MergeOut]:
    """The listener's tracks that are counted as another one, because they are one recording."""
    with transaction() as session:
        accounts.get_user(session, user_id)
        merges = recordings.list_merges(session, user_id, limit, offset)
    return [MergeOut(**merge._asdict()) for merge in merges]


@router.delete("/{track_id}", status_code=204, responses=documented(HTTPStatus.NOT_FOUND))
def unmerge(track_id: RowId) -> None:
    """Count a track for itself again, from now on and for all listeners."""
    with transaction() as session:
        recordings.unmerge(session, track_id)
    answers.forget_versions()
