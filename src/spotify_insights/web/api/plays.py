"""A listener's plays one by one, deleting single ones, and taking that back."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from spotify_insights import accounts, queue
from spotify_insights.listening import history, rebuilding
from spotify_insights.resources import transaction
from spotify_insights.web import answers
from spotify_insights.web.errors import documented
from spotify_insights.web.schemas.plays import PlayId, PlayPage, PlaysAsked

router = APIRouter(prefix="/api/plays", tags=["history"])


@router.get("", responses=documented(HTTPStatus.NOT_FOUND))
def list_plays(asked: Annotated[PlaysAsked, Query()]) -> PlayPage:
    """A listener's plays, newest first, each listen once; or those that were deleted."""
    wanted, after = asked.wanted(), asked.after()
    with transaction() as session:
        page = history.page(session, asked.user_id, wanted, limit=asked.limit, after=after)
    return PlayPage.of(page)


@router.delete("/{play_id}", status_code=204, responses=documented(HTTPStatus.NOT_FOUND))
def delete_play(play_id: PlayId, user_id: UUID) -> None:
    """Take a play out of everything, whatever tells of it; it can be restored."""
    with transaction() as session:
        accounts.get_user(session, user_id)
        history.delete(session, user_id, play_id)
        job = rebuilding.submit(session, user_id)
    if job:
        queue.send(job)
    answers.forget_versions()


@router.post("/{play_id}/restore", status_code=204, responses=documented(HTTPStatus.NOT_FOUND))
def restore_play(play_id: PlayId, user_id: UUID) -> None:
    """Bring a deleted play back."""
    with transaction() as session:
        accounts.get_user(session, user_id)
        history.restore(session, user_id, play_id)
        job = rebuilding.submit(session, user_id)
    if job:
        queue.send(job)
    answers.forget_versions()
