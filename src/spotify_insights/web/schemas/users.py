"""Listeners and their tokens."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from spotify_insights import accounts
from spotify_insights.listening.stats import clock
from spotify_insights.models import User
from spotify_insights.models.account import Connection


def _known_zone(name: str) -> str:
    if name not in clock.zones():
        raise ValueError("must be an IANA time zone such as Europe/Berlin")
    return name


Text = Annotated[
    str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$")
]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=4096, pattern=r"^[!-~]+$")]
Zone = Annotated[str, AfterValidator(_known_zone)]


class Registration(BaseModel):
    spotify_user_id: Text
    display_name: Text
    email: Text | None = None


class PartOfRegistration(BaseModel):
    """The same names, each optional, because they may come in the body or in the query."""

    spotify_user_id: Text | None = None
    display_name: Text | None = None
    email: Text | None = None


class UserChange(BaseModel):
    """Only the names that are sent change; the defaults below are never used."""

    model_config = ConfigDict(extra="forbid")

    display_name: Text = ""
    timezone: Zone = ""
    week_starts_on: Annotated[int, Field(ge=1, le=7)] = 1
    day_starts_at: Annotated[int, Field(ge=0, le=6)] = 0
    locale: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")] = ""
    ai_consent: bool = False

    @property
    def moves_days(self) -> bool:
        """Whether plays may fall on other days than before."""
        return not self.model_fields_set.isdisjoint(("timezone", "day_starts_at"))


class UserOut(BaseModel):
    """`ai_consent_to` is the provider of the model that consent is to, and to no other."""

    user_id: UUID
    spotify_user_id: str | None
    display_name: str
    email: str | None
    timezone: str
    week_starts_on: int
    day_starts_at: int
    locale: str
    ai_consent: bool
    ai_consent_to: str | None
    ai_consent_at: datetime | None
    is_demo: bool
    connection: Connection
    connection_reason: str | None
    disconnected_at: datetime | None
    created_at: datetime

    @classmethod
    def of(cls, user: User) -> Self:
        same = {name: getattr(user, name) for name in cls.model_fields if name != "user_id"}
        return cls(user_id=user.id, **same)


class DisconnectedOut(UserOut):
    """`api_data_deleted_by`: until then at the latest, what was asked from Spotify is deleted."""

    api_data_deleted_by: datetime

    @classmethod
    def of(cls, user: User) -> Self:
        assert user.disconnected_at is not None, "only of a listener who has disconnected"
        deadline = user.disconnected_at + accounts.API_DATA_KEPT
        return cls(**UserOut.of(user).model_dump(), api_data_deleted_by=deadline)


class TokenIn(BaseModel):
    user_id: UUID
    access_token: Secret
    refresh_token: Secret
    expires_in: Annotated[int, Field(ge=1, le=31_536_000)]
    scope: Annotated[
        str, StringConstraints(max_length=2000, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")
    ] = ""


class TokenOut(BaseModel):
    token_id: UUID
    expires_at: datetime
