"""Whether the server lives, and whether everything behind it is ready."""

from datetime import UTC, datetime

from fastapi import APIRouter, Response

from spotify_insights import __version__, queue, resources
from spotify_insights.web.schemas.health import Health, Readiness

router = APIRouter(tags=["health"])


@router.get("/health")
def health() -> Health:
    return Health(version=__version__, timestamp=datetime.now(UTC))


@router.get("/ready", responses={503: {"model": Readiness, "description": "Something is away"}})
def ready(response: Response) -> Readiness:
    """Checks PostgreSQL, Redis and that each queue has a worker; 503 until all do."""
    database, redis = resources.is_database_up(), resources.is_redis_up()
    queues = queue.served() if redis else dict.fromkeys(queue.NAMES, False)
    is_ready = database and redis and all(queues.values())
    response.status_code = 200 if is_ready else 503
    status = "ready" if is_ready else "not_ready"
    return Readiness(status=status, database=database, redis=redis, queues=queues)
