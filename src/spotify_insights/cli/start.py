"""`start`: everything on this machine, with one command."""

import socket
import sys
from collections.abc import Callable, Sequence
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import click

from spotify_insights import llm, log
from spotify_insights.embedded import engines, running
from spotify_insights.embedded.engines import Engines, Wanted
from spotify_insights.embedded.processes import Child
from spotify_insights.models.job import Queue
from spotify_insights.settings import Settings, SettingsError, adopt

SELF = (sys.executable, "-m", "spotify_insights.cli")
# Two for what listeners wait for and one for the clock's small tasks.
WORKER_PROCESSES = 3
# A model is waited for, half a minute at a time: apart from all other work, and by threads, so that
# the libraries for it are in memory once.
WRITER_THREADS = 8


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Port of the web pages (8000).")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Where everything is kept.")
def start(port: int | None, data_dir: Path | None) -> None:
    """Start engines, web, workers, clock and, without a client id, the demo Spotify."""
    settings = adopt(api_port=port, data_dir=data_dir)
    settings.refuse_unready()
    is_ours = running.find_running(settings.data_dir) is not None
    if not is_ours and not _is_free(settings.api_host, settings.api_port):
        raise SettingsError(f"API_PORT: {settings.api_port} is in use; choose another with --port")
    if _has_own_demo(settings) and not _is_free("127.0.0.1", settings.demo_port):
        settings = adopt(demo_port=_any_free_port())
    log.configure("start", settings.log_level)
    address = f"http://{_in_url(settings.api_host)}:{settings.api_port}"
    engines.run(
        settings.data_dir,
        lambda started: _children(settings, started),
        wanted=Wanted(
            postgresql=settings.database_url is None,
            redis=settings.effective_redis_url is None,
        ),
        web_address=address,
        demo_address=settings.accounts_url if _has_own_demo(settings) else None,
        on_ready=lambda: click.echo(f"\n  {settings.product_name} is ready: {address}\n"),
    )


def _children(settings: Settings, started: Engines) -> Sequence[Child]:
    env = {
        "DATA_DIR": str(settings.data_dir),
        "API_PORT": str(settings.api_port),
        "DEMO_PORT": str(settings.demo_port),
        **({"DATABASE_URL": started.database_url} if started.database_url else {}),
        **({"REDIS_URL": started.redis_url} if started.redis_url else {}),
    }
    apart = [Queue.INSIGHTS] if llm.configured() else []
    together = [queue for queue in Queue if queue not in apart]
    worker = [*_worker(together), "--concurrency", str(WORKER_PROCESSES), "--prepare"]
    writer = [*_worker(apart), "--concurrency", str(WRITER_THREADS), "--threads"]
    return [
        *([Child("demo", [*SELF, "demo"], env)] if _has_own_demo(settings) else []),
        Child("web", [*SELF, "web"], env),
        *([Child("writer", writer, env)] if apart else []),
        Child("worker", worker, env, ready=_is_ready(settings)),
        Child("beat", [*SELF, "beat"], env),
    ]


def _worker(queues: Sequence[Queue]) -> list[str]:
    return [*SELF, "worker", *(word for queue in queues for word in ("--queue", queue))]


def _has_own_demo(settings: Settings) -> bool:
    return settings.is_demo and settings.spotify_api_url is None


def _is_free(host: str, port: int) -> bool:
    """Whether the port can be had; a second start is told apart from another program later."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _any_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _is_ready(settings: Settings) -> Callable[[], bool]:
    def ask() -> bool:
        connection = HTTPConnection(settings.api_host, settings.api_port, timeout=1)
        try:
            connection.request("GET", "/ready")
            return connection.getresponse().status == 200  # noqa: PLR2004
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    return ask


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
