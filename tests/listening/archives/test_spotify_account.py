import json
import zipfile
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.listening.archives import builders
from tests.listening.archives.builders import NOW, an_account_row, as_json

from spotify_insights.listening.archives import files, formats, spotify_account
from spotify_insights.listening.archives.rows import LONGEST_PLAY_MS, Reason, named
from spotify_insights.models.listening import Origin, PlayKind

END = datetime(2024, 5, 1, 10, 3, tzinfo=UTC)
A_ROW = an_account_row()
NAMELESS = {"artistName": ..., "trackName": ...}


def parsed(content):
    return builders.parsed(content, parser=spotify_account)


def only_row(row):
    (played,) = parsed(as_json(row)).rows
    return played


def refusal(row):
    (rejected,) = parsed(as_json(row)).rejected
    return rejected


def natural_key(row):
    return row.started_at, row.ended_at, row.content.uri, row.ms_played


def an_episode_row(**changes):
    names = {"podcastName": "Talk", "episodeName": "One"}
    return an_account_row(**NAMELESS | names | changes)


def a_chapter_row(**changes):
    names = {"audiobookName": "Book", "chapterName": "Two", "authorName": "Bo"}
    return an_account_row(**NAMELESS | names | changes)


def test_a_song_is_known_by_its_names():
    told = only_row(an_account_row()).content

    uri = named(PlayKind.TRACK, "The Painters", "Blue")
    assert told == (PlayKind.TRACK, uri, "Blue", "The Painters", None, None)


def test_an_episode_is_known_by_its_show_and_its_title():
    told = only_row(an_episode_row()).content

    uri = named(PlayKind.EPISODE, "Talk", "One")
    assert told == (PlayKind.EPISODE, uri, "One", None, None, "Talk")


def test_a_chapter_is_known_by_its_book_and_its_title():
    told = only_row(a_chapter_row()).content

    uri = named(PlayKind.CHAPTER, "Book", "Two")
    assert told == (PlayKind.CHAPTER, uri, "Two", None, None, "Book")


@pytest.mark.parametrize("chapter", ["", None, ...])
def test_a_book_without_chapters_stands_for_itself(chapter):
    told = only_row(a_chapter_row(chapterName=chapter, authorName=...)).content

    assert (told.kind, told.name, told.collection) == (PlayKind.CHAPTER, "Book", "Book")


def test_a_play_says_where_it_comes_from_and_nothing_that_is_not_told():
    heard = only_row(an_account_row()).circumstances

    assert (heard.origin, heard.is_estimated, heard.is_private) == (
        Origin.SPOTIFY_ACCOUNT,
        False,
        False,
    )
    assert {heard.provenance, heard.platform, heard.country, heard.skipped} == {None}


@pytest.mark.parametrize(
    ("ms_played", "started"),
    [(0, "10:03:00"), (1, "10:02:59"), (200_000, "09:59:40"), (200_001, "09:59:39")],
)
def test_a_play_ends_with_its_minute_and_started_its_length_before(ms_played, started):
    played = only_row(an_account_row(ms_played=ms_played))

    assert (played.ended_at, played.ms_played) == (END, ms_played)
    assert played.started_at.isoformat() == f"2024-05-01T{started}+00:00"


@pytest.mark.parametrize(
    ("opens", "between", "colon", "closes"),
    [
        ("[\n  {\n    ", ",\n    ", " : ", "\n  }\n]"),
        ("[ {\n  ", ",\n  ", " : ", "\n} ]"),
        ("\ufeff[{", ",", ":", "}]\r\n"),
    ],
)
def test_it_is_known_and_read_however_it_is_spaced(opens, between, colon, closes):
    told = [f"{json.dumps(key)}{colon}{json.dumps(value)}" for key, value in A_ROW.items()]
    content = f"{opens}{between.join(told)}{closes}".encode()

    (played,) = parsed(content).rows

    assert formats.recognise(content) == "spotify_account"
    assert played == only_row(A_ROW)


def test_in_the_older_layout_podcasts_stand_among_the_music():
    rows = [an_account_row(), an_account_row(artistName="Talk", trackName="One")]

    told = [row.content for row in parsed(as_json(*rows)).rows]

    assert {one.kind for one in told} == {PlayKind.TRACK}
    assert [one.artist for one in told] == ["The Painters", "Talk"]


def test_all_kinds_may_stand_in_one_file():
    rows = [an_account_row(), an_episode_row(), a_chapter_row()]

    assert [row.content.kind for row in parsed(as_json(*rows)).rows] == list(PlayKind)


def test_an_unknown_artist_is_an_artist():
    assert only_row(an_account_row(artistName="Unknown Artist")).content.artist == "Unknown Artist"


def test_the_last_of_two_equal_keys_counts():
    content = as_json(an_account_row()).replace(b'"msPlayed"', b'"msPlayed": 1, "msPlayed"')

    assert [row.ms_played for row in parsed(content).rows] == [200_000]


@pytest.mark.parametrize(
    "row",
    [
        an_account_row(**NAMELESS),
        an_account_row(artistName=""),
        an_account_row(trackName=None),
        an_episode_row(podcastName=...),
        an_episode_row(episodeName=""),
        a_chapter_row(audiobookName=None),
    ],
)
def test_a_row_that_lacks_a_name_has_no_identity(row):
    assert refusal(row).reason is Reason.NO_IDENTITY


@pytest.mark.parametrize(
    ("change", "word"),
    [
        *(({"endTime": time}, "endTime") for time in (..., None, 7, "", "2024-05-01")),
        *(({"endTime": time}, "endTime") for time in ("2024-05-01T10:03:20Z", "yesterday")),
        *(({"endTime": time}, "no time") for time in ("2024-02-30 10:03", "2024-05-01 24:03")),
        *(
            ({"endTime": time}, "no time")
            for time in ("2024-05-01 10:03\n", "\uff12024-05-01 10:03")
        ),
        *(({"endTime": time}, "no time") for time in ("0000-01-01 00:00", "9999-99-99 99:99")),
        *(({"endTime": time}, "out of range") for time in ("1970-01-01 00:00", "9999-12-31 23:59")),
        *(({"endTime": time}, "out of range") for time in ("2001-12-31 23:59", "2026-11-24 12:01")),
        *(({"msPlayed": ms}, "msPlayed") for ms in (..., None, -1, LONGEST_PLAY_MS + 1, 10**40)),
        *(({"msPlayed": ms}, "msPlayed") for ms in ("200000", True, 0.5, [1])),
        *(({"trackName": name}, "trackName") for name in (7, ["x"], {"x": 1}, "x" * 401)),
        ({"artistName": "a\0b"}, "NUL"),
        ({"authorName": "a\0b"}, "NUL"),
    ],
)
def test_a_row_that_cannot_be_is_invalid_and_says_why(change, word):
    rejected = refusal(an_account_row(**change))

    assert rejected.reason is Reason.INVALID
    assert word in rejected.detail


@pytest.mark.parametrize("end_time", ["2002-01-01 00:00", "2026-11-24 12:00"])
@pytest.mark.parametrize("ms_played", [0, LONGEST_PLAY_MS])
def test_the_ends_of_the_ranges_are_in_them(end_time, ms_played):
    assert only_row(an_account_row(end_time, ms_played)).ms_played == ms_played


def test_rows_alike_within_a_minute_end_a_second_apart():
    ends = [row.ended_at for row in parsed(as_json(*[an_account_row(ms_played=900)] * 3)).rows]

    assert ends == [END, END + timedelta(seconds=1), END + timedelta(seconds=2)]


def test_rows_alike_are_told_apart_whatever_stands_between_them():
    other = an_account_row(trackName="Red", ms_played=5)
    rows = parsed(as_json(an_account_row(), other, an_account_row(), other)).rows

    assert [row.ended_at.second for row in rows] == [0, 0, 1, 1]


@pytest.mark.parametrize(
    "change",
    [{"msPlayed": 200_001}, {"trackName": "Red"}, {"endTime": "2024-05-01 10:04"}],
)
def test_rows_that_differ_are_not_moved(change):
    rows = parsed(as_json(an_account_row(), an_account_row(**change))).rows

    assert [row.ended_at.second for row in rows] == [0, 0]


def test_every_row_of_a_minute_has_a_second_of_its_own_and_no_more_than_that():
    rows = parsed(as_json(*[an_account_row()] * 61)).rows

    assert len({natural_key(row) for row in rows[:60]}) == 60
    assert {row.ended_at.replace(second=0) for row in rows} == {END}
    assert natural_key(rows[60]) == natural_key(rows[0])


EXAMPLES = settings(derandomize=True, max_examples=100, deadline=None)
GOOD_TIMES = ["2024-05-01 10:03", "2024-05-01 10:04", "2002-01-01 00:00"]
TOLD_TIMES = [*GOOD_TIMES, "1970-01-01 00:00", "2199-01-01 00:00", "2024-13-01 00:00"]
OTHER_TIMES = [*TOLD_TIMES[3:], "", None, 7, ...]
GOOD_LENGTHS = [0, 1, 200_000, LONGEST_PLAY_MS]
OTHER_LENGTHS = [-1, LONGEST_PLAY_MS + 1, 10**30, 1.5, "1", None, ...]
GOOD_NAMES = ["Blue", "blue", "Bleu 🎵", "x" * 400]
NO_NAMES = ["", None, ...]
OTHER_NAMES = [7, [], "x" * 401, "a\0b"]


def mixed(good, other):
    """Mostly good values, so that most rows have one fault at most."""
    return st.sampled_from([*good * 6, *other])


ROWS = st.builds(
    an_account_row,
    mixed(GOOD_TIMES, OTHER_TIMES),
    mixed(GOOD_LENGTHS, OTHER_LENGTHS),
    artistName=mixed(GOOD_NAMES, NO_NAMES + OTHER_NAMES),
    trackName=mixed(GOOD_NAMES, NO_NAMES + OTHER_NAMES),
)


def expected_reason(row):
    """What a row is refused for, None for a play; what cannot be decoded has no names either."""
    names = [row.get("artistName"), row.get("trackName")]
    is_told = not any(name in OTHER_NAMES for name in names) and row.get("endTime") in TOLD_TIMES
    if not is_told or row.get("msPlayed") not in GOOD_LENGTHS:
        return Reason.INVALID
    if not all(names):
        return Reason.NO_IDENTITY
    return None if row["endTime"] in GOOD_TIMES else Reason.INVALID


@EXAMPLES
@given(rows=st.lists(ROWS, max_size=30))
def test_every_row_is_a_play_or_refused_for_its_own_reason(rows):
    batch = parsed(as_json(*rows))

    refused = {one.row: one.reason for one in batch.rejected}
    assert len(batch.rows) + len(batch.rejected) == len(rows)
    assert refused == {
        number: reason
        for number, row in enumerate(rows, 1)
        if (reason := expected_reason(row)) is not None
    }


@EXAMPLES
@given(
    minutes=st.lists(st.integers(0, 3), max_size=60).map(sorted),
    titles=st.lists(st.sampled_from(["Blue", "Red"]), min_size=60, max_size=60),
)
def test_no_two_rows_of_a_file_are_one_play(minutes, titles):
    rows = [
        an_account_row(f"2024-05-01 10:{minute:02}", trackName=title)
        for minute, title in zip(minutes, titles, strict=False)
    ]

    played = parsed(as_json(*rows)).rows

    assert len({natural_key(row) for row in played}) == len(rows)
    assert [f"{row.ended_at:%Y-%m-%d %H:%M}" for row in played] == [row["endTime"] for row in rows]


def _independently(path):
    """Minute, names and length of every row, without any of the parser's code."""
    with zipfile.ZipFile(path) as archive:
        rows = [
            row
            for name in archive.namelist()
            if name.endswith(".json")
            for row in json.loads(archive.read(name))
        ]
    return [
        (
            row["endTime"],
            row.get("trackName") or row.get("episodeName") or row["chapterName"],
            row.get("artistName") or row.get("podcastName") or row["audiobookName"],
            row["msPlayed"],
        )
        for row in rows
    ]


def test_a_real_export_is_read_to_the_last_row_and_no_two_of_its_rows_are_alike(exports):
    name = "account_data_2024-2025.zip"
    found = formats.histories(files.members([exports / name], [name]))

    batches = [batch for member, parser in found for batch in parser.read(member, NOW)]

    read = [row for batch in batches for row in batch.rows]
    told = [
        (
            f"{row.ended_at:%Y-%m-%d %H:%M}",
            row.content.name,
            row.content.artist or row.content.collection,
            row.ms_played,
        )
        for row in read
    ]
    assert told == _independently(exports / name)
    assert not [one for batch in batches for one in batch.rejected]
    assert Counter(row.content.kind for row in read) == {
        PlayKind.TRACK: 25_807,
        PlayKind.EPISODE: 1_118,
        PlayKind.CHAPTER: 261,
    }
    assert len({natural_key(row) for row in read}) == len(set(told)) == 27_186
