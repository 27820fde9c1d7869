"""Last.fm, as the common exporters write it: CSV with a header, CSV without one, pages of its API.

It tells when a play started, to the second or (in the CSV without a header) to the minute.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Any, NamedTuple

import msgspec

from spotify_insights.listening.archives import elements, lines, reading, scrobbles
from spotify_insights.listening.archives.elements import Broken
from spotify_insights.listening.archives.files import Member
from spotify_insights.listening.archives.rows import (
    Batch,
    Circumstances,
    Name,
    Reason,
    Refusal,
)
from spotify_insights.listening.archives.scrobbles import Scrobble
from spotify_insights.models.listening import Origin

_SECOND = Circumstances(Origin.LASTFM, is_estimated=True)
_MINUTE = Circumstances(Origin.LASTFM_MINUTE, is_estimated=True)

_HEADER = frozenset({"artist", "track", "uts"})
# Whoever listens while exporting has a first row without a date.
_LINES_LOOKED_AT = 5
_DATE = re.compile(r"(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}),? (\d{2}):(\d{2})", re.ASCII)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# `[{"track": [...]}, ...]`, `{"track": [...]}` or `{"recenttracks": {"track": [...]}}`.
_PAGE = re.compile(
    rb'\[?\s*\{\s*(?:"recenttracks"\s*:\s*\{\s*)?(?:"@attr"\s*:\s*\{[^{}]*\}\s*,\s*)?"track"\s*:'
)
_TRACK_KEYS = frozenset({"artist", "name", "date"})

_PLAYING = Refusal(Reason.INVALID, "It was still playing and has no time yet.")
_NO_DATE = Refusal(Reason.INVALID, "Its time is not a date such as “05 Aug 2023 18:04”.")


class _Text(msgspec.Struct, gc=False):
    text: Name = msgspec.field(name="#text", default=None)
    name: Name = None


class _Date(msgspec.Struct, gc=False):
    uts: float | str


class _Track(msgspec.Struct, gc=False):
    name: Name
    artist: _Text | Name
    album: _Text | Name = None
    date: _Date | None = None


class _Columns(NamedTuple):
    """How many there are, where names and time stand; a header means seconds, none minutes."""

    width: int
    artist: int
    album: int | None
    track: int
    time: int
    has_header: bool


_NO_HEADER = _Columns(width=4, artist=0, album=1, track=2, time=3, has_header=False)


def recognises_csv(head: bytes) -> bool:
    first = [_fields(line) for line in islice(chain(*lines.batches([head])), _LINES_LOOKED_AT)]
    rows = [row for row in first if not isinstance(row, Broken)]
    return bool(first) and (_columns(first[0]).has_header or any(map(_is_dated, rows)))


def recognises_json(head: bytes) -> bool:
    if b'"uts"' not in head:
        return False
    return bool(_PAGE.match(elements.opening(head))) or reading.has_keys(head, _TRACK_KEYS)


def read_csv(member: Member, now: datetime) -> Iterator[Batch]:
    """The rows of one CSV in its order; what columns it has, its first line says."""
    source = filter(None, lines.batches(member.chunks()))
    first = next(source, [])
    columns = _columns(_fields(first[0])) if first else _NO_HEADER
    rest = chain([first[columns.has_header :]], source)
    rows = ([_fields(line) for line in batch] for batch in rest)
    return scrobbles.read(member.name, rows, lambda row: _play(row, columns, now))


def read_json(member: Member, now: datetime) -> Iterator[Batch]:
    """The rows of one file of pages, or of one list of plays."""
    chunks: Iterable[bytes] = member.chunks()
    if elements.opening(member.head).startswith(b"{"):
        chunks = _bracketed(chunks)
    pages = elements.batches(member.name, chunks, _decoded)
    tracks = (list(chain.from_iterable(map(_tracks, batch))) for batch in pages)
    return scrobbles.read(member.name, tracks, lambda track: _told(track, now))


def _fields(line: bytes | Broken) -> list[str] | Broken:
    """The fields of one line.

    A line is a row: neither exporter breaks a name over lines, and a stray quote must not cost
    more than the row it is in.
    """
    if isinstance(line, Broken):
        return line
    try:
        return [field.strip() for field in next(csv.reader([line.decode()]))]
    except UnicodeDecodeError:
        return Broken("It is not UTF-8.")
    except csv.Error as error:
        return Broken(f"It is not a row of a CSV: {error}.")


def _columns(first: Sequence[str] | Broken) -> _Columns:
    names = [] if isinstance(first, Broken) else [name.lower() for name in first]
    if not set(names) >= _HEADER:
        return _NO_HEADER
    artist, track, time = (names.index(name) for name in ("artist", "track", "uts"))
    album = names.index("album") if "album" in names else None
    return _Columns(len(names), artist, album, track, time, has_header=True)


def _is_dated(row: Sequence[str]) -> bool:
    return len(row) == _NO_HEADER.width and bool(_DATE.fullmatch(row[_NO_HEADER.time]))


def _play(row: Sequence[str], columns: _Columns, now: datetime) -> Scrobble | Refusal:
    if len(row) != columns.width:
        detail = f"It has {len(row)} columns instead of {columns.width}."
        return Refusal(Reason.INVALID, detail)
    if not (time := row[columns.time]):
        return _PLAYING
    album = "" if columns.album is None else row[columns.album]
    content = scrobbles.track(row[columns.artist], row[columns.track], album)
    if columns.has_header:
        return scrobbles.scrobble(content, scrobbles.instant(time, now), _SECOND)
    return scrobbles.scrobble(content, _minute(time, now), _MINUTE)


def _minute(date: str, now: datetime) -> datetime | Refusal:
    """The instant of a date whose months are English wherever it is read."""
    if not (found := _DATE.fullmatch(date)) or found[2] not in _MONTHS:
        return _NO_DATE
    day, year, hour, minute = (int(found[part]) for part in (1, 3, 4, 5))
    try:
        moment = datetime(year, _MONTHS.index(found[2]) + 1, day, hour, minute, tzinfo=UTC)
    except ValueError:
        return _NO_DATE
    return moment if reading.time_is_possible(moment, now) else reading.out_of_range(moment)


def _bracketed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """A page on its own as a list of one page."""
    source = iter(chunks)
    yield b"[" + elements.opening(next(source, b""))
    yield from source
    yield b"]"


def _decoded(pages: bytes) -> list[Any]:
    """Decode pages without a look at what is in them: a broken name must not cost a whole page.

    What is no text becomes a lone surrogate, which no name may have.
    """
    found: list[Any] = json.loads(pages.decode(errors="surrogateescape"))
    return found


def _tracks(element: Any) -> list[Any]:
    """The plays of a page, which has one without a list around it, or a play by itself."""
    page = element.get("recenttracks", element) if isinstance(element, dict) else None
    if not isinstance(page, dict) or "track" not in page:
        return [element]
    tracks = page["track"]
    return tracks if isinstance(tracks, list) else [tracks]


def _told(raw: Any, now: datetime) -> Scrobble | Refusal:
    try:
        track = msgspec.convert(raw, _Track)
    except UnicodeEncodeError:
        return scrobbles.NO_TEXT
    except msgspec.ValidationError as error:
        return Refusal(Reason.INVALID, str(error).replace("$.", ""))
    if track.date is None:
        return _PLAYING
    content = scrobbles.track(_text(track.artist), track.name or "", _text(track.album))
    return scrobbles.scrobble(content, scrobbles.instant(track.date.uts, now), _SECOND)


def _text(named: _Text | str | None) -> str:
    if isinstance(named, _Text):
        named = named.text or named.name
    return named or ""
