"""The entry points: the engines alone for a while, or with the product's processes for good."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from spotify_insights.embedded import home, inbox, postgresql, redis, running, supervisor
from spotify_insights.embedded.home import Home
from spotify_insights.embedded.processes import Child
from spotify_insights.embedded.running import Running
from spotify_insights.embedded.supervisor import Interrupted, Supervisor, Wait


@dataclass(frozen=True)
class Wanted:
    """Which engines are to be ours. Without durability they are faster, and for tests alone."""

    postgresql: bool = True
    redis: bool = True
    is_durable: bool = True


@dataclass(frozen=True)
class Engines:
    """Where our engines listen; None for one that is not ours."""

    database_url: str | None = None
    redis_url: str | None = None


EVERYTHING = Wanted()


@contextmanager
def started(data_dir: Path, wanted: Wanted = EVERYTHING) -> Iterator[Engines]:
    """The engines for the length of the block.

    Raises AlreadyRunning if the data folder is in use, Invalid if it cannot be used, and
    Unavailable if an engine does not start.
    """
    with _up(data_dir, wanted, supervisor.sleep) as (_, engines):
        running.record(data_dir, Running(os.getpid(), **asdict(engines)))
        yield engines


def run(
    data_dir: Path,
    children: Callable[[Engines], Sequence[Child]],
    *,
    wanted: Wanted = EVERYTHING,
    web_address: str | None = None,
    demo_address: str | None = None,
    on_ready: Callable[[], None] = lambda: None,
) -> None:
    """Start the engines, then the children; keep all of them running until a stop signal.

    Belongs in the main thread. Raises like `started`, and Unavailable for a child that does not
    get ready. Returns after an orderly stop; a second Ctrl-C kills what has not stopped.
    """
    with (
        inbox.opened() as signals,
        suppress(Interrupted),
        _up(data_dir, wanted, signals.wait) as (supervising, engines),
    ):
        for child in children(engines):
            supervising.start(child)
        now = Running(os.getpid(), web_address, demo_address, **asdict(engines))
        running.record(data_dir, now)
        on_ready()
        supervising.keep_running()


@contextmanager
def _up(data_dir: Path, wanted: Wanted, wait: Wait) -> Iterator[tuple[Supervisor, Engines]]:
    """Hold the folder, start the engines, stop everything in reverse order."""
    with ExitStack() as stack:
        guard_lock = stack.enter_context(running.hold(data_dir))
        if not (wanted.postgresql or wanted.redis):
            yield stack.enter_context(Supervisor(guard_lock, wait)), Engines()
            return
        place = stack.enter_context(home.prepare(data_dir))
        supervising = stack.enter_context(Supervisor(guard_lock, wait))
        yield supervising, _start(supervising, place, wanted)


def _start(supervising: Supervisor, place: Home, wanted: Wanted) -> Engines:
    if wanted.postgresql:
        supervising.start(postgresql.child(place, is_durable=wanted.is_durable))
    if wanted.redis:
        supervising.start(redis.child(place, is_durable=wanted.is_durable))
    return Engines(
        database_url=postgresql.database_url(place) if wanted.postgresql else None,
        redis_url=redis.redis_url(place) if wanted.redis else None,
    )
