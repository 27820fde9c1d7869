"""`web`: the API and the pages."""

import click
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from spotify_insights import log
from spotify_insights.settings import get_settings


@click.command()
def web() -> None:
    """Serve the API and the pages."""
    settings = get_settings()
    log.configure("web", settings.log_level)
    settings.refuse_unready()
    Granian(
        "spotify_insights.web.app:app",
        address=settings.api_host,
        port=settings.api_port,
        interface=Interfaces.ASGI,
        log_level=LogLevels.warning,
    ).serve()
