"""Version 1's one call: it runs the two jobs of an insight and waits for them.

    [net] whose token is it  [tx] that listener, the token, an ingest  … wait
    [tx] an insight of its snapshot  … wait  [tx] read it

While it waits it holds a thread and nothing else, so only a few may wait at a time.
"""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from threading import BoundedSemaphore
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse

from spotify_insights import accounts, jobs, queue
from spotify_insights.errors import Forbidden, Unavailable
from spotify_insights.insights import rows
from spotify_insights.listening import ingest
from spotify_insights.models import Job
from spotify_insights.models.insight import InsightType, Tone
from spotify_insights.models.job import UNFINISHED, JobState
from spotify_insights.models.listening import TimeRange
from spotify_insights.resources import transaction
from spotify_insights.settings import Environment, get_settings
from spotify_insights.spotify.client import SpotifyClient
from spotify_insights.web.errors import MEDIA_TYPE, documented, problem
from spotify_insights.web.schemas.insights import InsightOut
from spotify_insights.web.schemas.version1 import AccessToken, Unfinished, Wish

router = APIRouter(prefix="/api/wellness", tags=["version 1"])

WITHIN_S = 60.0
LOOK_EVERY_S = 0.25
# A web process has 40 threads for everything.
MOST_WAITING = 8

_places = BoundedSemaphore(MOST_WAITING)
# What a failed job's code means for the caller; all others are worth another try later.
_STATUS = {
    "reconnect_required": HTTPStatus.CONFLICT,
    "scope_missing": HTTPStatus.CONFLICT,
    "not_allow_listed": HTTPStatus.FORBIDDEN,
    "owner_premium": HTTPStatus.FORBIDDEN,
    "spotify_refused": HTTPStatus.FORBIDDEN,
    "cancelled": HTTPStatus.CONFLICT,
    "internal_error": HTTPStatus.INTERNAL_SERVER_ERROR,
}


@router.post(
    "/insights",
    response_model=InsightOut,
    responses=documented(HTTPStatus.CONFLICT, HTTPStatus.GATEWAY_TIMEOUT),
)
def write_at_once(
    access_token: Annotated[AccessToken, Query()], wanted: Wish
) -> InsightOut | Response:
    """Collect from Spotify with this token and answer the whole insight, within a minute.

    In development only, because an address ends up in logs. Better: `POST /api/insights/generate`.
    """
    if get_settings().environment is not Environment.DEVELOPMENT:
        raise Forbidden("development_only", "A token in an address is taken in development only.")
    with _place():
        until = time.monotonic() + WITHIN_S
        collected = _await(_collect(access_token, TimeRange(wanted.time_range)), until)
        if collected.state is not JobState.SUCCEEDED:
            return _not_done(collected)
        written = _await(_request(collected, wanted.tone_mode), until)
        return _read(written) if written.state is JobState.SUCCEEDED else _not_done(written)


@contextmanager
def _place() -> Iterator[None]:
    """One of the few places to wait; raise Unavailable when all are taken."""
    if not _places.acquire(blocking=False):
        detail = f"{MOST_WAITING} callers wait for an insight already."
        raise Unavailable("too_many_waiting", detail, retry_after=10)
    try:
        yield
    finally:
        _places.release()


def _collect(access_token: str, time_range: TimeRange) -> Job:
    """The ingest of whoever the token belongs to."""
    with SpotifyClient(access_token) as spotify:
        me = spotify.me()
    with transaction() as session:
        user = accounts.recognise(session, me)
        accounts.lend_token(session, user.id, access_token)
        job = ingest.submit(session, user.id, time_range)
    queue.send(job)
    return job


def _request(collected: Job, tone: Tone) -> Job:
    """The writing of an insight on the snapshot that an ingest has left."""
    snapshot_id = UUID((collected.result or {})["snapshot_id"])
    with transaction() as session:
        _, job = rows.request(session, snapshot_id, InsightType.WELLNESS, tone)
    queue.send(job)
    return job


def _await(job: Job, until: float) -> Job:
    """The job once it has ended or is paused, else as it is when the time is up."""
    while job.state in {JobState.QUEUED, JobState.RUNNING} and time.monotonic() < until:
        time.sleep(LOOK_EVERY_S)
        with transaction() as session:
            job = jobs.get_job(session, job.id)
    return job


def _read(written: Job) -> InsightOut:
    with transaction() as session:
        return InsightOut.of(rows.get_insight(session, UUID(written.params["insight_id"])))


def _not_done(job: Job) -> Response:
    """Why there is no insight: the time was up, Spotify wants a pause, or a job has failed."""
    if job.state in UNFINISHED and job.state is not JobState.PAUSED:
        detail = f"It is not done after {WITHIN_S:.0f} seconds, but goes on: ask for the task."
        return _answer("took_too_long", detail, job.id)
    code = job.error_code or "cancelled"
    status = _STATUS.get(code, HTTPStatus.SERVICE_UNAVAILABLE)
    answer = problem(status, code, job.error_message or "It was cancelled.")
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        answer.headers["retry-after"] = str(_seconds_to_wait(job))
    return answer


def _seconds_to_wait(job: Job) -> int:
    """Until a paused job goes on; of one that has ended nobody knows."""
    if job.resumes_at is None:
        return 10
    return max(1, math.ceil((job.resumes_at - datetime.now(UTC)).total_seconds()))


def _answer(code: str, detail: str, task_id: UUID) -> Response:
    status = HTTPStatus.GATEWAY_TIMEOUT
    body = Unfinished(
        type=f"urn:insights:problem:{code}",
        title=status.phrase,
        status=status,
        detail=detail,
        code=code,
        task_id=task_id,
    )
    content = body.model_dump(mode="json", exclude={"errors"})
    return JSONResponse(content, status, media_type=MEDIA_TYPE)
