"""Recordings under several titles."""

from pydantic import BaseModel


class MergeOut(BaseModel):
    """A track that is counted as another one of its artist: both have this ISRC."""

    track_id: int
    artist: str
    title: str
    into_track_id: int
    into_title: str
    isrc: str
