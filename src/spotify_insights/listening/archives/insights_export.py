"""Our own export: a play a line, as JSON or as CSV, both made to be read back without a loss.

Which plays are superseded is told for people and not believed: whoever reads the file finds it out
anew, from these plays and from those that are there already.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from spotify_insights.listening.archives import lines, reading
from spotify_insights.listening.archives.elements import Broken
from spotify_insights.listening.archives.files import Member
from spotify_insights.listening.archives.rows import (
    LONGEST_PLAY_MS,
    Batch,
    Circumstances,
    Content,
    Name,
    Reason,
    Refusal,
    Row,
)
from spotify_insights.models.listening import Origin, PlayKind, Provenance

T = TypeVar("T")

# The first line of the JSON. No time stands in it: an export of the same plays is the same file.
HEADER = b'{"insights_export":1}'
_HEADER = re.compile(rb'\{\s*"insights_export"')

_KEYS = frozenset({"started_at", "ended_at", "ms_played", "kind", "uri", "origin"})
_LINES_LOOKED_AT = 5

# No source has plays that lie further apart: one is uploaded weeks late, or a clock runs ahead.
_LONGEST = timedelta(days=60)
_AHEAD = timedelta(seconds=60)

# A play of the longest names has 30 KB.
_LONGEST_ROW = 1 << 16
_ROWS_A_BATCH = 100

# What a spreadsheet would take for a formula, and compute; a line's end hides one as well.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_MARK = "'"

_NO_ADDRESS = Refusal(Reason.NO_IDENTITY, "It has no address.")
_NUL = Refusal(Reason.INVALID, "A NUL character stands in a name.")
_TOO_FAR_APART = Refusal(Reason.INVALID, "Its start and its end cannot belong together.")


class _Play(msgspec.Struct, gc=False):
    started_at: Annotated[datetime, Meta(tz=True)]
    ended_at: Annotated[datetime, Meta(tz=True)]
    ms_played: Annotated[int, Meta(ge=0, le=LONGEST_PLAY_MS)]
    kind: PlayKind
    origin: Origin
    uri: Name = None
    title: Name = None
    artist: Name = None
    album: Name = None
    collection: Name = None
    provenance: Provenance | None = None
    is_estimated: bool = False
    is_private: bool = False
    platform: Name = None
    country: Name = None
    reason_start: Name = None
    reason_end: Name = None
    shuffle: bool | None = None
    skipped: bool | None = None
    offline: bool | None = None
    is_video: bool = False
    is_deleted: bool = False


_TEXTS = (
    *("uri", "title", "artist", "album", "collection"),
    *("platform", "country", "reason_start", "reason_end"),
)
_DECODE = msgspec.json.Decoder(_Play).decode


def recognises_jsonl(head: bytes) -> bool:
    first = islice(chain(*lines.batches([head])), _LINES_LOOKED_AT)
    return any(_is_header(line) or _is_play(line) for line in first)


def recognises_csv(head: bytes) -> bool:
    columns = next(_cells(_rows([head])), [])
    return not isinstance(columns, Broken) and set(map(_column, columns)) >= _KEYS


def read_jsonl(member: Member, now: datetime) -> Iterator[Batch]:
    """The rows of one member in its order; headers are no rows, wherever files were joined."""
    batches = lines.batches(member.chunks())
    plays = ([_decoded(line) for line in batch if not _is_header(line)] for batch in batches)
    return _judged(member.name, plays, now)


def read_csv(member: Member, now: datetime) -> Iterator[Batch]:
    """The rows of one member in its order; what columns it has, its first line says."""
    rows = _cells(_rows(member.chunks()))
    first = next(rows, [])
    columns = [] if isinstance(first, Broken) else [_column(name) for name in first]
    plays = ([_converted(row, columns) for row in batch] for batch in _batched(rows))
    return _judged(member.name, plays, now)


def guarded(text: str | None) -> str:
    """A text as a cell that no spreadsheet computes; `unguarded` gives it back.

    A formula gets an apostrophe before it, and so does what begins with an apostrophe itself:
    exactly one is taken away again. An empty text gets one too, for an empty cell stands for None.
    """
    if text is None:
        return ""
    return f"{_MARK}{text}" if not text or text.startswith((*_FORMULA, _MARK)) else text


def unguarded(cell: str) -> str | None:
    return cell.removeprefix(_MARK) if cell else None


def _is_header(line: bytes | Broken) -> bool:
    return isinstance(line, bytes) and bool(_HEADER.match(line))


def _is_play(line: bytes | Broken) -> bool:
    return isinstance(line, bytes) and reading.has_keys(b"[" + line + b"]", _KEYS)


def _judged(
    file: str, batches: Iterable[Sequence[_Play | Broken]], now: datetime
) -> Iterator[Batch]:
    first = 1
    for plays in batches:
        yield reading.judged(file, first, plays, lambda play: _row(play, now))
        first += len(plays)


def _row(play: _Play, now: datetime) -> Row | Refusal:
    if not play.uri:
        return _NO_ADDRESS
    if any("\0" in text for name in _TEXTS if (text := getattr(play, name))):
        return _NUL
    # Some sources vouch for the start, some for the end.
    if not any(
        reading.time_is_possible(moment, now) for moment in (play.started_at, play.ended_at)
    ):
        return reading.out_of_range(play.ended_at)
    if not -_AHEAD <= play.ended_at - play.started_at <= _LONGEST:
        return _TOO_FAR_APART
    started_at, ended_at = _second(play.started_at), _second(play.ended_at)
    return Row(_content(play, play.uri), started_at, ended_at, play.ms_played, _circumstances(play))


def _content(play: _Play, uri: str) -> Content:
    artist, album = play.artist or None, play.album or None
    if play.kind is not PlayKind.TRACK:
        artist = album = None
    return Content(play.kind, uri, play.title or uri, artist, album, play.collection)


def _circumstances(play: _Play) -> Circumstances:
    return Circumstances(
        origin=play.origin,
        provenance=play.provenance,
        platform=play.platform,
        country=play.country,
        reason_start=play.reason_start,
        reason_end=play.reason_end,
        shuffle=play.shuffle,
        skipped=play.skipped,
        offline=play.offline,
        is_private=play.is_private,
        is_video=play.is_video,
        is_estimated=play.is_estimated,
        is_deleted=play.is_deleted,
    )


def _second(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


def _decoded(line: bytes | Broken) -> _Play | Broken:
    return line if isinstance(line, Broken) else _made(_DECODE, line)


def _converted(row: list[str] | Broken, columns: Sequence[str]) -> _Play | Broken:
    if isinstance(row, Broken):
        return row
    if len(row) != len(columns):
        return Broken(f"It has {len(row)} columns instead of {len(columns)}.")
    cells = {name: unguarded(cell) for name, cell in zip(columns, row, strict=True) if cell}
    return _made(_convert, cells)


def _convert(cells: dict[str, str | None]) -> _Play:
    return msgspec.convert(cells, _Play, strict=False)


def _made(make: Callable[[T], _Play], given: T) -> _Play | Broken:
    try:
        return make(given)
    except RecursionError:
        return Broken("It is nested too deeply.")
    except ValueError as error:
        return Broken(str(error).replace("$.", ""))


def _cells(rows: Iterable[bytes]) -> Iterator[list[str] | Broken]:
    for row in rows:
        try:
            cells = next(csv.reader([row.decode()], strict=True))
        except UnicodeDecodeError:
            yield Broken("It is not UTF-8.")
        except csv.Error as error:
            yield Broken(f"It is not a row of a CSV: {error}.")
        else:
            yield cells


def _rows(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The rows of a CSV that are not blank: a line each, or several while a quoted name goes on.

    A quote that never ends costs no more than the longest row.
    """
    parts: list[bytes] = []
    size, is_quoted = 0, False
    for line in _lines(chunks):
        parts.append(line)
        size += len(line)
        is_quoted ^= line.count(b'"') % 2 == 1
        if not is_quoted or size > _LONGEST_ROW:
            if not (row := b"".join(parts)).isspace():
                yield row
            parts, size, is_quoted = [], 0, False
    if parts:
        yield b"".join(parts)


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines in `chunks` with their ends; one that is too long for a row, in pieces."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line + b"\n"
        if len(rest) > _LONGEST_ROW:
            yield rest
            rest = b""
    if rest:
        yield rest


def _batched(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while batch := list(islice(rows, _ROWS_A_BATCH)):
        yield batch


def _column(name: str) -> str:
    return name.removeprefix("\ufeff").strip().lower()
