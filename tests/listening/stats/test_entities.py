"""The pages of artists, albums and tracks."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from tests.listening.builders import a_play, import_rows
from tests.listening.stats.builders import heard, plays_of

from spotify_insights.errors import NotFound
from spotify_insights.listening import recordings
from spotify_insights.listening.stats import entities, scope
from spotify_insights.listening.stats.clock import Clock
from spotify_insights.listening.stats.entities import best, profile
from spotify_insights.listening.stats.timeline import Amount, Bucket
from spotify_insights.listening.stats.tops import TopKind, top
from spotify_insights.models import Artist, Track, TrackMerge
from spotify_insights.resources import transaction

TRACKS, ARTISTS, ALBUMS = TopKind.TRACKS, TopKind.ARTISTS, TopKind.ALBUMS
GAP_S = 1_800
# Clocks go forward, back, back over midnight, by half an hour, or never.
PLACES = {
    "Europe/Berlin": "2024-03-29T12:00",
    "America/Sao_Paulo": "2017-10-13T12:00",
    "America/St_Johns": "2009-10-31T20:00",
    "Australia/Lord_Howe": "2024-04-05T12:00",
    "Asia/Kolkata": "2023-12-30T12:00",
}
GAPS_S = (0, 1, 200, 1_799, 1_800, 1_801, 2_000, 3_700, 40_000, 86_400, 9 * 86_400)
LENGTHS_MS = (0, 29_999, 30_000, 200_000, 1_999_999, 5_000_000)


# Plain Python's answers


def of(kind, play):
    return {TRACKS: play.subject, ARTISTS: play.artist, ALBUMS: play.album}[kind]


def day_of(play, clock):
    local = play.started_at.astimezone(ZoneInfo(clock.zone)).replace(tzinfo=None)
    return (local - timedelta(hours=clock.day_starts_at)).date()


def hour_of(play, clock):
    return play.started_at.astimezone(ZoneInfo(clock.zone)).hour


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


def rank_among(history, kind, number):
    lines = defaultdict(list)
    for play in history:
        lines[of(kind, play)].append(play)
    lines.pop(0, None)
    listed = [
        (-counted(plays), -ms(plays), min(play.started for play in plays), one)
        for one, plays in lines.items()
        if counted(plays)
    ]
    return next((n for n, line in enumerate(sorted(listed), 1) if line[-1] == number), None)


def counted(history):
    return sum(play.is_counted for play in history)


def ms(history):
    return sum(play.ms_played for play in history)


def all_buckets(history, bucket, clock):
    first, last = (end(day_of(play, clock) for play in history) for end in (min, max))
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return sorted({bucket_of(day, bucket, clock) for day in days})


def ranks_over_time(history, kind, number, bucket, clock):
    grouped = defaultdict(list)
    for play in history:
        grouped[bucket_of(day_of(play, clock), bucket, clock)].append(play)
    starts = all_buckets(history, bucket, clock)
    return [(start, rank_among(grouped[start], kind, number)) for start in starts]


def best_of(own, bucket, clock):
    grouped = defaultdict(list)
    for play in own:
        grouped[bucket_of(day_of(play, clock), bucket, clock)].append(play)
    amounts = [Amount(on, counted(plays), ms(plays)) for on, plays in sorted(grouped.items())]
    most = max(amounts, key=lambda amount: amount.plays)
    return most if most.plays else None


def sessions_of(history):
    """The number of each play's session."""
    numbers, latest_end = [], None
    for play in history:
        is_new = latest_end is not None and play.started - latest_end > GAP_S
        numbers.append(numbers[-1] + is_new if numbers else 0)
        latest_end = max(latest_end or play.ended, play.ended)
    return numbers


def next_to(history, kind, number, among, step):
    told = [pair for pair in zip(history, sessions_of(history), strict=True) if pair[0].is_counted]
    times = Counter(
        of(among, other)
        for (own, session), (other, others_session) in pairwise(told[::step])
        if session == others_session and of(kind, own) == number != of(kind, other)
    )
    times.pop(0, None)
    return sorted(times.items(), key=lambda line: (-line[1], line[0]))[:10]


def longest_streak(own, clock):
    days = {day_of(play, clock) for play in own if play.is_counted}
    longest = 0
    for day in days:
        length = 1
        while day + timedelta(days=length) in days:
            length += 1
        longest = max(longest, length)
    return longest


def by_place(own, places, numbers):
    grouped = defaultdict(list)
    for play, place in zip(own, places, strict=True):
        grouped[place].append(play)
    return [(number, counted(grouped[number]), ms(grouped[number])) for number in numbers]


# Histories


@st.composite
def histories(draw):
    """Plays of few things, in sessions and with pauses around a change of the clocks; a clock."""
    zone = draw(st.sampled_from(sorted(PLACES)))
    clock = Clock(zone, draw(st.sampled_from([0, 4])), draw(st.sampled_from([1, 7])))
    moment = datetime.fromisoformat(PLACES[zone]).replace(tzinfo=UTC)
    things = st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3))
    told = st.tuples(st.sampled_from(GAPS_S), st.sampled_from(LENGTHS_MS), things)
    history = []
    for gap_s, length_ms, (track, artist, album) in draw(st.lists(told, min_size=1, max_size=40)):
        moment += timedelta(seconds=gap_s)
        content = 10 + track + artist
        history.append(heard(moment, length_ms, track, artist, album, content))
    return sorted(history, key=lambda play: (play.started, play.ended)), clock


each_kind = pytest.mark.parametrize("kind", TopKind)
checked = settings(derandomize=True, max_examples=80, deadline=None)


def everything(history, kind):
    return {of(kind, play) for play in history} - {0}


@each_kind
@checked
@given(told=histories())
def test_sums_and_best_periods_are_those_of_plain_python(kind, told):
    history, clock = told
    for number in everything(history, kind):
        own = [play for play in history if of(kind, play) == number]
        days = {day_of(play, clock) for play in own}
        all_counted = counted(history)

        found = profile(plays_of(*history, clock=clock), kind, number)

        assert found.totals.plays == len(own)
        assert found.totals.counted_plays == counted(own)
        assert found.totals.ms_played == ms(own)
        assert found.totals.first_play_at == own[0].started_at
        assert found.totals.last_play_at == own[-1].started_at
        assert found.totals.days_active == len(days)
        share = round(counted(own) / all_counted, 4) if all_counted else None
        assert found.share_of_plays == share
        assert found.best_day == best_of(own, Bucket.DAY, clock)
        assert found.best_week == best_of(own, Bucket.WEEK, clock)
        assert found.best_month == best_of(own, Bucket.MONTH, clock)
        streak = found.longest_streak
        assert (streak.days if streak else 0) == longest_streak(own, clock)


@each_kind
@checked
@given(told=histories())
def test_hours_weekdays_sessions_and_neighbours_are_those_of_plain_python(kind, told):
    history, clock = told
    plays = plays_of(*history, clock=clock)
    for number in everything(history, kind):
        own = [play for play in history if of(kind, play) == number]

        found = profile(plays, kind, number)

        hours = [(slot.number, slot.plays, slot.ms_played) for slot in found.hours]
        assert hours == by_place(own, [hour_of(play, clock) for play in own], range(24))
        weekdays = [(slot.number, slot.plays, slot.ms_played) for slot in found.weekdays]
        weekday_of = [day_of(play, clock).isoweekday() for play in own]
        assert weekdays == by_place(own, weekday_of, range(1, 8))
        with_it = zip(history, sessions_of(history), strict=True)
        assert found.sessions == len({no for play, no in with_it if of(kind, play) == number})
        for side, step in ((found.neighbours.before, -1), (found.neighbours.after, 1)):
            told_of = [(one.id, one.times) for one in side]
            assert told_of == next_to(history, kind, number, TRACKS, step)


@each_kind
@pytest.mark.parametrize("bucket", [Bucket.WEEK, Bucket.MONTH, Bucket.QUARTER, Bucket.YEAR])
@settings(derandomize=True, max_examples=40, deadline=None)
@given(told=histories())
def test_the_rank_in_each_bucket_is_that_of_plain_python(kind, bucket, told):
    history, clock = told
    plays = plays_of(*history, clock=clock)
    for number in everything(history, kind):
        found = profile(plays, kind, number, bucket)

        over_time = [(standing.start, standing.rank) for standing in found.rank_over_time]
        assert over_time == ranks_over_time(history, kind, number, bucket, clock)


@each_kind
@checked
@given(told=histories())
def test_the_rank_is_the_one_in_the_top_list(kind, told):
    history, clock = told
    plays = plays_of(*history, clock=clock)
    listed = {line.id: line.rank for line in top(plays, kind, limit=100).items}

    ranks = {number: profile(plays, kind, number).rank for number in everything(history, kind)}

    assert ranks == {number: listed.get(number) for number in ranks}
    assert ranks == {number: rank_among(history, kind, number) for number in ranks}


# Examples


def test_one_play_is_a_whole_page():
    plays = plays_of(heard("2024-05-01T20:15", 200_000, track=7, artist=3, album=5))

    found = profile(plays, ARTISTS, 3)

    assert (found.id, found.rank, found.share_of_plays, found.sessions) == (3, 1, 1.0, 1)
    assert found.best_day == Amount(date(2024, 5, 1), 1, 200_000)
    assert found.best_week == Amount(date(2024, 4, 29), 1, 200_000)
    assert found.best_month == Amount(date(2024, 5, 1), 1, 200_000)
    assert found.months == [found.best_month]
    assert [(one.start, one.rank) for one in found.rank_over_time] == [(date(2024, 5, 1), 1)]
    assert [slot.number for slot in found.hours if slot.plays] == [20]
    assert [slot.number for slot in found.weekdays if slot.plays] == [3]
    assert [line.id for line in found.top_tracks] == [7]
    assert [line.id for line in found.albums] == [5]
    assert (found.neighbours.before, found.neighbours.after) == ([], [])


def test_what_was_only_begun_has_no_rank_no_share_of_nothing_and_no_best_day():
    plays = plays_of(heard(0, 29_999), heard(2, 10_000))

    found = profile(plays, TRACKS, 1)

    assert (found.totals.plays, found.totals.counted_plays) == (2, 0)
    assert (found.rank, found.share_of_plays, found.longest_streak) == (None, None, None)
    assert (found.best_day, found.best_week, found.best_month) == (None, None, None)
    assert [one.rank for one in found.rank_over_time] == [None]
    assert found.sessions == 1


@pytest.mark.parametrize(
    ("kind", "code"),
    [(TRACKS, "unknown_track"), (ARTISTS, "unknown_artist"), (ALBUMS, "unknown_album")],
)
@pytest.mark.parametrize("number", [0, 2, -1, 1 << 40])
def test_what_was_not_played_is_not_found(kind, code, number):
    plays = plays_of(heard(0), heard(5, track=0, artist=0, album=0, content=9))

    with pytest.raises(NotFound) as refused:
        profile(plays, kind, number)

    assert refused.value.code == code


def test_nothing_is_found_among_no_plays():
    with pytest.raises(NotFound):
        profile(plays_of(), ARTISTS, 1)


def test_a_track_without_an_artist_goes_by_its_content():
    plays = plays_of(heard(0), heard(5, track=0, artist=0, album=0, content=9), heard(10))

    found = profile(plays, TRACKS, -9)

    assert (found.totals.counted_plays, found.rank) == (1, 2)
    assert [(one.id, one.times) for one in found.neighbours.before] == [(1, 1)]


def test_a_track_lists_no_tracks_an_album_its_tracks_and_an_artist_its_albums_too():
    plays = plays_of(heard(0, track=1), heard(5, track=2, album=4), heard(10, track=2, album=4))

    listed = {
        kind: (
            [line.id for line in profile(plays, kind, number).top_tracks],
            [line.id for line in profile(plays, kind, number).albums],
        )
        for kind, number in ((TRACKS, 2), (ALBUMS, 4), (ARTISTS, 1))
    }

    assert listed == {TRACKS: ([], []), ALBUMS: ([2], []), ARTISTS: ([2, 1], [4, 1])}


def test_the_rank_over_time_names_each_month_and_is_none_where_it_was_not_heard():
    january = [heard("2024-01-10", track=1), heard("2024-01-11", track=2)]
    march = [heard("2024-03-01", track=2), heard("2024-03-02", track=2), heard("2024-03-03")]

    found = profile(plays_of(*january, *march), TRACKS, 1)

    ranks = [(one.start.month, one.rank) for one in found.rank_over_time]
    assert ranks == [(1, 1), (2, None), (3, 2)]


def test_clocks_that_go_back_over_the_end_of_a_month_give_each_play_its_month():
    # In St John's, 2009-11-01 00:01 was followed by 2009-10-31 23:01.
    clock = Clock("America/St_Johns")
    november, october = heard("2009-11-01T02:30:10", track=2), heard("2009-11-01T02:31:10")
    plays = plays_of(november, october, clock=clock)

    ranks = {
        number: [one.rank for one in profile(plays, TRACKS, number).rank_over_time]
        for number in (1, 2)
    }

    assert ranks == {1: [1, None], 2: [None, 1]}


def test_the_earliest_of_equal_days_is_the_best_one():
    plays = plays_of(heard("2024-05-03"), heard("2024-05-01"), heard("2024-05-02", ms=10_000))

    assert best(plays, Bucket.DAY) == Amount(date(2024, 5, 1), 1, 180_000)


def test_neighbours_are_not_told_across_a_pause_of_more_than_thirty_minutes():
    first = heard("2024-05-01T12:00:00", 60_000, track=1)
    in_time = heard("2024-05-01T12:31:00", 60_000, track=2)
    too_late = heard("2024-05-01T13:02:01", 60_000, track=3)
    plays = plays_of(first, in_time, too_late)

    found = profile(plays, TRACKS, 2)

    assert [one.id for one in found.neighbours.before] == [1]
    assert found.neighbours.after == []


def test_a_play_that_was_only_begun_lies_between_no_neighbours():
    plays = plays_of(heard(0, track=1), heard(4, 5_000, track=2), heard(5, track=3))

    found = profile(plays, TRACKS, 1)

    assert [(one.id, one.times) for one in found.neighbours.after] == [(3, 1)]


def test_neighbours_of_an_artist_may_be_told_as_artists():
    plays = plays_of(heard(0), heard(4, track=2), heard(8, track=3, artist=2), heard(12))

    found = entities.neighbours(plays, ARTISTS, 1, ARTISTS)

    assert [(one.id, one.times) for one in found.before] == [(2, 1)]
    assert [(one.id, one.times) for one in found.after] == [(2, 1)]


# With the database


def look(session, listener, kind, number):
    return entities.entity(session, scope.scope_of(listener), kind, number)


def id_of(session, table, name):
    return session.scalars(select(table.id).where(table.name == name)).one()


def test_a_page_says_how_often_it_was_skipped_as_far_as_sources_tell(listener):
    skipped = {"reason_end": "fwdbtn", "skipped": True}
    untold = {"reason_end": None, "skipped": None}
    rows = [
        a_play("2024-05-01T12:00:00Z"),
        a_play("2024-05-01T12:10:00Z", 5_000, **skipped),
        a_play("2024-05-01T12:20:00Z", **untold),
        a_play("2024-05-01T12:30:00Z", 5_000, artist="Others", title="Red", **skipped),
    ]
    import_rows(listener.id, *rows)

    with transaction() as session:
        found = look(session, listener, ARTISTS, id_of(session, Artist, "The Painters"))

    assert found.profile.totals.plays == 3
    assert (found.skips.told, found.skips.skipped) == (2, 1)


def test_a_track_that_is_merged_answers_with_the_one_it_is_counted_as(listener):
    import_rows(listener.id, a_play("2024-05-01T12:00:00Z"), a_play("2024-05-02T12:00:00Z"))
    import_rows(listener.id, a_play("2024-05-03T12:00:00Z", title="Blue (Remastered)"))
    with transaction() as session:
        whole, other = (id_of(session, Track, name) for name in ("Blue", "Blue (Remastered)"))
        session.add(TrackMerge(track_id=other, into_track_id=whole, isrc="X"))
        recordings.changed(session)

    with transaction() as session:
        found = look(session, listener, TRACKS, other)

    assert (found.profile.id, found.profile.totals.plays) == (whole, 3)


def test_what_only_others_played_is_not_found(listener, a_listener):
    other = a_listener()
    import_rows(other.id, a_play("2024-05-01T12:00:00Z"))

    with transaction() as session, pytest.raises(NotFound) as refused:
        look(session, listener, TRACKS, id_of(session, Track, "Blue"))

    assert refused.value.code == "unknown_track"
