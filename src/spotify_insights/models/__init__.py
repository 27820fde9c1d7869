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
from spotify_insights.models.insight import GeneratedInsight, ModelCall
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
from spotify_insights.models.summary import Delivery, SummaryTarget, WeeklySummary

__all__ = [
    "Album",
    "Artist",
    "Base",
    "CatalogueVersion",
    "Circumstances",
    "Claim",
    "Content",
    "Delivery",
    "Exclusion",
    "FirstHeard",
    "GeneratedInsight",
    "Import",
    "ImportFile",
    "Job",
    "Match",
    "ModelCall",
    "PackedWeek",
    "Play",
    "RejectedRow",
    "ScheduleRun",
    "Snapshot",
    "Source",
    "SpotifyToken",
    "SummaryTarget",
    "Track",
    "TrackMerge",
    "User",
    "WeeklySummary",
]
