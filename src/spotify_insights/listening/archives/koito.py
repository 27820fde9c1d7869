"""Koito's export: one object around the list of all listens, names as lists of aliases."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from spotify_insights.listening.archives import elements, reading, scrobbles
from spotify_insights.listening.archives.files import Member
from spotify_insights.listening.archives.rows import (
    LONGEST_PLAY_MS,
    Batch,
    Circumstances,
    Name,
    Refusal,
)
from spotify_insights.listening.archives.scrobbles import Scrobble
from spotify_insights.models.listening import Origin

_LIST = "listens"
_ESTIMATED = Circumstances(Origin.KOITO, is_estimated=True)


class _Alias(msgspec.Struct, gc=False):
    alias: Name = None
    is_primary: bool = False


class _Named(msgspec.Struct, gc=False):
    """A track, an album or an artist; `duration` is a track's, in seconds, 0 where unknown."""

    aliases: list[_Alias] | None = None
    is_primary: bool = False
    duration: float | None = None


class _Listen(msgspec.Struct, gc=False):
    listened_at: Annotated[datetime, Meta(tz=True)]
    track: _Named
    album: _Named | None = None
    artists: list[_Named] | None = None


_DECODE = reading.decoder(_Listen)


def recognises(head: bytes) -> bool:
    return b'"exported_at"' in head and elements.list_start(head, _LIST) is not None


def read(member: Member, now: datetime) -> Iterator[Batch]:
    """The rows of one member in its order, a stretch at a time."""
    listed = elements.inside(member.name, member.chunks(), _LIST, _DECODE)
    return scrobbles.read(member.name, listed, lambda told: _scrobble(told, now))


def _scrobble(told: _Listen, now: datetime) -> Scrobble | Refusal:
    artists = sorted(told.artists or (), key=lambda artist: not artist.is_primary)
    artist = next(filter(None, map(_name, artists)), "")
    content = scrobbles.track(artist, _name(told.track), _name(told.album))
    started_at: datetime | Refusal = reading.out_of_range(told.listened_at)
    if reading.time_is_possible(told.listened_at, now):
        started_at = told.listened_at.astimezone(UTC).replace(microsecond=0)
    return scrobbles.scrobble(content, started_at, _ESTIMATED, _milliseconds(told.track.duration))


def _name(named: _Named | None) -> str:
    aliases: Sequence[_Alias] = (named.aliases if named else None) or ()
    by_rank = sorted(aliases, key=lambda alias: not alias.is_primary)
    return next((alias.alias for alias in by_rank if alias.alias), "")


def _milliseconds(seconds: float | None) -> int | None:
    """The length of a track, None where it is unknown."""
    return int(seconds * 1000) if seconds and 0 < seconds * 1000 <= LONGEST_PLAY_MS else None
