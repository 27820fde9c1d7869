"""Rules for plays that do not count: adding one, and taking it back."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, Response

from spotify_insights import accounts, queue
from spotify_insights.listening import exclusions, rebuilding
from spotify_insights.resources import transaction
from spotify_insights.web import answers
from spotify_insights.web.errors import documented
from spotify_insights.web.schemas.exclusions import ExclusionIn, ExclusionOut

router = APIRouter(prefix="/api/exclusions", tags=["history"])


@router.get("", responses=documented(HTTPStatus.NOT_FOUND))
def list_exclusions(user_id: UUID) -> list[ExclusionOut]:
    """A listener's rules, oldest first, and how many plays each of them leaves out."""
    with transaction() as session:
        accounts.get_user(session, user_id)
        told = exclusions.tell(session, user_id, exclusions.rules_of(session, user_id))
    return [ExclusionOut.of(one) for one in told]


@router.post(
    "",
    status_code=201,
    responses=documented(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)
    | {200: {"description": "There was an equal rule before", "model": ExclusionOut}},
)
def add_exclusion(user_id: UUID, wanted: ExclusionIn, response: Response) -> ExclusionOut:
    """Leave plays out of all statistics, for as long as the rule stands."""
    with transaction() as session:
        rule, is_new = exclusions.add(session, user_id, wanted.as_rule())
        (told,) = exclusions.tell(session, user_id, [rule])
        job = rebuilding.submit(session, user_id) if is_new else None
    if job:
        queue.send(job)
    answers.forget_versions()
    response.status_code = HTTPStatus.CREATED if is_new else HTTPStatus.OK
    return ExclusionOut.of(told)


@router.delete("/{exclusion_id}", status_code=204, responses=documented(HTTPStatus.NOT_FOUND))
def remove_exclusion(exclusion_id: UUID) -> None:
    """Take a rule back: what it left out counts again, as before."""
    with transaction() as session:
        job = rebuilding.submit(session, exclusions.remove(session, exclusion_id))
    if job:
        queue.send(job)
    answers.forget_versions()
