"""Records, against the same looked up in dictionaries."""

from collections import Counter, defaultdict
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from tests.listening.stats.builders import EXAMPLES, day_of, heard, histories, plays_of

from spotify_insights.listening.stats.clock import Clock
from spotify_insights.listening.stats.records import (
    LongestPlay,
    MostArtists,
    MostOfOneTrack,
    Period,
    Records,
    records,
)
from spotify_insights.listening.stats.sessions import Session, sessions

MINUTE_MS = 60_000
NOTHING = Records(**dict.fromkeys(field.name for field in fields(Records)))


def on(day, minutes=3, **what):
    """A play at noon of a day (ISO) for so many minutes."""
    return heard(f"{day}T12:00:00Z", minutes * MINUTE_MS, **what)


def week_start(day, clock):
    while day.isoweekday() != clock.week_starts_on:
        day -= timedelta(days=1)
    return day


def most(plays, of, value):
    """The first period with the largest sum of `value`, worked out one play after the other."""
    sums = defaultdict(lambda: [0, 0, 0])
    for play in plays:
        for place, number in enumerate((1, play.is_counted, play.ms_played)):
            sums[of(play)][place] += number
    best = min(sums, key=lambda start: (-sums[start][value], start), default=None)
    return Period(best, *sums[best]) if best and sums[best][value] else None


# One by one


def test_the_longest_day_has_most_time_and_the_busiest_most_counted_plays():
    plays = plays_of(
        on("2024-05-01", 60),
        on("2024-05-02", 3),
        on("2024-05-02", 3),
        *(on("2024-05-03", 0.4) for _ in range(5)),
    )

    found = records(plays)

    assert found.day == Period(date(2024, 5, 1), 1, 1, 60 * MINUTE_MS)
    assert found.busiest_day == Period(date(2024, 5, 2), 2, 2, 6 * MINUTE_MS)


def test_weeks_start_on_the_listeners_weekday():
    saturday, sunday, monday = on("2024-05-04", 30), on("2024-05-05", 20), on("2024-05-06", 25)

    from_monday, from_sunday = (
        records(plays_of(saturday, sunday, monday, clock=Clock(week_starts_on=first))).week
        for first in (1, 7)
    )

    assert from_monday == Period(date(2024, 4, 29), 2, 2, 50 * MINUTE_MS)
    assert from_sunday == Period(date(2024, 5, 5), 2, 2, 45 * MINUTE_MS)


def test_months_and_years_are_those_of_the_calendar():
    plays = plays_of(on("2023-12-31", 20), on("2024-01-01", 15), on("2024-03-31", 16))

    found = records(plays)

    assert found.month == Period(date(2023, 12, 1), 1, 1, 20 * MINUTE_MS)
    assert found.year == Period(date(2024, 1, 1), 2, 2, 31 * MINUTE_MS)


def test_of_equal_days_weeks_months_and_years_the_earliest_is_the_record():
    plays = plays_of(on("2022-05-04"), on("2023-05-03"), on("2024-05-01"))

    found = records(plays)

    assert found.day == found.busiest_day == Period(date(2022, 5, 4), 1, 1, 3 * MINUTE_MS)
    assert found.week.start_on == date(2022, 5, 2)
    assert found.month.start_on == date(2022, 5, 1)
    assert found.year.start_on == date(2022, 1, 1)


def test_the_longest_play_may_be_of_something_without_a_track():
    set_of_an_hour = on("2024-05-02", 60, track=0, content=9)

    found = records(plays_of(on("2024-05-01"), set_of_an_hour, on("2024-05-03", 60)))

    noon = datetime(2024, 5, 2, 12, tzinfo=UTC)
    assert found.longest_play == LongestPlay(-9, noon, 60 * MINUTE_MS)


def test_the_longest_session_is_that_with_most_played():
    first = [heard(0, MINUTE_MS), heard(30, MINUTE_MS)]
    second = heard(600, 3 * MINUTE_MS)

    found = records(plays_of(*first, second))

    assert found.longest_session == Session(
        second.started_at, second.started_at + timedelta(minutes=3), 1, 1, 3 * MINUTE_MS, 1
    )


def test_different_artists_are_those_of_counted_plays():
    two = [on("2024-05-01", artist=artist) for artist in (1, 2, 0)]
    three_in_passing = [on("2024-05-02", 0.4, artist=artist) for artist in (1, 2, 3)]
    again = [on("2024-05-03", artist=artist) for artist in (1, 1, 1, 4)]

    found = records(plays_of(*two, *three_in_passing, *again))

    assert found.most_artists == MostArtists(date(2024, 5, 1), 2)


def test_most_plays_of_one_track_are_counted_ones():
    twice = [on("2024-05-01", track=1)] * 2
    three_times_in_passing = [on("2024-05-02", 0.4, track=2)] * 3

    found = records(plays_of(*twice, *three_times_in_passing))

    assert found.most_of_one_track == MostOfOneTrack(1, date(2024, 5, 1), 2)


def test_of_two_tracks_played_as_often_on_a_day_the_one_heard_first_is_the_record():
    plays = [heard(minute, track=track) for minute, track in enumerate((8, 5, 5, 8))]
    on_another_day = [heard(10 * 1_440 + minute, track=1) for minute in range(2)]

    found = records(plays_of(*plays, *on_another_day))

    assert found.most_of_one_track == MostOfOneTrack(8, date(2024, 2, 1), 2)


# All at once


@EXAMPLES
@given(histories())
def test_records_are_what_a_look_at_every_play_finds(history):
    clock, plays = history

    def of_day(play):
        return day_of(play, clock)

    found = records(plays_of(*plays, clock=clock))

    assert found.day == most(plays, of_day, 2)
    assert found.busiest_day == most(plays, of_day, 1)
    assert found.week == most(plays, lambda play: week_start(of_day(play), clock), 2)
    assert found.month == most(plays, lambda play: of_day(play).replace(day=1), 2)
    assert found.year == most(plays, lambda play: of_day(play).replace(month=1, day=1), 2)


@EXAMPLES
@given(histories())
def test_single_plays_and_sessions_on_record_are_those_a_look_at_every_play_finds(history):
    clock, plays = history
    in_order = sorted(plays, key=lambda play: (play.started, play.ended))

    found = records(plays_of(*plays, clock=clock))

    with_length = [play for play in in_order if play.ms_played]
    longest = max(with_length, key=lambda play: play.ms_played, default=None)
    by_length = sessions(plays_of(*plays, clock=clock)).longest
    assert found.longest_session == (by_length[0] if longest else None)
    assert found.longest_play == (
        LongestPlay(longest.subject, longest.started_at, longest.ms_played) if longest else None
    )


@EXAMPLES
@given(histories())
def test_artists_and_tracks_on_record_are_those_a_look_at_every_play_finds(history):
    clock, plays = history
    counted = sorted(
        (play for play in plays if play.is_counted), key=lambda play: (play.started, play.ended)
    )
    artists, times = defaultdict(set), Counter()
    for play in counted:
        if play.artist:
            artists[day_of(play, clock)].add(play.artist)
        times[day_of(play, clock), play.subject] += 1

    found = records(plays_of(*plays, clock=clock))

    day = min(artists, key=lambda day: (-len(artists[day]), day), default=None)
    assert found.most_artists == (MostArtists(day, len(artists[day])) if day else None)
    # A Counter keeps what it counts in the order in which it came: by first counted play.
    best = min(times, key=lambda one: (-times[one], one[0]), default=None)
    expected = MostOfOneTrack(best[1], best[0], times[best]) if best else None
    assert found.most_of_one_track == expected


# Nothing, and hardly anything


def test_without_plays_there_is_no_record():
    assert records(plays_of()) == NOTHING


def test_plays_of_no_length_set_no_record():
    assert records(plays_of(heard(0, ms=0), heard(10_000, ms=0))) == NOTHING


def test_plays_too_short_to_count_set_records_of_time_alone():
    found = records(plays_of(heard(0, ms=1_000)))

    assert found.day == Period(date(2024, 2, 1), 1, 0, 1_000)
    assert (found.busiest_day, found.most_artists, found.most_of_one_track) == (None, None, None)


def test_one_play_holds_every_record():
    only = heard(0, track=5)

    found = records(plays_of(only))

    assert found.day == found.busiest_day == Period(date(2024, 2, 1), 1, 1, 180_000)
    assert (found.week.start_on, found.year.start_on) == (date(2024, 1, 29), date(2024, 1, 1))
    assert found.longest_play == LongestPlay(5, only.started_at, 180_000)
    assert found.most_artists == MostArtists(date(2024, 2, 1), 1)
    assert found.most_of_one_track == MostOfOneTrack(5, date(2024, 2, 1), 1)
