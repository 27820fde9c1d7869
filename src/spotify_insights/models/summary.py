"""The weekly summary, where it goes, and what became of each delivery."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from spotify_insights.models.base import Base, Identified, choice


class WeeklySummary(Identified, Base):
    """A week of a listener, told once; `figures` are the numbers beside the insight."""

    __tablename__ = "weekly_summaries"
    __table_args__ = (UniqueConstraint("user_id", "first_on"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    first_on: Mapped[date]
    last_on: Mapped[date]
    snapshot_id: Mapped[UUID] = mapped_column(
        ForeignKey("listening_snapshots.id", ondelete="CASCADE"), index=True
    )
    insight_id: Mapped[UUID] = mapped_column(
        ForeignKey("generated_insights.id", ondelete="CASCADE"), index=True
    )
    figures: Mapped[dict[str, Any]]


class Channel(StrEnum):
    """How a summary leaves the app; it can always be read in it."""

    EMAIL = "email"
    FEED = "feed"
    APPRISE = "apprise"


class TargetState(StrEnum):
    """An e-mail address is confirmed by whoever reads it before anything else is sent there."""

    UNCONFIRMED = "unconfirmed"
    ACTIVE = "active"
    ENDED = "ended"


class SummaryTarget(Identified, Base):
    """Where a listener wants summaries.

    `address` is sealed for this row, `hint` is what may be shown of it. `secret` (sealed as well)
    stands in the links that go with it, to confirm, to unsubscribe or to read the feed; it is
    looked up by its hash.
    """

    __tablename__ = "summary_targets"
    __table_args__ = (
        Index(
            "uq_summary_targets_address",
            "user_id",
            "channel",
            "address_hash",
            unique=True,
            postgresql_where=text("state <> 'ended'"),
        ),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    channel: Mapped[Channel] = mapped_column(choice(Channel))
    address: Mapped[bytes | None] = mapped_column(LargeBinary)
    address_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    hint: Mapped[str] = mapped_column(server_default="")
    state: Mapped[TargetState] = mapped_column(choice(TargetState))
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class DeliveryState(StrEnum):
    """`uncertain` is what a worker that died while sending leaves: it is not sent again."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNCERTAIN = "uncertain"


class Delivery(Identified, Base):
    """One summary to one target."""

    __tablename__ = "deliveries"
    __table_args__ = (UniqueConstraint("summary_id", "target_id"),)

    summary_id: Mapped[UUID] = mapped_column(ForeignKey("weekly_summaries.id", ondelete="CASCADE"))
    target_id: Mapped[UUID] = mapped_column(
        ForeignKey("summary_targets.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[DeliveryState] = mapped_column(
        choice(DeliveryState), server_default=DeliveryState.PENDING.value
    )
    attempts: Mapped[int] = mapped_column(server_default="0")
    error: Mapped[str | None]
    sent_at: Mapped[datetime | None]
