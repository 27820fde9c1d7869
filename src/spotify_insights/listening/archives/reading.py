"""What parsers of lists share: decode a stretch, judge each element, number the rows."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

import msgspec

from spotify_insights.listening.archives import elements
from spotify_insights.listening.archives.elements import Broken
from spotify_insights.listening.archives.files import Member
from spotify_insights.listening.archives.rows import (
    AHEAD,
    EARLIEST,
    Batch,
    Reason,
    Refusal,
    Rejected,
    Row,
)

T = TypeVar("T")
Judge = Callable[[T], Row | Refusal]

# A broken row may stand first; beyond a few, the rest of somebody's data is none of our business.
_ROWS_LOOKED_AT = 5
_KEYS = msgspec.json.Decoder(dict[str, msgspec.Raw])


def has_keys(head: bytes, keys: frozenset[str]) -> bool:
    """Whether a file that begins with `head` is a list, one of whose first rows has these keys."""
    return any(row >= keys for row in _first_rows(head))


def json_rows(member: Member, decode: elements.Decode[T], judge: Judge[T]) -> Iterator[Batch]:
    """The rows of one long JSON array, a stretch at a time.

    A row that cannot be a play is refused and the reading goes on; a member that is not one
    complete list of rows raises `ArchiveError`.
    """
    first = 1
    for raws in elements.batches(member.name, member.chunks(), decode):
        yield judged(member.name, first, raws, judge)
        first += len(raws)


def judged(file: str, first: int, raws: Sequence[T | Broken], judge: Judge[T]) -> Batch:
    """One stretch of rows, the first of which is the `first`-th of its file."""
    batch = Batch([], [])
    for number, raw in enumerate(raws, first):
        row = Refusal(Reason.INVALID, raw.detail) if isinstance(raw, Broken) else judge(raw)
        if isinstance(row, Row):
            batch.rows.append(row)
        else:
            batch.rejected.append(Rejected(file, number, *row))
    return batch


def decoder(kind: type[T]) -> elements.Decode[T]:
    """Decode lists of `kind`; refuse those with a NUL, as PostgreSQL has no such text."""
    decode = msgspec.json.Decoder(list[kind]).decode  # type: ignore[valid-type]

    def decode_without_nul(text: bytes) -> list[T]:
        raws = decode(text)
        if _may_hold_nul(text) and any(_holds_nul(raw) for raw in raws):
            raise msgspec.ValidationError("A NUL character stands in a name.")
        return raws

    return decode_without_nul


def time_is_possible(moment: datetime, now: datetime) -> bool:
    """Whether somebody can have listened then, as far as the clock at hand can tell."""
    return EARLIEST <= moment <= now + AHEAD


def out_of_range(moment: datetime) -> Refusal:
    return Refusal(Reason.INVALID, f"Its time is out of range: {moment.isoformat()}.")


def _first_rows(head: bytes) -> list[set[str]]:
    text = elements.opening(head)
    if not text.startswith(b"["):
        return []
    return [_keys(row) for row in islice(elements.cut_apart(text).elements, _ROWS_LOOKED_AT)]


def _keys(row: bytes) -> set[str]:
    try:
        return set(_KEYS.decode(row))
    except (ValueError, RecursionError):
        return set()


def _may_hold_nul(text: bytes) -> bool:
    """Whether `text` has the escape of a NUL, or something that looks like it.

    Going from backslash to backslash is many times faster than a search for the whole escape.
    """
    at = text.find(b"\\")
    while at >= 0:
        if text.startswith(b"u0000", at + 1):
            return True
        at = text.find(b"\\", at + 1)
    return False


def _holds_nul(value: Any) -> bool:
    """Whether a NUL stands in a text anywhere in `value`."""
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, msgspec.Struct):
        return any(_holds_nul(part) for part in msgspec.structs.astuple(value))
    if isinstance(value, dict):
        return any(_holds_nul(part) for pair in value.items() for part in pair)
    return isinstance(value, list | tuple) and any(_holds_nul(part) for part in value)
