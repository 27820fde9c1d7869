"""The engines for commands that work with or without a running server."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from spotify_insights import migrations, resources
from spotify_insights.embedded import engines, running
from spotify_insights.embedded.engines import Wanted
from spotify_insights.settings import adopt, get_settings


@contextmanager
def at_hand() -> Iterator[None]:
    """The engines of a running start, else those of the settings, else our own for a while."""
    settings = get_settings()
    ours = Wanted(settings.database_url is None, settings.effective_redis_url is None)
    with ExitStack() as stack:
        if ours.postgresql or ours.redis:
            found = running.find_running(settings.data_dir) or stack.enter_context(
                engines.started(settings.data_dir, ours)
            )
            adopt(database_url=found.database_url, redis_url=found.redis_url)
        migrations.upgrade()
        yield
        resources.forget()
