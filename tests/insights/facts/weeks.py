"""Weeks one after another: a test says what each had, and leaves the rest alike."""

from datetime import UTC, datetime, timedelta

from tests.insights.builders import (
    HOUR_MS,
    a_snapshot,
    an_artist,
    scene_of,
    some_discovery,
    some_repeats,
    some_sessions,
    some_statistics,
    some_totals,
)

from spotify_insights.models.listening import TimeRange

WEEK, DAY = timedelta(days=7), timedelta(days=1)
# A Sunday: the week of the scene ends as it begins.
END = datetime(2025, 6, 1, tzinfo=UTC)
EVEN = {"morning": 1.0, "afternoon": 1.0, "evening": 1.0, "night": 1.0}


def a_week(back=0, **changes):
    """The snapshot of the week that lies so many weeks before the one that is told of."""
    return a_snapshot(**_values(END - back * WEEK, WEEK, TimeRange.WEEK, **changes))


def a_month(back=0, **changes):
    month = END.month - back
    end = END.replace(year=END.year + (month - 1) // 12, month=(month - 1) % 12 + 1)
    length = end - (end - DAY).replace(day=1)
    return a_snapshot(**_values(end, length, TimeRange.MONTH, **changes))


def weeks(*each, **alike):
    """A scene of weeks, newest first; None is a week without a snapshot."""
    snapshots = [
        a_week(back, **alike | changes) for back, changes in enumerate(each) if changes is not None
    ]
    return scene_of(snapshots[0], snapshots[1:])


def by_hours(*hours, **alike):
    """The same by the hours of music in each, with ten counted plays an hour."""
    return weeks(*(of_hours(one) for one in hours), **alike)


def of_hours(hours):
    return None if hours is None else {"hours": hours}


def _values(end, length, time_range, **changes):
    given = {"hours": 10, "days": 5, "artists": {}, "distinct": None, "last": end - HOUR} | changes
    counted = given.pop("counted", 10 * given["hours"])
    artists = given.pop("artists")
    totals = some_totals(
        plays=given.pop("plays", counted),
        counted_plays=counted,
        ms_played=round(given.pop("hours") * HOUR_MS),
        days_active=given.pop("days"),
        distinct_artists=given.pop("distinct") or len(artists),
        first_play_at=(end - length).isoformat(),
        last_play_at=given.pop("last").isoformat(),
    )
    blocks = {name: given.pop(name) for name in list(given) if name in _STATISTICS}
    values = {
        "time_range": time_range,
        "snapshot_date": end.date(),
        "period_start": end - length,
        "period_end": end,
        "totals": totals,
        "top_artists": top(artists),
        "listening_hours": EVEN,
        "statistics": _statistics(counted, **blocks),
    }
    return values | given


HOUR = timedelta(hours=1)
_STATISTICS = ("skips", "discovery", "repeats", "timeline", "sessions")


def _statistics(counted, **blocks):
    plain = {
        "skips": {"told": counted, "skipped": counted // 10},
        "discovery": {"artists": some_discovery(heard=20, new=0, plays_of_new=0, plays=counted)},
        "repeats": some_repeats(plays=counted, repeats=counted // 2),
        "sessions": some_sessions(count=20),
        "timeline": {"bucket": "week", "items": []},
    }
    return some_statistics(**plain | blocks)


def top(artists):
    """A top list from plays by name, most first."""
    ranked = sorted(artists.items(), key=lambda one: -one[1])
    return [an_artist(name, plays, rank) for rank, (name, plays) in enumerate(ranked, start=1)]


def told(kind, scene):
    """The one fact of a kind, or None."""
    found = list(kind(scene))
    assert len(found) <= 1
    return found[0] if found else None


def values_of(fact):
    """The value and the parts without their units."""
    return {name: quantity.value for name, quantity in fact.quantities.items()}
