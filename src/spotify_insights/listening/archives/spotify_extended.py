"""Spotify's extended streaming history, in all three generations of its keys (21, 19 and 23).

User name, address, user agent and device ids are not even decoded.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta

from spotify_insights.listening.archives import elements, platforms
from spotify_insights.listening.archives.elements import Broken
from spotify_insights.listening.archives.files import Member
from spotify_insights.listening.archives.rows import Batch, Kind, Reason, Rejected, Row

# Spotify was founded in April 2006.
_EARLIEST = datetime(2006, 1, 1, tzinfo=UTC)
# A clock may run ahead of ours, by a day at most.
_AHEAD = timedelta(days=1)

# Between these instants Spotify did not record `skipped`: exports say null or, later, false.
_SKIPS_LOST = datetime(2016, 3, 18, tzinfo=UTC)
_SKIPS_BACK = datetime(2022, 10, 14, 10, tzinfo=UTC)

# `offline_timestamp` is the start of a play, in seconds or milliseconds, where it is not garbage.
_MILLISECONDS_FROM = 1e11
_START_AFTER = 1.1e9
_START_AHEAD_S = 60
_UPLOADED_WITHIN_S = 60 * 86_400

# The longest play seen is under 7 hours; a week leaves room for a night's loop left on, and for
# nothing that would drown all other listening.
_LONGEST_PLAY_MS = 7 * 86_400_000

# The longest real name has 249 characters. PostgreSQL indexes keys of up to 2,704 bytes, and a
# character can take six of them once its case is folded.
_Name = Annotated[str, Meta(max_length=400)] | None
_Word = Annotated[str, Meta(max_length=400)] | None
_Int64 = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]


class _Raw(msgspec.Struct, gc=False):
    ts: Annotated[datetime, Meta(tz=True)]
    ms_played: Annotated[int, Meta(ge=0, le=_LONGEST_PLAY_MS)]
    platform: _Word = None
    conn_country: _Word = None
    master_metadata_track_name: _Name = None
    master_metadata_album_artist_name: _Name = None
    master_metadata_album_album_name: _Name = None
    spotify_track_uri: _Word = None
    episode_name: _Name = None
    episode_show_name: _Name = None
    spotify_episode_uri: _Word = None
    audiobook_title: _Name = None
    audiobook_uri: _Word = None
    audiobook_chapter_uri: _Word = None
    audiobook_chapter_title: _Name = None
    reason_start: _Word = None
    reason_end: _Word = None
    shuffle: bool | None = None
    skipped: bool | None = None
    offline: bool | None = None
    offline_timestamp: _Int64 | float | None = None
    incognito_mode: bool | None = None


# Kind, uri, name, artist, album, collection: the first fields of a `Row`.
_Content = tuple[Kind, str, str, str | None, str | None, str | None]


class _Refusal(NamedTuple):
    reason: Reason
    detail: str


_TRACK, _EPISODE, _CHAPTER = Kind
_NO_IDENTITY = _Refusal(Reason.NO_IDENTITY, "It names no track, episode or audiobook.")
_DECODER = msgspec.json.Decoder(list[_Raw])


def read(member: Member, now: datetime) -> Iterator[Batch]:
    """The rows of one member in its order, a stretch at a time.

    A row that cannot be a play is refused and the reading goes on; a member that is not one
    complete list of rows raises `ArchiveError`.
    """
    latest, first = now + _AHEAD, 1
    for raws in elements.batches(member.name, member.chunks(), _decode):
        yield _batch(member.name, first, raws, latest)
        first += len(raws)


def _batch(file: str, first: int, raws: Sequence[_Raw | Broken], latest: datetime) -> Batch:
    batch = Batch([], [])
    for number, raw in enumerate(raws, first):
        row = _row(raw, latest)
        if isinstance(row, Row):
            batch.rows.append(row)
        else:
            batch.rejected.append(Rejected(file, number, *row))
    return batch


def _decode(text: bytes) -> list[_Raw]:
    """Decode rows; those with a NUL character do not pass, as PostgreSQL cannot store it."""
    raws = _DECODER.decode(text)
    if _may_hold_nul(text) and any(_has_nul(raw) for raw in raws):
        raise msgspec.ValidationError("A NUL character stands in a name.")
    return raws


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


def _has_nul(raw: _Raw) -> bool:
    return any(isinstance(value, str) and "\0" in value for value in msgspec.structs.astuple(raw))


def _row(raw: _Raw | Broken, latest: datetime) -> Row | _Refusal:
    if isinstance(raw, Broken):
        return _Refusal(Reason.INVALID, raw.detail)
    content = _content(raw)
    if content is None:
        return _NO_IDENTITY
    if not _EARLIEST <= raw.ts <= latest:
        return _Refusal(Reason.INVALID, f"Its time is out of range: {raw.ts.isoformat()}.")
    ended_at = raw.ts.astimezone(UTC).replace(microsecond=0) if _is_odd(raw.ts) else raw.ts
    # By position, because keywords would take a tenth of the time that a whole import spends here.
    return Row(
        *content,
        _started_at(raw, ended_at),
        ended_at,
        raw.ms_played,
        platforms.family(raw.platform),
        _country(raw.conn_country),
        raw.reason_start,
        raw.reason_end,
        raw.shuffle,
        None if _SKIPS_LOST <= ended_at < _SKIPS_BACK else raw.skipped,
        raw.offline,
        raw.incognito_mode is True,  # is_private
        raw.offline is None,  # is_video
    )


def _content(raw: _Raw) -> _Content | None:
    if uri := raw.spotify_track_uri:
        name = raw.master_metadata_track_name or uri
        artist, album = raw.master_metadata_album_artist_name, raw.master_metadata_album_album_name
        return _TRACK, uri, name, artist or None, album or None, None
    if uri := raw.spotify_episode_uri:
        name = raw.episode_name or uri
        return _EPISODE, uri, name, None, None, raw.episode_show_name
    if uri := raw.audiobook_chapter_uri or raw.audiobook_uri:
        name = raw.audiobook_chapter_title or raw.audiobook_title or uri
        return _CHAPTER, uri, name, None, None, raw.audiobook_title
    return None


def _is_odd(ts: datetime) -> bool:
    """Whether an instant is anything else than UTC in whole seconds, as all real ones are."""
    return ts.tzinfo is not UTC or ts.microsecond > 0


def _started_at(raw: _Raw, ended_at: datetime) -> datetime:
    """When the play began: what the device noted where that can be, else the end less the length.

    The device's note matters most for plays without a connection: they all carry the time of
    their upload, up to weeks later, as their end.
    """
    if noted := raw.offline_timestamp:
        end = raw.ts.timestamp()
        if noted > _MILLISECONDS_FROM:
            noted /= 1000
        if _START_AFTER < noted <= end + _START_AHEAD_S and end - noted < _UPLOADED_WITHIN_S:
            return datetime.fromtimestamp(noted // 1, UTC)
    return ended_at + timedelta(0, (raw.ts.microsecond - raw.ms_played * 1000) // 1_000_000)


@lru_cache(maxsize=1024)
def _country(code: str | None) -> str | None:
    is_known = code and len(code) == 2 and code.isascii() and code.isalpha() and code != "ZZ"  # noqa: PLR2004
    return code if is_known else None
