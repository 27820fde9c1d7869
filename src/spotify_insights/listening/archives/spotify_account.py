"""Spotify's account data: one year of music, podcasts and audiobooks, exact to the minute.

Both layouts. In the older one podcasts stand among the music, under the name of their show, and
cannot be told from it.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Annotated

import msgspec
from msgspec import Meta

from spotify_insights.listening.archives import reading
from spotify_insights.listening.archives.files import Member
from spotify_insights.listening.archives.reading import Judge
from spotify_insights.listening.archives.rows import (
    LONGEST_PLAY_MS,
    Batch,
    Circumstances,
    Content,
    Name,
    Reason,
    Refusal,
    Row,
    named,
)
from spotify_insights.models.listening import Origin, PlayKind

_KEYS = frozenset({"endTime", "msPlayed"})
_TOLD = Circumstances(Origin.SPOTIFY_ACCOUNT)
_NO_IDENTITY = Refusal(Reason.NO_IDENTITY, "It names no track, episode or audiobook.")
# What is told to the minute leaves room for so many plays of one song and length within it.
_SECONDS = 60

# More plays of one minute than anybody has. What goes beyond it must not fill the memory.
_MOST_AT_ONCE = 1_000


class _Raw(msgspec.Struct, gc=False):
    endTime: Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\d \d\d:\d\d$")]  # noqa: N815 - its name
    msPlayed: Annotated[int, Meta(ge=0, le=LONGEST_PLAY_MS)]  # noqa: N815
    trackName: Name = None  # noqa: N815
    artistName: Name = None  # noqa: N815
    episodeName: Name = None  # noqa: N815
    podcastName: Name = None  # noqa: N815
    chapterName: Name = None  # noqa: N815
    audiobookName: Name = None  # noqa: N815
    authorName: Name = None  # noqa: N815


_DECODE = reading.decoder(_Raw)


def recognises(head: bytes) -> bool:
    return reading.has_keys(head, _KEYS)


def read(member: Member, now: datetime) -> Iterator[Batch]:
    """The rows of one member in its order, a stretch at a time."""
    return reading.json_rows(member, _DECODE, _judge(now))


def _judge(now: datetime) -> Judge[_Raw]:
    """Judge rows one after the other, telling apart those that say the same.

    Rows alike in everything are real repeats here, a song skipped twice within a minute. Which of
    its seconds each of them ended in is unknown, so they take one each: otherwise all of them would
    be one play.
    """
    seen: dict[tuple[Content, int], int] = {}
    minute = ""

    def judge(raw: _Raw) -> Row | Refusal:
        nonlocal minute
        content = _content(raw)
        if content is None:
            return _NO_IDENTITY
        ended_at = _minute(raw.endTime)
        if ended_at is None:
            return Refusal(Reason.INVALID, f"Its time is no time: {raw.endTime}.")
        if not reading.time_is_possible(ended_at, now):
            return reading.out_of_range(ended_at)
        if raw.endTime != minute or len(seen) == _MOST_AT_ONCE:
            minute = raw.endTime
            seen.clear()
        repeats = seen[content, raw.msPlayed] = seen.get((content, raw.msPlayed), -1) + 1
        ended_at += timedelta(seconds=repeats % _SECONDS)
        started_at = ended_at + timedelta(seconds=-raw.msPlayed // 1000)
        return Row(content, started_at, ended_at, raw.msPlayed, _TOLD)

    return judge


@lru_cache(maxsize=64)
def _minute(told: str) -> datetime | None:
    try:
        return datetime.fromisoformat(told).replace(tzinfo=UTC)
    except ValueError:
        return None


def _content(raw: _Raw) -> Content | None:
    if raw.trackName and raw.artistName:
        return _track(raw.artistName, raw.trackName)
    if raw.episodeName and raw.podcastName:
        return _spoken(PlayKind.EPISODE, raw.podcastName, raw.episodeName)
    if raw.audiobookName:
        return _spoken(PlayKind.CHAPTER, raw.audiobookName, raw.chapterName or raw.audiobookName)
    return None


@lru_cache(maxsize=4096)
def _track(artist: str, title: str) -> Content:
    uri = named(PlayKind.TRACK, artist, title)
    return Content(PlayKind.TRACK, uri, title, artist, None, None)


@lru_cache(maxsize=1024)
def _spoken(kind: PlayKind, collection: str, title: str) -> Content:
    return Content(kind, named(kind, collection, title), title, None, None, collection)
