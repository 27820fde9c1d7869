"""Named ranges, and what a range is compared with."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from spotify_insights.errors import Invalid
from spotify_insights.listening.stats import ranges
from spotify_insights.listening.stats.clock import Clock
from spotify_insights.listening.stats.ranges import Comparison, RangeName, Span

STEADY = settings(derandomize=True, deadline=None)
DAY = timedelta(days=1)
DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
BACK = st.integers(0, 30)
CALENDAR = [
    *(RangeName.TODAY, RangeName.WEEK, RangeName.MONTH, RangeName.QUARTER),
    *(RangeName.SEASON, RangeName.YEAR),
]
ROLLING = [RangeName.FOUR_WEEKS, RangeName.SIX_MONTHS, RangeName.TWELVE_MONTHS]
# A Wednesday.
TODAY = date(2024, 5, 15)


def resolved(name, today=TODAY, back=0, week_starts_on=1):
    """First and last day, as text."""
    span = ranges.resolve(name, today, Clock(week_starts_on=week_starts_on), back)
    return str(span.first), str(span.last)


def compared(span, how=Comparison.PREVIOUS):
    found = ranges.compared_with(span, how)
    return str(found.first), str(found.last)


# The days of a range


@pytest.mark.parametrize(
    ("name", "back", "first", "last"),
    [
        (RangeName.TODAY, 0, "2024-05-15", "2024-05-15"),
        (RangeName.TODAY, 1, "2024-05-14", "2024-05-14"),
        (RangeName.WEEK, 0, "2024-05-13", "2024-05-15"),
        (RangeName.WEEK, 1, "2024-05-06", "2024-05-12"),
        (RangeName.MONTH, 0, "2024-05-01", "2024-05-15"),
        (RangeName.MONTH, 1, "2024-04-01", "2024-04-30"),
        (RangeName.MONTH, 3, "2024-02-01", "2024-02-29"),
        (RangeName.MONTH, 5, "2023-12-01", "2023-12-31"),
        (RangeName.QUARTER, 0, "2024-04-01", "2024-05-15"),
        (RangeName.QUARTER, 1, "2024-01-01", "2024-03-31"),
        (RangeName.QUARTER, 2, "2023-10-01", "2023-12-31"),
        (RangeName.SEASON, 0, "2024-03-01", "2024-05-15"),
        (RangeName.SEASON, 1, "2023-12-01", "2024-02-29"),
        (RangeName.SEASON, 2, "2023-09-01", "2023-11-30"),
        (RangeName.YEAR, 0, "2024-01-01", "2024-05-15"),
        (RangeName.YEAR, 1, "2023-01-01", "2023-12-31"),
        (RangeName.FOUR_WEEKS, 0, "2024-04-18", "2024-05-15"),
        (RangeName.FOUR_WEEKS, 1, "2024-03-21", "2024-04-17"),
        (RangeName.SIX_MONTHS, 0, "2023-11-16", "2024-05-15"),
        (RangeName.SIX_MONTHS, 1, "2023-05-16", "2023-11-15"),
        (RangeName.TWELVE_MONTHS, 0, "2023-05-16", "2024-05-15"),
        (RangeName.TWELVE_MONTHS, 1, "2022-05-16", "2023-05-15"),
        (RangeName.LIFETIME, 0, "None", "None"),
        (RangeName.LIFETIME, 3, "None", "None"),
    ],
)
def test_a_named_range_has_its_days(name, back, first, last):
    assert resolved(name, back=back) == (first, last)


@pytest.mark.parametrize(
    ("week_starts_on", "first"),
    [(1, "2024-05-13"), (3, "2024-05-15"), (4, "2024-05-09"), (7, "2024-05-12")],
)
def test_a_week_starts_on_the_listeners_first_weekday(week_starts_on, first):
    assert resolved(RangeName.WEEK, week_starts_on=week_starts_on) == (first, "2024-05-15")


@pytest.mark.parametrize(
    ("today", "first", "before"),
    [
        ("2024-01-01", "2023-12-01", ("2023-09-01", "2023-11-30")),
        ("2023-02-28", "2022-12-01", ("2022-09-01", "2022-11-30")),
        ("2024-12-01", "2024-12-01", ("2024-09-01", "2024-11-30")),
        ("2024-08-31", "2024-06-01", ("2024-03-01", "2024-05-31")),
    ],
)
def test_winter_begins_in_december_and_ends_in_the_next_year(today, first, before):
    on_day = date.fromisoformat(today)

    assert resolved(RangeName.SEASON, on_day) == (first, today)
    assert resolved(RangeName.SEASON, on_day, back=1) == before


@pytest.mark.parametrize(
    ("name", "first"),
    [
        (RangeName.SIX_MONTHS, "2023-08-30"),
        (RangeName.TWELVE_MONTHS, "2023-03-01"),
        (RangeName.MONTH, "2024-02-01"),
        (RangeName.FOUR_WEEKS, "2024-02-02"),
    ],
)
def test_a_range_may_end_on_the_29th_of_february(name, first):
    assert resolved(name, date(2024, 2, 29)) == (first, "2024-02-29")


@STEADY
@given(st.sampled_from(CALENDAR + ROLLING), DAYS, BACK, st.integers(1, 7))
@example(RangeName.SIX_MONTHS, date(2024, 8, 31), 1, 1)
@example(RangeName.TWELVE_MONTHS, date(2024, 2, 29), 3, 1)
def test_going_back_leaves_out_no_day_and_has_none_twice(name, today, back, week_starts_on):
    clock = Clock(week_starts_on=week_starts_on)

    later = ranges.resolve(name, today, clock, back)
    earlier = ranges.resolve(name, today, clock, back + 1)

    assert earlier.last + DAY == later.first
    assert later.first <= later.last <= today


@STEADY
@given(st.sampled_from(CALENDAR + ROLLING), DAYS)
def test_the_range_of_now_ends_today(name, today):
    assert ranges.resolve(name, today, Clock()).last == today


@STEADY
@given(st.sampled_from(CALENDAR), DAYS, BACK)
def test_a_calendar_range_of_the_past_is_a_whole_unit(name, today, back):
    past = ranges.resolve(name, today, Clock(), back + 1)

    last_day = ranges.resolve(name, past.last, Clock())

    assert last_day == past


@pytest.mark.parametrize("name", [*CALENDAR, *ROLLING])
def test_there_is_no_range_before_the_first_year(name):
    with pytest.raises(Invalid) as refused:
        ranges.resolve(name, TODAY, Clock(), back=1_000_000)

    assert (refused.value.code, refused.value.field) == ("range_too_early", "back")


def test_a_range_so_far_back_that_no_number_holds_it_is_refused_too():
    with pytest.raises(Invalid) as refused:
        ranges.resolve(RangeName.WEEK, TODAY, Clock(), back=10**30)

    assert refused.value.code == "range_too_early"


def test_a_lifetime_has_no_number_of_days_and_other_ranges_do():
    assert ranges.resolve(RangeName.LIFETIME, TODAY, Clock()).days is None
    assert ranges.resolve(RangeName.FOUR_WEEKS, TODAY, Clock()).days == 28
    assert Span(TODAY, TODAY).days == 1
    assert Span(first=TODAY).days is None
    assert Span(last=TODAY).days is None


# Any two days


def test_two_days_make_a_span_and_either_may_be_left_out():
    first, last = date(2024, 5, 1), date(2024, 5, 2)

    assert ranges.between(first, last) == Span(first, last)
    assert ranges.between(first, first) == Span(first, first)
    assert ranges.between(first, None) == Span(first)
    assert ranges.between(None, last) == Span(last=last)
    assert ranges.between(None, None) == Span()


def test_an_end_before_the_start_is_refused():
    with pytest.raises(Invalid) as refused:
        ranges.between(date(2024, 5, 2), date(2024, 5, 1))

    assert (refused.value.code, refused.value.field) == ("range_reversed", "to")


# What a range is compared with


@pytest.mark.parametrize(
    ("name", "back", "first", "last"),
    [
        (RangeName.TODAY, 0, "2024-05-14", "2024-05-14"),
        (RangeName.WEEK, 0, "2024-05-06", "2024-05-08"),
        (RangeName.WEEK, 1, "2024-04-29", "2024-05-05"),
        (RangeName.MONTH, 0, "2024-04-01", "2024-04-15"),
        (RangeName.MONTH, 1, "2024-03-01", "2024-03-30"),
        (RangeName.MONTH, 2, "2024-02-01", "2024-02-29"),
        (RangeName.QUARTER, 0, "2024-01-01", "2024-02-14"),
        (RangeName.SEASON, 0, "2023-12-01", "2024-02-14"),
        (RangeName.YEAR, 0, "2023-01-01", "2023-05-16"),
        (RangeName.FOUR_WEEKS, 0, "2024-03-21", "2024-04-17"),
        (RangeName.SIX_MONTHS, 0, "2023-05-18", "2023-11-15"),
        (RangeName.TWELVE_MONTHS, 0, "2022-05-15", "2023-05-15"),
    ],
)
def test_a_range_is_compared_with_as_many_days_of_the_one_before(name, back, first, last):
    span = ranges.resolve(name, TODAY, Clock(), back)

    assert compared(span) == (first, last)


def test_a_longer_month_is_compared_with_all_of_a_shorter_one():
    march = ranges.resolve(RangeName.MONTH, date(2023, 3, 31), Clock())

    assert compared(march) == ("2023-02-01", "2023-02-28")


def test_any_other_days_are_compared_with_as_many_right_before():
    assert compared(Span(date(2024, 3, 1), date(2024, 3, 10))) == ("2024-02-20", "2024-02-29")


@STEADY
@given(st.sampled_from(CALENDAR + ROLLING), DAYS, BACK)
def test_what_is_compared_lies_before_and_is_never_longer(name, today, back):
    span = ranges.resolve(name, today, Clock(), back)

    before = ranges.compared_with(span, Comparison.PREVIOUS)

    assert before.first <= before.last < span.first
    assert before.days <= span.days
    unit = ranges.resolve(name, today, Clock(), back + 1)
    if name in CALENDAR:
        assert before.first == unit.first
        assert before.days == min(span.days, unit.days)
    else:
        assert (before.last + DAY, before.days) == (span.first, span.days)


@pytest.mark.parametrize(
    ("first", "last", "year_before"),
    [
        ("2024-05-01", "2024-05-15", ("2023-05-01", "2023-05-15")),
        ("2024-02-29", "2024-02-29", ("2023-02-28", "2023-02-28")),
        ("2024-02-01", "2024-02-29", ("2023-02-01", "2023-02-28")),
        ("2025-02-28", "2025-03-01", ("2024-02-28", "2024-03-01")),
        ("2023-12-20", "2024-01-10", ("2022-12-20", "2023-01-10")),
    ],
)
def test_a_year_ago_are_the_same_dates(first, last, year_before):
    span = Span(date.fromisoformat(first), date.fromisoformat(last))

    assert compared(span, Comparison.YEAR_AGO) == year_before


@pytest.mark.parametrize("how", Comparison)
@pytest.mark.parametrize("span", [Span(), Span(first=TODAY), Span(last=TODAY)])
def test_an_open_span_is_compared_with_nothing(span, how):
    assert ranges.compared_with(span, how) is None


@pytest.mark.parametrize("how", Comparison)
@pytest.mark.parametrize(
    "span",
    [
        Span(date.min, date.min),
        Span(date.min, date(1, 1, 31), months=1),
        Span(date.min, date(1, 1, 7), weeks=1),
        Span(date.min, date.max),
    ],
)
def test_before_the_calendar_there_is_nothing_to_compare_with(span, how):
    assert ranges.compared_with(span, how) is None


# Months


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2024-01-31", 1, "2024-02-29"),
        ("2023-01-31", 1, "2023-02-28"),
        ("2024-02-29", -12, "2023-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2024-12-31", 1, "2025-01-31"),
        ("2024-01-01", -1, "2023-12-01"),
        ("0001-02-28", -1, "0001-01-28"),
        ("9999-11-30", 1, "9999-12-30"),
    ],
)
def test_a_month_that_has_no_such_day_gives_its_last_one(day, months, expected):
    assert str(ranges.shifted(date.fromisoformat(day), months)) == expected
