import json
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.listening.archives.builders import (
    NOW,
    TRACK,
    a_row,
    as_json,
    only_row,
    parsed,
    refusal,
    without_track,
)

from spotify_insights.listening.archives.rows import ArchiveError, Reason
from spotify_insights.models.listening import Origin, PlayKind

EPISODE = "spotify:episode:0a1b2c3d4e5f6g7h8i9j0k"
CHAPTER = "spotify:episode:9a1b2c3d4e5f6g7h8i9j0k"
BOOK = "spotify:show:9a1b2c3d4e5f6g7h8i9j0k"


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def seconds(text):
    return int(at(text).timestamp())


def test_a_track_is_told_with_its_artist_and_album():
    told = only_row(a_row()).content

    assert told == (PlayKind.TRACK, TRACK, "Blue", "The Painters", "Colours", None)


def test_a_play_is_told_with_how_it_was_heard():
    played = only_row(a_row())

    heard = played.circumstances
    assert played.ms_played == 200_000
    assert (heard.origin, heard.provenance) == (Origin.SPOTIFY_EXTENDED, None)
    assert (heard.platform, heard.country) == ("android", "DE")
    assert (heard.reason_start, heard.reason_end) == ("trackdone", "trackdone")
    assert (heard.shuffle, heard.skipped, heard.offline) == (False, False, False)
    assert (heard.is_private, heard.is_video, heard.is_estimated) == (False, False, False)


def test_an_episode_is_told_with_its_show():
    row = without_track(episode_name="One", episode_show_name="Talk", spotify_episode_uri=EPISODE)

    told = only_row(row).content

    assert told == (PlayKind.EPISODE, EPISODE, "One", None, None, "Talk")


def test_a_chapter_is_told_with_its_book():
    row = without_track(
        audiobook_title="Book",
        audiobook_uri=BOOK,
        audiobook_chapter_uri=CHAPTER,
        audiobook_chapter_title="Two",
    )

    told = only_row(row).content

    assert told == (PlayKind.CHAPTER, CHAPTER, "Two", None, None, "Book")


def test_a_book_without_chapters_stands_for_itself():
    told = only_row(without_track(audiobook_title="Book", audiobook_uri=BOOK)).content

    assert (told.uri, told.name, told.collection) == (BOOK, "Book", "Book")


def test_a_track_comes_before_an_episode_and_an_episode_before_a_book():
    both = a_row(spotify_episode_uri=EPISODE, audiobook_uri=BOOK)

    assert only_row(both).content.kind is PlayKind.TRACK
    assert only_row(both | {"spotify_track_uri": ""}).content.kind is PlayKind.EPISODE


def test_a_row_without_any_address_has_no_identity():
    rejected = parsed(as_json(a_row(), without_track())).rejected

    assert [(one.row, one.reason) for one in rejected] == [(2, Reason.NO_IDENTITY)]
    assert rejected[0].file == "history.json"


def test_a_nameless_track_goes_by_its_address():
    row = a_row(master_metadata_track_name=None, master_metadata_album_artist_name="")

    told = only_row(row).content

    assert (told.name, told.artist) == (TRACK, None)


@pytest.mark.parametrize(
    ("noted", "start"),
    [
        (None, "2024-05-01T10:00:00"),
        (0, "2024-05-01T10:00:00"),
        (57, "2024-05-01T10:00:00"),
        (1_100_000_000, "2024-05-01T10:00:00"),
        (seconds("2024-05-01T09:59:58"), "2024-05-01T09:59:58"),
        (seconds("2024-05-01T09:59:58") * 1000 + 999, "2024-05-01T09:59:58"),
        (seconds("2024-05-01T09:59:58") + 0.9, "2024-05-01T09:59:58"),
        (seconds("2024-05-01T10:04:20"), "2024-05-01T10:04:20"),
        (seconds("2024-05-01T10:04:20") * 1000 + 1, "2024-05-01T10:00:00"),
        (seconds("2024-05-01T10:04:21"), "2024-05-01T10:00:00"),
        (seconds("2024-03-02T10:03:21"), "2024-03-02T10:03:21"),
        (seconds("2024-03-02T10:03:20"), "2024-05-01T10:00:00"),
        (10**17, "2024-05-01T10:00:00"),
        (-5, "2024-05-01T10:00:00"),
    ],
)
def test_a_play_starts_where_its_device_noted_if_that_can_be(noted, start):
    played = only_row(a_row(offline_timestamp=noted))

    assert played.started_at == at(start)
    assert played.ended_at == at("2024-05-01T10:03:20")


def test_plays_uploaded_together_keep_their_own_starts():
    first = seconds("2024-04-30T08:00:00")
    rows = [a_row(offline=True, offline_timestamp=first + 200 * no) for no in range(67)]

    starts = {row.started_at for row in parsed(as_json(*rows)).rows}

    assert len(starts) == 67


@pytest.mark.parametrize(
    ("ts", "ms_played", "start", "end"),
    [
        ("2024-05-01T10:03:20Z", 199_999, "10:00:00", "10:03:20"),
        ("2024-05-01T10:03:20Z", 200_001, "09:59:59", "10:03:20"),
        ("2024-05-01T10:03:20Z", 0, "10:03:20", "10:03:20"),
        ("2024-05-01T10:03:20.5Z", 200_499, "10:00:00", "10:03:20"),
        ("2024-05-01T10:03:20.5Z", 200_501, "09:59:59", "10:03:20"),
        ("2024-05-01T10:03:20+00:00", 200_000, "10:00:00", "10:03:20"),
        ("2024-05-01T12:03:20+02:00", 200_000, "10:00:00", "10:03:20"),
    ],
)
def test_times_are_whole_seconds_in_utc(ts, ms_played, start, end):
    played = only_row(a_row(ts=ts, ms_played=ms_played))

    assert played.started_at.isoformat() == f"2024-05-01T{start}+00:00"
    assert played.ended_at.isoformat() == f"2024-05-01T{end}+00:00"


@pytest.mark.parametrize(
    ("ts", "skipped"),
    [
        ("2016-03-17T23:59:59Z", True),
        ("2016-03-18T00:00:00Z", None),
        ("2022-10-14T09:59:59Z", None),
        ("2022-10-14T10:00:00Z", True),
    ],
)
def test_skips_are_believed_only_while_they_were_recorded(ts, skipped):
    assert only_row(a_row(ts=ts, skipped=True)).circumstances.skipped is skipped


def test_an_unknown_country_is_none():
    rows = [a_row(conn_country=code) for code in ("ZZ", "", None, "D1", "A")]

    countries = {row.circumstances.country for row in parsed(as_json(*rows)).rows}

    assert countries == {None}


def test_a_private_session_and_a_video_are_marked():
    heard = only_row(a_row(incognito_mode=True, offline=None)).circumstances

    assert (heard.is_private, heard.is_video, heard.offline) == (True, True, None)


def test_nobody_can_be_found_again_in_a_play():
    row = a_row(
        username="somebody",
        ip_addr_decrypted="198.51.100.9",
        user_agent_decrypted="agent",
        platform="Partner google cast;Google_Home;;device-4711",
    )

    told = repr(msgspec.structs.astuple(only_row(row)))

    assert not [word for word in ("somebody", "198.51", "203.0", "agent", "4711") if word in told]


def test_names_keep_their_spaces():
    assert only_row(a_row(master_metadata_track_name="  A  B ")).content.name == "  A  B "


@pytest.mark.parametrize(
    "dropped", ["platform", "conn_country", "reason_end", "offline_timestamp", "incognito_mode"]
)
def test_missing_and_unknown_keys_do_no_harm(dropped):
    assert only_row(a_row(**{dropped: ..., "a_new_key": {"deep": [1, {}]}})).content.uri == TRACK


def test_the_last_of_two_equal_keys_counts():
    content = as_json(a_row()).replace(b'"ms_played": 200000', b'"ms_played": 1, "ms_played": 2')

    assert [row.ms_played for row in parsed(content).rows] == [2]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"ts": ...}, "ts"),
        ({"ts": None}, "ts"),
        ({"ts": "2024-05-01T10:03:20"}, "timezone"),
        ({"ts": "2024-05-01 10:03"}, "datetime"),
        ({"ts": "2001-12-31T23:59:59Z"}, "out of range"),
        ({"ts": "0001-01-01T00:00:00+05:00"}, "out of range"),
        ({"ts": "2026-11-24T12:00:01Z"}, "out of range"),
        ({"ms_played": ...}, "ms_played"),
        ({"ms_played": -1}, "ms_played"),
        ({"ms_played": 7 * 86_400_000 + 1}, "ms_played"),
        ({"ms_played": "200000"}, "ms_played"),
        ({"ms_played": True}, "ms_played"),
        ({"ms_played": 10**40}, "ms_played"),
        ({"ms_played": float("nan")}, "malformed"),
        ({"offline_timestamp": 10**400}, "offline_timestamp"),
        ({"shuffle": "yes"}, "shuffle"),
        ({"spotify_track_uri": "x" * 401}, "spotify_track_uri"),
        ({"master_metadata_track_name": "x" * 401}, "master_metadata_track_name"),
        ({"master_metadata_track_name": ["x"]}, "master_metadata_track_name"),
        ({"master_metadata_track_name": "a\0b"}, "NUL"),
    ],
)
def test_a_row_that_cannot_be_is_invalid_and_says_why(change, word):
    rejected = refusal(a_row(**change))

    assert rejected.reason is Reason.INVALID
    assert word in rejected.detail


@pytest.mark.parametrize("ts", ["2002-01-01T00:00:00Z", "2026-11-24T12:00:00Z"])
def test_the_ends_of_the_range_are_in_it(ts):
    assert only_row(a_row(ts=ts, ms_played=7 * 86_400_000)).ended_at == datetime.fromisoformat(ts)


@pytest.mark.parametrize(
    "element",
    [
        b"null",
        b"7",
        b'"text"',
        b"[1]",
        b"{}",
        b'{"ts": "2024-05-01T10:03:20Z", "ms_played": 1, "spotify_track_uri": "\\ud800"}',
        b'{"ts": "2024-05-01T10:03:20Z", "ms_played": 1, "spotify_track_uri": "\xff\xfe"}',
        b'{"ts": "2024-05-01T10:03:20Z", "ms_played": 1, "x": '
        + b"[" * 200_000
        + b"]" * 200_000
        + b"}",
    ],
)
def test_one_bad_row_costs_no_other(element):
    good = as_json(a_row())[1:-1]

    batch = parsed(b"[" + good + b"," + element + b"," + good + b"]")

    assert len(batch.rows) == 2
    assert [(one.row, one.reason) for one in batch.rejected] == [(2, Reason.INVALID)]


def test_a_backslash_before_the_escape_of_a_nul_is_just_text():
    assert only_row(a_row(master_metadata_track_name="\\u0000")).content.name == "\\u0000"


def test_a_nul_in_what_is_not_kept_does_no_harm():
    assert only_row(a_row(ip_addr="\0", user_agent_decrypted="\0")).content.uri == TRACK


def test_a_row_of_many_megabytes_is_invalid_and_the_next_is_read():
    content = as_json(a_row(), a_row(episode_name="x" * (12 << 20)), a_row())

    batch = parsed(content)

    assert len(batch.rows) == 2
    assert [(one.row, one.reason) for one in batch.rejected] == [(2, Reason.INVALID)]


def test_an_unfinished_file_is_refused_as_a_whole():
    with pytest.raises(ArchiveError) as caught:
        parsed(as_json(*(a_row() for _ in range(500)))[:-3])

    assert (caught.value.code, caught.value.file) == ("broken_json", "history.json")


def test_an_empty_list_has_no_rows():
    assert parsed(b"[]") == ([], [])


EXAMPLES = settings(derandomize=True, max_examples=100, deadline=None)
NAMES = st.text(st.sampled_from('{}[],:"\\ a\n🎵'), max_size=30) | st.text(max_size=30)


@EXAMPLES
@given(
    names=st.lists(NAMES.filter(lambda name: name and "\0" not in name), max_size=20),
    indent=st.sampled_from([None, 0, 2]),
    is_ascii=st.booleans(),
)
def test_any_title_comes_out_as_it_went_in(names, indent, is_ascii):
    rows = [a_row(master_metadata_track_name=name) for name in names]
    content = json.dumps(rows, indent=indent, ensure_ascii=is_ascii).encode()

    batch = parsed(content)

    assert [row.content.name for row in batch.rows] == names
    assert batch.rejected == []


@EXAMPLES
@given(
    ended=st.integers(seconds("2006-01-02T00:00:00"), seconds("2026-11-23T00:00:00")),
    ms_played=st.integers(0, 7 * 86_400_000),
    noted=st.none() | st.integers(-(10**6), 2 * 10**12) | st.integers(1_150_000_000, 1_800_000_000),
)
def test_no_play_starts_more_than_a_minute_after_its_end_or_months_before(ended, ms_played, noted):
    ts = datetime.fromtimestamp(ended, UTC).isoformat()

    played = only_row(a_row(ts=ts, ms_played=ms_played, offline_timestamp=noted))

    assert timedelta(seconds=-60) <= played.ended_at - played.started_at < timedelta(days=60)
    assert played.started_at.microsecond == played.ended_at.microsecond == 0
    assert played.ended_at < NOW
