"""Every table, on one floor that all features share."""

from spotify_insights.models.account import SpotifyToken, User
from spotify_insights.models.base import Base
from spotify_insights.models.catalogue import (
    Album,
    Artist,
    Circumstances,
    Content,
    Track,
    TrackMerge,
)
from spotify_insights.models.insight import GeneratedInsight
from spotify_insights.models.job import Job, ScheduleRun
from spotify_insights.models.listening import Play, Snapshot
from spotify_insights.models.sources import (
    Claim,
    Import,
    ImportFile,
    Match,
    RejectedRow,
    Source,
)
from spotify_insights.models.statistics import (
    CatalogueVersion,
    Exclusion,
    FirstHeard,
    PackedWeek,
)

__all__ = [
    "Album",
    "Artist",
    "Base",
    "CatalogueVersion",
    "Circumstances",
    "Claim",
    "Content",
    "Exclusion",
    "FirstHeard",
    "GeneratedInsight",
    "Import",
    "ImportFile",
    "Job",
    "Match",
    "PackedWeek",
    "Play",
    "RejectedRow",
    "ScheduleRun",
    "Snapshot",
    "Source",
    "SpotifyToken",
    "Track",
    "TrackMerge",
    "User",
]
