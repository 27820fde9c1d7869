"""Rules for plays that do not count."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from spotify_insights.listening.archives.rows import LONGEST_NAME
from spotify_insights.listening.exclusions import NewRule, Told
from spotify_insights.models.statistics import ExclusionKind

_LARGEST = (1 << 31) - 1

Number = Annotated[int, Field(ge=-_LARGEST, le=_LARGEST)]
Show = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_NAME, pattern=r"^[^\x00]+$")
]


class ExclusionIn(BaseModel):
    """A kind and the fields it needs, no others.

    `artist`, `album`, `track`: an id from a top list. `show`: its name. `hours`: from the first to
    before the last, over midnight where the last is smaller. `dates`: local days, both inclusive.
    `session`: `at`, an instant within it.
    """

    model_config = ConfigDict(extra="forbid")

    kind: ExclusionKind
    artist_id: Number | None = None
    album_id: Number | None = None
    track_id: Number | None = None
    show: Show | None = None
    first_hour: Annotated[int, Field(ge=0, le=23)] | None = None
    last_hour: Annotated[int, Field(ge=0, le=24)] | None = None
    first_on: date | None = None
    last_on: date | None = None
    at: AwareDatetime | None = None

    def as_rule(self) -> NewRule:
        return NewRule(**self.model_dump())


class ExclusionOut(BaseModel):
    """A rule, what it is about, and the `plays` of all times that it alone leaves out.

    Of its fields those of its kind are set; a session is `first_at` to `last_at`.
    """

    exclusion_id: UUID
    user_id: UUID
    kind: ExclusionKind
    artist_id: int | None
    album_id: int | None
    track_id: int | None
    show: str | None
    first_hour: int | None
    last_hour: int | None
    first_on: date | None
    last_on: date | None
    first_at: datetime | None
    last_at: datetime | None
    created_at: datetime
    name: str | None
    artist: str | None
    plays: int
    ms_played: int

    @classmethod
    def of(cls, told: Told) -> Self:
        return cls(
            exclusion_id=told.rule.id,
            **{name: getattr(told.rule, name) for name in _SAME_IN_RULE},
            name=told.about.name if told.about else None,
            artist=told.about.artist if told.about else None,
            plays=told.plays,
            ms_played=told.ms_played,
        )


_SAME_IN_RULE = (
    *("user_id", "kind", "artist_id", "album_id", "track_id", "show", "first_hour", "last_hour"),
    *("first_on", "last_on", "first_at", "last_at", "created_at"),
)
