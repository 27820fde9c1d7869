import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotify_insights.listening.archives import lines
from spotify_insights.listening.archives.elements import Broken

TOO_LONG = Broken("It is longer than a row can be.")


def told(*chunks, longest=10):
    return [line for batch in lines.batches(chunks, longest) for line in batch]


def test_lines_come_out_whole_whatever_the_chunks():
    assert told(b"\xef", b"\xbb\xbfone\r", b"\ntw", b"o\n\n \nthree") == [b"one", b"two", b"three"]


@pytest.mark.parametrize("end", [b"", b"\n", b"\nnext"])
def test_a_line_too_long_is_passed_over_without_being_kept(end):
    found = told(b"ok\n", *[b"x" * 8] * 1_000, end)

    assert found[:2] == [b"ok", TOO_LONG]
    assert found[2:] == ([b"next"] if end == b"\nnext" else [])


def test_spaces_do_not_make_a_long_line_short():
    assert told(b"x" + b" " * 20, b"y") == [TOO_LONG]


@settings(derandomize=True, max_examples=150, deadline=None)
@given(parts=st.lists(st.text("ab \n\r", max_size=30), max_size=6))
def test_where_the_chunks_end_does_not_matter(parts):
    chunks = [part.encode() for part in parts]

    assert told(*chunks) == told(b"".join(chunks))
