"""What all parsers of JSON lists do with odd rows and odd files."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from tests.listening.archives.builders import NOW, a_member, a_row, as_json, parsed
from tests.listening.archives.shapes import SHAPES

from spotify_insights.listening.archives import (
    koito,
    maloja,
    reading,
    spotify_account,
    spotify_extended,
)
from spotify_insights.listening.archives.files import HEAD_BYTES
from spotify_insights.listening.archives.rows import ArchiveError, Reason

PARSERS = (spotify_extended, spotify_account, maloja, koito)
of_each_parser = pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.__name__)


def shape_of(parser):
    return SHAPES[parser.__name__.rpartition(".")[2]][0]


def a_file(parser, *elements):
    """A history with these elements, as the bytes they are."""
    written = shape_of(parser).write(["here"])
    return written.replace(b'"here"', b",".join(elements))


def good(parser):
    return json.dumps(shape_of(parser).rows[0]).encode()


def refused(parser, content):
    with pytest.raises(ArchiveError) as caught:
        parsed(content, parser=parser)
    return caught.value


@of_each_parser
@pytest.mark.parametrize(
    "element",
    [
        *(b"null", b"7", b"-1e999", b"NaN", b"true", b'"text"', b"[1]", b"{}", b"{]", b" "),
        b"[" * 200_000 + b"]" * 200_000,
        b'{"x": "' + b"x" * (11 << 20) + b'"}',
    ],
    ids=range(12),
)
def test_what_is_no_row_is_refused_under_its_number_and_costs_no_other(parser, element):
    batch = parsed(a_file(parser, good(parser), element, good(parser)), parser=parser)

    assert len(batch.rows) == 2
    assert [(one.row, one.reason) for one in batch.rejected] == [(2, Reason.INVALID)]
    assert batch.rejected[0].file == "history.json"
    assert batch.rejected[0].detail


@of_each_parser
@pytest.mark.parametrize(
    "name",
    [
        *(b"\\u0000", b"\0", b"\\ud800", b"\\udc00\\ud800", b"\xff", b"\xed\xa0\x80", b"\n"),
        *(b"\\x", b"x" * 401, b"\xf0\x9f\x8e\xb5" * 401, b"x" * (11 << 20)),
    ],
    ids=range(11),
)
def test_a_name_that_cannot_be_stored_is_refused_under_its_number(parser, name):
    odd = good(parser).replace(b"Blue", name, 1)

    batch = parsed(a_file(parser, good(parser), odd, good(parser)), parser=parser)

    assert len(batch.rows) == 2
    assert [(one.row, one.reason) for one in batch.rejected] == [(2, Reason.INVALID)]


@of_each_parser
@pytest.mark.parametrize(
    "name", ["x" * 400, "🎵" * 400, "{}[],:\\\"'", "\u202e\u200b", "\x7f", "\t"]
)
def test_any_other_name_is_kept_as_it_is(parser, name):
    named = good(parser).replace(b"Blue", json.dumps(f"_{name[:398]}_")[1:-1].encode())

    (row,) = parsed(a_file(parser, named), parser=parser).rows

    assert row.content.name == f"_{name[:398]}_"


@of_each_parser
def test_unknown_keys_do_no_harm(parser):
    odd = good(parser)[:-1] + b', "new": {"deep": [1, {"endTime": "\\u0000"}]}, "": null}'

    assert len(parsed(a_file(parser, odd), parser=parser).rows) == 1


@of_each_parser
def test_the_mark_at_the_beginning_and_odd_spaces_do_no_harm(parser):
    content = shape_of(parser).write(shape_of(parser).rows)
    spaced = json.dumps(json.loads(content), indent="\t", separators=(" ,\r\n", " : ")).encode()

    expected = parsed(content, parser=parser)

    assert parsed(b"\xef\xbb\xbf \r\n" + spaced + b"\r\n", parser=parser) == expected


@of_each_parser
def test_a_list_may_be_empty(parser):
    assert parsed(a_file(parser), parser=parser) == ([], [])


@of_each_parser
def test_refused_rows_keep_their_numbers_through_a_long_file(parser):
    elements = [good(parser)] * 3_000
    for number in (1, 1_500, 3_000):
        elements[number - 1] = b"7"

    batch = parsed(a_file(parser, *elements), parser=parser)

    assert len(batch.rows) == 2_997
    assert [one.row for one in batch.rejected] == [1, 1_500, 3_000]


def test_a_million_elements_are_a_million_refused_rows():
    content = a_file(spotify_account, *[b"7"] * 1_000_000)

    batches = spotify_account.read(a_member(content), NOW)

    counted = [(len(batch.rows), len(batch.rejected)) for batch in batches]
    assert sum(rows for rows, _ in counted) == 0
    assert sum(rejected for _, rejected in counted) == 1_000_000
    assert max(rejected for _, rejected in counted) < 100_000


@of_each_parser
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.999])
def test_a_file_cut_off_is_refused_as_a_whole(parser, kept):
    content = a_file(parser, *[good(parser)] * 1_000).rstrip(b"]} \n")

    error = refused(parser, content[: int(len(content) * kept)])

    assert (error.code, error.file) == ("broken_json", "history.json")


@of_each_parser
@pytest.mark.parametrize("element", [b"{]}", b'{"x": 1}}', b"}"])
def test_a_bracket_too_many_never_hides_the_rows_after_it(parser, element):
    error = refused(parser, a_file(parser, good(parser), element, good(parser)))

    assert (error.code, error.file) == ("broken_json", "history.json")


@pytest.mark.parametrize("parser", [spotify_extended, spotify_account])
@pytest.mark.parametrize("content", [b"{}", b"7", b"", b"null", b'{"rows": []}', b"[] []", b"[]]"])
def test_what_is_not_one_list_is_refused_as_a_whole(parser, content):
    assert refused(parser, content).code == "broken_json"


@of_each_parser
def test_all_of_a_file_is_read_so_that_its_checksum_is_known(parser):
    content = a_file(parser, *[good(parser)] * 1_000) + b" " * HEAD_BYTES
    read, known = a_member(content), a_member(content).digest()

    for _ in parser.read(read, NOW):
        pass

    assert (read.sha256, read.size_read) == (known, len(content))


def test_a_file_is_known_by_any_of_its_first_rows_and_no_later_one():
    row, keys = a_row(), frozenset({"ts", "ms_played"})

    assert reading.has_keys(as_json(*[{}] * 4, row), keys)
    assert not reading.has_keys(as_json(*[{}] * 5, row), keys)
    assert not reading.has_keys(as_json({"ts": 1}, {"ms_played": 1}), keys)


def test_a_play_may_lie_a_day_ahead_of_the_clock_and_not_before_there_were_any():
    first, last = datetime(2002, 1, 1, tzinfo=UTC), NOW + timedelta(days=1)
    second = timedelta(seconds=1)

    assert [reading.time_is_possible(at, NOW) for at in (first, last)] == [True, True]
    assert not reading.time_is_possible(first - second, NOW)
    assert not reading.time_is_possible(last + second, NOW)
    assert "1970-01-01T00:00:00" in reading.out_of_range(datetime.fromtimestamp(0, UTC)).detail
