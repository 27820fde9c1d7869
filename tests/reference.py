"""What an export says, worked out a second time and without our code: slow, short and plain.

It reads the JSON itself and counts in Python, so that an error in our reading or in our SQL cannot
hide in the number it is compared with.
"""

import json
import zipfile
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

THIRTY_SECONDS = 30_000
FIVE_SECONDS = timedelta(seconds=5)
SIXTY_DAYS = 60 * 24 * 60 * 60
URIS = {
    "track": ("spotify_track_uri",),
    "episode": ("spotify_episode_uri",),
    "chapter": ("audiobook_chapter_uri", "audiobook_uri"),
}


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
    is_private: bool

    @property
    def key(self):
        return self[:4]


Dated = tuple[date, Play]


class Totals(NamedTuple):
    plays: int
    counted_plays: int
    ms_played: int
    distinct_tracks: int
    distinct_artists: int
    distinct_albums: int
    days_active: int
    first_play_at: datetime | None
    last_play_at: datetime | None


def rows_of(export: Path) -> list[dict]:
    """All rows of all files of an export, in the order of the zip."""
    with zipfile.ZipFile(export) as archive:
        names = [name for name in archive.namelist() if name.endswith(".json")]
        return [row for name in names for row in json.loads(archive.read(name))]


def plays_of(rows: list[dict]) -> list[Play]:
    """One play for each natural key, as the first row with that key has it."""
    plays: dict[tuple, Play] = {}
    for row in rows:
        play = _play(row)
        if play is not None:
            plays.setdefault(play.key, play)
    return list(plays.values())


def listens_of(plays: list[Play]) -> list[Play]:
    """The plays without those that tell of the same listen a second time, the earlier start kept.

    The same thing for the same time, started and ended within seconds of the play before it; or
    ended in the very second, where only one of the two starts was noted by the device.
    """
    alike: dict[tuple, list[Play]] = defaultdict(list)
    for play in sorted(plays):
        alike[play.uri, play.ms_played].append(play)
    return [play for told in alike.values() for play in _told_once(told)]


def rows_without_identity(rows: list[dict]) -> int:
    return sum(_play(row) is None for row in rows)


def dated(plays: list[Play], zone: str, day_starts_at: int = 0) -> list[Dated]:
    """Each play with its day on a wall clock, where a day may begin later than midnight."""
    clock, later = ZoneInfo(zone), timedelta(hours=day_starts_at)
    return [
        ((play.started_at.astimezone(clock).replace(tzinfo=None) - later).date(), play)
        for play in plays
    ]


def within(plays: list[Dated], first: date | None, last: date | None) -> list[Dated]:
    """The plays of the days from the first to the last, both inclusive and optional."""
    return [
        (day, play)
        for day, play in plays
        if (first is None or day >= first) and (last is None or day <= last)
    ]


def totals(plays: list[Dated], kind: str = "track") -> Totals:
    chosen = [(day, play) for day, play in plays if play.kind == kind]
    counted = [play for _, play in chosen if play.ms_played >= THIRTY_SECONDS]
    starts = [play.started_at for _, play in chosen]
    return Totals(
        plays=len(chosen),
        counted_plays=len(counted),
        ms_played=sum(play.ms_played for _, play in chosen),
        distinct_tracks=len({play.track for play in counted}),
        distinct_artists=len({play.artist for play in counted} - {None}),
        distinct_albums=len({play.album for play in counted} - {None}),
        days_active=len({day for day, _ in chosen}),
        first_play_at=min(starts, default=None),
        last_play_at=max(starts, default=None),
    )


def _play(row) -> Play | None:
    found = [(kind, row.get(field)) for kind, fields in URIS.items() for field in fields]
    kind, uri = next(((kind, uri) for kind, uri in found if uri), (None, None))
    if kind is None:
        return None
    ended_at = datetime.fromisoformat(row["ts"])
    started_at = _started_at(row, ended_at)
    private = row.get("incognito_mode") is True
    names = (uri, *_names(row, kind))
    return Play(started_at, ended_at, uri, row["ms_played"], kind, *_identity(*names), private)


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
    """A track is its artist and title; its address stands in for what is missing of them."""
    who = _same(artist) if artist else None
    track = (who, _same(title or uri)) if who else (uri,)
    return track, who, (who, _same(album)) if who and album else None


def _same(name: str) -> str:
    """Equal for names that differ in case and spaces only."""
    return " ".join(name.casefold().split())


def _started_at(row, ended_at) -> datetime:
    """The device's own note where it is possible, else the end less the length."""
    end, noted = ended_at.timestamp(), row["offline_timestamp"] or 0
    if noted > 100_000_000_000:
        noted /= 1000
    if 1_100_000_000 < noted <= end + 60 and end - noted < SIXTY_DAYS:
        return datetime.fromtimestamp(int(noted), UTC)
    # Whole seconds, rounded down as the exports round.
    return datetime.fromtimestamp(end + (-row["ms_played"] // 1000), UTC)
