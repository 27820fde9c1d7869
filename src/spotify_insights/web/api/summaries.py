"""Weekly summaries: read, and sent where the listener wants them."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from spotify_insights import accounts, queue
from spotify_insights.digest import reading, summaries, targets
from spotify_insights.resources import transaction
from spotify_insights.web.errors import documented
from spotify_insights.web.schemas.summaries import (
    DeliveryQueued,
    SummaryInFull,
    SummaryOut,
    TargetAdded,
    TargetIn,
    TargetOut,
)

router = APIRouter(prefix="/api/summaries", tags=["summaries"])

_UNKNOWN = documented(HTTPStatus.NOT_FOUND)
_CONFLICT = documented(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)


@router.get("", responses=_UNKNOWN)
def list_summaries(
    user_id: UUID, limit: Annotated[int, Query(ge=1, le=200)] = 10
) -> list[SummaryOut]:
    """A listener's weekly summaries, the newest week first."""
    with transaction() as session:
        accounts.get_user(session, user_id)
        found = summaries.list_summaries(session, user_id, limit)
    return [SummaryOut.of(one) for one in found]


@router.get("/targets", responses=_CONFLICT)
def list_targets(user_id: UUID) -> list[TargetOut]:
    """Where a listener's summaries go, apart from the app itself."""
    with transaction() as session:
        accounts.get_user(session, user_id)
        found = targets.list_targets(session, user_id)
    return [TargetOut.of(one) for one in found]


@router.post(
    "/targets",
    status_code=201,
    responses=documented(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)
    | {200: {"description": "There was an equal target before", "model": TargetAdded}},
)
def add_target(user_id: UUID, wanted: TargetIn, response: Response) -> TargetAdded:
    """Send summaries there as well; an e-mail address is asked first."""
    with transaction() as session:
        added = targets.add(session, user_id, wanted.channel, wanted.address)
    if added.confirmation:
        queue.send(added.confirmation)
    response.status_code = HTTPStatus.CREATED if added.is_new else HTTPStatus.OK
    return TargetAdded.added(added)


@router.delete("/targets/{target_id}", status_code=204, responses=_UNKNOWN)
def remove_target(target_id: UUID) -> None:
    """Send nothing there any more; adding it again takes that back."""
    with transaction() as session:
        targets.end(session, targets.get_target(session, target_id))


@router.post("/targets/{target_id}/test", status_code=202, responses=_CONFLICT)
def test_target(target_id: UUID) -> DeliveryQueued:
    """Send a test message; its task tells whether it was taken."""
    with transaction() as session:
        job = targets.test(session, target_id)
    queue.send(job)
    return DeliveryQueued(task_id=job.id)


@router.post("/targets/{target_id}/renew", responses=_CONFLICT)
def renew_target(target_id: UUID) -> TargetOut:
    """Give a feed another secret address; the old one leads nowhere any more."""
    with transaction() as session:
        target = targets.renew(session, target_id)
    return TargetOut.of(target)


@router.post("/deliveries/{delivery_id}/retry", status_code=202, responses=_CONFLICT)
def retry_delivery(delivery_id: UUID) -> DeliveryQueued:
    """Try a delivery that failed once more."""
    with transaction() as session:
        job = summaries.retry(session, delivery_id)
    queue.send(job)
    return DeliveryQueued(task_id=job.id)


@router.get("/{summary_id}", responses=_UNKNOWN)
def read_summary(summary_id: UUID) -> SummaryInFull:
    """A week with its figures, its insight, and what became of each delivery."""
    with transaction() as session:
        week = reading.week(session, summary_id)
        sent = summaries.list_deliveries(session, [summary_id])
    return SummaryInFull.told(week, sent)
