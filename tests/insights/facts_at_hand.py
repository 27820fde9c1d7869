"""Single facts, for tests that do not care where they come from."""

from datetime import date

from spotify_insights.insights.facts.fact import Fact, Period, Quantity, Unit
from spotify_insights.models.listening import TimeRange

A_WEEK = Period(date(2025, 3, 3), date(2025, 3, 9), TimeRange.WEEK)


def a_fact(value, unit=Unit.PLAYS, key="some.fact", parts=None, **changes):
    values = {
        "period": A_WEEK,
        "sample_size": 12,
        "provenance": ("export",),
        "parts": {name: Quantity(*part) for name, part in (parts or {}).items()},
    }
    return Fact(key, value, unit, **values | changes)
