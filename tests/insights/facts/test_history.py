"""Facts of the whole history and of its anniversaries."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.insights.builders import a_mixed_snapshot, a_scene, an_artist, scene_of, some_totals
from tests.insights.builders import some_statistics as statistics

from spotify_insights.insights.facts import history
from spotify_insights.insights.facts.fact import Period, Quantity, Says, Unit
from spotify_insights.insights.languages.english import ENGLISH
from spotify_insights.insights.statements import statement
from spotify_insights.models.listening import TimeRange

HOUR_MS = 3_600_000
MAY_2024 = {
    "time_range": TimeRange.MONTH,
    "period_start": datetime(2024, 5, 1, tzinfo=UTC),
    "period_end": datetime(2024, 6, 1, tzinfo=UTC),
}


def a_lifetime(first="2014-03-03T07:10:00+00:00", last="2024-03-02T21:40:00+00:00", **changes):
    totals = some_totals(first_play_at=first, last_play_at=last)
    return a_scene(time_range=TimeRange.LIFETIME, totals=totals, **changes)


def a_timeline(bucket="month", **hours):
    """Hours by the month they were heard in, `m2014_03=5`."""
    items = [
        {"start": f"{key[1:].replace('_', '-')}-01", "plays": 10, "ms_played": value * HOUR_MS}
        for key, value in hours.items()
    ]
    return statistics(timeline={"bucket": bucket, "items": items})


def a_month(**changes):
    return a_scene(**MAY_2024, statistics=statistics(**changes))


# The whole history


@pytest.mark.parametrize(
    ("last", "years"),
    [("2024-03-02T21:40:00Z", 9), ("2024-03-03T00:10:00Z", 10), ("2025-01-01T00:00:00Z", 10)],
)
def test_a_history_spans_whole_years_from_its_first_to_its_last_play(last, years):
    [fact] = history.span(a_lifetime(last=last))

    assert fact.quantity == Quantity(years, Unit.YEARS)
    assert fact.part("first") == Quantity("2014-03-03", Unit.DATE)
    assert fact.part("last") == Quantity(last[:10], Unit.DATE)


def test_a_history_of_less_than_a_year_has_no_span():
    assert list(history.span(a_lifetime(last="2015-03-02T23:00:00Z"))) == []


def test_the_days_of_a_history_are_those_of_the_listener():
    [fact] = history.span(a_lifetime(first="2014-03-03T23:30:00Z", zone="Europe/Berlin"))

    assert fact.part("first").value == "2014-03-04"


def test_the_year_with_most_time_is_told_with_its_time():
    scene = a_lifetime(
        statistics=a_timeline(m2014_03=5, m2014_11=6, m2015_01=10, m2016_02=0, m2017_02=3)
    )

    [fact] = history.peak_year(scene)

    assert fact.quantity == Quantity(2014, Unit.YEAR)
    assert fact.parts == {"time": Quantity(11, Unit.HOURS)}
    assert fact.says == {Says.MOST}


@pytest.mark.parametrize(
    "timeline",
    [
        a_timeline(m2014_03=5, m2015_01=5),
        a_timeline(m2014_03=5, m2014_04=8),
        a_timeline(m2014_03=5, m2015_01=0),
        a_timeline("week", m2014_03=5, m2015_01=8),
        {},
    ],
)
def test_no_year_is_told_where_none_leads_or_buckets_lie_in_two(timeline):
    assert list(history.peak_year(a_lifetime(statistics=timeline))) == []


def test_only_a_lifetime_tells_of_the_whole_history():
    month = a_scene(**MAY_2024, statistics=a_timeline(m2014_03=5, m2015_01=8))

    assert list(history.span(month)) == list(history.peak_year(month)) == []


# Anniversaries


def test_a_month_with_the_day_of_the_first_play_ever_has_an_anniversary():
    [fact] = history.first_play(a_month(first_play_ever_at="2014-05-20T10:00:00Z"))

    assert fact.quantity == Quantity(10, Unit.YEARS)
    assert fact.parts == {"date": Quantity("2014-05-20", Unit.DATE)}
    assert Says.FIRST in fact.says


@pytest.mark.parametrize(
    "at", ["2014-04-30T10:00:00Z", "2014-06-01T00:00:00Z", "2024-05-20T10:00:00Z", None]
)
def test_another_month_and_the_month_of_the_first_play_itself_have_none(at):
    assert list(history.first_play(a_month(first_play_ever_at=at))) == []


def test_a_range_longer_than_a_month_has_no_anniversary():
    scene = a_scene(statistics=statistics(first_play_ever_at="2014-03-05T10:00:00Z"))

    assert scene.period.time_range is TimeRange.SHORT
    assert list(history.first_play(scene)) == []


def test_the_top_artist_first_heard_on_such_a_day_has_an_anniversary():
    firsts = {"artist": "Marrow Choir", "at": "2016-05-03T10:00:00Z"}

    [fact] = history.first_of_artist(a_month(firsts=firsts))

    assert fact.quantity == Quantity("Marrow Choir", Unit.ARTIST)
    assert fact.parts == {
        "years": Quantity(8, Unit.YEARS),
        "date": Quantity("2016-05-03", Unit.DATE),
    }
    assert fact.sample_size == 170


@pytest.mark.parametrize("firsts", [None, {"artist": "Marrow Choir", "at": None}])
def test_without_a_leading_artist_there_is_no_anniversary_of_one(firsts):
    assert list(history.first_of_artist(a_month(firsts=firsts))) == []


def test_an_artist_who_leads_with_two_plays_has_no_anniversary():
    firsts = {"artist": "Nyx", "at": "2016-05-03T10:00:00Z"}
    scene = a_scene(
        **MAY_2024, statistics=statistics(firsts=firsts), top_artists=[an_artist("Nyx", 2)]
    )

    assert list(history.first_of_artist(scene)) == []


def test_what_was_given_alone_has_its_own_first_play():
    given = {"statistics": statistics(first_play_ever_at="2020-05-20T10:00:00Z")}
    asked = statistics(first_play_ever_at="2014-05-20T10:00:00Z")
    snapshot = a_mixed_snapshot(**MAY_2024, given=given, statistics=asked)

    [fact] = history.first_play(scene_of(snapshot, export_only=True))

    assert (fact.value, fact.provenance) == (4, ("export",))


def test_each_fact_has_its_statement():
    lifetime = a_lifetime(statistics=a_timeline(m2014_03=5, m2014_11=6, m2015_01=10))
    month = a_month(
        first_play_ever_at="2023-05-20T10:00:00Z",
        firsts={"artist": "Marrow Choir", "at": "2016-05-03T10:00:00Z"},
    )

    found = [
        statement(fact, ENGLISH)
        for scene in (lifetime, month)
        for kind in (history.span, history.peak_year, history.first_play, history.first_of_artist)
        for fact in kind(scene)
    ]

    assert found == [
        (
            "Your history on record spans 9 years, from the first play on 3 March 2014 to"
            " 2 March 2024."
        ),
        "The year with the most music was 2014: 11 hours.",
        "In these days it was 1 year since your first play on record, on 20 May 2023.",
        (
            "Your most played artist was “Marrow Choir”, and in these days it was 8 years since you"
            " first heard it, on 3 May 2016."
        ),
    ]


def test_a_snapshot_from_before_these_statistics_has_none_of_their_facts():
    scene = a_scene(**MAY_2024, statistics={})

    assert list(history.first_play(scene)) == list(history.first_of_artist(scene)) == []


def test_the_anniversary_of_a_leap_day_is_the_28th_in_other_years():
    leap_day = date(2016, 2, 29)

    assert history.anniversary(leap_day, 2023) == date(2023, 2, 28)
    assert history.anniversary(leap_day, 2024) == date(2024, 2, 29)


def test_a_week_over_new_year_has_the_anniversaries_of_both_years():
    week = Period(date(2023, 12, 28), date(2024, 1, 3), TimeRange.WEEK)

    assert history.years_since(date(2020, 12, 30), week) == 3
    assert history.years_since(date(2020, 1, 2), week) == 4
    assert history.years_since(date(2023, 12, 30), week) is None


@settings(derandomize=True, deadline=None)
@given(
    st.dates(date(2008, 1, 1), date(2026, 12, 31)), st.dates(date(2008, 1, 1), date(2026, 12, 31))
)
def test_each_day_has_its_anniversary_in_one_week_of_a_year(first, start):
    weeks = [Period(start + timedelta(n), start + timedelta(n + 6), TimeRange.WEEK) for n in (0, 7)]

    for week in weeks:
        days = [week.first + timedelta(n) for n in range(7)]
        hits = [
            day.year - first.year for day in days if day == history.anniversary(first, day.year)
        ]
        assert history.years_since(first, week) == next((n for n in hits if n > 0), None)
