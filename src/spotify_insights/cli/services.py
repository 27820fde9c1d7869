"""What works with the database and the broker, one command each."""

from threading import Thread

import click

from spotify_insights import accounts, llm, log, migrations, queue, resources, worker
from spotify_insights.listening import ingest
from spotify_insights.models.job import Queue
from spotify_insights.models.listening import TimeRange
from spotify_insights.resources import transaction
from spotify_insights.settings import get_settings


@click.command("migrate")
def migrate() -> None:
    """Bring the database to the newest schema."""
    log.configure("migrate", get_settings().log_level)
    migrations.upgrade()


@click.command("worker")
@click.option("--queue", "queues", multiple=True, type=click.Choice(queue.NAMES), required=True)
@click.option("--concurrency", type=click.IntRange(1), default=2, show_default=True)
@click.option("--threads", is_flag=True, help="Threads, not processes: for jobs that only wait.")
@click.option("--prepare", is_flag=True, help="Migrate first, and fill the demo where it is used.")
def work(queues: tuple[str, ...], concurrency: int, threads: bool, prepare: bool) -> None:
    """Work on the jobs of one or more queues."""
    if prepare:
        _prepare()
    if threads and Queue.INSIGHTS in queues and llm.configured():
        Thread(target=llm.load, name="load the model's libraries", daemon=True).start()
    pool = "threads" if threads else "prefork"
    size = ("--pool", pool, "--concurrency", str(concurrency))
    options = (*size, "--without-gossip", "--without-mingle")
    worker.app.worker_main(["--quiet", "worker", "--queues", ",".join(queues), *options])


@click.command("beat")
def beat() -> None:
    """Keep time: one tick a minute, one sweep every five seconds."""
    settings = get_settings()
    log.configure("beat", settings.log_level)
    queue.app().Beat(schedule=str(settings.data_dir / "beat.db"), quiet=True).run()


def _prepare() -> None:
    """Migrate and, at the first start without a client id, begin with the demo listener."""
    settings = get_settings()
    log.configure("worker", settings.log_level)
    migrations.upgrade()
    if settings.is_demo:
        with transaction() as session:
            user = accounts.add_demo_listener(session)
            job = ingest.submit(session, user.id, TimeRange.MEDIUM) if user else None
        if job:
            queue.send(job)
    # The workers to come are forks of this process and may not share its connections.
    resources.engine().dispose()
    resources.forget()
