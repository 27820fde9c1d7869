"""From kinds of error to answers: one table, one problem document (RFC 9457), one page."""

import logging
import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from redis.exceptions import RedisError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from spotify_insights.errors import (
    Conflict,
    Forbidden,
    InsightsError,
    Invalid,
    NotFound,
    ReconnectRequired,
    Unavailable,
)
from spotify_insights.web.templating import render

log = logging.getLogger(__name__)

STATUS: Mapping[type[InsightsError], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    Conflict: HTTPStatus.CONFLICT,
    ReconnectRequired: HTTPStatus.CONFLICT,
    Forbidden: HTTPStatus.FORBIDDEN,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
MEDIA_TYPE = "application/problem+json"
_REFERENCE = "#/components/schemas/{model}"
_EVERYWHERE = (
    HTTPStatus.FORBIDDEN,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.SERVICE_UNAVAILABLE,
)


class FieldError(BaseModel):
    """Where in the request the fault lies, such as `query.user_id`, and what would be right."""

    field: str
    message: str


class Problem(BaseModel):
    """A problem document. `code` never changes for a case; `detail` is for people."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldError] = []


def problem(
    status: HTTPStatus, code: str, detail: str, errors: list[FieldError] | None = None
) -> JSONResponse:
    body = Problem(
        type=f"urn:insights:problem:{code}",
        title=status.phrase,
        status=status,
        detail=detail,
        code=code,
        errors=errors or [],
    )
    content = body.model_dump(exclude=set() if errors else {"errors"})
    return JSONResponse(content, status, media_type=MEDIA_TYPE)


def documented(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may answer with these problems, and with those of all."""
    schema = {"schema": {"$ref": _REFERENCE.format(model=Problem.__name__)}}
    return {
        int(status): {"description": status.phrase, "content": {MEDIA_TYPE: schema}}
        for status in sorted({*statuses, *_EVERYWHERE})
    }


def describe(document: dict[str, Any]) -> None:
    """Add what `documented` refers to; FastAPI knows models of answers in plain JSON only."""
    _, schemas = models_json_schema([(Problem, "serialization")], ref_template=_REFERENCE)
    document["components"]["schemas"] |= schemas["$defs"]


def install(app: FastAPI) -> None:
    app.add_exception_handler(InsightsError, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    for error in (OperationalError, PoolTimeout, RedisError):
        app.add_exception_handler(error, _away)
    app.add_exception_handler(Exception, _bug)


def _known(request: Request, error: Exception) -> Response:
    assert isinstance(error, InsightsError)
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    errors = (
        [FieldError(field=error.field, message=error.detail)]
        if isinstance(error, Invalid)
        else None
    )
    answer = _answer(request, status, error.code, error.detail, errors)
    if isinstance(error, Unavailable):
        answer.headers["retry-after"] = str(math.ceil(error.retry_after or 10))
    return answer


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [
        FieldError(field=".".join(str(part) for part in one["loc"]), message=one["msg"])
        for one in error.errors()
    ]
    detail = "; ".join(f"{one.field}: {one.message}" for one in errors)
    return _answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_request", detail, errors)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    code = status.name.lower()
    answer = _answer(request, status, code, f"{request.method} {request.url.path}: {status.phrase}")
    answer.headers.update(error.headers or {})
    return answer


def _away(request: Request, error: Exception) -> Response:
    log.warning("%s %s: %s", request.method, request.url.path, error)
    which = "redis" if isinstance(error, RedisError) else "database"
    detail = f"The {which} cannot be reached right now. Try again in a few seconds."
    answer = _answer(request, HTTPStatus.SERVICE_UNAVAILABLE, f"{which}_unavailable", detail)
    answer.headers["retry-after"] = "5"
    return answer


def _bug(request: Request, error: Exception) -> Response:
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    detail = "Something went wrong on our side; the log says what."
    return _answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", detail)


def _answer(
    request: Request,
    status: HTTPStatus,
    code: str,
    detail: str,
    errors: list[FieldError] | None = None,
) -> Response:
    """A page for a person who opened a page, a problem document for everybody else."""
    wants_page = "text/html" in request.headers.get("accept", "")
    if wants_page and not request.url.path.startswith("/api/"):
        page = render(request, "error.html", {"status": status, "code": code, "detail": detail})
        page.status_code = status
        return page
    return problem(status, code, detail, errors)
