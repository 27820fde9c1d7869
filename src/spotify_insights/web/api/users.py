"""Listeners and their tokens."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from spotify_insights import accounts, queue
from spotify_insights.listening import rebuilding
from spotify_insights.resources import transaction
from spotify_insights.spotify.payloads import Token
from spotify_insights.web import answers
from spotify_insights.web.errors import documented
from spotify_insights.web.schemas.users import (
    DisconnectedOut,
    PartOfRegistration,
    Registration,
    TokenIn,
    TokenOut,
    UserChange,
    UserOut,
)

router = APIRouter(prefix="/api", tags=["listeners"])


def _registration(
    query: Annotated[PartOfRegistration, Query()], body: PartOfRegistration | None = None
) -> Registration:
    """Body and query together; the body wins."""
    given = query.model_dump(exclude_none=True)
    given |= body.model_dump(exclude_none=True) if body else {}
    try:
        return Registration.model_validate(given)
    except ValidationError as error:
        missing = [{**one, "loc": ("body", *one["loc"])} for one in error.errors()]
        raise RequestValidationError(missing) from error


@router.post(
    "/users/register",
    status_code=201,
    responses=documented(HTTPStatus.BAD_REQUEST)
    | {200: {"description": "Registered before", "model": UserOut}},
)
def register(
    wanted: Annotated[Registration, Depends(_registration)], response: Response
) -> UserOut:
    """Register a listener, or return the one with this Spotify id (its name is taken over)."""
    with transaction() as session:
        user, is_new = accounts.register(session, **wanted.model_dump())
    response.status_code = HTTPStatus.CREATED if is_new else HTTPStatus.OK
    return UserOut.of(user)


@router.patch(
    "/users/{user_id}", responses=documented(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND)
)
def change(user_id: UUID, wanted: UserChange) -> UserOut:
    """Change a listener's settings; names that are not sent stay as they are."""
    with transaction() as session:
        user = accounts.change(session, user_id, wanted.model_dump(exclude_unset=True))
        job = rebuilding.submit(session, user_id) if wanted.moves_days else None
    answers.forget_versions()
    if job:
        queue.send(job)
    return UserOut.of(user)


@router.post(
    "/users/{user_id}/disconnect", responses=documented(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)
)
def disconnect(user_id: UUID) -> DisconnectedOut:
    """Forget a listener's consent now, and within five days what it brought. Uploads stay."""
    with transaction() as session:
        user = accounts.disconnect(session, user_id)
    return DisconnectedOut.of(user)


@router.post("/tokens/store", responses=documented(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND))
def store_token(given: TokenIn) -> TokenOut:
    """Keep a listener's Spotify tokens, encrypted. They are never returned."""
    token = Token.model_construct(**given.model_dump(exclude={"user_id"}))
    with transaction() as session:
        accounts.get_user(session, given.user_id)
        stored = accounts.save_token(session, given.user_id, token)
    return TokenOut(token_id=stored.id, expires_at=stored.expires_at)
