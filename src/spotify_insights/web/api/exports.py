"""Exports of the ledger."""

from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from spotify_insights import accounts
from spotify_insights.listening import exporting
from spotify_insights.listening.exporting import Format
from spotify_insights.resources import transaction
from spotify_insights.web.errors import documented

router = APIRouter(prefix="/api/exports", tags=["exports"])

# The media type of each format, and the ending of its file's name.
_KINDS = {
    Format.JSONL: ("application/jsonl", "jsonl"),
    Format.CSV: ("text/csv", "csv"),
    Format.SPOTIFY: ("application/json", "json"),
}
_FILE = {media_type: {"schema": {"type": "string"}} for media_type, _ in _KINDS.values()}
_OK: dict[int | str, dict[str, Any]] = {200: {"description": "OK", "content": _FILE}}


@router.get("", response_class=StreamingResponse, responses=documented(HTTPStatus.NOT_FOUND) | _OK)
def export_plays(
    user_id: UUID,
    form: Annotated[Format, Query(alias="format")] = Format.JSONL,
    with_deleted: bool = False,
) -> StreamingResponse:
    """All of a listener's plays as a file that an import reads back; deleted ones if asked for."""
    with transaction() as session:
        accounts.get_user(session, user_id)
    media_type, ending = _KINDS[form]
    parts = (page.content for page in exporting.pages(user_id, form, with_deleted=with_deleted))
    headers = {"content-disposition": f'attachment; filename="listening-history.{ending}"'}
    return StreamingResponse(parts, media_type=media_type, headers=headers)
