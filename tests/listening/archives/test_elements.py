import json
from contextlib import suppress
from itertools import chain, repeat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotify_insights.listening.archives import elements
from spotify_insights.listening.archives.elements import Broken
from spotify_insights.listening.archives.rows import ArchiveError

SPACES = st.text(" \t\r\n", max_size=3)
TRICKY = st.text(st.sampled_from('{}[],:"\\ aé🎵\n'), max_size=12) | st.text(max_size=12)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TRICKY
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TRICKY, inner, max_size=3),
    max_leaves=8,
)


@st.composite
def arrays(draw):
    """The text of a JSON array, with whitespace and escapes as whoever wrote it liked them."""
    spaces = [draw(SPACES) for _ in range(6)]
    text = json.dumps(
        draw(st.lists(VALUES, max_size=6)),
        ensure_ascii=draw(st.booleans()),
        indent=draw(st.none() | SPACES),
        separators=(f"{spaces[0]},{spaces[1]}", f"{spaces[2]}:{spaces[3]}"),
    )
    mark = draw(st.sampled_from([b"", b"\xef\xbb\xbf"]))
    return mark + (spaces[4] + text + spaces[5]).encode("utf-8", "surrogatepass")


def in_pieces(content, size):
    return [content[at : at + size] for at in range(0, len(content), size)]


def read(content, *, size=64, longest=elements.LONGEST_ELEMENT):
    batches = elements.batches("file.json", in_pieces(content, size), json.loads, longest)
    return list(chain.from_iterable(batches))


def read_inside(content, *, size=64, key="plays"):
    batches = elements.inside("file.json", in_pieces(content, size), key, json.loads)
    return list(chain.from_iterable(batches))


def refused_inside(content, *, size=64):
    with pytest.raises(ArchiveError) as caught:
        read_inside(content, size=size)
    assert (caught.value.code, caught.value.file) == ("broken_json", "file.json")
    return caught.value.detail


EXAMPLES = settings(derandomize=True, max_examples=150, deadline=None)


@EXAMPLES
@given(content=arrays(), size=st.integers(1, 80))
def test_any_array_in_any_pieces_reads_as_it_does_in_one(content, size):
    assert read(content, size=size) == json.loads(content)


@EXAMPLES
@given(content=arrays(), size=st.integers(1, 80), longest=st.integers(1, 40))
def test_passing_over_long_elements_keeps_the_others_and_their_places(content, size, longest):
    expected = json.loads(content)

    found = read(content, size=size, longest=longest)

    assert len(found) == len(expected)
    kept = [pair for pair in zip(found, expected, strict=True) if not isinstance(pair[0], Broken)]
    assert all(mine == theirs for mine, theirs in kept)


@EXAMPLES
@given(content=st.binary(max_size=60) | arrays().map(lambda text: text[:-1]))
def test_whatever_is_not_an_array_is_refused_and_never_a_crash(content):
    with suppress(ArchiveError):
        assert isinstance(read(content, size=7), list)


def test_one_broken_element_spoils_no_other():
    found = read(b'[{"a": 1}, {"a": tru}, {"a": 3}]', size=9)

    assert [found[0], found[2]] == [{"a": 1}, {"a": 3}]
    assert isinstance(found[1], Broken)


@pytest.mark.parametrize("content", [b"[]", b" [\n] ", b"\xef\xbb\xbf[]"])
def test_an_empty_array_has_no_elements(content):
    assert read(content, size=1) == []


@pytest.mark.parametrize(
    "content", [b"", b"  ", b"\xef\xbb\xbf", b"[", b'[{"a": 1}', b'[{"a": 1},', b'[{"a": "1', b"{}"]
)
@pytest.mark.parametrize("size", [1, 64])
def test_an_array_without_its_end_is_broken(content, size):
    with pytest.raises(ArchiveError) as caught:
        read(content, size=size)

    assert caught.value.code == "broken_json"
    assert caught.value.file == "file.json"


@pytest.mark.parametrize("content", [b"[] x", b'[{"a": 1}] []', b'[{"a": 1}]}', b'[{"a": 1}}'])
@pytest.mark.parametrize("size", [1, 64])
def test_nothing_may_follow_the_array(content, size):
    with pytest.raises(ArchiveError, match="after the end"):
        read(content, size=size)


def test_a_comma_too_many_counts_as_a_broken_element():
    found = read(b'[{"a": 1}, , {"a": 2},]')

    assert [isinstance(one, Broken) for one in found] == [False, True, False, True]


@pytest.mark.parametrize("ending", [b'"}', b'", "b": [1, {"c": "},{"}]}', b'\\\\", "b": "\\""}'])
def test_an_element_longer_than_allowed_is_passed_over_in_bounded_memory(ending):
    content = b'[{"a": 1}, {"a": "' + b'\\"},{ ' * 5000 + ending + b', {"a": 3}]'

    found = read(content, size=101, longest=500)

    assert found == [{"a": 1}, Broken("It is longer than a row can be."), {"a": 3}]


def test_a_long_element_that_never_ends_is_broken():
    with pytest.raises(ArchiveError, match="ends before"):
        read(b'[{"a": "' + b"x" * 5000, size=100, longest=500)


def test_much_whitespace_is_not_a_long_element():
    assert read(b"[" + b" " * 5000 + b"]", size=100, longest=500) == []


def test_deep_nesting_is_one_broken_element():
    deep = b"[" * 200_000 + b"]" * 200_000

    found = read(b'[{"a": 1}, ' + deep + b', {"a": 3}]', size=4096)

    assert found == [{"a": 1}, Broken("It is nested too deeply."), {"a": 3}]


def test_a_long_unfinished_element_is_not_looked_at_anew_with_every_piece():
    decoded = []

    def decode(text):
        decoded.append(len(text))
        return json.loads(text)

    content = b'[{"a": "' + b"}," * 50_000 + b'"}]'
    list(elements.batches("file.json", in_pieces(content, 100), decode))

    assert sum(decoded) < 2 * (elements.CUTS_TRIED + 1) * len(content)


def test_a_value_in_braces_does_not_hide_the_end_of_its_element():
    row = b'{"a": {"b": 1}, "c": {"d": 2}, "e": 3}'
    content = b"[" + b", ".join([row] * 40) + b"]"

    assert read(content, size=len(content) - 30) == [json.loads(row)] * 40


@EXAMPLES
@given(
    content=arrays(),
    before=st.dictionaries(TRICKY, VALUES, max_size=3),
    after=st.dictionaries(TRICKY, VALUES, max_size=3),
    size=st.integers(1, 80),
)
def test_a_list_in_an_object_reads_as_it_does_alone(content, before, after, size):
    array = content.removeprefix(b"\xef\xbb\xbf").strip()
    header, footer = (
        json.dumps({key: value for key, value in part.items() if key != "plays"}).encode()[1:-1]
        for part in (before, after)
    )
    parts = [part for part in (header, b'"plays" :\n' + array, footer) if part]

    found = read_inside(b"\xef\xbb\xbf {" + b",".join(parts) + b"}\n", size=size)

    assert found == json.loads(array)


@pytest.mark.parametrize(
    "before",
    [
        b'"other": {"plays": [9]}, ',
        b'"other": [{"plays": [9]}], ',
        b'"other": "plays", "x": [9], ',
        b'"other": "\\"plays\\": [9]", ',
        b'"plays ": [9], "Plays": [9], ',
    ],
)
def test_only_the_key_of_the_object_itself_begins_the_list(before):
    assert read_inside(b"{" + before + b'"plays": [1]}', size=1) == [1]


@pytest.mark.parametrize("content", [b"", b"{}", b'{"plays": {}}', b'{"plays": "[1]"}', b"[1]"])
def test_an_object_without_the_list_says_which_is_missing(content):
    assert refused_inside(content) == "It has no list of plays."


@pytest.mark.parametrize("content", [b'{"plays": [', b'{"plays": [1', b'{"plays": [{"a": 1},'])
@pytest.mark.parametrize("size", [1, 64])
def test_a_list_in_an_object_needs_its_end_too(content, size):
    assert refused_inside(content, size=size) == "It ends before its list does."


def test_what_follows_the_list_is_read_and_whatever_it_is_does_no_harm():
    pieces = iter([b'{"plays": [1, 2]', b', "plays": [3]', b"} ]]\x00", b"\xff"])

    batches = elements.inside("file.json", pieces, "plays", json.loads)

    assert [*chain.from_iterable(batches)] == [1, 2]
    assert [*pieces] == []


def test_a_header_is_not_searched_for_ever():
    endless = repeat(b" " * (1 << 18))

    with pytest.raises(ArchiveError, match="no list of plays"):
        elements.inside("file.json", chain([b'{"x": "'], endless), "plays", json.loads)
