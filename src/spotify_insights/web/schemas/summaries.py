"""Weekly summaries and where they go."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from spotify_insights.digest import reading
from spotify_insights.digest.figures import Figures
from spotify_insights.digest.reading import Week
from spotify_insights.digest.summaries import Sent
from spotify_insights.digest.targets import LONGEST_ADDRESS, Added
from spotify_insights.models import SummaryTarget, WeeklySummary
from spotify_insights.models.summary import Channel, DeliveryState, TargetState
from spotify_insights.web.schemas.insights import InsightOut

Address = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_ADDRESS)]


class AmountOut(BaseModel):
    """`low` and `high` are the usual range; null is what cannot be known."""

    now: int
    before: int | None
    low: float | None
    high: float | None


class LeaderOut(BaseModel):
    name: str
    plays: int
    artist: str | None


class LeadersOut(BaseModel):
    """Null where several shared the lead, and where nothing is known."""

    now: LeaderOut | None
    before: LeaderOut | None


class FiguresOut(BaseModel):
    """A week in numbers, beside the week before and what is usual for the listener."""

    time_ms: AmountOut
    plays: AmountOut
    days: AmountOut
    artists: AmountOut
    new_artists: AmountOut
    top_artist: LeadersOut
    top_track: LeadersOut
    top_album: LeadersOut
    usual_weeks: int
    is_estimated: bool

    @classmethod
    def of(cls, figures: Figures) -> Self:
        told = figures.as_json()
        return cls.model_validate(told | told["amounts"] | told["leaders"])


class SummaryOut(BaseModel):
    summary_id: UUID
    user_id: UUID
    first_on: date
    last_on: date
    snapshot_id: UUID
    insight_id: UUID
    figures: FiguresOut
    created_at: datetime

    @classmethod
    def of(cls, summary: WeeklySummary) -> Self:
        own = {
            "summary_id": summary.id,
            "figures": FiguresOut.of(Figures.of_json(summary.figures)),
        }
        names = SummaryOut.model_fields.keys() - own.keys()
        return cls(**own, **{name: getattr(summary, name) for name in names})


class DeliveryOut(BaseModel):
    """`uncertain`: it may have arrived, so it is not sent again."""

    delivery_id: UUID
    target_id: UUID
    channel: Channel
    hint: str
    state: DeliveryState
    attempts: int
    error: str | None
    sent_at: datetime | None

    @classmethod
    def of(cls, sent: Sent) -> Self:
        delivery, target = sent
        return cls(
            delivery_id=delivery.id,
            target_id=target.id,
            channel=target.channel,
            hint=target.hint,
            state=delivery.state,
            attempts=delivery.attempts,
            error=delivery.error,
            sent_at=delivery.sent_at,
        )


class SummaryInFull(SummaryOut):
    insight: InsightOut
    deliveries: list[DeliveryOut]

    @classmethod
    def told(cls, week: Week, deliveries: Sequence[Sent]) -> Self:
        return cls(
            **SummaryOut.of(week.summary).model_dump(),
            insight=InsightOut.of(week.insight),
            deliveries=[DeliveryOut.of(one) for one in deliveries],
        )


class TargetIn(BaseModel):
    """`address`: of a mailbox, or a URL as Apprise writes them; a feed has none."""

    model_config = ConfigDict(extra="forbid")

    channel: Channel
    address: Address | None = None


class TargetOut(BaseModel):
    """`hint` is all that is told of an address; `feed_url` is a feed's secret one."""

    target_id: UUID
    channel: Channel
    hint: str
    state: TargetState
    feed_url: str | None
    created_at: datetime
    confirmed_at: datetime | None

    @classmethod
    def of(cls, target: SummaryTarget) -> Self:
        own = {
            "target_id": target.id,
            "feed_url": (reading.feed_address(target) if target.channel is Channel.FEED else None),
        }
        names = TargetOut.model_fields.keys() - own.keys()
        return cls(**own, **{name: getattr(target, name) for name in names})


class TargetAdded(TargetOut):
    """`task_id` is the mail that asks for confirmation, where one is sent."""

    task_id: UUID | None

    @classmethod
    def added(cls, added: Added) -> Self:
        task_id = added.confirmation.id if added.confirmation else None
        return cls(**TargetOut.of(added.target).model_dump(), task_id=task_id)


class DeliveryQueued(BaseModel):
    task_id: UUID
