import csv
import io
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.listening.archives.builders import NOW, a_member, a_row, as_json

from spotify_insights.listening.archives import formats, insights_export
from spotify_insights.listening.archives.rows import Batch, Circumstances, Content, Reason
from spotify_insights.models.listening import Origin, PlayKind, Provenance

HEADER = {"insights_export": 1}
START, END = datetime(2024, 5, 1, 10, tzinfo=UTC), datetime(2024, 5, 1, 10, 3, 20, tzinfo=UTC)
FORMULAS = ("=1+1", "+1", "-1", "@sum", "\t=1", "\r=1", "\n=1")
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


def a_line(**changes):
    """A play as the export tells it; a key changed to `...` is left out."""
    line = {
        "started_at": "2024-05-01T10:00:00Z",
        "ended_at": "2024-05-01T10:03:20Z",
        "ms_played": 200_000,
        "kind": "track",
        "uri": "spotify:track:0a1b2c3d4e5f6g7h8i9j0k",
        "title": "Blue",
        "artist": "The Painters",
        "album": "Colours",
        "collection": None,
        "origin": "spotify_extended",
        "provenance": "export",
        "is_estimated": False,
        "is_private": False,
        "is_superseded": False,
        "platform": "android",
        "country": "DE",
        "reason_start": "trackdone",
        "reason_end": "",
        "shuffle": False,
        "skipped": None,
        "offline": True,
        "is_video": False,
    }
    return {key: value for key, value in (line | changes).items() if value is not ...}


def as_jsonl(*lines):
    return b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)


def as_csv(*lines):
    """The same plays as CSV; the columns are those of the first one."""
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(lines[0])
    rows.writerows([cell(value) for value in line.values()] for line in lines)
    return written.getvalue().encode()


def cell(value):
    if isinstance(value, bool):
        return str(value).lower()
    return insights_export.guarded(value) if value is None or isinstance(value, str) else value


def parsed(content):
    """All rows of one file, in one batch, as its own parser reads it."""
    format_name = formats.recognise(content[:4096])
    whole = Batch([], [])
    for batch in formats.PARSERS[format_name].read(a_member(content), NOW):
        whole.rows.extend(batch.rows)
        whole.rejected.extend(batch.rejected)
    return whole


each_way = pytest.mark.parametrize("written", [as_jsonl, as_csv])


@each_way
def test_everything_that_was_written_is_read(written):
    line = a_line(
        provenance="api",
        is_estimated=True,
        is_private=True,
        is_video=True,
        shuffle=True,
        skipped=False,
        offline=None,
        origin="lastfm",
    )

    (row,) = parsed(written(line)).rows

    assert row.content == Content(
        PlayKind.TRACK, line["uri"], "Blue", "The Painters", "Colours", None
    )
    assert (row.started_at, row.ended_at, row.ms_played) == (START, END, 200_000)
    assert row.circumstances == Circumstances(
        origin=Origin.LASTFM,
        provenance=Provenance.API,
        platform="android",
        country="DE",
        reason_start="trackdone",
        reason_end="",
        shuffle=True,
        skipped=False,
        offline=None,
        is_private=True,
        is_video=True,
        is_estimated=True,
    )


@each_way
@pytest.mark.parametrize("kind", ["episode", "chapter"])
def test_an_episode_and_a_chapter_have_a_collection_and_no_artist(written, kind):
    line = a_line(kind=kind, title="One", collection="The Show")

    (row,) = parsed(written(line)).rows

    assert row.content == Content(PlayKind(kind), line["uri"], "One", None, None, "The Show")


@each_way
def test_what_may_be_unknown_may_be_missing(written):
    known = ("started_at", "ended_at", "ms_played", "kind", "uri", "origin")
    line = {name: value for name, value in a_line().items() if name in known}

    (row,) = parsed(written(line)).rows

    assert row.content == Content(PlayKind.TRACK, line["uri"], line["uri"], None, None, None)
    assert row.circumstances == Circumstances(Origin.SPOTIFY_EXTENDED)


@each_way
def test_columns_come_in_any_order_and_unknown_ones_are_passed_over(written):
    turned = dict(reversed(a_line(mood="blue").items()))

    (row,) = parsed(written(turned)).rows

    assert [row] == parsed(written(a_line())).rows


@each_way
@pytest.mark.parametrize(
    "name", ["Blue, Green", 'A "Blue"', "Blue\n\nGreen\r\nRed", "  Blü 🎨 ", "null"]
)
def test_a_name_is_read_as_it_stood(written, name):
    (row,) = parsed(written(a_line(title=name, artist=name, album=name))).rows

    assert (row.content.name, row.content.artist, row.content.album) == (name, name, name)


@each_way
def test_a_byte_order_mark_and_blank_lines_are_no_rows(written):
    line = b"\xef\xbb\xbf" + written(a_line(), a_line(title="Red"))
    spaced = line.replace(b"\n", b"\n \r\n")

    batch = parsed(spaced)

    assert [row.content.name for row in batch.rows] == ["Blue", "Red"]
    assert batch.rejected == []


@each_way
@pytest.mark.parametrize(
    ("changes", "reason", "detail"),
    [
        ({"uri": None}, Reason.NO_IDENTITY, "no address"),
        ({"uri": ""}, Reason.NO_IDENTITY, "no address"),
        ({"kind": "song"}, Reason.INVALID, "'song'"),
        ({"origin": "cassette"}, Reason.INVALID, "'cassette'"),
        ({"provenance": "rumour"}, Reason.INVALID, "'rumour'"),
        ({"ms_played": -1}, Reason.INVALID, "`ms_played`"),
        ({"ms_played": 10**18}, Reason.INVALID, "`ms_played`"),
        ({"ms_played": "long"}, Reason.INVALID, "`ms_played`"),
        ({"is_private": "perhaps"}, Reason.INVALID, "`is_private`"),
        ({"started_at": "2024-05-01T10:00:00"}, Reason.INVALID, "timezone"),
        ({"started_at": "0001-01-01T00:00:00+10:00"}, Reason.INVALID, "cannot belong together"),
        ({"started_at": "2024-05-01T10:05:00Z"}, Reason.INVALID, "cannot belong together"),
        ({"ended_at": "2024-07-05T00:00:00Z"}, Reason.INVALID, "cannot belong together"),
        ({"title": "Bl\0e"}, Reason.INVALID, "NUL"),
        ({"reason_end": "\0"}, Reason.INVALID, "NUL"),
        ({"album": "x" * 401}, Reason.INVALID, "`album`"),
    ],
)
def test_a_row_that_is_no_play_is_refused_with_the_reason(written, changes, reason, detail):
    batch = parsed(written(a_line(), a_line(**changes), a_line()))

    (rejected,) = batch.rejected
    assert (rejected.row, rejected.reason, len(batch.rows)) == (2, reason, 2)
    assert detail in rejected.detail


@each_way
@pytest.mark.parametrize("year", ["1970", "2001", "2027", "9999"])
def test_a_play_from_when_there_was_none_is_refused(written, year):
    line = a_line(started_at=f"{year}-05-01T10:00:00Z", ended_at=f"{year}-05-01T10:03:20Z")

    (rejected,) = parsed(written(a_line(), line)).rejected

    assert (rejected.row, rejected.reason) == (2, Reason.INVALID)


def test_headers_are_no_rows_wherever_files_were_joined():
    batch = parsed(as_jsonl(HEADER, a_line(), {"insights_export": 1, "more": []}, {}, a_line()))

    (rejected,) = batch.rejected
    assert (rejected.row, len(batch.rows)) == (2, 2)


def test_a_csv_row_of_another_width_is_refused():
    content = as_csv(a_line()) + b"2024-05-01T10:00:00Z,too short\r\n"

    (rejected,) = parsed(content).rejected

    assert (rejected.row, rejected.detail) == (2, "It has 2 columns instead of 22.")


def test_a_quote_that_never_ends_costs_a_stretch_and_not_the_file():
    stray = b'"' + b"x" * 100
    content = as_csv(a_line()) + stray + as_csv(*[a_line()] * 1000)

    batch = parsed(content)

    assert len(batch.rejected) < 300
    assert 500 < len(batch.rows) < 1000


@pytest.mark.parametrize("start", [b'"\n', b'"\n","\n', b"x", b'"x" '])
def test_a_row_without_an_end_is_cut_into_refused_pieces(start):
    content = as_csv(a_line()) + start * 200_000

    batch = parsed(content)

    assert len(batch.rows) == 1
    assert batch.rejected


@pytest.mark.parametrize("broken", [b"\xff", b"\xc3\x28", b"\xed\xa0\x80"])
@each_way
def test_what_is_not_utf_8_is_refused(written, broken):
    content = written(a_line(), a_line(title="Green"))

    (rejected,) = parsed(content.replace(b"Green", broken)).rejected

    assert (rejected.row, rejected.reason) == (2, Reason.INVALID)


def test_it_is_told_from_other_formats_by_its_rows():
    seen = {
        "insights_jsonl": [as_jsonl(HEADER), as_jsonl(a_line()), as_jsonl({}, a_line())],
        "insights_csv": [as_csv(a_line()), b"\xef\xbb\xbf" + as_csv(a_line()).upper()],
        "spotify_extended": [as_json(a_row())],
        None: [b"{}", b"", b'"', as_csv(a_line(origin=...)), as_jsonl(a_line(origin=...))],
    }

    told = {name: {formats.recognise(head) for head in heads} for name, heads in seen.items()}

    assert told == {name: {name} for name in seen}


@settings(derandomize=True, max_examples=200)
@given(text=st.sampled_from(FORMULAS) | texts)
def test_no_cell_is_a_formula_and_each_gives_its_text_back(text):
    guarded = insights_export.guarded(text)

    assert not guarded.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert insights_export.unguarded(guarded) == text
    assert insights_export.unguarded(insights_export.guarded(None)) is None


@settings(derandomize=True, max_examples=60, deadline=None)
@given(pieces=st.lists(st.sampled_from([b'"', b"\n", b"\r\n", b",", b"{", b"\xff", b"a", b"'"])))
@each_way
def test_any_bytes_between_two_plays_leave_each_row_in_one_place(written, pieces):
    play = written(a_line())
    content = play + b"".join(pieces) + b"\n" + play

    batch = parsed(content)

    refused = [one.row for one in batch.rejected]
    total = len(batch.rows) + len(refused)
    assert batch.rows
    assert refused == sorted({row for row in refused if 1 <= row <= total})
