"""`import`: a listening history into the ledger, with or without a running server."""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

import click

from spotify_insights import accounts, jobs, log
from spotify_insights.cli import engines
from spotify_insights.listening import records, uploads
from spotify_insights.listening.records import Record
from spotify_insights.models.job import UNFINISHED, JobKind
from spotify_insights.models.sources import ImportStatus
from spotify_insights.resources import transaction
from spotify_insights.settings import adopt
from spotify_insights.web.pages import ledgers
from spotify_insights.web.schemas.imports import ImportOut
from spotify_insights.worker import FLOWS


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--user", type=click.UUID, help="Whose history it is, if there are several.")
@click.option("--json", "as_json", is_flag=True, help="Print the import's record as JSON.")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Where everything is kept.")
def import_(paths: Sequence[Path], user: UUID | None, as_json: bool, data_dir: Path | None) -> None:
    """Import listening histories: zips as delivered, files from them, or folders of them."""
    adopt(data_dir=data_dir)
    log.configure("import", "WARNING")
    files = _files(paths)
    with engines.at_hand():
        shown = ImportOut.of(_run(user, files))
    click.echo(shown.model_dump_json(indent=2) if as_json else _told(shown))
    if shown.status is not ImportStatus.SUCCEEDED:
        raise SystemExit(1)


def _files(paths: Sequence[Path]) -> list[Path]:
    """The files that were named, and all files in the folders that were named."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        found += [file for file in inside if file.is_file()]
    if not found:
        raise click.UsageError("There is no file in there.")
    return found


def _run(user_id: UUID | None, files: Sequence[Path]) -> Record:
    """Import in this process, or wait for the worker that was quicker."""
    with transaction() as session:
        user = accounts.get_user(session, user_id) if user_id else accounts.import_target(session)
    with ExitStack() as stack:
        given = [(file.name, stack.enter_context(file.open("rb"))) for file in files]
        record, job = uploads.receive(user.id, given)
    while True:
        jobs.run(job.id, FLOWS[JobKind.IMPORT])
        with transaction() as session:
            if jobs.get_job(session, job.id).state not in UNFINISHED:
                return records.get_record(session, record.id)
        time.sleep(1)


def _told(record: ImportOut) -> str:
    if record.status is not ImportStatus.SUCCEEDED:
        return f"Nothing was imported. {record.message}"
    fates = [f"  {one.rows:>9,}  {one.reason}: {one.why}" for one in ledgers.entries(record.counts)]
    lines = [f"{record.rows:,} rows in, {record.plays_new:,} new plays, every row accounted for:"]
    return "\n".join([*lines, *fates, f"Listener {record.user_id}"])
