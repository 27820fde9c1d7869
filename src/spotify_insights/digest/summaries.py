"""Summaries and their deliveries as rows. Steps: each takes the session."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from spotify_insights import jobs
from spotify_insights.errors import Conflict, NotFound
from spotify_insights.models import Delivery, Job, SummaryTarget, WeeklySummary
from spotify_insights.models.job import JobKind
from spotify_insights.models.summary import DeliveryState, TargetState


class Sent(NamedTuple):
    """A delivery and where it went."""

    delivery: Delivery
    target: SummaryTarget


def find_summary(session: Session, user_id: UUID, first_on: date) -> WeeklySummary | None:
    same = WeeklySummary.user_id == user_id, WeeklySummary.first_on == first_on
    return session.scalars(select(WeeklySummary).where(*same)).one_or_none()


def get_summary(session: Session, summary_id: UUID) -> WeeklySummary:
    summary = session.get(WeeklySummary, summary_id)
    if summary is None:
        raise NotFound("unknown_summary", f"There is no summary {summary_id}.")
    return summary


def list_summaries(session: Session, user_id: UUID, limit: int) -> Sequence[WeeklySummary]:
    """A listener's summaries, the newest week first."""
    own = select(WeeklySummary).where(WeeklySummary.user_id == user_id)
    return session.scalars(own.order_by(WeeklySummary.first_on.desc()).limit(limit)).all()


def list_deliveries(session: Session, summary_ids: Sequence[UUID]) -> list[Sent]:
    """What became of each delivery of some summaries, in the order the targets were added."""
    rows = session.execute(
        select(Delivery, SummaryTarget)
        .join(SummaryTarget, SummaryTarget.id == Delivery.target_id)
        .where(Delivery.summary_id.in_(summary_ids))
        .order_by(SummaryTarget.created_at, Delivery.id)
    )
    return [Sent(delivery, target) for delivery, target in rows]


def begin_deliveries(session: Session, summary: WeeklySummary, delay: timedelta) -> list[Job]:
    """Plan one delivery for each target that is active now. Safe to repeat."""
    active = select(SummaryTarget.id).where(
        SummaryTarget.user_id == summary.user_id, SummaryTarget.state == TargetState.ACTIVE
    )
    rows = [{"summary_id": summary.id, "target_id": one} for one in session.scalars(active)]
    if not rows:
        return []
    new = insert(Delivery).values(rows).on_conflict_do_nothing().returning(Delivery)
    return [_submit(session, summary, one, delay) for one in session.scalars(new).all()]


def retry(session: Session, delivery_id: UUID) -> Job:
    """Try a delivery that failed once more. Raises Conflict for any other, and an ended target."""
    delivery = session.get(Delivery, delivery_id)
    if delivery is None:
        raise NotFound("unknown_delivery", f"There is no delivery {delivery_id}.")
    if session.get_one(SummaryTarget, delivery.target_id).state is not TargetState.ACTIVE:
        raise Conflict("target_not_active", "Nothing is sent to this target.")
    failed = Delivery.id == delivery_id, Delivery.state == DeliveryState.FAILED
    again = update(Delivery).where(*failed).values(state=DeliveryState.PENDING, attempts=0)
    if session.scalars(again.returning(Delivery.id)).one_or_none() is None:
        raise Conflict("not_failed", "Only a delivery that has failed is sent again.")
    summary = session.get_one(WeeklySummary, delivery.summary_id)
    return _submit(session, summary, delivery, timedelta(0))


def _submit(session: Session, summary: WeeklySummary, delivery: Delivery, delay: timedelta) -> Job:
    key = str(delivery.id)
    return jobs.submit(
        session,
        JobKind.DELIVER,
        summary.user_id,
        subject=key,
        params={"delivery_id": key},
        delay=delay,
    )
