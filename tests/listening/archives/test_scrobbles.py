from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.listening.archives.builders import NOW

from spotify_insights.listening.archives import scrobbles
from spotify_insights.listening.archives.elements import Broken
from spotify_insights.listening.archives.rows import Circumstances, Reason, Refusal, Rejected
from spotify_insights.listening.archives.scrobbles import TYPICAL_MS, Scrobble
from spotify_insights.models.listening import Origin

START = datetime(2024, 5, 1, 10, tzinfo=UTC)
ESTIMATED = Circumstances(Origin.LISTENBRAINZ, is_estimated=True)
MEASURED = Circumstances(Origin.LISTENBRAINZ)


def a_scrobble(at_s=0, title="Blue", length_ms=None, *, is_measured=False):
    content = scrobbles.track("The Painters", title)
    circumstances = MEASURED if is_measured else ESTIMATED
    started_at = START + timedelta(seconds=at_s)
    return Scrobble(content, started_at, length_ms, circumstances, is_measured)


def rows_of(*batches):
    return [row for batch in scrobbles.rows((list(b), []) for b in batches) for row in batch.rows]


def lengths(*told):
    return [row.ms_played for row in rows_of(told)]


def test_a_play_lasts_as_long_as_its_track():
    (row,) = rows_of([a_scrobble(length_ms=180_999)])

    assert row.ms_played == 180_999
    assert (row.started_at, row.ended_at) == (START, START + timedelta(seconds=180))
    assert row.circumstances is ESTIMATED


@pytest.mark.parametrize("length_ms", [None, 0])
def test_a_play_of_unknown_length_lasts_as_long_as_most(length_ms):
    assert lengths(a_scrobble(length_ms=length_ms)) == [TYPICAL_MS]


def test_the_next_play_cuts_an_estimated_length():
    told = a_scrobble(0), a_scrobble(60), a_scrobble(1_000, length_ms=90_000), a_scrobble(1_030)

    assert lengths(*told) == [60_000, TYPICAL_MS, 30_000, TYPICAL_MS]


def test_a_measured_length_is_not_cut():
    told = a_scrobble(0, length_ms=180_000, is_measured=True), a_scrobble(60)

    assert lengths(*told) == [180_000, TYPICAL_MS]


def test_a_play_measured_as_nothing_lasted_no_time():
    assert lengths(a_scrobble(length_ms=0, is_measured=True)) == [0]


def test_plays_with_one_start_share_the_time_until_the_next():
    told = a_scrobble(0, "One"), a_scrobble(0, "Two"), a_scrobble(0, "Three"), a_scrobble(60)

    assert lengths(*told) == [20_000, 20_000, 20_000, TYPICAL_MS]


def test_a_play_told_twice_at_one_start_is_not_halved():
    first, second, _ = rows_of([a_scrobble(0), a_scrobble(0, "BLUE "), a_scrobble(60)])

    assert (first.ms_played, second.ms_played) == (60_000, 60_000)
    assert first.content.uri == second.content.uri


def test_the_last_plays_with_one_start_last_as_long_as_their_tracks():
    assert lengths(a_scrobble(0, "One"), a_scrobble(0, "Two")) == [TYPICAL_MS] * 2


def test_more_plays_at_one_start_than_anybody_has_last_no_time():
    told = [a_scrobble(0, str(number)) for number in range(2_500)]

    found = lengths(*told, a_scrobble(3_600))

    assert len(found) == 2_501
    assert found[0] == found[999] == found[1_999] == 0


def test_the_next_play_may_stand_in_a_later_batch():
    found = rows_of([a_scrobble(0)], [], [a_scrobble(60)])

    assert [row.ms_played for row in found] == [60_000, TYPICAL_MS]


def test_refused_rows_pass_through():
    rejected = Rejected("a.csv", 1, Reason.INVALID, "It is not UTF-8.")

    batches = list(scrobbles.rows([([], [rejected]), ([a_scrobble()], [])]))

    assert [one for batch in batches for one in batch.rejected] == [rejected]
    assert [len(batch.rows) for batch in batches] == [0, 0, 1]


def test_elements_are_judged_and_numbered_across_batches():
    refusal = Refusal(Reason.NO_IDENTITY, "It names nothing.")
    raws = [["good", Broken("It is broken.")], [], ["bad", "good"]]

    batches = scrobbles.read("a.csv", raws, lambda raw: a_scrobble() if raw == "good" else refusal)

    found = list(batches)
    assert sum(len(batch.rows) for batch in found) == 2
    assert [one for batch in found for one in batch.rejected] == [
        Rejected("a.csv", 2, Reason.INVALID, "It is broken."),
        Rejected("a.csv", 3, *refusal),
    ]


@pytest.mark.parametrize(
    "seconds", [1_714_557_600, 1_714_557_600.9, "1714557600", " 1714557600.5 "]
)
def test_an_instant_is_told_in_seconds(seconds):
    assert scrobbles.instant(seconds, NOW) == START


@pytest.mark.parametrize(
    ("seconds", "word"),
    [
        ("", "number"),
        ("soon", "number"),
        ("nan", "range"),
        ("inf", "range"),
        ("-1", "range"),
        (10**400, "range"),
        (1e300, "range"),
        (1_714_557_600_000, "range"),
        (0, "1970"),
        ("1009843199", "2001-12-31"),
        (NOW.timestamp() + 86_401, "2026-11-24"),
    ],
)
def test_an_instant_that_cannot_be_is_refused(seconds, word):
    refusal = scrobbles.instant(seconds, NOW)

    assert refusal.reason is Reason.INVALID
    assert word in refusal.detail


def test_a_track_is_known_by_its_names():
    content = scrobbles.track(" The Painters ", "Blue", " ")

    assert (content.name, content.artist, content.album) == ("Blue", "The Painters", None)
    assert content.uri == scrobbles.track("the painters", "BLUE", "Colours").uri


@pytest.mark.parametrize("names", [("", "Blue"), ("The Painters", " ")])
def test_a_track_without_names_has_no_identity(names):
    assert scrobbles.track(*names).reason is Reason.NO_IDENTITY


@pytest.mark.parametrize(
    "names", [("A", "B\0"), ("A\0", "B"), ("A", "B", "\0"), ("A" * 401, "B"), ("A", "\ud800")]
)
def test_a_name_that_cannot_be_is_invalid(names):
    assert scrobbles.track(*names).reason is Reason.INVALID


PLAYS = st.lists(
    st.tuples(st.integers(0, 1_000), st.sampled_from("ABC"), st.none() | st.integers(0, 400_000)),
    max_size=30,
)


def by_key(rows):
    return sorted((row.started_at, row.content.name, row.ms_played) for row in rows)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(plays=PLAYS, cuts=st.lists(st.integers(0, 30), max_size=3))
def test_newest_first_and_oldest_first_are_the_same_plays(plays, cuts):
    told = sorted((a_scrobble(*play) for play in plays), key=lambda one: one.started_at)
    edges = [0, *sorted(cuts), len(told)]

    forth = rows_of(*(told[start:end] for start, end in pairwise(edges)))
    back = rows_of(told[::-1])

    assert len(forth) == len(told)
    assert by_key(forth) == by_key(back)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(plays=PLAYS)
def test_no_estimated_length_overlaps_the_next_play(plays):
    told = sorted((a_scrobble(*play) for play in plays), key=lambda one: one.started_at)

    found = rows_of(told)

    for row, after in pairwise(found):
        assert row.ms_played >= 0
        assert row.started_at <= row.ended_at
        if row.started_at < after.started_at:
            assert row.started_at + timedelta(milliseconds=row.ms_played) <= after.started_at
            assert row.ended_at <= after.started_at


@settings(derandomize=True, max_examples=200, deadline=None)
@given(plays=PLAYS)
def test_plays_never_last_longer_together_than_the_time_they_share(plays):
    told = sorted((a_scrobble(*play) for play in plays), key=lambda one: one.started_at)

    longest = {}
    for row in sorted(rows_of(told), key=lambda row: row.ms_played):
        longest.setdefault(row.started_at, {})[row.content.uri] = row.ms_played
    for start, after in pairwise(sorted(longest)):
        assert timedelta(milliseconds=sum(longest[start].values())) <= after - start
