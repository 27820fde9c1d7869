"""The ASGI app: `spotify_insights.web.app:app` for Granian, uvicorn or gunicorn."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.types import ASGIApp

from spotify_insights import __version__, resources
from spotify_insights.listening import packed
from spotify_insights.settings import get_settings
from spotify_insights.web import errors
from spotify_insights.web.access_log import Blanked
from spotify_insights.web.answers import Kept
from spotify_insights.web.api import (
    entities,
    exclusions,
    exports,
    health,
    imports,
    insights,
    listening,
    merges,
    metrics,
    patterns,
    plays,
    sources,
    stats,
    summaries,
    tasks,
    users,
    version1,
)
from spotify_insights.web.guard import Guard
from spotify_insights.web.pages import docs, home, login, wellness
from spotify_insights.web.pages import summaries as summary_pages
from spotify_insights.web.templating import HERE

# The history of one listener with a million plays takes half of it, that of another a hundredth.
HISTORIES_AT_HAND_BYTES = 64 << 20

API = (
    *(users, listening, imports, exports, sources, plays, exclusions, insights),
    *(version1, stats, patterns, entities, merges, summaries, tasks, health, metrics),
)
PAGES = (docs, home, login, wellness, summary_pages)


@asynccontextmanager
async def _refusing_to_start_unready(_app: FastAPI) -> AsyncIterator[None]:
    """Name a wrong or missing setting at the start, not at the first request (ASGI's form).

    From here on this process keeps what several statistics of one page read.
    """
    get_settings().refuse_unready()
    resources.engine()
    resources.redis()
    packed.keep_at_hand(HISTORIES_AT_HAND_BYTES)
    yield


class _Guarded(FastAPI):
    """The guard stands around everything, the page of a bug and answers at hand as well."""

    def build_middleware_stack(self) -> ASGIApp:
        return Blanked(Guard(Kept(super().build_middleware_stack())))


def create_app() -> FastAPI:
    app = _Guarded(
        lifespan=_refusing_to_start_unready,
        title="Insights for Spotify",
        version=__version__,
        description="Your listening, collected, counted and told back, every number true.",
        docs_url=None,
        redoc_url=None,
    )
    errors.install(app)
    for module in API:
        app.include_router(module.router)
    for page in PAGES:
        app.include_router(page.router, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    app.mount("/swagger", StaticFiles(packages=[("fastapi_offline", "static")]), name="swagger")
    errors.describe(app.openapi())
    return app


app = create_app()
