"""Single plays."""

from datetime import UTC, date, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import Path
from pydantic import BaseModel, Field, StringConstraints

from spotify_insights.listening import history
from spotify_insights.listening.history import Entry, Key, Wanted
from spotify_insights.models.listening import Origin, PlayKind, Provenance

_LARGEST = (1 << 31) - 1

PlayId = Annotated[int, Path(ge=1, le=(1 << 63) - 1)]
RowNumber = Annotated[int, Field(ge=1, le=_LARGEST)]


class PlaysAsked(BaseModel):
    """Whose plays, and which: what is absent does not matter.

    `text` is part of a title, an artist or a show. `from` and `to` are local days, both inclusive.
    Ids are those of top lists. `deleted` asks for the deleted plays instead. `before` is the `next`
    of the page before.
    """

    user_id: UUID
    text: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")] | None = None
    kind: PlayKind | None = None
    first: date | None = Field(None, alias="from")
    last: date | None = Field(None, alias="to")
    artist_id: RowNumber | None = None
    album_id: RowNumber | None = None
    track_id: Annotated[int, Field(ge=-_LARGEST, le=_LARGEST)] | None = None
    deleted: bool = False
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    before: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,11}-[0-9]{1,18}$")] | None = None

    def wanted(self) -> Wanted:
        same = {name: getattr(self, name) for name in _SAME_IN_WANTED}
        return Wanted(**same, is_deleted=self.deleted)

    def after(self) -> Key | None:
        """Where the page before ended."""
        if self.before is None:
            return None
        second, play_id = map(int, self.before.split("-"))
        return Key(datetime.fromtimestamp(second, UTC), play_id)


class PlayOut(BaseModel):
    """One listen, by the fullest account of it.

    `reason_start`, `reason_end`, `skipped`, `shuffle` and `offline` are null where the source does
    not tell. `is_left_out`: a rule keeps it from counting.
    """

    play_id: int
    started_at: datetime
    ms_played: int
    kind: PlayKind
    uri: str
    title: str
    artist: str | None
    album: str | None
    show: str | None
    track_id: int
    artist_id: int | None
    album_id: int | None
    reason_start: str | None
    reason_end: str | None
    skipped: bool | None
    shuffle: bool | None
    offline: bool | None
    platform: str | None
    origin: Origin
    provenance: Provenance
    source_id: int
    is_estimated: bool
    is_private: bool
    is_video: bool
    is_deleted: bool
    is_left_out: bool

    @classmethod
    def of(cls, entry: Entry) -> Self:
        same = {name: getattr(entry, name) for name in cls.model_fields if name != "play_id"}
        return cls(play_id=entry.id, **same)


class PlayPage(BaseModel):
    """Plays, newest first; `next` is the `before` of the next page, null on the last."""

    plays: list[PlayOut]
    next: str | None

    @classmethod
    def of(cls, page: history.Page) -> Self:
        last = page.last
        key = f"{int(last.started_at.timestamp())}-{last.id}" if last else None
        return cls(plays=[PlayOut.of(entry) for entry in page.entries], next=key)


_SAME_IN_WANTED = ("text", "kind", "first", "last", "artist_id", "album_id", "track_id")
