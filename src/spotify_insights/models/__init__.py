"""Every table, on one floor that all features share."""

from spotify_insights.models.account import SpotifyToken, User
from spotify_insights.models.base import Base
from spotify_insights.models.insight import GeneratedInsight
from spotify_insights.models.job import Job, ScheduleRun
from spotify_insights.models.listening import (
    Album,
    Artist,
    Content,
    Import,
    Play,
    Snapshot,
    Track,
)

__all__ = [
    "Album",
    "Artist",
    "Base",
    "Content",
    "GeneratedInsight",
    "Import",
    "Job",
    "Play",
    "ScheduleRun",
    "Snapshot",
    "SpotifyToken",
    "Track",
    "User",
]
