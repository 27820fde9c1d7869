"""Imports of listening history."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Query, UploadFile
from fastapi.responses import StreamingResponse

from spotify_insights import accounts, queue
from spotify_insights.listening import importing, records, undoing, uploads
from spotify_insights.resources import transaction
from spotify_insights.web import spreadsheets
from spotify_insights.web.errors import documented
from spotify_insights.web.schemas.imports import ImportOut, ImportQueued

router = APIRouter(prefix="/api/imports", tags=["imports"])

_TABLE = {"content": {spreadsheets.MEDIA_TYPE: {"schema": {"type": "string"}}}}


@router.post(
    "",
    status_code=202,
    responses=documented(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
)
def start_import(files: Annotated[list[UploadFile], File()], user_id: UUID) -> ImportQueued:
    """Queue an import of one or more files: zips as delivered, or the files in them."""
    given = [(upload.filename or "upload", upload.file) for upload in files]
    record, job = uploads.receive(user_id, given)
    queue.send(job)
    return ImportQueued(import_id=record.id, task_id=job.id)


@router.get("", responses=documented(HTTPStatus.NOT_FOUND))
def list_imports(user_id: UUID, limit: Annotated[int, Query(ge=1, le=200)] = 10) -> list[ImportOut]:
    """A listener's imports, newest first."""
    with transaction() as session:
        accounts.get_user(session, user_id)
        found = records.list_records(session, user_id, limit)
    return [ImportOut.of(record) for record in found]


@router.get("/{import_id}", responses=documented(HTTPStatus.NOT_FOUND))
def read_import(import_id: UUID) -> ImportOut:
    """What became of each row; `rows` is the sum of `counts`, per file and in total."""
    with transaction() as session:
        record = records.get_record(session, import_id)
    return ImportOut.of(record)


@router.get(
    "/{import_id}/rejected",
    response_class=StreamingResponse,
    responses=documented(HTTPStatus.NOT_FOUND) | {200: _TABLE},
)
def download_rejected(import_id: UUID) -> StreamingResponse:
    """Every row that was refused, with the reason, as CSV for a spreadsheet."""
    with transaction() as session:
        importing.get_import(session, import_id)
    rows = (
        (name, one.row, one.reason, one.detail) for name, one in records.rejected_rows(import_id)
    )
    lines = spreadsheets.lines(("file", "row", "reason", "detail"), rows)
    name = f'attachment; filename="rejected-rows-{import_id}.csv"'
    return StreamingResponse(
        lines, media_type=spreadsheets.MEDIA_TYPE, headers={"content-disposition": name}
    )


@router.post(
    "/{import_id}/undo",
    status_code=202,
    responses=documented(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
)
def undo_import(import_id: UUID) -> ImportQueued:
    """Queue the undo of a finished import: what no other source gave as well is taken out."""
    with transaction() as session:
        job = undoing.submit(session, import_id)
    queue.send(job)
    return ImportQueued(import_id=import_id, task_id=job.id)
