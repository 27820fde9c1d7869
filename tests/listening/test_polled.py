"""Plays of Spotify's recently played list: no length, a time near the end, told over and over."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.listening.builders import ledger

from spotify_insights.listening import polled
from spotify_insights.models.listening import Provenance
from spotify_insights.resources import transaction
from spotify_insights.spotify.payloads import PlayHistory

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
LENGTH_MS = 200_000


def a_play(seconds, title="Blue", duration_ms=LENGTH_MS, **changes):
    """A play that Spotify says was played at so many seconds after noon."""
    painters = {"name": "The Painters"}
    track = {
        "uri": f"spotify:track:{title}",
        "name": title,
        "artists": [painters],
        "album": {"name": "Colours", "artists": [painters]},
        "duration_ms": duration_ms,
    }
    played_at = NOON + timedelta(seconds=seconds)
    return PlayHistory.model_validate({"track": track | changes, "played_at": played_at})


def lengths(*plays, after=None):
    return [row.ms_played for row in polled.estimate(plays, after=after)]


def save(user_id, *plays):
    with transaction() as session:
        return polled.save(session, user_id, plays, Provenance.API)


# The estimate


def test_a_play_lasted_as_long_as_its_track_where_there_was_time():
    assert lengths(a_play(0), a_play(200), a_play(9_000)) == [LENGTH_MS] * 3


def test_a_play_began_when_the_one_before_ended_at_the_earliest():
    first, second = polled.estimate([a_play(0), a_play(45.5)], after=None)

    assert second.ms_played == 45_500
    assert second.started_at == first.ended_at == NOON


def test_the_oldest_play_is_cut_by_the_one_known_before():
    before = NOON - timedelta(seconds=10)

    assert lengths(a_play(0), after=before) == [10_000]
    assert lengths(a_play(0), after=before - timedelta(hours=1)) == [LENGTH_MS]


def test_two_plays_of_one_instant_share_nothing():
    assert lengths(a_play(0), a_play(0, "Red")) == [LENGTH_MS, 0]


def test_a_play_from_before_there_was_music_online_has_no_negative_length():
    assert lengths(a_play(-60 * 365 * 86_400)) == [LENGTH_MS]


def test_the_order_of_the_list_does_not_matter():
    plays = [a_play(0), a_play(60, "Red"), a_play(400, "Green")]

    assert polled.estimate(plays[::-1], after=None) == polled.estimate(plays, after=None)


@pytest.mark.parametrize("unknown", [None, 0, "long"])
def test_a_track_of_unknown_length_lasted_the_half_minute_that_is_certain(unknown):
    one = a_play(0, duration_ms=unknown)

    assert lengths(one) == [30_000]
    assert lengths(one, after=NOON - timedelta(seconds=5)) == [5_000]


@given(
    st.lists(st.tuples(st.integers(0, 50_000_000), st.integers(1, 900_000)), max_size=50),
    st.integers(1, 10_000_000),
)
def test_estimated_plays_never_overlap_and_never_outlast_their_track(told, gap_ms):
    plays = sorted(
        (a_play(ms / 1000, duration_ms=length) for ms, length in told),
        key=lambda play: play.played_at,
    )
    oldest = plays[0].played_at if plays else NOON
    after = oldest - timedelta(milliseconds=gap_ms)

    rows = polled.estimate(plays, after=after)

    known = [after.replace(microsecond=0), *(row.ended_at for row in rows)]
    for row, play, free_from in zip(rows, plays, known[:-1], strict=True):
        assert row.ended_at == play.played_at.replace(microsecond=0)
        assert 0 <= row.ms_played <= play.track.duration_ms
        assert free_from <= row.started_at <= row.ended_at
    newest = plays[-1].played_at if plays else oldest
    assert sum(row.ms_played for row in rows) <= (newest - after) / timedelta(milliseconds=1)


# What a play is


def test_a_play_is_named_as_in_an_export():
    guests = [{"name": "A Guest"}, {"name": "Another"}]

    (row,) = polled.estimate([a_play(0, artists=guests)], after=None)

    what, how = row.content, row.circumstances
    assert (what.name, what.artist, what.album) == ("Blue", "The Painters", "Colours")
    assert (how.is_private, how.is_video, how.skipped, how.shuffle) == (False, False, None, None)


@pytest.mark.parametrize(
    ("changes", "artist", "album"),
    [
        ({"album": {"name": "", "artists": []}}, "A Guest", None),
        ({"album": None}, "A Guest", None),
        ({"album": None, "artists": []}, polled.UNKNOWN_ARTIST, None),
    ],
    ids=["taken down", "without album", "without anybody"],
)
def test_without_an_album_artist_the_first_of_the_track_stands_in(changes, artist, album):
    one = a_play(0, **{"artists": [{"name": "A Guest"}]} | changes)

    (row,) = polled.estimate([one], after=None)

    assert (row.content.artist, row.content.album) == (artist, album)


# What is stored


def test_no_plays_are_no_work(listener):
    assert save(listener.id) == 0


def test_polls_that_overlap_add_each_play_once(listener):
    plays = [a_play(200 * n, f"T{n}") for n in range(20)]

    added = [save(listener.id, *plays[start : start + 10]) for start in (0, 5, 5, 10, 0)]

    assert added == [10, 5, 0, 5, 0]
    stored = ledger(listener.id)
    assert [play.uri for play in stored] == [play.track.uri for play in plays]
    assert {play.ms_played for play in stored} == {LENGTH_MS}
    assert {(play.provenance, play.is_estimated) for play in stored} == {("api", True)}


def test_a_play_is_known_by_its_end_though_its_length_is_now_seen_differently(listener):
    save(listener.id, a_play(100))

    added = save(listener.id, a_play(50, "Late"), a_play(100))

    assert added == 1
    assert [(play.uri[-4:], play.ms_played) for play in ledger(listener.id)] == [
        ("Late", LENGTH_MS),
        ("Blue", LENGTH_MS),
    ]


def test_the_oldest_play_of_a_poll_is_cut_where_the_ledger_ends(listener):
    save(listener.id, a_play(0))

    save(listener.id, a_play(60, "Red"))

    assert [play.ms_played for play in ledger(listener.id)] == [LENGTH_MS, 60_000]


def test_the_same_track_again_is_another_play(listener):
    assert save(listener.id, a_play(0), a_play(200), a_play(400)) == 3


def test_the_plays_of_another_listener_change_nothing(a_listener):
    one, other = a_listener(), a_listener()
    save(other.id, a_play(-10, "Red"))

    assert save(one.id, a_play(0)) == 1
    assert [play.ms_played for play in ledger(one.id)] == [LENGTH_MS]


@settings(max_examples=25, deadline=None, suppress_health_check=[*HealthCheck])
@given(st.data())
def test_however_a_history_is_polled_every_play_is_stored_once(a_listener, data):
    gaps = data.draw(st.lists(st.integers(1, 600), min_size=1, max_size=12))
    plays = [a_play(sum(gaps[: n + 1]), f"T{n % 3}") for n in range(len(gaps))]
    windows = data.draw(st.lists(st.tuples(st.integers(0, 12), st.integers(1, 12)), max_size=4))
    listener = a_listener()

    added = sum(save(listener.id, *plays[start : start + size]) for start, size in windows)
    added += save(listener.id, *plays)

    stored = ledger(listener.id)
    assert added == len(stored) == len(plays)
    assert sorted((play.ended_at, play.uri) for play in stored) == sorted(
        (play.played_at, play.track.uri) for play in plays
    )
