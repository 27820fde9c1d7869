"""Uploaded files, kept on disk until their import is over."""

import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO
from uuid import UUID, uuid4

from spotify_insights import accounts, jobs
from spotify_insights.errors import Conflict, Invalid
from spotify_insights.models import Import, Job
from spotify_insights.models.job import JobKind
from spotify_insights.resources import transaction
from spotify_insights.settings import get_settings

Upload = tuple[str, BinaryIO]

# Larger than any export seen (a zip of 60,000 plays has 3 MB), small enough to not fill a disk.
MOST_BYTES = 512 << 20
MOST_NAME_LENGTH = 255


def receive(user_id: UUID, uploads: Sequence[Upload]) -> tuple[Import, Job]:
    """Keep the uploaded files and queue their import. Their content is judged by the import."""
    with transaction() as session:
        if accounts.get_user(session, user_id).is_demo:
            detail = "This is the demo listener. Import into a listener of your own."
            raise Conflict("demo_listener", detail)
    import_id = uuid4()
    names = [_shown(name) for name, _ in uploads]
    with ExitStack() as undo:
        undo.callback(discard, import_id)
        _keep(_folder(import_id), uploads)
        with transaction() as session:
            job = jobs.submit(session, JobKind.IMPORT, user_id, subject=str(import_id))
            record = Import(id=import_id, user_id=user_id, names=names, task_id=job.id)
            session.add(record)
            session.flush()
            session.refresh(record)
        undo.pop_all()
    return record, job


def paths(import_id: UUID) -> list[Path]:
    """The kept files of an import, in the order of its `names`."""
    return sorted(_folder(import_id).iterdir(), key=lambda path: int(path.name))


def discard(import_id: UUID) -> None:
    """Delete the kept files of an import, as far as there are any."""
    shutil.rmtree(_folder(import_id), ignore_errors=True)


def kept() -> list[UUID]:
    """The imports whose files are still on disk."""
    folder = get_settings().data_dir / "uploads"
    return [UUID(path.name) for path in folder.iterdir()] if folder.is_dir() else []


def _folder(import_id: UUID) -> Path:
    return get_settings().data_dir / "uploads" / str(import_id)


def _shown(name: str) -> str:
    """A file's name as it may be shown: without folders, control characters or great length."""
    printable = "".join(char for char in Path(name).name if char.isprintable())
    return printable[-MOST_NAME_LENGTH:] or "upload"


def _keep(folder: Path, uploads: Sequence[Upload]) -> None:
    folder.mkdir(mode=0o700, parents=True)
    left = MOST_BYTES
    for number, (_, source) in enumerate(uploads):
        with (folder / str(number)).open("xb") as target:
            for chunk in iter(lambda: source.read(1 << 20), b""):  # noqa: B023
                left -= len(chunk)
                if left < 0:
                    detail = f"An upload may have {MOST_BYTES >> 20} MiB at most."
                    raise Invalid("upload_too_large", detail, field="files")
                target.write(chunk)
