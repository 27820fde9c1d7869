"""Numbers, times and names as people read them."""

from datetime import UTC, datetime

import pytest

from spotify_insights.web import format as written


@pytest.mark.parametrize(
    ("ms", "said"),
    [
        (0, "0 min"),
        (59_999, "under a minute"),
        (60_000, "1 min"),
        (59.6 * 60_000, "1 h 00"),
        (10 * 3_600_000 + 49 * 60_000, "10 h 49"),
        (1_256 * 3_600_000, "1,256 h 00"),
    ],
)
def test_a_length_of_time_is_written_in_hours_and_minutes(ms, said):
    assert written.duration(ms) == said


@pytest.mark.parametrize(
    ("share", "said"),
    [(0, "0%"), (0.001, "under 1%"), (0.005, "under 1%"), (0.415, "42%"), (1, "100%")],
)
def test_a_share_that_is_there_is_never_written_as_nothing(share, said):
    assert written.percent(share) == said


def test_a_unit_follows_its_number():
    assert written.count(1, "plays") == "1 play"
    assert written.count(31_053, "rows") == "31,053 rows"
    assert written.count(0, "files") == "0 files"


def test_a_period_ends_with_its_last_local_day():
    start = datetime(2025, 1, 31, 23, 30, tzinfo=UTC)
    midnight = datetime(2025, 3, 1, 3, tzinfo=UTC)

    said = written.period(start, midnight, "America/Sao_Paulo")

    assert said == "31 January 2025 to 28 February 2025"


def test_a_period_within_one_day_is_that_day():
    noon = datetime(2025, 1, 31, 12, tzinfo=UTC)

    assert written.period(noon, noon, "UTC") == "31 January 2025"


def test_a_moment_is_told_in_the_zone_of_the_listener():
    late = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)

    assert written.moment(late, "Europe/Berlin") == "1 January 2026, 00:30"
    assert written.zone_name("America/Sao_Paulo") == "Sao Paulo time"
    assert written.zone_name("UTC") == "UTC time"


def test_a_day_is_read_from_a_date_or_a_time():
    assert written.iso_day("2025-03-14") == "14 March 2025"
    assert written.iso_day("2025-03-14T23:00:00+00:00") == "14 March 2025"


def test_a_sentence_keeps_the_names_in_it():
    assert written.sentence("ranked by Spotify") == "Ranked by Spotify"
