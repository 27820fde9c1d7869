"""Exports made up for a test, as odd as the test needs them."""

import json
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from spotify_insights.listening.archives import spotify_extended
from spotify_insights.listening.archives.files import HEAD_BYTES, LIMITS, Allowance, Member
from spotify_insights.listening.archives.rows import Batch

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TRACK = "spotify:track:0a1b2c3d4e5f6g7h8i9j0k"
FOLDER = "Spotify Extended Streaming History/"


def a_row(**changes):
    """A row of the newest generation; a key changed to `...` is left out."""
    row = {
        "ts": "2024-05-01T10:03:20Z",
        "platform": "android",
        "ms_played": 200_000,
        "conn_country": "DE",
        "ip_addr": "203.0.113.7",
        "master_metadata_track_name": "Blue",
        "master_metadata_album_artist_name": "The Painters",
        "master_metadata_album_album_name": "Colours",
        "spotify_track_uri": TRACK,
        "episode_name": None,
        "episode_show_name": None,
        "spotify_episode_uri": None,
        "audiobook_title": None,
        "audiobook_uri": None,
        "audiobook_chapter_uri": None,
        "audiobook_chapter_title": None,
        "reason_start": "trackdone",
        "reason_end": "trackdone",
        "shuffle": False,
        "skipped": False,
        "offline": False,
        "offline_timestamp": None,
        "incognito_mode": False,
    }
    return {key: value for key, value in (row | changes).items() if value is not ...}


def an_account_row(end_time="2024-05-01 10:03", ms_played=200_000, **changes):
    """A row of account data, of music unless `trackName` and `artistName` are changed to `...`."""
    row = {
        "endTime": end_time,
        "artistName": "The Painters",
        "trackName": "Blue",
        "msPlayed": ms_played,
    }
    return {key: value for key, value in (row | changes).items() if value is not ...}


def without_track(**changes):
    none = dict.fromkeys(
        (
            "master_metadata_track_name",
            "master_metadata_album_artist_name",
            "master_metadata_album_album_name",
            "spotify_track_uri",
        )
    )
    return a_row(**(none | changes))


def as_json(*rows):
    """A file as Spotify writes it: two spaces, raw UTF-8, no newline at the end."""
    return json.dumps(rows, indent=2, ensure_ascii=False).encode()


def a_member(content: bytes, name="history.json", limits=LIMITS):
    return Member(
        name, len(content), content[:HEAD_BYTES], lambda: BytesIO(content), Allowance(limits)
    )


def parsed(content: bytes, now=NOW, parser=spotify_extended) -> Batch:
    """All rows of one file, in one batch."""
    whole = Batch([], [])
    for batch in parser.read(a_member(content), now):
        whole.rows.extend(batch.rows)
        whole.rejected.extend(batch.rejected)
    return whole


def only_row(row):
    """The one play that `row` is."""
    (played,) = parsed(as_json(row)).rows
    return played


def refusal(row):
    """Why `row` is not a play."""
    (rejected,) = parsed(as_json(row)).rejected
    return rejected


def a_zip(path: Path, contents: dict[str | zipfile.ZipInfo, bytes]) -> Path:
    """A zip with the folder entry that Spotify's own have, content and all."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(FOLDER, b"placeholder")
        for name, content in contents.items():
            archive.writestr(name, content)
    return path
