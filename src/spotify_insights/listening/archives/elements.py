"""The elements of one long JSON array, decoded while it streams by.

What has been read is cut at a late `},` and decoded in one go. If that works, the cut was right:
one inside a string or a nested value leaves a text that no decoder takes. If it does not work, a
scan that knows strings and brackets takes the stretch apart, and each element stands for itself.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple, TypeVar

from spotify_insights.listening.archives.rows import ArchiveError

T = TypeVar("T")
Decode = Callable[[bytes], Sequence[T]]

# A row has some 800 bytes; what is longer than this is passed over without being kept.
LONGEST_ELEMENT = 10 << 20
# A scrobble of Last.fm has ten values in braces.
CUTS_TRIED = 12
# What stands before the list in an object: when it was made, for whom, by what.
LONGEST_HEADER = 1 << 20

_BOM = b"\xef\xbb\xbf"
_SPACE = b" \t\r\n"
# A string that does not end here leaves the group empty. The possessive quantifiers keep the scan
# linear in whatever it is given.
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+("?)|[\[\]{},]', re.DOTALL)
_LIST = re.compile(rb"\s*+:\s*+\[")
_STEP = {b"[": 1, b"{": 1, b"]": -1, b"}": -1}


class Broken(NamedTuple):
    """An element that could not be decoded, and why."""

    detail: str


class Cut(NamedTuple):
    """What follows the `elements` is the `rest`.

    It starts at the bracket or comma before the first element that is not complete yet, or at the
    bracket that ends the array where it `is_closed`.
    """

    elements: list[bytes]
    rest: bytes
    is_closed: bool


def inside(
    file: str, chunks: Iterable[bytes], key: str, decode: Decode[T]
) -> Iterator[list[T | Broken]]:
    """Decode the array that stands under `key` in one object around it, as `batches` does.

    Little may stand before it, and what follows it is read without being looked at.
    """
    source, text = iter(chunks), b""
    for chunk in source:
        text += chunk
        if (start := list_start(text, key)) is not None:
            return batches(file, chain([text[start:]], source), decode, is_whole=False)
        if len(text) > LONGEST_HEADER:
            break
    raise ArchiveError("broken_json", f"It has no list of {key}.", file=file)


def list_start(text: bytes, key: str) -> int | None:
    """Where the array under `key` begins in an object whose beginning is `text`."""
    depth, wanted = 0, b'"%b"' % key.encode()
    for token in _TOKEN.finditer(text):
        depth += _STEP.get(token[0], 0)
        if depth == 1 and token[0] == wanted and (found := _LIST.match(text, token.end())):
            return found.end() - 1
    return None


def batches(
    file: str,
    chunks: Iterable[bytes],
    decode: Decode[T],
    longest: int = LONGEST_ELEMENT,
    *,
    is_whole: bool = True,
) -> Iterator[list[T | Broken]]:
    """Decode the array in `chunks`, one entry per element, in their order.

    `decode` gets a JSON array of whole elements and raises `ValueError` or `RecursionError` where
    it cannot take it. Memory stays within a chunk and one element. Raises `ArchiveError` when the
    content is not one complete array, or is more than that where it `is_whole`.
    """
    source = iter(chunks)
    text, enough = _opening(file, source), 0
    for chunk in chain([b""], source, [b""]):
        text += chunk
        if chunk and len(text) < enough:
            continue
        if whole := _whole_elements(text, decode):
            end, decoded = whole
            yield [*decoded]
            text, enough = text[end:], 0
            if chunk:
                continue
        cut = cut_apart(text)
        yield [_single(element, decode) for element in cut.elements]
        text = cut.rest
        if cut.is_closed:
            _read_on(file, text, source, is_whole=is_whole)
            return
        if len(text) > longest:
            yield [Broken("It is longer than a row can be.")]
            text = _after(text, source)
        # An unfinished element is looked at again when there is twice as much of it: looking at
        # every chunk would take a hostile file's length squared.
        enough = min(2 * len(text), longest + 1)
    raise ArchiveError("broken_json", "It ends before its list does.", file=file)


def cut_apart(text: bytes) -> Cut:
    """Take apart `text`, which starts at the bracket or comma before an element."""
    elements: list[bytes] = []
    start, depth = 1, 0
    for token in _TOKEN.finditer(text, 1):
        depth += _STEP.get(token[0], 0)
        if depth < 0:
            last = text[start : token.start()]
            is_empty = text.startswith(b"[") and not elements and not last.strip(_SPACE)
            closed = [] if is_empty else [*elements, last]
            return Cut(closed, text[token.start() :], is_closed=True)
        if not depth and token[0] == b",":
            elements.append(text[start : token.start()])
            start = token.end()
    rest = text[start - 1 : start] + text[start:].lstrip(_SPACE)
    return Cut(elements, rest, is_closed=False)


def opening(text: bytes) -> bytes:
    """`text` from the first byte that says something."""
    return text.removeprefix(_BOM).lstrip(_SPACE)


def _opening(file: str, source: Iterator[bytes]) -> bytes:
    text = b""
    for chunk in source:
        text += chunk
        if not _BOM.startswith(text):
            text = opening(text)
        if text.startswith(b"["):
            return text
        if text and not _BOM.startswith(text):
            break
    raise ArchiveError("broken_json", "It is not a list of rows.", file=file)


def _read_on(file: str, text: bytes, source: Iterator[bytes], *, is_whole: bool) -> None:
    """Read what follows the array: only who has seen all of a file knows that it is sound."""
    is_odd = not text.startswith(b"]")
    for part in chain([text[1:]], source):
        if is_odd or (is_whole and part.strip(_SPACE)):
            raise ArchiveError("broken_json", "It goes on after the end of its list.", file=file)


def _whole_elements(text: bytes, decode: Decode[T]) -> tuple[int, Sequence[T]] | None:
    """The elements up to one of the last `},` in `text`, and where they end.

    The very last one may stand between two values of an element that is not complete yet.
    """
    end = len(text)
    for _ in range(CUTS_TRIED):
        end = text.rfind(b"},", 0, end)
        if end < 0:
            return None
        if decoded := _decoded(text[1 : end + 1], decode):
            return end + 1, decoded
    return None


def _decoded(elements: bytes, decode: Decode[T]) -> Sequence[T] | None:
    try:
        return decode(b"[" + elements + b"]")
    except (ValueError, RecursionError):
        return None


def _single(element: bytes, decode: Decode[T]) -> T | Broken:
    try:
        rows = decode(b"[" + element + b"]")
    except RecursionError:
        return Broken("It is nested too deeply.")
    except ValueError as error:
        return Broken(str(error).replace("$[0].", "").replace("$[0]", "row"))
    return rows[0] if rows else Broken("There is nothing between two commas.")


def _after(text: bytes, source: Iterator[bytes]) -> bytes:
    """Read past an element too long to keep, and return what follows it.

    Of what is read only the nesting is remembered, and whether it stops inside a string.
    """
    depth, unread = 0, text[1:]
    for chunk in chain([b""], source):
        text, unread = unread + chunk, b""
        for token in _TOKEN.finditer(text):
            depth += _STEP.get(token[0], 0)
            if depth < 0:
                return b"[" + text[token.start() :]
            if not depth and token[0] == b",":
                return text[token.start() :]
            if token[1] == b"":
                unread = b'"' + text[token.end() :]
    return b""
