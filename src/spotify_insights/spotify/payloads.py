"""What Spotify answers, read leniently.

A field that is missing or odd takes its default. A row without what identifies it (a track without
a name, a play without a time) is left out and counted, so that it never costs the other rows.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import PydanticUseDefault

T = TypeVar("T")
Row = TypeVar("Row", bound=BaseModel)


def _without_nul(text: str) -> str:
    """PostgreSQL stores every character but this one."""
    return text.replace("\0", "")


def _not_empty(text: str) -> str:
    if not text:
        raise ValueError("empty")
    return text


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("outside the calendar") from None


def _or_default(value: object, read: ValidatorFunctionWrapHandler) -> object:
    try:
        return read(value)
    except ValidationError:
        raise PydanticUseDefault from None


def _row_by_row(value: object, read: ValidatorFunctionWrapHandler) -> list[Any]:
    if not isinstance(value, list):
        raise PydanticUseDefault
    rows: list[Any] = []
    for row in value:
        with suppress(ValidationError):
            rows += read([row])
    return rows


Text = Annotated[str, AfterValidator(_without_nul)]
Name = Annotated[Text, AfterValidator(_not_empty)]
Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
Size = Annotated[int, Field(ge=0, le=2**31 - 1)]
Degree = Annotated[float, Field(ge=0, le=1)]
Measure = Annotated[float, Field(ge=-1_000, le=1_000)]
Lenient = Annotated[T, WrapValidator(_or_default)]
Rows = Annotated[T, WrapValidator(_row_by_row)]


class _Payload(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Me(_Payload):
    """`account_id` never changes; Spotify sends it since May 2026, country and email seldom."""

    id: Name
    account_id: Lenient[Name | None] = None
    display_name: Lenient[Name | None] = None
    country: Lenient[Name | None] = None
    email: Lenient[Name | None] = None


class Image(_Payload):
    url: Name
    height: Lenient[Size | None] = None
    width: Lenient[Size | None] = None


class SimplifiedArtist(_Payload):
    """`id` is None for the artist of a local file."""

    name: Name
    id: Lenient[Name | None] = None
    uri: Lenient[Name | None] = None


class Artist(SimplifiedArtist):
    """`genres` is None where Spotify does not say, and empty where it says there are none."""

    images: Rows[list[Image]] = Field(default_factory=list)
    genres: Rows[list[Text] | None] = None


class Album(_Payload):
    """`name` is empty after a takedown; `release_date` is a year, a month or a day."""

    id: Lenient[Name | None] = None
    uri: Lenient[Name | None] = None
    name: Lenient[Text | None] = None
    album_type: Lenient[Text | None] = None
    release_date: Lenient[Text | None] = None
    artists: Rows[list[SimplifiedArtist]] = Field(default_factory=list)
    images: Rows[list[Image]] = Field(default_factory=list)


class ExternalIds(_Payload):
    isrc: Lenient[Name | None] = None


class Track(_Payload):
    """`id` is None for a local file."""

    uri: Name
    name: Name
    id: Lenient[Name | None] = None
    artists: Rows[list[SimplifiedArtist]] = Field(default_factory=list)
    album: Lenient[Album | None] = None
    duration_ms: Lenient[Size | None] = None
    explicit: Lenient[bool | None] = None
    external_ids: Lenient[ExternalIds] = Field(default_factory=ExternalIds)


class AudioFeatures(_Payload):
    """How a track sounds: 0..1, `loudness` in dB, `tempo` in beats a minute; None where unsaid."""

    acousticness: Lenient[Degree | None] = None
    danceability: Lenient[Degree | None] = None
    energy: Lenient[Degree | None] = None
    instrumentalness: Lenient[Degree | None] = None
    liveness: Lenient[Degree | None] = None
    loudness: Lenient[Measure | None] = None
    speechiness: Lenient[Degree | None] = None
    tempo: Lenient[Measure | None] = None
    valence: Lenient[Degree | None] = None


class Context(_Payload):
    """Where a play was started from: a playlist, an album, an artist."""

    uri: Lenient[Name | None] = None


class PlayHistory(_Payload):
    """One recent play; `played_at` is about when it ended."""

    track: Track
    played_at: Instant
    context: Lenient[Context | None] = None


class Token(_Payload):
    """`refresh_token` is None when the one in use stays valid. `expires_in` is in seconds."""

    access_token: Name = Field(repr=False)
    token_type: Lenient[Name] = "Bearer"  # noqa: S105
    scope: Lenient[Text | None] = None
    expires_in: Lenient[Annotated[int, Field(gt=0, le=86_400)]] = 3_600
    refresh_token: Lenient[Name | None] = Field(default=None, repr=False)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """The readable items in Spotify's order, and how many had to be left out."""

    items: list[Row]
    skipped: int


RecentlyPlayed = Page[PlayHistory]
TopArtists = Page[Artist]
TopTracks = Page[Track]


class _Listing(_Payload):
    items: list[object]


def page(row: type[Row], body: dict[str, object]) -> Page[Row]:
    """Read the items one by one; ValidationError if the body has no list of them at all."""
    raw = _Listing.model_validate(body).items
    items = [item for item in (_find_row(row, one) for one in raw) if item is not None]
    return Page(items, skipped=len(raw) - len(items))


def _find_row(row: type[Row], raw: object) -> Row | None:
    try:
        return row.model_validate(raw)
    except ValidationError:
        return None
