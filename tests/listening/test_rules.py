"""The rules for rows, each as docs/ledger.md says it, held against rows of any kind."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.listening.archives.builders import a_row, as_json, parsed, without_track
from tests.listening.builders import a_play, import_rows, import_uploads, ledger, zipped
from tests.listening.counting import summary_of

READ = settings(derandomize=True, max_examples=150, deadline=None)
IMPORTED = settings(
    derandomize=True, max_examples=20, deadline=None, suppress_health_check=[*HealthCheck]
)

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
NOON_S = int(NOON.timestamp())
DAY_S = 86_400
TITLES = st.sampled_from(["Blue", "Red"])


def iso(moment):
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def at(second, **changes):
    """A play that ended so many seconds after noon."""
    return a_play(iso(NOON + timedelta(seconds=second)), **changes)


def counts_of(record):
    return {reason: count for reason, count in record.counts.items() if count}


def counted(listener, **changes):
    """What the listener's music sums up to and how much of it was skipped."""
    found = summary_of(listener, **changes)
    return found.music, found.skips


# Identity

ADDRESSES = (
    *("spotify_track_uri", "spotify_episode_uri"),
    *("audiobook_chapter_uri", "audiobook_uri"),
)
NAMES = (
    *("master_metadata_track_name", "master_metadata_album_artist_name", "episode_name"),
    *("episode_show_name", "audiobook_title", "audiobook_chapter_title"),
)


@READ
@given(
    addresses=st.dictionaries(st.sampled_from(ADDRESSES), st.sampled_from(["", None, "spotify:x"])),
    names=st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["", None, "Blue"])),
)
def test_a_row_without_a_track_an_episode_or_an_audiobook_is_no_play(addresses, names):
    batch = parsed(as_json(without_track(**addresses, **names)))

    is_play = any(addresses.values())
    assert len(batch.rows) == is_play
    assert [one.reason for one in batch.rejected] == ([] if is_play else ["no_identity"])


# Start time


@READ
@given(
    noted_s=st.integers(NOON_S - 62 * DAY_S, NOON_S + 120)
    | st.integers(NOON_S - 60 * DAY_S - 2, NOON_S - 60 * DAY_S + 2)
    | st.integers(NOON_S + 58, NOON_S + 62)
    | st.integers(0, 1_200_000_000),
    milliseconds=st.none() | st.integers(0, 999),
    ms_played=st.integers(0, 10_000_000),
)
def test_a_play_starts_where_its_device_noted_if_that_is_plausible_else_its_length_before_its_end(
    noted_s, milliseconds, ms_played
):
    noted = noted_s if milliseconds is None else noted_s * 1000 + milliseconds
    exact_s = noted_s + (milliseconds or 0) / 1000
    row = a_row(ts=iso(NOON), ms_played=ms_played, offline_timestamp=noted)

    (played,) = parsed(as_json(row)).rows

    is_told = milliseconds is None or noted > 1e11
    is_plausible = is_told and 1.1e9 < exact_s <= NOON_S + 60 and NOON_S - exact_s < 60 * DAY_S
    worked_out_s = NOON_S + (-ms_played // 1000)
    assert played.started_at.timestamp() == (noted_s if is_plausible else worked_out_s)
    assert played.ended_at == NOON


# Exact duplicate


@IMPORTED
@given(
    told=st.lists(
        st.tuples(
            st.integers(0, 3),
            TITLES,
            st.sampled_from([0, 29_999, 200_000]),
            st.sampled_from(["fwdbtn", "trackdone", None]),
            st.booleans(),
        ),
        min_size=1,
        max_size=25,
    ),
    split=st.integers(0, 25),
)
def test_a_second_row_with_the_same_start_end_content_and_length_is_an_exact_duplicate(
    a_listener, told, split
):
    rows = [
        at(600 * slot, title=title, ms_played=ms, reason_end=reason, shuffle=shuffle)
        for slot, title, ms, reason, shuffle in told
    ]
    files = {"one.json": rows[:split], "two.json": rows[split:]}

    record = import_uploads(a_listener().id, zipped(files))

    plays = len({(slot, title, ms) for slot, title, ms, _, _ in told})
    assert record.counts["imported"] == plays
    assert record.counts["duplicate_exact"] == len(rows) - plays
    assert record.rows == len(rows) == sum(record.counts.values())


# Near duplicate


def told_once(ends):
    """How many plays there are in ends of one title and length: a run of near ones is one."""
    in_order = sorted(ends)
    return sum(
        before is None or end - before > 5
        for before, end in zip([None, *in_order], in_order, strict=False)
    )


@IMPORTED
@given(
    told=st.sets(
        st.tuples(TITLES, st.sampled_from([29_999, 30_000, 200_000]), st.integers(0, 40)),
        min_size=1,
        max_size=25,
    )
)
def test_a_row_with_the_same_content_and_length_within_5_s_is_a_near_duplicate_from_30_s_on(
    a_listener, told
):
    listener = a_listener()
    rows = [at(end, title=title, ms_played=ms) for title, ms, end in sorted(told)]

    record = import_rows(listener.id, *rows)

    alike = {}
    for title, ms, end in told:
        alike.setdefault((title, ms), []).append(end)
    plays = sum(len(ends) if ms < 30_000 else told_once(ends) for (_, ms), ends in alike.items())
    assert record.counts["imported"] == plays == len(ledger(listener.id))
    assert record.counts["duplicate_near"] == len(rows) - plays


@IMPORTED
@given(starts=st.sets(st.integers(0, 40), min_size=1, max_size=12))
def test_plays_of_one_song_that_were_uploaded_together_are_alike_only_if_they_start_within_5_s(
    a_listener, starts
):
    a_day_before = NOON_S - DAY_S
    rows = [at(0, offline_timestamp=a_day_before + start) for start in sorted(starts)]

    record = import_rows(a_listener().id, *rows)

    assert record.counts["imported"] == told_once(starts)
    assert record.counts["duplicate_near"] == len(starts) - told_once(starts)


# Fragments


@IMPORTED
@given(lengths=st.sets(st.integers(0, 400_000), min_size=1, max_size=15))
def test_rows_of_one_content_and_end_but_different_lengths_are_all_kept(a_listener, lengths):
    listener = a_listener()

    record = import_rows(listener.id, *[at(0, ms_played=ms) for ms in sorted(lengths)])

    assert counts_of(record) == {"imported": len(lengths)}
    assert {play.ms_played for play in ledger(listener.id)} == lengths
    assert counted(listener)[0].ms_played == sum(lengths)


# Counted play and skip

LENGTHS = st.sampled_from([0, 1, 29_999, 30_000, 200_000])


@IMPORTED
@given(lengths=st.lists(LENGTHS, min_size=1, max_size=15))
def test_a_play_counts_from_30_s_on_and_time_is_summed_over_all(a_listener, lengths):
    listener = a_listener()
    import_rows(listener.id, *[at(600 * no, ms_played=ms) for no, ms in enumerate(lengths)])

    totals, _ = counted(listener)

    assert totals.plays == len(lengths)
    assert totals.counted_plays == sum(ms >= 30_000 for ms in lengths)
    assert totals.ms_played == sum(lengths)


@IMPORTED
@given(
    told=st.lists(
        st.tuples(
            LENGTHS,
            st.sampled_from(["fwdbtn", "backbtn", "trackdone", "endplay", None]),
            st.sampled_from([True, False, None]),
            st.sampled_from([2015, 2019, 2024]),
        ),
        min_size=1,
        max_size=15,
    )
)
def test_a_skip_was_ended_by_a_button_or_marked_while_marks_were_kept_and_is_shorter_than_30_s(
    a_listener, told
):
    listener = a_listener()
    rows = [
        a_play(
            iso(NOON.replace(year=year) + timedelta(minutes=10 * no)),
            ms_played=ms,
            reason_end=reason,
            skipped=mark,
        )
        for no, (ms, reason, mark, year) in enumerate(told)
    ]
    import_rows(listener.id, *rows)

    _, skips = counted(listener)

    marks = [mark if year != 2019 else None for _, _, mark, year in told]
    assert skips.skipped == sum(
        ms < 30_000 and (reason in {"fwdbtn", "backbtn"} or mark is True)
        for (ms, reason, _, _), mark in zip(told, marks, strict=True)
    )
    assert skips.told == sum(
        reason is not None or mark is not None
        for (_, reason, _, _), mark in zip(told, marks, strict=True)
    )


# Private session


@IMPORTED
@given(told=st.lists(st.sampled_from([True, False, None]), min_size=1, max_size=15))
def test_a_play_of_a_private_session_is_kept_and_flagged_and_counts_for_its_listener_only(
    a_listener, told
):
    listener = a_listener()
    rows = [at(600 * no, incognito_mode=private) for no, private in enumerate(told)]

    record = import_rows(listener.id, *rows)

    mine, _ = counted(listener)
    shared, _ = counted(listener, private=False)
    assert counts_of(record) == {"imported": len(told)}
    assert [play.is_private for play in ledger(listener.id)] == [one is True for one in told]
    assert (mine.plays, shared.plays) == (len(told), Counter(told)[False] + Counter(told)[None])
