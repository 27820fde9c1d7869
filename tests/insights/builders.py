"""Snapshots as the listening side keeps them; a test says only what matters to it."""

from datetime import UTC, date, datetime
from uuid import UUID

from spotify_insights.models import Snapshot
from spotify_insights.models.listening import TimeRange

SNAPSHOT_ID = UUID("6f1f7b4e-3a52-4f0e-9a55-2f4d0a6f1c11")


def a_snapshot(**changes):
    """A full one: nine days on record, tops counted from the ledger."""
    values = {
        "id": SNAPSHOT_ID,
        "user_id": UUID(int=7),
        "time_range": TimeRange.SHORT,
        "snapshot_date": date(2025, 3, 14),
        "period_start": datetime(2025, 2, 14, tzinfo=UTC),
        "period_end": datetime(2025, 3, 14, 12, tzinfo=UTC),
        "sources": ["demo"],
        "totals": some_totals(),
        "top_artists": [an_artist("Marrow Choir", 48), an_artist("Ister Parade", 31, rank=2)],
        "top_tracks": [a_track("Amber Tides", "Marrow Choir", 12), a_track("Kites", "Nyx", 9, 2)],
        "total_tracks_analyzed": 90,
        "genre_distribution": {"dream pop": 0.41, "jazz": 0.3, "techno": 0.29},
        "mood_patterns": some_moods(calm=6, energetic=3, bright=1),
        "artist_diversity_score": 0.7321,
        "mood_diversity_score": 0.8,
        "listening_hours": {"morning": 2.1, "afternoon": 1.5, "evening": 5.9, "night": 1.3},
        "coverage": some_coverage(),
        "audio_features": {},
    }
    return Snapshot(**values | changes)


def an_empty_snapshot(**changes):
    return a_snapshot(
        sources=[],
        totals=some_totals(
            plays=0,
            counted_plays=0,
            ms_played=0,
            distinct_artists=0,
            days_active=0,
            first_play_at=None,
            last_play_at=None,
        ),
        top_artists=[],
        top_tracks=[],
        total_tracks_analyzed=0,
        genre_distribution={},
        mood_patterns={},
        artist_diversity_score=None,
        mood_diversity_score=None,
        listening_hours={"morning": 0.0, "afternoon": 0.0, "evening": 0.0, "night": 0.0},
        coverage=some_coverage(genres=0.0, moods=0.0),
        **changes,
    )


def a_ranked_snapshot(**changes):
    """Spotify's top lists and nothing else: no plays are on record."""
    values = {
        "sources": ["api"],
        "totals": an_empty_snapshot().totals,
        "listening_hours": an_empty_snapshot().listening_hours,
        "artist_diversity_score": None,
        "top_artists": [an_artist("Marrow Choir", None), an_artist("Nyx", None, rank=2)],
        "top_tracks": [a_track("Amber Tides", "Marrow Choir", None)],
        "coverage": some_coverage(tops="spotify"),
    }
    return a_snapshot(**values | changes)


def some_totals(**changes):
    values = {
        "plays": 190,
        "counted_plays": 170,
        "ms_played": 38_900_000,
        "distinct_tracks": 88,
        "distinct_artists": 23,
        "distinct_albums": 40,
        "days_active": 9,
        "first_play_at": "2025-03-03T07:10:00+00:00",
        "last_play_at": "2025-03-13T21:40:00+00:00",
        "is_estimated": False,
    }
    return values | changes


def an_artist(name, plays, rank=1):
    return {"rank": rank, "name": name, "genres": ["dream pop"], "plays": plays, "ms_played": None}


def a_track(name, artist, plays, rank=1):
    return {"rank": rank, "name": name, "artist": artist, "plays": plays, "ms_played": None}


def some_moods(**counts):
    total = sum(counts.values())
    return {
        mood: {"percentage": count / total, "track_count": count} for mood, count in counts.items()
    }


def some_coverage(**changes):
    values = {
        "genres": 0.76,
        "moods": 0.62,
        "tops": "ledger",
        "genres_method": "each top artist counted once",
        "moods_method": "estimated from genre families",
    }
    return values | changes
