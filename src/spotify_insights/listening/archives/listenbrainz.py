"""ListenBrainz: one listen a line, by month, or all of them in one list, as it was before.

MusicBrainz's ids and what else clients add are not even decoded.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from itertools import chain, islice
from typing import Any

import msgspec

from spotify_insights.listening.archives import elements, lines, reading, scrobbles
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
)
from spotify_insights.listening.archives.scrobbles import Scrobble
from spotify_insights.models.listening import Origin, PlayKind

_ESTIMATED = Circumstances(Origin.LISTENBRAINZ, is_estimated=True)
_MEASURED = Circumstances(Origin.LISTENBRAINZ)

_KEYS = frozenset({"listened_at", "track_metadata"})
_LINES_LOOKED_AT = 5
_ADDRESS = re.compile(
    r"(?:https?://open\.spotify\.com/(?:intl-\w+/)?track/|spotify:track:)([0-9A-Za-z]{22})\b",
    re.ASCII,
)

_NO_TIME = Refusal(Reason.INVALID, "It has no time.")
_NO_LENGTH = Refusal(Reason.INVALID, "Its ms_played is not a possible length.")


class _Info(msgspec.Struct, gc=False):
    """What clients add as they please."""

    spotify_id: Any = None
    origin_url: Any = None
    duration_ms: float | str | None = None
    duration: float | str | None = None
    ms_played: float | str | None = None


class _Metadata(msgspec.Struct, gc=False):
    artist_name: Name = None
    track_name: Name = None
    release_name: Name = None
    additional_info: _Info | None = None


class _Listen(msgspec.Struct, gc=False):
    listened_at: float | str | None
    track_metadata: _Metadata


_NO_INFO = _Info()
_DECODE = reading.decoder(_Listen)


def recognises(head: bytes) -> bool:
    first = islice(chain(*lines.batches([head])), _LINES_LOOKED_AT)
    return reading.has_keys(head, _KEYS) or any(_is_listen(line) for line in first)


def read(member: Member, now: datetime) -> Iterator[Batch]:
    """The rows of one member, be it lines or one list."""
    listens: Iterator[list[_Listen | Broken]]
    if elements.opening(member.head).startswith(b"["):
        listens = elements.batches(member.name, member.chunks(), _DECODE)
    else:
        listens = ([_listen(line) for line in batch] for batch in lines.batches(member.chunks()))
    return scrobbles.read(member.name, listens, lambda listen: _scrobble(listen, now))


def _is_listen(line: bytes | Broken) -> bool:
    return not isinstance(line, Broken) and reading.has_keys(b"[" + line + b"]", _KEYS)


def _listen(line: bytes | Broken) -> _Listen | Broken:
    if isinstance(line, Broken):
        return line
    try:
        listens = _DECODE(b"[" + line + b"]")
    except RecursionError:
        return Broken("It is nested too deeply.")
    except ValueError as error:
        return Broken(str(error).replace("$[0].", "").replace("$[0]", "row"))
    return listens[0] if len(listens) == 1 else Broken("It is more than one listen in a line.")


def _scrobble(listen: _Listen, now: datetime) -> Scrobble | Refusal:
    if listen.listened_at is None:
        return _NO_TIME
    started_at = scrobbles.instant(listen.listened_at, now)
    content = _content(listen.track_metadata)
    info = listen.track_metadata.additional_info or _NO_INFO
    if info.ms_played is None:
        return scrobbles.scrobble(content, started_at, _ESTIMATED, _track_ms(info))
    heard_ms = _milliseconds(info.ms_played)
    if heard_ms is None:
        return _NO_LENGTH
    return scrobbles.scrobble(content, started_at, _MEASURED, heard_ms, is_measured=True)


def _content(metadata: _Metadata) -> Content | Refusal:
    """The track under Spotify's address where the client told it, else under its names."""
    artist, title = metadata.artist_name or "", metadata.track_name or ""
    album = metadata.release_name or ""
    info = metadata.additional_info or _NO_INFO
    for address in (info.spotify_id, info.origin_url):
        if isinstance(address, str) and (found := _ADDRESS.match(address)):
            return _addressed(f"spotify:track:{found[1]}", artist, title, album)
    return scrobbles.track(artist, title, album)


@lru_cache(maxsize=4096)
def _addressed(uri: str, artist: str, title: str, album: str) -> Content:
    return Content(PlayKind.TRACK, uri, title or uri, artist or None, album or None, None)


def _track_ms(info: _Info) -> int | None:
    """The length of the track, None where the client told none that can be."""
    return _milliseconds(info.duration_ms) or _milliseconds(info.duration, 1000)


def _milliseconds(length: float | str | None, unit: int = 1) -> int | None:
    try:
        number = float(length or 0) * unit
    except ValueError:
        return None
    return int(number) if 0 <= number <= LONGEST_PLAY_MS else None
