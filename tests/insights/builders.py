"""Snapshots as the listening side keeps them; a test says only what matters to it."""

from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from spotify_insights.insights.facts.scene import Scene
from spotify_insights.models import Snapshot
from spotify_insights.models.listening import TimeRange

SNAPSHOT_ID = UUID("6f1f7b4e-3a52-4f0e-9a55-2f4d0a6f1c11")
MINUTE_MS, HOUR_MS = 60_000, 3_600_000

# (weekday, hour): minutes, from Monday 3 to Thursday 13 March 2025: 648 minutes in all.
_MINUTES = {
    (1, 7): 60,
    (1, 21): 50,
    (2, 8): 66,
    (3, 21): 40,
    (4, 21): 60,
    (5, 21): 60,
    (5, 22): 60,
    (6, 0): 40,
    (6, 14): 50,
    (6, 21): 54,
    (7, 0): 38,
    (7, 15): 40,
    (7, 21): 30,
}
_MINUTES_BY_DAY = (50, 26, 0, 0, 120, 144, 108, 60, 40, 40, 60)
_PLAYS_BY_DAY = (13, 7, 0, 0, 31, 38, 28, 16, 11, 10, 16)


def a_scene(*, before=(), zone="UTC", day_starts_at=0, export_only=False, **changes):
    """The scene of `a_snapshot(**changes)`; `before` are snapshots, newest first."""
    return scene_of(a_snapshot(**changes), before, zone, day_starts_at, export_only=export_only)


def scene_of(snapshot, before=(), zone="UTC", day_starts_at=0, *, export_only=False):
    return Scene.of(snapshot, before, ZoneInfo(zone), day_starts_at, export_only=export_only)


def a_snapshot(**changes):
    """A full one: eleven days on record, tops counted from the ledger."""
    values = {
        "id": SNAPSHOT_ID,
        "user_id": UUID(int=7),
        "time_range": TimeRange.SHORT,
        "snapshot_date": date(2025, 3, 14),
        "period_start": datetime(2025, 2, 14, tzinfo=UTC),
        "period_end": datetime(2025, 3, 14, 12, tzinfo=UTC),
        "sources": ["demo"],
        "export_basis": None,
    }
    return Snapshot(**values | some_blocks() | changes)


def some_blocks(**changes):
    """The blocks of a period: those of a snapshot, and what its `export_basis` holds."""
    values = {
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
        "statistics": some_statistics(),
    }
    return values | changes


def an_empty_snapshot(**changes):
    return a_snapshot(**_nothing() | changes)


def a_ranked_snapshot(**changes):
    """Spotify's top lists and nothing else: no plays are on record."""
    artists = ["Marrow Choir", "Nyx", "Ister Parade", "Oster", "Lune"]
    tracks = [("Amber Tides", "Marrow Choir"), ("Kites", "Nyx"), ("Orbit", "Oster")]
    values = {
        "sources": ["api"],
        "top_artists": [an_artist(name, None, n) for n, name in enumerate(artists, start=1)],
        "top_tracks": [a_track(*names, None, n) for n, names in enumerate(tracks, start=1)],
        "total_tracks_analyzed": 90,
        "coverage": some_coverage(tops="spotify"),
        "genre_distribution": {"dream pop": 0.41, "jazz": 0.3, "techno": 0.29},
        "mood_patterns": some_moods(calm=6, energetic=3, bright=1),
    }
    return a_snapshot(**_nothing() | values | changes)


def a_mixed_snapshot(*, given=None, **changes):
    """Plays from Spotify and from an export; `given` are blocks of the export alone."""
    basis = some_blocks(**given or {})
    return a_snapshot(**{"sources": ["api", "export"], "export_basis": basis} | changes)


def _nothing():
    gone = ("plays", "counted_plays", "ms_played", "distinct_tracks", "distinct_artists")
    totals = dict.fromkeys((*gone, "distinct_albums", "days_active"), 0)
    return {
        "sources": [],
        "totals": some_totals(**totals, first_play_at=None, last_play_at=None),
        "top_artists": [],
        "top_tracks": [],
        "total_tracks_analyzed": 0,
        "genre_distribution": {},
        "mood_patterns": {},
        "artist_diversity_score": None,
        "mood_diversity_score": None,
        "listening_hours": {"morning": 0.0, "afternoon": 0.0, "evening": 0.0, "night": 0.0},
        "coverage": some_coverage(genres=0.0, moods=0.0),
        "statistics": {},
    }


def some_totals(**changes):
    values = {
        "plays": 190,
        "counted_plays": 170,
        "ms_played": 648 * MINUTE_MS,
        "distinct_tracks": 88,
        "distinct_artists": 23,
        "distinct_albums": 40,
        "days_active": 9,
        "first_play_at": "2025-03-03T07:10:00+00:00",
        "last_play_at": "2025-03-13T21:40:00+00:00",
        "is_estimated": False,
    }
    return values | changes


def some_statistics(**changes):
    """All blocks of the statistics, in keeping with `some_totals`."""
    values = {
        "podcasts": some_spoken(ms_played=72 * MINUTE_MS, plays=4),
        "audiobooks": some_spoken(),
        "top_albums": [an_album("Low Harbour", "Marrow Choir", 30), an_album("Elm", "Nyx", 11, 2)],
        "mood_score": 4.0,
        "timeline": a_timeline(date(2025, 3, 3), _MINUTES_BY_DAY, _PLAYS_BY_DAY),
        "heatmap": a_heatmap(_MINUTES),
        "sessions": some_sessions(),
        "streaks": {"longest": some_days("2025-03-07", "2025-03-13")},
        "averages": some_averages(),
        "gaps": [some_days("2025-03-05", "2025-03-06")],
        **_some_memory(),
        **_some_ways(),
        "concentration": {
            "artists": some_concentration(things=23, evenness=0.7321, effective_number=9.93),
            "tracks": some_concentration(things=88, singles=0.6136),
            "albums": some_concentration(things=40),
        },
        "loyalty": {"artists": 10, "ms_played": 479 * MINUTE_MS, "share": 0.7392},
    }
    return values | changes


def _some_memory():
    return {
        "discovery": {
            "artists": some_discovery(heard=23, new=6, plays_of_new=34),
            "tracks": some_discovery(heard=88, new=30, plays_of_new=51),
            "albums": some_discovery(heard=40, new=12, plays_of_new=40),
        },
        "repeats": some_repeats(),
        "most_repeated": {"name": "Amber Tides", "artist": "Marrow Choir"},
    }


def _some_ways():
    return {
        "skips": {"told": 190, "skipped": 38},
        "shuffle": {"told": 190, "plays": 80, "ms_played": 270 * MINUTE_MS, "share": 0.4211},
        "offline": {"told": 190, "plays": 12, "ms_played": 40 * MINUTE_MS, "share": 0.0632},
        "platforms": some_parts(Android=400, macOS=248),
        "countries": some_parts(AT=600, SI=48),
    }


def some_spoken(**changes):
    values = some_totals(plays=0, counted_plays=0, ms_played=0, days_active=0)
    return values | {"first_play_at": None, "last_play_at": None} | changes


def a_timeline(first, minutes, plays=(), bucket="day"):
    """A bucket for each of the values, from a day on; those of weeks are seven days apart."""
    step = {"day": 1, "week": 7}[bucket]
    plays = plays or [value // 4 for value in minutes]
    return {
        "bucket": bucket,
        "items": [
            {
                "start": date.fromordinal(first.toordinal() + step * n).isoformat(),
                "plays": count,
                "ms_played": value * MINUTE_MS,
            }
            for n, (value, count) in enumerate(zip(minutes, plays, strict=True))
        ],
    }


def a_heatmap(minutes):
    """From minutes by weekday (1 = Monday) and hour."""
    cells = [minutes.get((n // 24 + 1, n % 24), 0) for n in range(7 * 24)]
    return {
        "plays": [value // 4 for value in cells],
        "ms_played": [value * MINUTE_MS for value in cells],
    }


def some_sessions(**changes):
    values = {
        "count": 16,
        "mean_ms": 2_430_000,
        "median_ms": 31 * MINUTE_MS,
        "per_day": 1.7778,
        "longest": [a_session(114, "2025-03-07T21:04:00Z"), a_session(72, "2025-03-08T14:00:00Z")],
    }
    return values | changes


def a_session(minutes, started_at, plays=30):
    return {
        "started_at": started_at,
        "ended_at": started_at,
        "plays": plays,
        "counted_plays": plays,
        "ms_played": minutes * MINUTE_MS,
        "tracks": plays,
    }


def some_days(first, last):
    """A streak or a gap."""
    days = (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
    return {"first_on": first, "last_on": last, "days": days}


def some_averages(**changes):
    values = {
        "days_active": 9,
        "active_weekdays": [2, 2, 1, 1, 1, 1, 1],
        "ms_per_active_day": 72 * MINUTE_MS,
        "ms_per_calendar_day": None,
    }
    return values | changes


def some_discovery(*, heard, new, plays_of_new, plays=170):
    return {
        "heard": heard,
        "new": new,
        "plays": plays,
        "plays_of_new": plays_of_new,
        "share_new": round(new / heard, 4),
        "share_of_plays": round(plays_of_new / plays, 4),
    }


def some_repeats(**changes):
    values = {
        "plays": 170,
        "repeats": 82,
        "repeat_rate": 0.4824,
        "immediate_repeats": 12,
        "immediate_rate": 0.0706,
        "longest_run": {"id": 3, "times": 5, "started_at": "2025-03-08T21:10:00Z"},
    }
    return values | changes


def some_parts(**minutes):
    """Platforms or countries with their minutes, most first."""
    total = sum(minutes.values())
    return {
        "told": 190,
        "unknown": 0,
        "parts": [
            {
                "name": name,
                "plays": value // 4,
                "ms_played": value * MINUTE_MS,
                "share": round(value / total, 4),
            }
            for name, value in minutes.items()
        ],
    }


def some_concentration(**changes):
    values = {
        "things": 23,
        "plays": 170,
        "top_1": 0.2824,
        "top_10": 0.7,
        "top_50": 1.0,
        "gini": 0.5,
        "evenness": 0.8,
        "effective_number": 20.0,
        "singles": 0.5,
    }
    return values | changes


def an_artist(name, plays, rank=1):
    return {"rank": rank, "name": name, "genres": ["dream pop"], "plays": plays, "ms_played": None}


def a_track(name, artist, plays, rank=1):
    return {"rank": rank, "name": name, "artist": artist, "plays": plays, "ms_played": None}


def an_album(name, artist, plays, rank=1):
    return a_track(name, artist, plays, rank)


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
