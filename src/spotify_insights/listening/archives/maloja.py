"""Maloja's export: one object around the list of all scrobbles."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from spotify_insights.listening.archives import elements, reading, scrobbles
from spotify_insights.listening.archives.files import Member
from spotify_insights.listening.archives.rows import (
    LONGEST_PLAY_MS,
    Batch,
    Circumstances,
    Name,
    Reason,
    Refusal,
)
from spotify_insights.listening.archives.scrobbles import Scrobble
from spotify_insights.models.listening import Origin

_LIST = "scrobbles"
_ESTIMATED = Circumstances(Origin.MALOJA, is_estimated=True)
_MEASURED = Circumstances(Origin.MALOJA)
_NO_LENGTH = Refusal(Reason.INVALID, "Its duration is not a possible length.")


class _Album(msgspec.Struct, gc=False):
    albumtitle: Name = None
    artists: list[Name] | None = None


class _Track(msgspec.Struct, gc=False):
    title: Name = None
    artists: list[Name] | None = None
    album: _Album | None = None
    length: float | None = None


class _Scrobble(msgspec.Struct, gc=False):
    time: float | str
    track: _Track
    duration: float | None = None


_DECODE = reading.decoder(_Scrobble)


def recognises(head: bytes) -> bool:
    return b'"maloja"' in head and elements.list_start(head, _LIST) is not None


def read(member: Member, now: datetime) -> Iterator[Batch]:
    """The rows of one member in its order, a stretch at a time."""
    listed = elements.inside(member.name, member.chunks(), _LIST, _DECODE)
    return scrobbles.read(member.name, listed, lambda told: _scrobble(told, now))


def _scrobble(told: _Scrobble, now: datetime) -> Scrobble | Refusal:
    """`duration` is how long it was really heard, `length` how long the track is; both seconds."""
    album = told.track.album or _Album()
    artist = next(filter(None, (*(album.artists or ()), *(told.track.artists or ()))), "")
    content = scrobbles.track(artist, told.track.title or "", album.albumtitle or "")
    started_at = scrobbles.instant(told.time, now)
    if told.duration is None:
        return scrobbles.scrobble(content, started_at, _ESTIMATED, _milliseconds(told.track.length))
    heard_ms = _milliseconds(told.duration)
    if heard_ms is None:
        return _NO_LENGTH
    return scrobbles.scrobble(content, started_at, _MEASURED, heard_ms, is_measured=True)


def _milliseconds(seconds: float | None) -> int | None:
    possible = seconds is not None and 0 <= seconds * 1000 <= LONGEST_PLAY_MS
    return int(seconds * 1000) if seconds is not None and possible else None
