"""Which days a reader asks for, on which clock, compared with what; and what cannot be asked."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.web.asking import imported, problem, wrong_fields
from tests.web.figures import ADDRESSES, LISTS, ask, filled, starting, told

from spotify_insights.listening.stats.ranges import Comparison, RangeName

BERLIN = {"tz": "Europe/Berlin"}
UNKNOWN_SHARES = {"share_new": None, "share_of_plays": None}


@pytest.fixture
def with_plays(client, listener):
    imported(
        client,
        listener.id,
        starting("2024-05-01T10:00:00Z"),
        starting("2024-05-02T10:00:00Z"),
        starting("2023-05-02T10:00:00Z"),
    )
    return listener


def period(client, listener, query):
    return told(client, listener, "summary", query)["period"]


def days(client, listener, query, of=("first", "last")):
    """The first and the last day of what was asked for."""
    found = period(client, listener, query)
    return tuple(found[name] and date.fromisoformat(found[name]) for name in of)


def compared_days(client, listener, query):
    return days(client, listener, query, of=("compared_first", "compared_last"))


def on_one_day(client, listener, queries, look=days):
    """Today, and the days of these queries, none of them asked on another day."""
    while True:
        today, _ = days(client, listener, {"range": "today"})
        found = [look(client, listener, query) for query in queries]
        if days(client, listener, {"range": "today"}) == (today, today):
            return today, found


def plays(client, listener, query):
    return told(client, listener, "summary", query)["plays"]


def month_of(year, month):
    """The first day of a month, which may be counted on over the years."""
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def test_a_named_range_reaches_from_its_first_day_to_today(client, listener):
    names = ["week", "month", "quarter", "season", "year", "4_weeks", "lifetime"]

    today, found = on_one_day(client, listener, [{"range": name} for name in names])

    of_its_quarter = (today.month - 1) % 3
    of_its_season = today.month % 3
    assert dict(zip(names, found, strict=True)) == {
        "week": (today - timedelta(days=today.weekday()), today),
        "month": (today.replace(day=1), today),
        "quarter": (month_of(today.year, today.month - of_its_quarter), today),
        "season": (month_of(today.year, today.month - of_its_season), today),
        "year": (today.replace(month=1, day=1), today),
        "4_weeks": (today - timedelta(days=27), today),
        "lifetime": (None, None),
    }


@pytest.mark.parametrize(("name", "months"), [("6_months", 6), ("12_months", 12)])
def test_rolling_months_end_today_and_start_a_day_after_this_one(client, listener, name, months):
    today, [(first, last)] = on_one_day(client, listener, [{"range": name}])

    the_day_before = first - timedelta(days=1)
    month = month_of(today.year, today.month - months)
    assert last == today
    assert (the_day_before.year, the_day_before.month) == (month.year, month.month)
    assert the_day_before.day == today.day or first.day == 1


@pytest.mark.parametrize("name", [name for name in RangeName if name != "lifetime"])
def test_what_lies_one_unit_back_ends_the_day_before(client, listener, name):
    queries = [{"range": name}, {"range": name, "back": 1}]

    _, [(first, _), (_, last_before)] = on_one_day(client, listener, queries)

    assert last_before == first - timedelta(days=1)


def test_units_that_are_over_are_whole(client, listener):
    queries = [{"range": name, "back": 2} for name in ("week", "month", "quarter", "year")]

    _, found = on_one_day(client, listener, queries)

    lengths = [(last - first).days + 1 for first, last in found]
    assert lengths[0] == 7
    assert 28 <= lengths[1] <= 31
    assert 90 <= lengths[2] <= 92
    assert 365 <= lengths[3] <= 366
    assert [first.day for first, _ in found[1:]] == [1, 1, 1]


def test_a_week_starts_on_the_listeners_first_weekday(client, listener):
    client.patch(f"/api/users/{listener.id}", json={"week_starts_on": 6})

    _, [(first, last)] = on_one_day(client, listener, [{"range": "week", "back": 1}])

    assert (first.isoweekday(), last.isoweekday()) == (6, 5)


def test_today_is_that_of_the_zone(client, listener):
    zones = [{"range": "today", "tz": f"Pacific/{place}"} for place in ("Kiritimati", "Pago_Pago")]

    _, [(there, _), (here, _)] = on_one_day(client, listener, zones)

    assert there > here


def test_what_was_just_heard_lies_in_the_last_weeks_and_months(client, listener):
    just_now = datetime.now(UTC) - timedelta(minutes=5)
    imported(client, listener.id, starting(just_now.isoformat()))

    for name in ("4_weeks", "6_months", "12_months", "lifetime"):
        assert plays(client, listener, {"range": name, "tz": "UTC"}) == 1, name


@pytest.mark.parametrize(
    ("query", "first", "last", "count"),
    [
        ({}, None, None, 3),
        ({"range": "lifetime"}, None, None, 3),
        ({"from": "2024-05-02"}, "2024-05-02", None, 1),
        ({"to": "2024-05-01"}, None, "2024-05-01", 2),
        ({"from": "2024-05-01", "to": "2024-05-01"}, "2024-05-01", "2024-05-01", 1),
    ],
)
def test_days_may_be_given_either_or_both(client, with_plays, query, first, last, count):
    found = told(client, with_plays, "summary", query)

    assert (found["period"]["first"], found["period"]["last"]) == (first, last)
    assert found["period"]["days"] == (1 if first and last else None)
    assert found["plays"] == count


MAY = {"from": "2024-05-01", "to": "2024-05-10"}


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        (MAY, None, None),
        (MAY | {"compare": "previous"}, "2024-04-21", "2024-04-30"),
        (MAY | {"compare": "year_ago"}, "2023-05-01", "2023-05-10"),
        (
            MAY | {"compare_from": "2020-01-01", "compare_to": "2020-01-31"},
            "2020-01-01",
            "2020-01-31",
        ),
        (MAY | {"compare_from": "2020-01-01"}, "2020-01-01", None),
        (MAY | {"compare_to": "2020-01-31"}, None, "2020-01-31"),
        (
            {"from": "2024-02-29", "to": "2024-02-29", "compare": "year_ago"},
            "2023-02-28",
            "2023-02-28",
        ),
    ],
)
def test_a_range_is_compared_with_what_is_asked_for(client, listener, query, first, last):
    found = period(client, listener, query)

    assert (found["compared_first"], found["compared_last"]) == (first, last)


@pytest.mark.parametrize("how", Comparison)
@pytest.mark.parametrize(
    "query",
    [
        {},
        {"range": "lifetime"},
        {"to": "2024-05-10"},
        {"from": "9999-12-31"},
        {"from": "0001-01-01", "to": "0001-01-02"},
    ],
)
def test_what_has_nothing_before_it_is_compared_with_nothing(client, listener, query, how):
    found = told(client, listener, "summary", query | {"compare": how})

    assert (found["period"]["compared_first"], found["period"]["compared_last"]) == (None, None)
    assert found["before"] is None


def test_an_open_range_is_compared_as_if_it_ended_today(client, listener):
    query = {"from": "2024-02-29", "compare": "previous"}

    today, [(first, last)] = on_one_day(client, listener, [query], look=compared_days)

    assert last == date(2024, 2, 28)
    assert last - first == today - date(2024, 2, 29)


def test_a_month_that_goes_on_is_compared_with_as_many_days_of_the_one_before(client, listener):
    query = {"range": "month", "compare": "previous"}

    today, [compared] = on_one_day(client, listener, [query], look=compared_days)

    last_of_month = today.replace(day=1) - timedelta(days=1)
    first = last_of_month.replace(day=1)
    assert compared == (first, min(last_of_month, first + timedelta(days=today.day - 1)))


def test_the_compared_range_is_told_beside_this_one(client, with_plays):
    query = {"from": "2024-05-01", "to": "2024-05-31", "compare": "year_ago"}

    summary = told(client, with_plays, "summary", query)
    dashboard = told(client, with_plays, "dashboard", query)

    assert (summary["plays"], summary["before"]["plays"]) == (2, 1)
    assert (dashboard["music"]["plays"], dashboard["before"]["plays"]) == (2, 1)
    assert summary["before"] == dashboard["before"]
    assert [item["previous_rank"] for item in dashboard["tops"]["tracks"]["items"]] == [1]


REFUSED = [
    ({"tz": "Mars/Olympus"}, "unknown_zone", "tz"),
    ({"tz": ""}, "unknown_zone", "tz"),
    ({"from": "2024-05-02", "to": "2024-05-01"}, "range_reversed", "to"),
    (
        {"compare_from": "2024-05-02", "compare_to": "2024-05-01"},
        "range_reversed",
        "compare_to",
    ),
    ({"range": "week", "from": "2024-05-01"}, "range_twice", "range"),
    ({"range": "lifetime", "to": "2024-05-01"}, "range_twice", "range"),
    ({"compare": "previous", "compare_from": "2024-05-01"}, "range_twice", "compare"),
    ({"compare": "year_ago", "compare_to": "2024-05-01"}, "range_twice", "compare"),
    ({"range": "year", "back": 2100}, "range_too_early", "back"),
    ({"range": "month", "back": 120_000}, "range_too_early", "back"),
    ({"range": "decade"}, "invalid_request", "query.range"),
    ({"range": ""}, "invalid_request", "query.range"),
    ({"range": "WEEK"}, "invalid_request", "query.range"),
    ({"range": "week", "back": -1}, "invalid_request", "query.back"),
    ({"range": "week", "back": 120_001}, "invalid_request", "query.back"),
    ({"range": "week", "back": "1.5"}, "invalid_request", "query.back"),
    ({"compare": "next"}, "invalid_request", "query.compare"),
]
NO_DAYS = [
    *("yesterday", "", "2024-02-30", "2023-02-29", "2024-13-01", "2024-5-1", "01.05.2024"),
    *("10000-01-01", "0000-01-01", "-2024-05-01", "99999999999999", "nan", "inf", "2024-W18-3"),
    *("2024-06-30T23:59:60", "2024-06-30T23:59:60Z", "2016-12-31 23:59:60", "23:59:60"),
    *(
        "2024-05-01T12:00:00",
        "\u0662\u0660\u0662\u0664-\u0660\u0665-\u0660\u0661",
        "2024-05-01\0",
        "2024-05-01' or 1=1",
        *("0", "1714521600", "2024-05-01T00:00:00Z", "2024-05-01T00:00:00+02:00"),
    ),
]


@pytest.mark.parametrize(("query", "code", "field"), REFUSED)
def test_what_cannot_be_asked_is_refused_and_named(client, listener, query, code, field):
    assert set(wrong_fields(ask(client, listener, "summary", query), code)) == {field}


@pytest.mark.parametrize("field", ["from", "to", "compare_from", "compare_to"])
def test_what_is_no_day_is_refused_and_named(client, listener, field):
    for day in NO_DAYS:
        answer = ask(client, listener, "summary", {field: day})

        assert set(wrong_fields(answer)) == {f"query.{field}"}, day


def test_all_statistics_refuse_the_same(client, with_plays):
    for address in ADDRESSES:
        path = filled(client, with_plays, address)
        for query, code, _ in REFUSED:
            problem(ask(client, with_plays, path, query), 422, code)


def test_all_statistics_take_the_same_range(client, with_plays):
    query = {"from": "2024-05-01", "to": "2024-05-31", "compare": "year_ago"} | BERLIN

    for address in ADDRESSES:
        path = filled(client, with_plays, address)
        assert told(client, with_plays, path, query)["period"] == {
            "first": "2024-05-01",
            "last": "2024-05-31",
            "days": 31,
            "zone": "Europe/Berlin",
            "compared_first": "2023-05-01",
            "compared_last": "2023-05-31",
        }


# What an answer says of itself, whatever was heard.
NO_FINDINGS = {"period", "bucket", "method", "next_plays", "next_hours"}


def nothing_in(body):
    """Whether an answer tells of no play, and says null where nothing can be known."""
    if isinstance(body, dict):
        shares = {name: value for name, value in body.items() if name.startswith(("mean", "share"))}
        assert all(value is None for value in shares.values()), shares
        return all(nothing_in(value) for name, value in body.items() if name not in NO_FINDINGS)
    if isinstance(body, list):
        return all(nothing_in(value) for value in body)
    return not body


@pytest.mark.parametrize(
    "query",
    [
        {"to": "2000-01-01"},
        {"from": "2000-01-01", "to": "2000-12-31", "compare": "previous"},
        {"from": "9999-12-31"},
        {"range": "year", "back": 300},
    ],
)
def test_a_range_without_plays_is_told_as_one(client, with_plays, query):
    for address in LISTS:
        if query.get("from") == "9999-12-31" and address.endswith("/milestones"):
            continue
        assert nothing_in(told(client, with_plays, address, query)), address


def test_milestones_are_counted_from_the_first_play_of_all(client, with_plays):
    found = told(client, with_plays, "milestones", {"from": "9999-12-31"})

    assert found["milestones"]["next_plays"] == {"number": 100, "to_go": 97}


def test_an_empty_ledger_is_told_as_one(client, listener):
    for address in LISTS:
        assert nothing_in(told(client, listener, address)), address


def test_what_cannot_be_known_without_plays_is_null(client, listener):
    sessions = told(client, listener, "sessions")["sessions"]
    discovery = told(client, listener, "discovery")["discovery"]
    habits = told(client, listener, "habits")
    repeats = told(client, listener, "repeats")["repeats"]
    records = told(client, listener, "records")["records"]

    assert sessions == {
        "count": 0,
        "mean_ms": None,
        "median_ms": None,
        "per_day": None,
        "longest": [],
    }
    assert discovery == {"heard": 0, "new": 0, "plays": 0, "plays_of_new": 0} | UNKNOWN_SHARES
    assert habits["shuffle"] == {"told": 0, "plays": None, "ms_played": None, "share": None}
    assert (habits["completion"]["rate"], habits["skips"]["told"]) == (None, 0)
    assert (repeats["repeat_rate"], repeats["longest_run"]) == (None, None)
    assert set(records.values()) == {None}


def test_one_play_is_enough_for_every_answer(client, listener):
    imported(client, listener.id, starting("2024-05-01T10:00:00Z"))

    found = {path: told(client, listener, filled(client, listener, path)) for path in ADDRESSES}

    assert found["/api/stats/summary"]["plays"] == 1
    assert found["/api/stats/calendar"]["days"] == [
        {"on": "2024-05-01", "plays": 1, "counted_plays": 1, "ms_played": 200_000}
    ]
    assert found["/api/stats/sessions"]["sessions"]["count"] == 1
    assert found["/api/stats/diversity"]["concentration"]["gini"] is None
    assert found["/api/stats/artists/{artist_id}"]["profile"]["rank"] == 1


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        ("2024-03-31", "2024-03-30T23:00:00Z", "2024-03-31T21:59:59Z"),
        ("2024-10-27", "2024-10-26T22:00:00Z", "2024-10-27T22:59:59Z"),
    ],
)
def test_a_day_on_which_clocks_change_has_its_own_length(client, listener, day, first, last):
    before, after = (
        (datetime.fromisoformat(at) + timedelta(seconds=n)).isoformat()
        for at, n in ((first, -1), (last, 1))
    )
    rows = [starting(at, title=f"Track {at}") for at in (before, first, last, after)]
    imported(client, listener.id, *rows)

    found = told(client, listener, "summary", {"from": day, "to": day} | BERLIN)

    assert (found["plays"], found["days_active"]) == (2, 1)
    assert (found["first_play_at"], found["last_play_at"]) == (first, last)


def test_an_hour_that_comes_twice_is_one_on_the_wall_and_two_in_time(client, listener):
    twice = ("2024-10-27T00:30:00Z", "2024-10-27T01:30:00Z")
    imported(client, listener.id, *(starting(at) for at in twice))

    cells = told(client, listener, "heatmap", BERLIN)["cells"]
    hours = told(client, listener, "timeline", BERLIN | {"bucket": "hour"})["items"]

    heard = [(cell["weekday"], cell["hour"], cell["plays"]) for cell in cells if cell["plays"]]
    assert heard == [(7, 2, 2)]
    assert [(hour["start"], hour["plays"]) for hour in hours] == [
        ("2024-10-27T00:00:00Z", 1),
        ("2024-10-27T01:00:00Z", 1),
    ]


def test_a_day_starts_when_the_listener_says(client, listener):
    client.patch(f"/api/users/{listener.id}", json={"day_starts_at": 4})
    imported(client, listener.id, starting("2024-05-02T03:59:00Z"))

    assert plays(client, listener, {"to": "2024-05-01"}) == 1
    assert plays(client, listener, {"from": "2024-05-02"}) == 0
