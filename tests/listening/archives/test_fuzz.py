"""Any bytes at all: each row is read or refused, or the file is, and nothing else ever happens."""

import math
import tracemalloc
import zipfile
from collections import deque
from contextlib import suppress
from copy import deepcopy
from datetime import timedelta
from io import BytesIO, RawIOBase
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.listening.archives import fuzzing, shapes
from tests.listening.archives.builders import NOW
from tests.listening.archives.shapes import SHAPES

from spotify_insights.listening.archives import formats
from spotify_insights.listening.archives.files import LIMITS, Allowance, Member
from spotify_insights.listening.archives.formats import PARSERS
from spotify_insights.listening.archives.rows import ArchiveError

# A file of some kilobytes takes milliseconds; what takes this long would hang on a real one.
EXAMPLES = settings(max_examples=500, derandomize=True, deadline=timedelta(seconds=5))

# An element of JSON may have ten megabytes, and is there a few times over while it is read.
MOST_MEMORY = 48 << 20

NESTED = "x"
for _ in range(60):
    NESTED = [NESTED]
ODD = st.sampled_from(
    [
        *(None, True, False, [], {}, [None], {"track": 1}, NESTED, "", " ", "\0", "\ud800", "\x1f"),
        *("ß" * 401, "\u0390" * 400, "x" * 3_000, '"', "=1+1", "\n", "a,b", "[", "},", "\\", "🎵"),
        *(0, -1, 0.5, -0.0, 2**31, 2**63, 10**20, 10**300, math.nan, math.inf, -math.inf),
        *("1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"),
        *("2024-05-01T10:00:00.999999-23:59", "2024-02-30 10:00", "9999-12-31 23:59"),
        *(
            "1714557600",
            "1714557600000",
            "nan",
            "inf",
            "-1",
            "1e308",
            "0x10",
            "\uff11\uff12",
            "9" * 400,
        ),
        *("00 Jan 2024 00:00", "29 Feb 2023 10:00", "05 Aug 0000 18:04"),
    ]
)
VALUES = ODD.map(deepcopy) | st.text(max_size=8) | st.integers() | st.floats()
TOKENS = st.sampled_from(
    [
        *(b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b"},{", b'"}]', b"\n", b"\r", b"\t"),
        *(b"\0", b"\\u0000", b"\\ud800", b"\xed\xa0\x80", b"\xff", b"\xc3", b"\xef\xbb\xbf"),
        *(b"null", b"NaN", b"1e999", b"-", b"9" * 400, b"[" * 2_000, b'{"a":' * 500, b" " * 99),
    ]
)
STEPS = st.sampled_from([1, 7, 64, 1 << 17])


@st.composite
def odd_rows(draw, rows):
    """Some rows; up to three places in each hold what does not belong there."""
    chosen = draw(
        st.lists(st.sampled_from(rows), min_size=draw(st.sampled_from([1, 3, 0])), max_size=6)
    )
    return [_changed(draw, deepcopy(row)) for row in chosen]


@st.composite
def damaged(draw, content, others):
    """A file after some accidents, such as a piece of another one in it."""
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 60)))
        other = draw(st.sampled_from(others))
        piece = draw(
            TOKENS
            | st.binary(max_size=6)
            | st.just(2 * content[start:end])
            | st.integers(0, len(other)).map(lambda at, other=other: other[at : at + 80])
        )
        content = content[:start] + piece + content[end:]
    return content[: draw(st.just(len(content)) | st.integers(0, len(content)))]


def _changed(draw, row):
    for _ in range(draw(st.sampled_from([1, 2, 3, 0]))):
        places = list(_places(row))
        if not places:
            return row
        holder, key = draw(st.sampled_from(places))
        if isinstance(holder, dict) and not draw(st.integers(0, 4)):
            del holder[key]
        else:
            holder[key] = draw(_near(holder[key]) | VALUES)
    return draw(st.just(row) | st.just(row) | st.just(row) | VALUES)


def _near(value):
    """Values that look as `value` does: a date of another century, a number of another size."""
    if isinstance(value, str) and (
        digits := [at for at, char in enumerate(value) if "0" <= char <= "9"]
    ):
        return st.builds(
            lambda at, digit: value[:at] + digit + value[at + 1 :],
            st.sampled_from(digits[:4] + digits),
            st.sampled_from("0139"),
        )
    if isinstance(value, int):
        return st.sampled_from([-1, 0, 1, 1000, 10**6]).map(lambda factor: value * factor)
    return VALUES


def _places(value):
    """Where in `value` something stands: pairs of what holds it and its key."""
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    here = ((value, key) for key in keys)
    return chain(here, *(_places(value[key]) for key in keys))


def all_seeds():
    return [seed for name in SHAPES for seed in shapes.seeds(name)]


@pytest.mark.parametrize("name", PARSERS)
def test_every_format_has_seeds_that_are_sound_and_known_as_its_own(name):
    for shape in SHAPES[name]:
        content = shape.write(shape.rows)

        assert formats.recognise(content) == name
        assert fuzzing.check(PARSERS[name], content) == len(shape.rows)


@pytest.mark.parametrize("name", PARSERS)
@EXAMPLES
@given(data=st.data(), step=STEPS)
def test_every_row_is_accounted_for_whatever_stands_in_it(name, data, step):
    shape = data.draw(st.sampled_from(SHAPES[name]))
    content = shape.write(data.draw(odd_rows(shape.rows)))

    found = fuzzing.check(PARSERS[name], content, step)

    assert found in (shape.told(content) or {None})


@pytest.mark.parametrize("name", PARSERS)
@EXAMPLES
@given(data=st.data(), step=STEPS)
def test_a_damaged_file_is_read_as_far_as_it_goes_or_refused(name, data, step):
    shape = data.draw(st.sampled_from(SHAPES[name]))
    content = data.draw(damaged(shape.write(shape.rows), all_seeds()))

    found = fuzzing.check(PARSERS[name], content, step)

    assert found is None or found in (shape.told(content) or {found})


@EXAMPLES
@given(data=st.data())
def test_a_damaged_zip_is_read_or_refused(data, tmp_path_factory):
    packing = data.draw(st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", packing) as archive:
        for number, seed in enumerate(
            data.draw(st.lists(st.sampled_from(all_seeds()), max_size=3))
        ):
            archive.writestr(f"folder/{number}.json", seed)
    content = data.draw(damaged(packed.getvalue(), [packed.getvalue()]))

    fuzzing.check_upload(content, tmp_path_factory.getbasetemp() / "upload.zip")


class Endless(RawIOBase):
    """A file that begins as a history does and goes on in one name for ever so long."""

    def __init__(self, begins, length):
        self._next, self._left = begins, length

    def read(self, size=-1):
        part = self._next[: max(0, self._left)]
        self._next, self._left = b"x" * size, self._left - len(part)
        return part


@pytest.mark.parametrize("name", PARSERS)
def test_a_name_without_an_end_does_not_fill_the_memory(name):
    begins = shapes.seeds(name)[0].rpartition(b"Blue")[0] + b"Blue"
    length = 64 << 20
    member = Member("long", length, begins, lambda: Endless(begins, length), Allowance(LIMITS))

    tracemalloc.start()
    with suppress(ArchiveError):
        deque(PARSERS[name].read(member, NOW), maxlen=0)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < MOST_MEMORY
