"""The ASGI app: `spotify_insights.web.app:app` for Granian, uvicorn or gunicorn."""

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from spotify_insights import __version__
from spotify_insights.web import errors
from spotify_insights.web.api import health, imports, insights, listening, stats, tasks, users
from spotify_insights.web.guard import Guard
from spotify_insights.web.pages import home, login, wellness
from spotify_insights.web.templating import HERE

API = (users, listening, imports, insights, stats, tasks, health)
PAGES = (home, login, wellness)


def create_app() -> FastAPI:
    app = FastAPI(
        title="Insights for Spotify",
        version=__version__,
        description="Your listening, collected, counted and told back, every number true.",
        redoc_url=None,
    )
    errors.install(app)
    for module in API:
        app.include_router(module.router)
    for page in PAGES:
        app.include_router(page.router, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    app.add_middleware(Guard)
    return app


app = create_app()
