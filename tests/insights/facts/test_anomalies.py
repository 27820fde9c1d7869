"""Days far out of the ordinary, and turning points."""

from datetime import date, timedelta

import pytest
from tests.insights.builders import HOUR_MS, a_timeline
from tests.insights.facts.weeks import END, WEEK, told, values_of, weeks

from spotify_insights.insights.facts import anomalies
from spotify_insights.insights.facts.fact import Against, Says, Unit


def days(minutes, back=0):
    return {"timeline": a_timeline((END - (back + 1) * WEEK).date(), minutes)}


def ordinary(count):
    return [days((40, 50, 60, 0, 45, 55, 65), back) for back in range(1, count + 1)]


def months(*hours):
    """A scene of a lifetime with so many hours a month from January 2020 on."""
    items = [
        {"start": f"{2020 + n // 12}-{n % 12 + 1:02}-01", "plays": 1, "ms_played": one * HOUR_MS}
        for n, one in enumerate(hours)
    ]
    return weeks({"timeline": {"bucket": "month", "items": items}})


def test_a_day_beyond_the_far_fence_is_told_with_an_ordinary_one():
    scene = weeks(days((40, 600, 50, 60, 50, 40, 60)), *ordinary(3))

    fact = told(anomalies.day, scene)

    assert values_of(fact) == {"": "2025-05-26", "time": 10.0, "typical": 50}
    assert fact.says == {Says.MORE, Says.MOST}
    assert (fact.against, fact.sampled, fact.sample_size) == (Against.USUAL, Unit.DAYS, 25)


@pytest.mark.parametrize(
    ("minutes", "before"),
    [
        ((90, 102, 50, 60, 50, 40, 60), 3),
        ((40, 600, 600, 60, 50, 40, 60), 3),
        ((40, 600, 50, 60, 50, 40, 60), 1),
        ((0, 0, 0, 0, 0, 0, 0), 3),
    ],
    ids=["within the fence", "two days", "few days", "silence"],
)
def test_no_other_day_is_one(minutes, before):
    assert told(anomalies.day, weeks(days(minutes), *ordinary(before))) is None


def test_an_hour_is_not_far_out_however_little_the_other_days_have():
    quiet = [days((2, 2, 2, 2, 2, 2, 2), back) for back in (1, 2)]

    assert told(anomalies.day, weeks(days((2, 50, 2, 2, 2, 2, 2)), *quiet)) is None


def test_among_days_that_are_all_alike_a_little_more_is_not_far_out():
    alike = [days((60,) * 7, back) for back in (1, 2)]

    assert told(anomalies.day, weeks(days((60, 60, 100, 60, 60, 60, 60)), *alike)) is None
    assert told(anomalies.day, weeks(days((60, 60, 120, 60, 60, 60, 60)), *alike)) is not None


def test_weeks_of_a_timeline_are_no_days():
    timeline = a_timeline(date(2024, 1, 7), (10,) * 20 + (6000,), bucket="week")

    assert told(anomalies.day, weeks({"timeline": timeline}, *ordinary(3))) is None


def test_the_month_from_which_on_there_is_more_is_a_turning_point():
    fact = told(anomalies.turning_point, months(1, *8 * [10, 12], *8 * [30, 32], 1))

    assert values_of(fact) == {"": "2021-06", "before": 11.0, "after": 31.0}
    assert (fact.unit, fact.says) == (Unit.MONTH, {Says.MORE})
    assert (fact.sample_size, fact.sampled) == (32, Unit.MONTHS)


def test_a_turn_to_less_is_told_as_less():
    fact = told(anomalies.turning_point, months(1, *9 * [30, 32], *9 * [10, 12], 1))

    assert values_of(fact) == {"": "2021-08", "before": 31.0, "after": 11.0}
    assert fact.says == {Says.LESS}


def test_from_nothing_to_something_is_a_turn():
    fact = told(anomalies.turning_point, months(0, *10 * [0], *10 * [9], 9))

    assert values_of(fact) == {"": "2020-12", "before": 0, "after": 9.0}


@pytest.mark.parametrize(
    "hours",
    [
        (1, *8 * [10, 12], *8 * [13, 15], 1),
        (10, 12, 30, 32, 30, 32),
        tuple(range(5, 50)),
        (3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3),
        (),
    ],
    ids=["small", "short", "a drift", "noise", "nothing"],
)
def test_no_other_series_has_one(hours):
    assert told(anomalies.turning_point, months(*hours)) is None


def test_weeks_are_told_by_the_month_and_dated():
    minutes = (*12 * [60], *12 * [600])
    first = date(2024, 1, 7)
    timeline = a_timeline(first, minutes, bucket="week")

    fact = told(anomalies.turning_point, weeks({"timeline": timeline}))

    assert fact.value == (first + timedelta(weeks=12)).isoformat()
    assert fact.unit is Unit.DATE
    assert values_of(fact) | {"": None} == {"": None, "before": 4.3, "after": 43.5}


def test_a_snapshot_without_a_timeline_has_neither():
    scene = weeks({"timeline": {}})

    assert told(anomalies.day, scene) is None
    assert told(anomalies.turning_point, scene) is None
