"""Imports of listening history."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, UploadFile

from spotify_insights import queue
from spotify_insights.listening import importing
from spotify_insights.resources import transaction
from spotify_insights.web.errors import documented
from spotify_insights.web.schemas.imports import ImportOut, ImportQueued

router = APIRouter(prefix="/api/imports", tags=["imports"])


@router.post(
    "",
    status_code=202,
    responses=documented(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
)
def start_import(files: Annotated[list[UploadFile], File()], user_id: UUID) -> ImportQueued:
    """Queue an import of one or more files: zip as delivered, or JSON."""
    uploads = [(upload.filename or "upload", upload.file) for upload in files]
    record, job = importing.receive(user_id, uploads)
    queue.send(job)
    return ImportQueued(import_id=record.id, task_id=job.id)


@router.get("/{import_id}", responses=documented(HTTPStatus.NOT_FOUND))
def read_import(import_id: UUID) -> ImportOut:
    """What became of each row; `rows` is the sum of `counts`, per file and in total."""
    with transaction() as session:
        record = importing.get_import(session, import_id)
    return ImportOut.of(record)
