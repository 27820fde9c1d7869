"""Listeners and the consent they gave at Spotify."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Sequence, func, text
from sqlalchemy.orm import Mapped, mapped_column

from spotify_insights.models.base import Base, Identified, choice

# No number is given twice, not even one that was rolled back: what a process keeps under it could
# be what nobody else ever saw.
DATA_VERSIONS = Sequence("data_versions", metadata=Base.metadata)


class Connection(StrEnum):
    """Whether Spotify can be asked on the listener's behalf."""

    NONE = "none"
    CONNECTED = "connected"
    RECONNECT_REQUIRED = "reconnect_required"


class User(Identified, Base):
    """A listener. Spotify is one of several sources, so its ids may be absent."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("week_starts_on between 1 and 7", name="week_starts_on"),
        CheckConstraint("day_starts_at between 0 and 6", name="day_starts_at"),
    )

    spotify_user_id: Mapped[str | None] = mapped_column(unique=True)
    account_id: Mapped[str | None] = mapped_column(unique=True)
    display_name: Mapped[str]
    email: Mapped[str | None]
    country: Mapped[str | None]
    timezone: Mapped[str] = mapped_column(server_default="UTC")
    week_starts_on: Mapped[int] = mapped_column(server_default="1")
    day_starts_at: Mapped[int] = mapped_column(server_default="0")
    locale: Mapped[str] = mapped_column(server_default="en")
    ai_consent: Mapped[bool] = mapped_column(server_default=text("false"))
    # Consent names who is asked; with another provider it has to be given again.
    ai_consent_to: Mapped[str | None]
    ai_consent_at: Mapped[datetime | None]
    # The Sunday up to which weeks have been told; the clock asks for what is missing.
    summarised_until: Mapped[date | None]
    is_demo: Mapped[bool] = mapped_column(server_default=text("false"))
    connection: Mapped[Connection] = mapped_column(
        choice(Connection), server_default=Connection.NONE.value
    )
    connection_reason: Mapped[str | None]
    disconnected_at: Mapped[datetime | None]
    polled_at: Mapped[datetime | None]
    # Another one of DATA_VERSIONS with every change of what this listener's statistics say.
    data_version: Mapped[int] = mapped_column(BigInteger, server_default="0")
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class SpotifyToken(Identified, Base):
    """The grant of one listener; both tokens are sealed by `crypto` for exactly this row's user."""

    __tablename__ = "spotify_tokens"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    access_token: Mapped[bytes]
    refresh_token: Mapped[bytes]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    scope: Mapped[str] = mapped_column(server_default="")
    token_type: Mapped[str] = mapped_column(server_default="Bearer")
    authorized_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
