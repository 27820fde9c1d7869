"""Version 1: a token in, a whole insight out."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, StringConstraints

from spotify_insights.models.insight import Tone
from spotify_insights.web.errors import Problem
from spotify_insights.web.schemas.listening import SpotifyRange

# What RFC 6750 allows a bearer token to consist of.
AccessToken = Annotated[
    str, StringConstraints(min_length=1, max_length=4096, pattern=r"^[A-Za-z0-9._~+/=-]+$")
]


class Wish(BaseModel):
    tone_mode: Tone = Tone.NEUTRAL
    time_range: SpotifyRange = "medium_term"


class Unfinished(Problem):
    """A problem document with the task that goes on; ask for it under `/api/tasks`."""

    task_id: UUID
