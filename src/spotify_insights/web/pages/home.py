"""The front page: a listener's numbers, and the ways to bring plays in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Query, Request, Response, UploadFile
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from spotify_insights import accounts, queue
from spotify_insights.insights import rows
from spotify_insights.listening import ingest, records, snapshots, undoing, uploads
from spotify_insights.listening.records import Record
from spotify_insights.listening.stats.scope import scope_of
from spotify_insights.listening.stats.summary import Summary, summary
from spotify_insights.listening.stats.totals import Totals
from spotify_insights.models import GeneratedInsight, Job, Snapshot, User
from spotify_insights.models.listening import TimeRange
from spotify_insights.resources import transaction
from spotify_insights.settings import get_settings
from spotify_insights.web.pages import authors, ledgers, listeners, portrait, prose, work
from spotify_insights.web.templating import render

router = APIRouter()

_IMPORTS = 5
_SNAPSHOTS = 50


@dataclass(frozen=True)
class Story:
    """All that is known of one listener, as the front page tells it."""

    totals: Summary
    portrait: portrait.Portrait | None
    ranges: Mapping[TimeRange, Snapshot]
    insight: GeneratedInsight | None
    imports: Sequence[Record]
    new_imports: Sequence[Record]
    job: Job | None

    @property
    def music(self) -> Totals:
        return self.totals.music

    @property
    def is_empty(self) -> bool:
        return self.portrait is None and self.totals.is_empty


@router.get("/")
def home(
    request: Request,
    user: UUID | None = None,
    task: UUID | None = None,
    new_import: Annotated[UUID | None, Query(alias="import")] = None,
    time_range: Annotated[TimeRange | None, Query(alias="range")] = None,
) -> Response:
    with transaction() as session:
        audience = listeners.find_audience(session, user)
        story = (
            _tell(session, audience.listener, time_range, task, new_import)
            if audience.listener
            else None
        )
    context = {
        "audience": audience,
        "story": story,
        "is_demo_mode": get_settings().is_demo,
        "range_names": portrait.RANGES,
        "ledgers": ledgers,
        "teaser": prose.teaser,
        "kind": authors.kind,
        "work": work,
    }
    return render(request, "home.html", context)


@router.post("/imports")
def start_import(
    files: Annotated[list[UploadFile], File()], user: Annotated[UUID | None, Form()] = None
) -> RedirectResponse:
    """Without a listener the import is for the only real one, who is created if need be."""
    if user is None:
        with transaction() as session:
            user = accounts.import_target(session).id
    given = [(upload.filename or "upload", upload.file) for upload in files]
    record, job = uploads.receive(user, given)
    queue.send(job)
    return RedirectResponse(f"/?user={user}&import={record.id}", 303)


@router.post("/imports/{import_id}/undo")
def undo_import(import_id: UUID) -> RedirectResponse:
    with transaction() as session:
        job = undoing.submit(session, import_id)
    queue.send(job)
    return RedirectResponse(f"/?user={job.user_id}&import={import_id}", 303)


@router.post("/ingest")
def start_ingest(user: Annotated[UUID, Form()]) -> RedirectResponse:
    with transaction() as session:
        job = ingest.submit(session, user, TimeRange.MEDIUM)
    queue.send(job)
    return RedirectResponse(f"/?user={user}&task={job.id}", 303)


def _tell(
    session: Session,
    listener: User,
    time_range: TimeRange | None,
    task_id: UUID | None,
    import_id: UUID | None,
) -> Story:
    taken = snapshots.find_snapshots(session, listener.id, _SNAPSHOTS, None)
    shown = next((one for one in taken if time_range in (None, one.time_range)), None)
    told = rows.list_insights(session, listener.id, 1, None)
    imports = records.list_records(session, listener.id, _IMPORTS)
    return Story(
        totals=summary(session, scope_of(listener)),
        portrait=portrait.draw(shown, listener) if shown else None,
        ranges=portrait.newest_by_range(taken),
        insight=told[0] if told else None,
        imports=imports,
        new_imports=ledgers.cards(imports, import_id),
        job=work.find_ingest(session, listener.id, task_id),
    )
