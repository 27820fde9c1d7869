"""Small histories of every format, and how many rows there are in them by a second reading."""

import csv
import json
import re
from collections.abc import Callable, Sequence
from functools import partial
from io import StringIO
from typing import Any, NamedTuple

from tests.listening.archives.builders import a_row, without_track

_INSIGHTS_HEADER = b'{"insights_export":1}\n'
_IS_HEADER = re.compile(rb'^\s*\{\s*"insights_export"', re.MULTILINE)
_BLANK = set(" \t\x0b\x0c")


class Shape(NamedTuple):
    """One way in which a format writes rows.

    `told` says how many rows there may be in some content, by a reading other than the parser's,
    and None where that cannot tell.
    """

    rows: Sequence[Any]
    write: Callable[[Sequence[Any]], bytes]
    told: Callable[[bytes], set[int] | None]


def _as_list(rows: Sequence[Any]) -> bytes:
    return json.dumps(rows, indent=2, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _as_lines(rows: Sequence[Any]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def _as_csv(rows: Sequence[Any], header: Sequence[str] = ()) -> bytes:
    text = StringIO()
    fields = [row if isinstance(row, list) else [row] for row in rows]
    csv.writer(text).writerows([header, *fields] if header else fields)
    return text.getvalue().encode("utf-8", "surrogatepass")


def _within(rows: Sequence[Any], *, under: str, **others: Any) -> bytes:
    return json.dumps(others | {under: rows}).encode()


def _list_length(content: bytes) -> set[int] | None:
    found = _json(content)
    return {len(found)} if isinstance(found, list) else None


def _length_under(content: bytes, *, key: str) -> set[int] | None:
    found = _json(content)
    rows = found.get(key) if isinstance(found, dict) else None
    is_only_one = content.count(b'"%b"' % key.encode()) == 1
    return {len(rows)} if isinstance(rows, list) and is_only_one else None


def _line_count(content: bytes) -> set[int]:
    lines = content.split(b"\n")
    return {sum(bool(line.removeprefix(b"\xef\xbb\xbf").strip()) for line in lines)}


def _lines_or_list(content: bytes) -> set[int] | None:
    begins = content.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")[:1]
    return _list_length(content) if begins == b"[" else _line_count(content)


def _lines_below_header(content: bytes) -> set[int]:
    """A damaged header may be taken for a row."""
    (lines,) = _line_count(content)
    return {lines, max(0, lines - 1)}


def _lines_but_headers(content: bytes) -> set[int]:
    (lines,) = _line_count(content)
    return {lines - len(_IS_HEADER.findall(content))}


def _cells_below_header(content: bytes) -> set[int] | None:
    """Only of a CSV as we would write it, for stray quotes can be read in many ways."""
    try:
        text = content.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return None
    rows = list(csv.reader(StringIO(text, newline="")))
    if _as_csv(rows) != content:
        return None
    return {max(0, sum(not _is_blank(row) for row in rows) - 1)}


def _is_blank(row: list[str]) -> bool:
    """Whether a line has no cell, or only spaces; an empty cell on its own stands in quotes."""
    return not row or (len(row) == 1 and row[0] != "" and set(row[0]) <= _BLANK)


def _track_count(content: bytes) -> set[int] | None:
    found = _json(content)
    if found is None:
        return None
    pages = found if isinstance(found, list) else [found]
    tracks = [_tracks(page) for page in pages]
    return {sum(len(one) if isinstance(one, list) else 1 for one in tracks)}


def _tracks(page: Any) -> Any:
    inner = page.get("recenttracks", page) if isinstance(page, dict) else None
    return inner.get("track") if isinstance(inner, dict) else None


def _json(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig", "surrogateescape"))
    except (ValueError, RecursionError):
        return None


def _said(row: dict[str, Any]) -> dict[str, Any]:
    """A row without the keys that say nothing, so that accidents meet those that do."""
    return {key: value for key, value in row.items() if value is not None}


_EPISODE = {
    "episode_name": "One",
    "episode_show_name": "The Show",
    "spotify_episode_uri": "spotify:episode:1",
}
_ACCOUNT_ROWS = (
    {"endTime": "2024-05-01 10:03", "artistName": "Ada", "trackName": "Blue", "msPlayed": 9000},
    {"endTime": "2024-05-01 10:03", "podcastName": "Show", "episodeName": "1", "msPlayed": 1},
    {
        "endTime": "2024-05-01 10:04",
        "audiobookName": "Book",
        "chapterName": "One",
        "authorName": "Bo",
        "msPlayed": 60_000,
    },
)
_LISTENS = tuple(
    {
        "listened_at": 1_714_557_600 + at,
        "track_metadata": {
            "artist_name": "Ada",
            "track_name": "Blue (Live)",
            "release_name": None,
            "additional_info": {"duration_ms": at, "spotify_id": "", "ms_played": played},
        },
    }
    for at, played in ((0, None), (60, 30_000))
)
_TRACKS = (
    {
        "artist": {"mbid": "", "#text": "Ada"},
        "album": {"#text": "Colours"},
        "name": "Blue",
        "date": {"uts": "1714557600", "#text": "01 May 2024, 10:00"},
    },
    {"artist": {"name": "Ada"}, "name": "Red", "date": {"uts": "1714557700"}},
    {"artist": {"#text": "Ada"}, "name": "Red", "@attr": {"nowplaying": "true"}},
)
_CSV_HEADER = ("uts", "utc_time", "artist", "artist_mbid", "album", "album_mbid", "track")
_CSV_ROWS = (
    ["1714557600", "01 May 2024, 10:00", "Ada", "", "Colours", "", "Blue"],
    ["1714557700", "", 'Earth, "Wind"', "", "", "", "Red"],
)
_SCROBBLES = tuple(
    {
        "time": 1_714_557_600 + at,
        "duration": played,
        "origin": "client:a",
        "track": {
            "artists": ["Ada", "Bo"],
            "title": "Blue",
            "length": 200,
            "album": {"albumtitle": "Colours", "artists": ["Ada"]},
        },
    }
    for at, played in ((0, None), (300, 100))
)
_PLAYS = tuple(
    {
        "started_at": "2024-05-01T10:00:00Z",
        "ended_at": ended_at,
        "ms_played": 200_000,
        "kind": kind,
        "uri": f"spotify:{kind}:1",
        "title": "Blue",
        "artist": "Ada",
        "collection": None,
        "origin": "spotify_extended",
        "provenance": "export",
        "is_estimated": False,
        "country": "DE",
        "shuffle": None,
    }
    for kind, ended_at in (("track", "2024-05-01T10:03:20Z"), ("episode", "2024-05-02T09:00:00Z"))
)
_WRITTEN = {None: "", False: "false"}
_PLAY_CELLS = tuple([_WRITTEN.get(value, value) for value in play.values()] for play in _PLAYS)
_ALIASES = [{"alias": "Blue", "source": "Canonical", "is_primary": True}]
_KOITO_LISTENS = (
    {
        "listened_at": "2024-05-01T10:00:00Z",
        "client": "a",
        "track": {"mbid": None, "duration": 200, "aliases": _ALIASES},
        "album": {"image_url": "", "mbid": None, "aliases": _ALIASES, "various_artists": False},
        "artists": [{"image_url": "", "mbid": None, "is_primary": True, "aliases": _ALIASES}],
    },
)

_MALOJA = {"maloja": {"export_time": 1_714_557_900}}
_KOITO = {"version": "1", "exported_at": "2024-05-01T12:00:00Z", "user": "ada"}

SHAPES: dict[str, tuple[Shape, ...]] = {
    "spotify_extended": (
        Shape((_said(a_row()), _said(without_track(**_EPISODE))), _as_list, _list_length),
    ),
    "spotify_account": (Shape(_ACCOUNT_ROWS, _as_list, _list_length),),
    "lastfm_csv": (
        Shape(_CSV_ROWS, partial(_as_csv, header=_CSV_HEADER), _lines_below_header),
        Shape([["Ada", "Colours", "Blue", "05 Aug 2023 18:04"]], _as_csv, _lines_below_header),
    ),
    "lastfm_json": (
        Shape(_TRACKS, _as_list, _track_count),
        Shape(_TRACKS, partial(_within, under="track"), _track_count),
        Shape(_TRACKS, lambda rows: b"[" + _within(rows, under="track") + b"]", _track_count),
    ),
    "listenbrainz": (
        Shape(_LISTENS, _as_lines, _lines_or_list),
        Shape(_LISTENS, _as_list, _lines_or_list),
    ),
    "maloja": (
        Shape(
            _SCROBBLES,
            partial(_within, under="scrobbles", **_MALOJA),
            partial(_length_under, key="scrobbles"),
        ),
    ),
    "koito": (
        Shape(
            _KOITO_LISTENS,
            partial(_within, under="listens", **_KOITO),
            partial(_length_under, key="listens"),
        ),
    ),
    "insights_jsonl": (
        Shape(_PLAYS, lambda rows: _INSIGHTS_HEADER + _as_lines(rows), _lines_but_headers),
    ),
    "insights_csv": (
        Shape(_PLAY_CELLS, partial(_as_csv, header=tuple(_PLAYS[0])), _cells_below_header),
    ),
}


def seeds(format_name: str) -> list[bytes]:
    """Whole files of a format, small and sound."""
    return [shape.write(shape.rows) for shape in SHAPES[format_name]]
