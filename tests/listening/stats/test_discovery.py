"""Discovery, against plain counting and in small examples."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.listening.stats.builders import heard, plays_of

from spotify_insights.listening.firsts import Firsts, firsts_of
from spotify_insights.listening.stats.clock import Clock
from spotify_insights.listening.stats.discovery import (
    Discovered,
    Discovery,
    Newness,
    discovered,
    discovery,
    discovery_over_time,
)
from spotify_insights.listening.stats.timeline import Bucket
from spotify_insights.listening.stats.tops import TopKind

DAY = 24 * 60
TOO_SHORT = 29_999
ALWAYS = float("-inf")
# Clocks change on several of these days in the zones below.
AUTUMN = datetime(2017, 9, 25, tzinfo=UTC)
ZONES = ("UTC", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kolkata")

clocks = st.builds(Clock, st.sampled_from(ZONES), st.sampled_from([0, 4]), st.sampled_from([1, 7]))
kinds = st.sampled_from(TopKind)
buckets = st.sampled_from([bucket for bucket in Bucket if bucket is not Bucket.HOUR])


@st.composite
def histories(draw):
    """Plays over six weeks, some too short to count, some without a track or an artist."""
    play = st.builds(
        lambda minutes, ms, track, artist: heard(
            AUTUMN + timedelta(minutes=minutes), ms, track, artist, album=artist, content=7
        ),
        st.integers(0, 42 * DAY),
        st.sampled_from([5_000, TOO_SHORT, 30_000, 180_000]),
        st.integers(0, 5),
        st.integers(0, 3),
    )
    return draw(st.lists(play, max_size=40))


def thing_of(play, kind):
    return {
        TopKind.TRACKS: play.subject,
        TopKind.ARTISTS: play.artist,
        TopKind.ALBUMS: play.album,
    }[kind]


def counted_by_thing(history, kind):
    """The counted plays of each thing, oldest first."""
    found = {}
    for play in sorted(history, key=lambda play: play.started):
        if play.is_counted and thing_of(play, kind):
            found.setdefault(thing_of(play, kind), []).append(play)
    return found


def known_of(history, kind=TopKind.TRACKS):
    return firsts_of(plays_of(*history), kind)


def day_of(play, clock):
    wall = play.started_at.astimezone(ZoneInfo(clock.zone)).replace(tzinfo=None)
    return (wall - timedelta(hours=clock.day_starts_at)).date()


def bucket_of(day, bucket, clock):
    match bucket:
        case Bucket.DAY:
            return day
        case Bucket.WEEK:
            return day - timedelta(days=(day.isoweekday() - clock.week_starts_on) % 7)
        case Bucket.MONTH:
            return day.replace(day=1)
        case Bucket.QUARTER:
            return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return date(day.year, 1, 1)


def share(part, whole):
    return round(part / whole, 4) if whole else None


def test_new_is_what_had_no_counted_play_before_the_range():
    before = [heard(0, track=1), heard(10, TOO_SHORT, track=2)]
    within = [heard(DAY, track=2), heard(DAY + 10, track=2), heard(DAY + 20, track=1)]
    range_ = plays_of(*within)

    found = discovery(range_, TopKind.TRACKS, known_of(before + within), within[0].started)

    assert found == Discovery(
        heard=2, new=1, plays=3, plays_of_new=2, share_new=0.5, share_of_plays=0.6667
    )


@pytest.mark.parametrize("history", [[], [heard(0, TOO_SHORT)], [heard(0, artist=0)]])
def test_without_a_counted_play_of_an_artist_nothing_can_be_said_of_new_ones(history):
    plays, known = plays_of(*history), known_of(history, TopKind.ARTISTS)

    assert discovery(plays, TopKind.ARTISTS, known, ALWAYS) == Discovery(0, 0, 0, 0, None, None)
    assert discovered(plays, TopKind.ARTISTS, known, ALWAYS, limit=10) == []


@given(histories(), kinds, st.integers(0, 42))
def test_discovery_is_what_plain_counting_finds(history, kind, first_day):
    start_s = int((AUTUMN + timedelta(days=first_day)).timestamp())
    ever = counted_by_thing(history, kind)
    within = counted_by_thing([play for play in history if play.started >= start_s], kind)
    new = [thing for thing in within if ever[thing][0].started >= start_s]
    plays = sum(len(its) for its in within.values())
    plays_of_new = sum(len(within[thing]) for thing in new)

    found = discovery(
        plays_of(*history).between(start_s, None), kind, known_of(history, kind), start_s
    )

    assert found == Discovery(
        heard=len(within),
        new=len(new),
        plays=plays,
        plays_of_new=plays_of_new,
        share_new=share(len(new), len(within)),
        share_of_plays=share(plays_of_new, plays),
    )


def test_one_play_ever_is_one_discovery():
    play = heard(0, track=3)

    found = discovered(plays_of(play), TopKind.TRACKS, known_of([play]), ALWAYS, limit=10)

    assert found == [Discovered(3, play.started_at, plays=1, ms_played=180_000)]


def test_discoveries_are_told_with_the_most_played_first_and_time_of_all_plays():
    known_before = heard(0, track=1)
    once, short = heard(DAY, track=2), heard(DAY + 5, TOO_SHORT, track=2)
    twice = [heard(DAY + 10, track=3), heard(DAY + 20, track=3)]
    again = heard(DAY + 30, track=1)
    history = [known_before, once, short, *twice, again]
    plays = plays_of(*history[1:])

    found = discovered(plays, TopKind.TRACKS, known_of(history), once.started, limit=10)

    assert found == [
        Discovered(3, twice[0].started_at, plays=2, ms_played=360_000),
        Discovered(2, once.started_at, plays=1, ms_played=180_000 + TOO_SHORT),
    ]


def test_equally_played_discoveries_are_told_by_time_then_by_what_was_heard_first():
    longer, later, earlier = heard(20, 200_000, track=1), heard(10, track=2), heard(0, track=3)
    history = [longer, later, earlier]

    found = discovered(plays_of(*history), TopKind.TRACKS, known_of(history), ALWAYS, limit=10)

    assert [one.id for one in found] == [1, 3, 2]


def test_a_play_too_short_to_count_is_no_first_time():
    glimpse, first = heard(0, TOO_SHORT), heard(DAY)
    history = [glimpse, first]

    (found,) = discovered(plays_of(*history), TopKind.TRACKS, known_of(history), ALWAYS, limit=1)

    assert found.first_heard_at == first.started_at


def test_what_was_heard_has_a_first_time_even_where_the_firsts_do_not_know_it_yet():
    play = heard(0)
    nothing = Firsts(*(column[:0] for column in (plays_of(play).tracks, plays_of(play).started)))

    (found,) = discovered(plays_of(play), TopKind.TRACKS, nothing, play.started, limit=1)
    (bucket,) = discovery_over_time(plays_of(play), TopKind.TRACKS, nothing, Bucket.DAY)

    assert found.first_heard_at == play.started_at
    assert bucket.new == 1


@given(histories(), kinds, st.integers(0, 42), st.integers(0, 4), st.integers(0, 4))
def test_discovered_is_what_plain_counting_finds(history, kind, first_day, offset, limit):
    start_s = int((AUTUMN + timedelta(days=first_day)).timestamp())
    within = [play for play in history if play.started >= start_s]
    expected = [
        Discovered(
            thing,
            its[0].started_at,
            plays=sum(play in within for play in its),
            ms_played=sum(play.ms_played for play in within if thing_of(play, kind) == thing),
        )
        for thing, its in counted_by_thing(history, kind).items()
        if its[0].started >= start_s
    ]
    expected.sort(key=lambda one: (-one.plays, -one.ms_played, one.first_heard_at, one.id))

    found = discovered(
        plays_of(*history).between(start_s, None),
        kind,
        known_of(history, kind),
        start_s,
        limit=limit,
        offset=offset,
    )

    assert found == expected[offset : offset + limit]


def test_over_time_a_track_is_new_once_and_buckets_without_a_play_are_told():
    history = [
        heard("2024-01-30T12:00", track=1),
        heard("2024-01-31T12:00", track=1),
        heard("2024-01-31T13:00", track=2),
        heard("2024-03-01T12:00", track=1),
    ]

    found = discovery_over_time(plays_of(*history), TopKind.TRACKS, known_of(history), Bucket.MONTH)

    assert found == [
        Newness(date(2024, 1, 1), heard=2, new=2, share_new=1.0),
        Newness(date(2024, 2, 1), heard=0, new=0, share_new=None),
        Newness(date(2024, 3, 1), heard=1, new=0, share_new=0.0),
    ]


def test_over_time_what_was_first_heard_before_the_range_is_new_in_none_of_its_buckets():
    before, again = heard("2024-05-01T12:00"), heard("2024-05-20T12:00")

    found = discovery_over_time(
        plays_of(again), TopKind.TRACKS, known_of([before, again]), Bucket.MONTH
    )

    assert found == [Newness(date(2024, 5, 1), heard=1, new=0, share_new=0.0)]


def test_over_time_there_is_nothing_without_plays():
    found = discovery_over_time(plays_of(), TopKind.TRACKS, known_of([]), Bucket.DAY)

    assert found == []


@given(histories(), kinds, clocks, buckets, st.integers(0, 42))
def test_discovery_over_time_is_what_plain_counting_finds(history, kind, clock, bucket, first_day):
    start_s = int((AUTUMN + timedelta(days=first_day)).timestamp())
    within = [play for play in history if play.started >= start_s]
    days = [day_of(play, clock) for play in within]
    all_days = [AUTUMN.date() + timedelta(days=n) for n in range(-2, 46)]
    starts = {
        bucket_of(day, bucket, clock) for day in all_days if days and min(days) <= day <= max(days)
    }
    heard_in = {start: set() for start in sorted(starts)}
    new_in = {start: set() for start in starts}
    for thing, its in counted_by_thing(history, kind).items():
        for play in its:
            if play in within:
                start = bucket_of(day_of(play, clock), bucket, clock)
                heard_in[start].add(thing)
                if play.started == its[0].started:
                    new_in[start].add(thing)

    found = discovery_over_time(
        plays_of(*history, clock=clock).between(start_s, None),
        kind,
        known_of(history, kind),
        bucket,
    )

    assert found == [
        Newness(start, len(things), len(new_in[start]), share(len(new_in[start]), len(things)))
        for start, things in heard_in.items()
    ]
    in_all = discovery(plays_of(*within), kind, known_of(history, kind), start_s)
    assert sum(one.new for one in found) == in_all.new
