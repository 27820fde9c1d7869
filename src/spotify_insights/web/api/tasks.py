"""Background tasks."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter

from spotify_insights import jobs
from spotify_insights.resources import transaction
from spotify_insights.web.errors import documented
from spotify_insights.web.schemas.tasks import Task

router = APIRouter(prefix="/api/tasks", tags=["tasks"])


@router.get("/{task_id}", responses=documented(HTTPStatus.NOT_FOUND))
def read_task(task_id: UUID) -> Task:
    """How a task is doing; when it is paused, `resumes_at` says until when."""
    with transaction() as session:
        job = jobs.get_job(session, task_id)
    return Task.of(job)
