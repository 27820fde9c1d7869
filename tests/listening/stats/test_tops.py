"""Top lists: who comes first, and how a rank moved."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.listening.stats.builders import heard, plays_of

from spotify_insights.listening.stats.plays import tally
from spotify_insights.listening.stats.tops import By, Ranked, Top, TopKind, ids_of, ranking, top

STEADY = settings(derandomize=True, deadline=None)
PLAYS = st.lists(
    st.builds(
        heard,
        st.integers(0, 300),
        st.sampled_from([10_000, 29_999, 30_000, 60_000, 200_000]),
        track=st.integers(0, 4),
        content=st.integers(1, 3),
        artist=st.integers(-2, 4),
        album=st.integers(0, 3),
    ),
    max_size=30,
)


def at(minute):
    return heard(minute).started_at


def of_kind(kind, play):
    names = {TopKind.TRACKS: "subject", TopKind.ARTISTS: "artist", TopKind.ALBUMS: "album"}
    return getattr(play, names[kind])


def ranked_one_by_one(some, kind, by):
    """Rank, id, plays, ms, first and last start of everything with a counted play."""
    lines = []
    for thing in {of_kind(kind, play) for play in some} - {0}:
        of_it = [play for play in some if of_kind(kind, play) == thing]
        counted = sum(play.is_counted for play in of_it)
        ms = sum(play.ms_played for play in of_it)
        starts = [play.started_at for play in of_it]
        most = (-counted, -ms) if by is By.PLAYS else (-ms, -counted)
        if counted:
            lines.append(((*most, min(starts), thing), counted, ms, min(starts), max(starts)))
    return [
        Ranked(rank, order[-1], *numbers)
        for rank, (order, *numbers) in enumerate(sorted(lines), start=1)
    ]


def ranks(found):
    return [(item.rank, item.id) for item in found.items]


# Who comes first


@STEADY
@given(PLAYS, st.sampled_from(TopKind), st.sampled_from(By))
def test_a_list_is_the_one_that_sorting_one_by_one_gives(some, kind, by):
    found = top(plays_of(*some), kind, by, limit=100)

    assert found.items == ranked_one_by_one(some, kind, by)
    assert found.total == len(found.items)


@STEADY
@given(PLAYS, st.sampled_from(By), st.integers(0, 8), st.integers(1, 8))
def test_a_page_is_a_stretch_of_the_whole_list(some, by, offset, limit):
    plays = plays_of(*some)
    whole = top(plays, TopKind.TRACKS, by, limit=100)

    page = top(plays, TopKind.TRACKS, by, limit=limit, offset=offset)

    assert page.items == whole.items[offset : offset + limit]
    assert page.total == whole.total


def test_the_most_plays_come_first_then_the_most_time_then_what_was_heard_first():
    found = top(
        plays_of(
            *(heard(n, track=1) for n in (0, 10, 20)),
            *(heard(n, 300_000, track=2) for n in (30, 40)),
            *(heard(n, track=track) for n, track in enumerate([4, 3, 4, 3], 50)),
            *(heard(n, 29_000, track=5) for n in range(60, 70)),
        ),
        TopKind.TRACKS,
        limit=9,
    )

    assert ranks(found) == [(1, 1), (2, 2), (3, 4), (4, 3)]
    assert found.total == 4


def test_things_heard_first_at_the_same_time_go_by_their_number():
    plays = plays_of(heard(0, track=9), heard(0, track=2), heard(0, track=5))

    assert ranks(top(plays, TopKind.TRACKS, limit=9)) == [(1, 2), (2, 5), (3, 9)]


def test_by_time_the_longest_comes_first_however_often_it_was_played():
    plays = plays_of(
        *(heard(n, 60_000, track=1) for n in range(3)),
        heard(10, 181_000, track=2),
        *(heard(n, 90_500, track=3) for n in (20, 30)),
    )

    assert ranks(top(plays, TopKind.TRACKS, By.MS, limit=9)) == [(1, 3), (2, 2), (3, 1)]
    assert ranks(top(plays, TopKind.TRACKS, By.PLAYS, limit=9)) == [(1, 1), (2, 3), (3, 2)]


def test_short_plays_add_time_and_moments_but_no_plays():
    plays = plays_of(heard(0, 29_999), heard(10, 60_000), heard(20, 1))

    found = top(plays, TopKind.TRACKS, limit=9)

    assert found.items == [Ranked(1, 1, 1, 90_000, at(0), at(20))]


def test_what_has_only_short_plays_is_not_listed_even_by_time():
    plays = plays_of(heard(0, 30_000), *(heard(n, 29_999, track=2) for n in range(1, 9)))

    assert ranks(top(plays, TopKind.TRACKS, By.MS, limit=9)) == [(1, 1)]


def test_a_track_without_artist_is_listed_by_its_content_and_counts_for_no_artist():
    nameless = heard(0, track=0, content=7, artist=0, album=0)
    plays = plays_of(nameless, heard(1, track=7))

    assert ranks(top(plays, TopKind.TRACKS, limit=9)) == [(1, -7), (2, 7)]
    assert ranks(top(plays, TopKind.ARTISTS, limit=9)) == [(1, 1)]
    assert ranks(top(plays, TopKind.ALBUMS, limit=9)) == [(1, 1)]


def test_moments_are_instants_in_utc():
    (line,) = top(plays_of(heard("2024-02-01T12:00:00+05:30")), TopKind.TRACKS, limit=1).items

    assert line.first_play_at == datetime.fromisoformat("2024-02-01T06:30:00+00:00")
    assert line.first_play_at.utcoffset().total_seconds() == 0


@pytest.mark.parametrize("kind", TopKind)
def test_without_plays_a_list_is_empty(kind):
    assert top(plays_of(), kind, limit=5) == Top([], 0)
    assert len(ids_of(plays_of(), kind)) == 0


def test_past_its_end_a_list_has_no_lines_but_still_its_length():
    plays = plays_of(heard(0, track=1), heard(1, track=2))

    assert ranks(top(plays, TopKind.TRACKS, limit=5, offset=1)) == [(2, 2)]
    assert top(plays, TopKind.TRACKS, limit=5, offset=2) == Top([], 2)
    assert top(plays, TopKind.TRACKS, limit=5, offset=99) == Top([], 2)


# How a rank moved


def test_a_rank_before_is_that_in_the_whole_list_of_before():
    before = plays_of(
        *(heard(n, track=3) for n in range(3)),
        *(heard(n, track=1) for n in range(10, 12)),
        heard(20, track=4),
        heard(30, 10_000, track=2),
    )
    now = plays_of(heard(100, track=1), heard(110, track=2), heard(120, track=4))

    found = top(now, TopKind.TRACKS, limit=9, before=before)

    assert [(item.id, item.previous_rank) for item in found.items] == [(1, 2), (2, None), (4, 3)]


def test_a_rank_before_is_by_the_same_measure():
    before = plays_of(heard(0, 300_000, track=1), *(heard(n, 60_000, track=2) for n in (9, 10)))
    now = plays_of(heard(100, track=1))

    by_time, by_plays = (
        top(now, TopKind.TRACKS, by, limit=9, before=before) for by in (By.MS, By.PLAYS)
    )

    assert (by_time.items[0].previous_rank, by_plays.items[0].previous_rank) == (1, 2)


def test_a_page_further_on_knows_the_ranks_of_before_too():
    before = plays_of(heard(0, track=2), heard(1, track=1))
    now = plays_of(heard(100, track=1), heard(101, track=2))

    page = top(now, TopKind.TRACKS, limit=1, offset=1, before=before)

    assert [(item.rank, item.id, item.previous_rank) for item in page.items] == [(2, 2, 1)]


@pytest.mark.parametrize("before", [None, plays_of()])
def test_without_a_list_of_before_no_rank_is_known(before):
    found = top(plays_of(heard(0)), TopKind.TRACKS, limit=1, before=before)

    assert found.items[0].previous_rank is None


def test_a_ranking_has_a_line_for_everything_with_a_counted_play():
    plays = plays_of(heard(0, track=1), heard(1, 10, track=2), heard(2, track=3), heard(3, track=3))

    best_first = ranking(tally(plays, plays.tracks))

    assert best_first.ids.tolist() == [3, 1]
    assert best_first.plays.tolist() == [2, 1]
