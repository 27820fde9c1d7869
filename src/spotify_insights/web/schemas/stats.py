"""Statistics."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from spotify_insights.listening.stats import Totals


class KindTotals(BaseModel):
    """Totals of one kind of play. Distinct things are those among plays of 30 s or more."""

    plays: int
    counted_plays: int
    ms_played: int
    distinct_tracks: int
    distinct_artists: int
    distinct_albums: int
    days_active: int
    first_play_at: datetime | None
    last_play_at: datetime | None


class Skips(BaseModel):
    """Music plays that were skipped, of those whose source tells how a play ended."""

    told: int
    skipped: int


class Summary(KindTotals):
    """Music at the top level; podcasts and audiobooks apart."""

    skips: Skips
    podcasts: KindTotals
    audiobooks: KindTotals


def kind_totals(totals: Totals) -> dict[str, Any]:
    return {name: getattr(totals, name) for name in KindTotals.model_fields}
