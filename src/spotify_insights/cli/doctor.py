"""`doctor`: look at each part and say what to do about what is wrong."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

import click
import httpx2

from spotify_insights import queue, resources
from spotify_insights.embedded import running
from spotify_insights.settings import Settings, adopt, get_settings


@dataclass(frozen=True)
class Check:
    name: str
    is_fine: bool
    detail: str


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the checks as JSON.")
def doctor(as_json: bool) -> None:
    """Check settings, database, Redis, workers and Spotify; exit 1 if something is wrong."""
    checks = list(_checks(_with_running_engines(get_settings())))
    if as_json:
        click.echo(json.dumps([asdict(check) for check in checks], indent=2))
    else:
        for check in checks:
            click.echo(f"{'ok  ' if check.is_fine else 'FAIL'} {check.name:<16} {check.detail}")
    if not all(check.is_fine for check in checks):
        raise SystemExit(1)


def _with_running_engines(settings: Settings) -> Settings:
    found = running.find_running(settings.data_dir)
    if found is None:
        return settings
    return adopt(
        database_url=found.database_url,
        redis_url=found.redis_url,
        api_port=urlsplit(found.web_address or "").port,
        demo_port=urlsplit(found.demo_address or "").port,
    )


def _checks(settings: Settings) -> Iterator[Check]:
    mode = "the demo Spotify" if settings.is_demo else "your own Spotify app"
    yield Check("settings", True, f"{settings.environment}, {mode}, data in {settings.data_dir}")
    if settings.database_url is None or settings.effective_redis_url is None:
        yield Check("engines", False, "Nothing runs here: `spotify-insights start`.")
        return
    database, redis = resources.is_database_up(), resources.is_redis_up()
    yield Check("database", database, "answers" if database else "DATABASE_URL does not answer")
    yield Check("redis", redis, "answers" if redis else "REDIS_URL does not answer")
    for name, is_served in (queue.served() if redis else {}).items():
        help_ = f"no worker: `spotify-insights worker --queue {name}`"
        yield Check(f"queue {name}", is_served, "has a worker" if is_served else help_)
    yield _spotify(settings)
    yield Check("redirect", True, f"register exactly {settings.redirect_uri} with Spotify")


def _spotify(settings: Settings) -> Check:
    """Any answer will do: without a token it is a refusal."""
    host = urlsplit(settings.spotify_base_url).netloc
    try:
        httpx2.get(f"{settings.spotify_base_url}/me", timeout=5)
    except httpx2.HTTPError as error:
        return Check("spotify", False, f"{host} does not answer: {error}")
    return Check("spotify", True, f"{host} answers")
