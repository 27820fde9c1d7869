"""Where plays came from."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel

from spotify_insights.listening.records import Holding


class SourceOut(BaseModel):
    """The content of one file, or the polling of a listener, and the plays it claims now.

    `rows` are those of its file. Of its `plays`, the `superseded` ones are told more fully by
    another source, which stands for them. `imports` brought it; without any, it came by itself.
    """

    source_id: int
    user_id: UUID
    format: str
    rows: int
    plays: int
    superseded: int
    first_play_at: datetime | None
    last_play_at: datetime | None
    imports: list[UUID]
    created_at: datetime

    @classmethod
    def of(cls, holding: Holding) -> Self:
        source = holding.source
        return cls(
            source_id=source.id,
            **{name: getattr(source, name) for name in _SAME_IN_SOURCE},
            **{name: getattr(holding, name) for name in _SAME_IN_HOLDING},
        )


class SourceEnding(BaseModel):
    source_id: int
    task_id: UUID


_SAME_IN_SOURCE = ("user_id", "format", "rows", "created_at")
_SAME_IN_HOLDING = ("plays", "superseded", "first_play_at", "last_play_at", "imports")
