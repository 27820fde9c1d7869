import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.listening.archives import builders

from spotify_insights.listening.archives import formats, maloja
from spotify_insights.listening.archives.rows import LONGEST_PLAY_MS, ArchiveError, Reason, named
from spotify_insights.listening.archives.scrobbles import TYPICAL_MS
from spotify_insights.models.listening import Origin, PlayKind

START = datetime(2024, 5, 1, 10, tzinfo=UTC)
STARTED = 1_714_557_600
HEADER = {"maloja": {"export_time": STARTED}}


def a_scrobble(time=STARTED, duration=None, **changes):
    """A scrobble as Maloja exports it; a key of its track changed to `...` is left out."""
    track = {
        "artists": ["The Painters", "Ada"],
        "title": "Blue",
        "album": {"albumtitle": "Colours", "artists": ["The Painters"]},
        "length": None,
    } | changes
    track = {key: value for key, value in track.items() if value is not ...}
    return {"time": time, "track": track, "duration": duration, "origin": "client:phone"}


def as_export(*scrobbles, **after):
    return json.dumps(HEADER | {"scrobbles": scrobbles} | after, indent=4).encode()


def parsed(content):
    return builders.parsed(content, parser=maloja)


def only_row(scrobble):
    (row,) = parsed(as_export(scrobble)).rows
    return row


def refusal(scrobble):
    (rejected,) = parsed(as_export(scrobble)).rejected
    return rejected


def refused(content):
    with pytest.raises(ArchiveError) as caught:
        parsed(content)
    return caught.value


def test_a_scrobble_is_a_play_known_by_its_names():
    row = only_row(a_scrobble())

    uri = named(PlayKind.TRACK, "The Painters", "Blue")
    assert row.content == (PlayKind.TRACK, uri, "Blue", "The Painters", "Colours", None)
    assert (row.started_at, row.circumstances.origin) == (START, Origin.MALOJA)


def test_a_length_that_was_measured_is_believed():
    row = only_row(a_scrobble(duration=12.5, length=200))

    assert (row.ms_played, row.circumstances.is_estimated) == (12_500, False)
    assert row.ended_at == START + timedelta(seconds=12)


@pytest.mark.parametrize(
    ("length", "ms_played"),
    [
        *((200, 200_000), (200.5, 200_500), (None, TYPICAL_MS), (..., TYPICAL_MS)),
        *((0, TYPICAL_MS), (-1, TYPICAL_MS), (604_801, TYPICAL_MS), (1e300, TYPICAL_MS)),
    ],
)
def test_else_the_length_is_that_of_the_track_where_it_is_known(length, ms_played):
    row = only_row(a_scrobble(length=length))

    assert (row.ms_played, row.circumstances.is_estimated) == (ms_played, True)


def test_only_an_estimated_length_is_cut_where_the_next_play_starts():
    scrobbles = [
        a_scrobble(length=200),
        a_scrobble(STARTED + 60, duration=100),
        a_scrobble(STARTED + 90, length=200),
    ]

    rows = parsed(as_export(*scrobbles)).rows

    assert [row.ms_played for row in rows] == [60_000, 100_000, 200_000]


@pytest.mark.parametrize("duration", [0, LONGEST_PLAY_MS / 1000])
def test_the_ends_of_the_range_of_lengths_are_in_it(duration):
    assert only_row(a_scrobble(duration=duration)).ms_played == duration * 1000


@pytest.mark.parametrize(
    ("album", "artist"),
    [
        ({"albumtitle": "Colours", "artists": ["Various"]}, "Various"),
        ({"albumtitle": "Colours", "artists": ["", "Various"]}, "Various"),
        ({"albumtitle": "Colours", "artists": []}, "The Painters"),
        ({"albumtitle": "Colours", "artists": None}, "The Painters"),
        ({"albumtitle": "Colours"}, "The Painters"),
    ],
)
def test_the_artist_is_the_albums_where_it_has_one_else_the_first(album, artist):
    assert only_row(a_scrobble(album=album)).content.artist == artist


@pytest.mark.parametrize("album", [None, ..., {}, {"albumtitle": None}, {"albumtitle": " "}])
def test_a_song_needs_no_album(album):
    told = only_row(a_scrobble(album=album)).content

    assert (told.album, told.artist) == (None, "The Painters")


@pytest.mark.parametrize("time", [STARTED + 0.9, str(STARTED), f" {STARTED}.5 "])
def test_a_time_may_be_a_fraction_or_a_text(time):
    assert only_row(a_scrobble(time)).started_at == START


@pytest.mark.parametrize(
    "changes",
    [
        *({"title": title} for title in ("", " ", None, ...)),
        *({"artists": artists, "album": None} for artists in ([], [""], [None], None, ...)),
    ],
)
def test_a_row_that_lacks_a_name_has_no_identity(changes):
    assert refusal(a_scrobble(**changes)).reason is Reason.NO_IDENTITY


@pytest.mark.parametrize(
    ("scrobble", "word"),
    [
        *((a_scrobble(time), "out of range") for time in (0, -1, 1e300, STARTED * 1000, "nan")),
        *((a_scrobble(time), "out of range") for time in (1_009_843_199, 1_795_608_001)),
        *((a_scrobble(time), "number") for time in ("", "yesterday", "2024-05-01")),
        *((a_scrobble(time), "time") for time in (None, True, [1])),
        *((a_scrobble(duration=told), "duration") for told in (-0.1, 604_800.1, 1e300)),
        *((a_scrobble(duration=told), "duration") for told in ("200", True, {})),
        *((a_scrobble(title=title), "title") for title in (7, ["Blue"], "x" * 401)),
        *((a_scrobble(artists=told), "artists") for told in ("Ada", [7], ["x" * 401], {})),
        *((a_scrobble(album=album), "album") for album in ("Colours", {"albumtitle": 7})),
        (a_scrobble(title="a\0b"), "NUL"),
        ({"time": STARTED, "track": None}, "track"),
        ({"time": STARTED}, "track"),
        ({"track": a_scrobble()["track"]}, "time"),
    ],
)
def test_a_row_that_cannot_be_is_invalid_and_says_why(scrobble, word):
    rejected = refusal(scrobble)

    assert rejected.reason is Reason.INVALID
    assert word in rejected.detail


def test_the_last_of_two_equal_keys_counts():
    content = as_export(a_scrobble()).replace(b'"title"', b'"title": "Red", "title"')

    assert [row.content.name for row in parsed(content).rows] == ["Blue"]


def test_what_stands_around_the_list_does_no_harm():
    content = as_export(a_scrobble(), settings={"scrobbles": [1]}, more=[{}, {}])

    batch = parsed(b"\xef\xbb\xbf" + content + b"\n")

    assert formats.recognise(content) == "maloja"
    assert (len(batch.rows), batch.rejected) == (1, [])


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(HEADER).encode(),
        json.dumps(HEADER | {"scrobbles": None}).encode(),
        json.dumps(HEADER | {"scrobbles": {"1": a_scrobble()}}).encode(),
        json.dumps(HEADER | {"more": {"scrobbles": [a_scrobble()]}}).encode(),
        json.dumps({"maloja": "x" * (2 << 20), "scrobbles": [a_scrobble()]}).encode(),
        b"",
    ],
    ids=range(6),
)
def test_a_file_without_its_list_is_refused(content):
    error = refused(content)

    assert (error.code, error.file) == ("broken_json", "history.json")
    assert error.detail == "It has no list of scrobbles."


@settings(derandomize=True, max_examples=100, deadline=None)
@given(told=st.dictionaries(st.integers(0, 3_000), st.none() | st.integers(0, 600), max_size=20))
def test_a_play_is_as_long_as_measured_or_lasts_until_the_next(told):
    starts = sorted(told)
    scrobbles = [a_scrobble(STARTED + at, told[at], length=200) for at in starts]

    rows = parsed(as_export(*scrobbles)).rows

    assert [row.started_at for row in rows] == [START + timedelta(seconds=at) for at in starts]
    for row, at in zip(rows, starts, strict=True):
        gaps = [later - at for later in starts if later > at]
        assert row.circumstances.is_estimated == (told[at] is None)
        assert row.ms_played == 1000 * (min([200, *gaps]) if told[at] is None else told[at])
