"""Spotify's extended streaming history, in all three generations of its keys (21, 19 and 23).

User name, address, user agent and device ids are not even decoded.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Annotated

import msgspec
from msgspec import Meta

from spotify_insights.listening.archives import platforms, reading
from spotify_insights.listening.archives.files import Member
from spotify_insights.listening.archives.rows import (
    AHEAD,
    EARLIEST,
    LONGEST_PLAY_MS,
    Batch,
    Circumstances,
    Content,
    Name,
    Reason,
    Refusal,
    Row,
)
from spotify_insights.models.listening import Origin, PlayKind

# Between these instants Spotify did not record `skipped`: exports say null or, later, false.
_SKIPS_LOST = datetime(2016, 3, 18, tzinfo=UTC)
_SKIPS_BACK = datetime(2022, 10, 14, 10, tzinfo=UTC)

# `offline_timestamp` is the start of a play, in seconds or milliseconds, where it is not garbage.
_MILLISECONDS_FROM = 1e11
_START_AFTER = 1.1e9
_START_AHEAD_S = 60
_UPLOADED_WITHIN_S = 60 * 86_400

_Int64 = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]


class _Raw(msgspec.Struct, gc=False):
    ts: Annotated[datetime, Meta(tz=True)]
    ms_played: Annotated[int, Meta(ge=0, le=LONGEST_PLAY_MS)]
    platform: Name = None
    conn_country: Name = None
    master_metadata_track_name: Name = None
    master_metadata_album_artist_name: Name = None
    master_metadata_album_album_name: Name = None
    spotify_track_uri: Name = None
    episode_name: Name = None
    episode_show_name: Name = None
    spotify_episode_uri: Name = None
    audiobook_title: Name = None
    audiobook_uri: Name = None
    audiobook_chapter_uri: Name = None
    audiobook_chapter_title: Name = None
    reason_start: Name = None
    reason_end: Name = None
    shuffle: bool | None = None
    skipped: bool | None = None
    offline: bool | None = None
    offline_timestamp: _Int64 | float | None = None
    incognito_mode: bool | None = None


_TRACK, _EPISODE, _CHAPTER = PlayKind
_NO_IDENTITY = Refusal(Reason.NO_IDENTITY, "It names no track, episode or audiobook.")
_DECODE = reading.decoder(_Raw)
_KEYS = frozenset({"ts", "ms_played"})


def recognises(head: bytes) -> bool:
    return reading.has_keys(head, _KEYS)


def read(member: Member, now: datetime) -> Iterator[Batch]:
    """The rows of one member in its order, a stretch at a time.

    What was played before in the member is the same object again: nothing has to be told apart
    from it by what is in it, which would take a third of the time.
    """
    latest = now + AHEAD
    tracks: dict[str, Content] = {}

    def judge(raw: _Raw) -> Row | Refusal:
        if not (uri := raw.spotify_track_uri):
            return _row(raw, _spoken(raw), latest)
        track = tracks.get(uri)
        if track is None or not _is_named_alike(raw, track):
            track = tracks[uri] = _track(raw, uri)
        return _row(raw, track, latest)

    return reading.json_rows(member, _DECODE, judge)


def _row(raw: _Raw, content: Content | None, latest: datetime) -> Row | Refusal:
    if content is None:
        return _NO_IDENTITY
    if not EARLIEST <= raw.ts <= latest:
        return reading.out_of_range(raw.ts)
    ended_at = raw.ts.astimezone(UTC).replace(microsecond=0) if _is_odd(raw.ts) else raw.ts
    circumstances = _circumstances(
        raw.platform,
        raw.conn_country,
        raw.reason_start,
        raw.reason_end,
        raw.shuffle,
        None if _SKIPS_LOST <= ended_at < _SKIPS_BACK else raw.skipped,
        raw.offline,
        raw.incognito_mode,
    )
    # By position, because keywords would take a tenth of the time that a whole import spends here.
    return Row(content, _started_at(raw, ended_at), ended_at, raw.ms_played, circumstances)


@lru_cache(maxsize=4096)
def _circumstances(
    platform: str | None,
    country: str | None,
    reason_start: str | None,
    reason_end: str | None,
    shuffle: bool | None,
    skipped: bool | None,
    offline: bool | None,
    incognito_mode: bool | None,
) -> Circumstances:
    return Circumstances(
        origin=Origin.SPOTIFY_EXTENDED,
        platform=platforms.family(platform),
        country=_country(country),
        reason_start=reason_start,
        reason_end=reason_end,
        shuffle=shuffle,
        skipped=skipped,
        offline=offline,
        is_private=incognito_mode is True,
        is_video=offline is None,
    )


def _track(raw: _Raw, uri: str) -> Content:
    name = raw.master_metadata_track_name or uri
    artist, album = raw.master_metadata_album_artist_name, raw.master_metadata_album_album_name
    return Content(_TRACK, uri, name, artist or None, album or None, None)


def _is_named_alike(raw: _Raw, track: Content) -> bool:
    """Whether an address still has the names it had: some change over the years."""
    return (
        raw.master_metadata_track_name == track.name
        and raw.master_metadata_album_artist_name == track.artist
        and raw.master_metadata_album_album_name == track.album
    )


def _spoken(raw: _Raw) -> Content | None:
    if uri := raw.spotify_episode_uri:
        name = raw.episode_name or uri
        return Content(_EPISODE, uri, name, None, None, raw.episode_show_name)
    if uri := raw.audiobook_chapter_uri or raw.audiobook_uri:
        name = raw.audiobook_chapter_title or raw.audiobook_title or uri
        return Content(_CHAPTER, uri, name, None, None, raw.audiobook_title)
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


def _country(code: str | None) -> str | None:
    is_known = code and len(code) == 2 and code.isascii() and code.isalpha() and code != "ZZ"  # noqa: PLR2004
    return code if is_known else None
