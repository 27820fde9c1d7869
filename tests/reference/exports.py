"""What an export says, read a second time and without our code: slow, short and plain.

It reads the JSON itself, so that an error in our reading or in our statistics cannot hide in the
number it is compared with.
"""

import json
import zipfile
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

THIRTY_SECONDS = 30_000
FIVE_SECONDS = timedelta(seconds=5)
SIXTY_DAYS = 60 * 24 * 60 * 60
URIS = {
    "track": ("spotify_track_uri",),
    "episode": ("spotify_episode_uri",),
    "chapter": ("audiobook_chapter_uri", "audiobook_uri"),
}
# In between Spotify wrote null or false, whatever had happened.
SKIPS_LOST = datetime(2016, 3, 18, tzinfo=UTC)
SKIPS_BACK = datetime(2022, 10, 14, 10, tzinfo=UTC)


class How(NamedTuple):
    """What else a row says of a play, in its own words; None where its source does not say."""

    platform: str | None = None
    country: str | None = None
    reason_start: str | None = None
    reason_end: str | None = None
    shuffle: bool | None = None
    skipped: bool | None = None
    offline: bool | None = None
    is_video: bool | None = None


class Play(NamedTuple):
    """The first four fields are what makes two rows the same play."""

    started_at: datetime
    ended_at: datetime
    uri: str
    ms_played: int
    kind: str
    track: tuple
    artist: str | None
    album: tuple | None
    is_private: bool = False
    how: How = How()

    @property
    def key(self):
        return self[:4]


def rows_of(export: Path) -> list[dict]:
    """All rows of all files of an export, in the order of the zip."""
    return [row for file in files_of(export) for row in file]


def files_of(export: Path) -> list[list[dict]]:
    with zipfile.ZipFile(export) as archive:
        names = [name for name in archive.namelist() if name.endswith(".json")]
        return [json.loads(archive.read(name)) for name in names]


def plays_of(rows: list[dict]) -> list[Play]:
    """One play for each natural key, as the first row with that key has it."""
    plays: dict[tuple, Play] = {}
    for row in rows:
        play = _play(row)
        if play is not None:
            plays.setdefault(play.key, play)
    return list(plays.values())


def plays_of_account_data(files: list[list[dict]]) -> list[Play]:
    """The same of account data, where rows that say the same are repeats within one minute.

    Each repeat takes a second of its own.
    """
    plays: dict[tuple, Play] = {}
    for file in files:
        for _, of_minute in groupby(file, key=lambda row: row["endTime"]):
            seen: dict[tuple, int] = defaultdict(int)
            for row in of_minute:
                play = _account_play(row, seen)
                plays.setdefault(play.key, play)
    return list(plays.values())


def listens_of(plays: list[Play]) -> list[Play]:
    """The plays without those that tell of the same listen a second time, the earlier start kept.

    The same thing for the same time, started and ended within seconds of the play before it; or
    ended in the very second, where only one of the two starts was noted by the device.
    """
    alike: dict[tuple, list[Play]] = defaultdict(list)
    for play in sorted(plays, key=lambda play: play.key):
        alike[play.uri, play.ms_played].append(play)
    return [play for told in alike.values() for play in _told_once(told)]


def rows_without_identity(rows: list[dict]) -> int:
    return sum(_play(row) is None for row in rows)


def same(name: str) -> str:
    """Equal for names that differ in case and spaces only."""
    return " ".join(name.casefold().split())


def address(kind: str, of: str, title: str) -> str:
    """What stands for an address where a source gives names alone."""
    return f"{kind} {same(of)}\n{same(title)}"


def _play(row) -> Play | None:
    found = [(kind, row.get(field)) for kind, fields in URIS.items() for field in fields]
    kind, uri = next(((kind, uri) for kind, uri in found if uri), (None, None))
    if kind is None:
        return None
    ended_at = datetime.fromisoformat(row["ts"])
    started_at = _started_at(row, ended_at)
    private = row.get("incognito_mode") is True
    named = _identity(uri, *_names(row, kind))
    how = _how(row, ended_at)
    return Play(started_at, ended_at, uri, row["ms_played"], kind, *named, private, how)


def _how(row, ended_at) -> How:
    fields = ("reason_start", "reason_end", "shuffle", "skipped", "offline")
    told = {field: row[field] for field in fields}
    if SKIPS_LOST <= ended_at < SKIPS_BACK:
        told["skipped"] = None
    # Rows of the video file alone do not say whether they were offline.
    return How(row["platform"], row["conn_country"], **told, is_video=row["offline"] is None)


def _account_play(row, seen) -> Play:
    if row.get("trackName"):
        kind, of, title = "track", row["artistName"], row["trackName"]
    elif row.get("episodeName"):
        kind, of, title = "episode", row["podcastName"], row["episodeName"]
    else:
        kind, of = "chapter", row["audiobookName"]
        title = row["chapterName"] or of
    uri, length = address(kind, of, title), row["msPlayed"]
    ended_at = datetime.fromisoformat(row["endTime"]).replace(tzinfo=UTC)
    ended_at += timedelta(seconds=seen[uri, length])
    seen[uri, length] += 1
    started_at = ended_at - timedelta(seconds=-(-length // 1000))
    names = (title, of, None) if kind == "track" else (None, of, of)
    return Play(started_at, ended_at, uri, length, kind, *_identity(uri, *names))


def _told_once(told: list[Play]) -> list[Play]:
    if told[0].ms_played < THIRTY_SECONDS:
        return told
    firsts = [
        play for before, play in zip([None, *told], told, strict=False) if not _near(before, play)
    ]
    noted = {play.ended_at for play in firsts if not _is_worked_out(play)}
    return [play for play in firsts if not (_is_worked_out(play) and play.ended_at in noted)]


def _near(before: Play | None, play: Play) -> bool:
    return (
        before is not None
        and play.started_at - before.started_at <= FIVE_SECONDS
        and abs(play.ended_at - before.ended_at) <= FIVE_SECONDS
    )


def _is_worked_out(play: Play) -> bool:
    length = timedelta(milliseconds=play.ms_played)
    return abs(play.ended_at - play.started_at - length) <= timedelta(seconds=1)


def _names(row, kind) -> tuple[str | None, str | None, str | None]:
    """Title, artist and album; for what is spoken, the show or the book is both of the latter."""
    if kind == "track":
        fields = ("track_name", "album_artist_name", "album_album_name")
        title, artist, album = (row[f"master_metadata_{field}"] for field in fields)
        return title, artist, album
    show = row["episode_show_name"] if kind == "episode" else row["audiobook_title"]
    return None, show, show


def _identity(uri, title, artist, album) -> tuple[tuple, str | None, tuple | None]:
    """A track is its artist and title; its address stands in for what is missing of them.

    An episode or a chapter is its address alone.
    """
    who = same(artist) if artist else None
    track = (who, same(title or uri)) if who else (uri,)
    return track, who, (who, same(album)) if who and album else None


def _started_at(row, ended_at) -> datetime:
    """The device's own note where it is possible, else the end less the length."""
    end, noted = ended_at.timestamp(), row["offline_timestamp"] or 0
    if noted > 100_000_000_000:
        noted /= 1000
    if 1_100_000_000 < noted <= end + 60 and end - noted < SIXTY_DAYS:
        return datetime.fromtimestamp(int(noted), UTC)
    # Whole seconds, rounded down as the exports round.
    return datetime.fromtimestamp(end + (-row["ms_played"] // 1000), UTC)
