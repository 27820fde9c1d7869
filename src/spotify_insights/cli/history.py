"""`import`: a listening history into the ledger, with or without a running server."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import UUID

import click

from spotify_insights import accounts, jobs, log, migrations, resources
from spotify_insights.embedded import engines, running
from spotify_insights.embedded.engines import Wanted
from spotify_insights.listening import importing
from spotify_insights.models import Import
from spotify_insights.models.job import UNFINISHED, JobKind
from spotify_insights.models.listening import ImportStatus
from spotify_insights.resources import transaction
from spotify_insights.settings import adopt, get_settings
from spotify_insights.web.schemas.imports import ImportOut
from spotify_insights.worker import FLOWS


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--user", type=click.UUID, help="Whose history it is, if there are several.")
@click.option("--json", "as_json", is_flag=True, help="Print the import's record as JSON.")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Where everything is kept.")
def import_(paths: Sequence[Path], user: UUID | None, as_json: bool, data_dir: Path | None) -> None:
    """Import listening histories: zips as delivered, JSON files, or folders of them."""
    adopt(data_dir=data_dir)
    log.configure("import", "WARNING")
    files = _files(paths)
    with _engines():
        record = _run(user, files)
    shown = ImportOut.of(record)
    click.echo(shown.model_dump_json(indent=2) if as_json else _told(shown))
    if record.status is not ImportStatus.SUCCEEDED:
        raise SystemExit(1)


@contextmanager
def _engines() -> Iterator[None]:
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


def _files(paths: Sequence[Path]) -> list[Path]:
    """The files that were named, and all files in the folders that were named."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        found += [file for file in inside if file.is_file()]
    if not found:
        raise click.UsageError("There is no file in there.")
    return found


def _run(user_id: UUID | None, files: Sequence[Path]) -> Import:
    """Import in this process, or wait for the worker that was quicker."""
    with transaction() as session:
        user = accounts.get_user(session, user_id) if user_id else accounts.import_target(session)
    with ExitStack() as stack:
        uploads = [(file.name, stack.enter_context(file.open("rb"))) for file in files]
        record, job = importing.receive(user.id, uploads)
    while True:
        jobs.run(job.id, FLOWS[JobKind.IMPORT])
        with transaction() as session:
            if jobs.get_job(session, job.id).state not in UNFINISHED:
                return importing.get_import(session, record.id)
        time.sleep(1)


def _told(record: ImportOut) -> str:
    if record.status is not ImportStatus.SUCCEEDED:
        return f"Nothing was imported. {record.message}"
    fates = [f"  {count:>9,}  {reason}" for reason, count in record.counts.items() if count]
    lines = [f"{record.rows:,} rows in, {record.plays_new:,} new plays, every row accounted for:"]
    return "\n".join([*lines, *fates, f"Listener {record.user_id}"])
