"""`export`: a listener's ledger as a file, with or without a running server."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO
from uuid import UUID

import click

from spotify_insights import accounts, log
from spotify_insights.cli import engines
from spotify_insights.errors import Invalid, NotFound
from spotify_insights.listening import exporting
from spotify_insights.listening.exporting import Format
from spotify_insights.models import User
from spotify_insights.resources import transaction
from spotify_insights.settings import adopt

STDOUT = Path("-")


@click.command("export")
@click.option("--user", type=click.UUID, help="Whose plays, if there are several listeners.")
@click.option(
    "--format",
    "form",
    type=click.Choice([form.value for form in Format]),
    default=Format.JSONL.value,
    show_default=True,
    help="Everything as lines of JSON or as CSV, or Spotify's own format.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    default=STDOUT,
    show_default=True,
    help="The file to write; it appears when it is complete.",
)
@click.option("--with-deleted", is_flag=True, help="Plays that were deleted too, marked so.")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Where everything is kept.")
def export(
    user: UUID | None, form: str, output: Path, with_deleted: bool, data_dir: Path | None
) -> None:
    """Export all plays of a listener: `import` reads them back without a loss."""
    adopt(data_dir=data_dir)
    log.configure("export", "WARNING")
    with engines.at_hand():
        listener = _listener(user)
        with _opened(output) as file:
            plays = _write(file, listener.id, Format(form), with_deleted=with_deleted)
    click.echo(f"{plays:,} plays of listener {listener.id}", err=True)


def _listener(user_id: UUID | None) -> User:
    """Who was named, else the only one; the demo listener counts when there is nobody else."""
    with transaction() as session:
        if user_id:
            return accounts.get_user(session, user_id)
        everybody = accounts.list_users(session)
    listeners = [user for user in everybody if not user.is_demo] or everybody
    if not listeners:
        raise NotFound("unknown_user", "There is no listener yet.")
    if len(listeners) > 1:
        raise Invalid("which_user", "There are several listeners: name one.", field="--user")
    return listeners[0]


def _write(file: IO[bytes], user_id: UUID, form: Format, *, with_deleted: bool) -> int:
    plays = 0
    for page in exporting.pages(user_id, form, with_deleted=with_deleted):
        file.write(page.content)
        plays += page.plays
        if sys.stderr.isatty():
            click.echo(f"{plays:,} plays\r", err=True, nl=False)
    file.flush()
    return plays


@contextmanager
def _opened(output: Path) -> Iterator[IO[bytes]]:
    """What to write to: a pipe or a device as it is, a file under its name once it is complete."""
    if output == STDOUT:
        yield sys.stdout.buffer
        return
    try:
        is_file = output.is_file() or not output.exists()
        with _complete(output.resolve()) if is_file else output.open("wb") as file:
            yield file
    except OSError as error:
        raise click.FileError(str(output), error.strerror) from error


@contextmanager
def _complete(path: Path) -> Iterator[IO[bytes]]:
    """A file beside `path` that takes its place at the end, and is gone if there is none."""
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        draft = Path(file.name)
        try:
            yield file
            file.flush()
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
