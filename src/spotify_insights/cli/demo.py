"""`demo`: the demo Spotify, apart from everything else."""

import click

from spotify_insights import log
from spotify_insights.demo import server
from spotify_insights.settings import get_settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
def demo(host: str) -> None:
    """Serve the demo Spotify."""
    settings = get_settings()
    log.configure("demo", settings.log_level)
    server.serve(host, settings.demo_port)
