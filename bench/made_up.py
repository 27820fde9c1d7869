"""A made-up extended export, with the proportions of real ones.

python bench/made_up.py FILE.zip [plays] [files]
"""

import random
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

YEARS = 15
TRACKS = 12_000
ARTISTS = 2_500
FOLDER = "Spotify Extended Streaming History"
PLATFORMS = (
    *("android", "ios", "iOS 17.4.1 (iPhone14,5)", "Android OS 13 API 33 (Google, Pixel 7)"),
    *("Windows 10 (10.0.19045; x64)", "web_player linux undefined;chrome 120.0;desktop"),
)
REASONS_START = ("trackdone", "trackdone", "trackdone", "fwdbtn", "clickrow", "appload")
REASONS_END = ("trackdone", "trackdone", "trackdone", "fwdbtn", "endplay", "logout")
LENGTHS_MS = (0, 1_500, 28_000, 184_000, 213_000, 241_000)
# Before, the key is null; between, it counts milliseconds; then seconds.
NOTED_IN_MS_FROM = datetime(2017, 6, 1, tzinfo=UTC)
NOTED_IN_S_FROM = datetime(2022, 10, 1, tzinfo=UTC)


def write_export(path: Path, plays: int, files: int) -> None:
    """For one number of plays always the same ones, cut into so many files."""
    rows = history(random.Random(7), plays)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(files):
            count = plays // files + (number < plays % files)
            content = msgspec.json.encode([next(rows) for _ in range(count)])
            name = f"{FOLDER}/Streaming_History_Audio_{number}.json"
            archive.writestr(name, msgspec.json.format(content, indent=2))


def history(dice: random.Random, plays: int) -> Iterator[dict[str, object]]:
    """Fifteen years in their order.

    One row in 250 is told twice, one in 1,000 again with an end some seconds later, and one in 500
    names nothing: about what real exports have.
    """
    step = timedelta(days=365 * YEARS) / plays
    ended_at = datetime(2011, 1, 1, tzinfo=UTC)
    row = a_row(dice, ended_at)
    yield row
    for number in range(1, plays):
        fate = dice.random()
        if fate < 0.001:
            yield row | {"ts": iso(ended_at + timedelta(seconds=dice.randint(1, 3)))}
        elif fate >= 0.005:
            ended_at = datetime(2011, 1, 1, tzinfo=UTC) + number * step
            row = a_row(dice, ended_at)
            yield row | {"spotify_track_uri": None} if fate > 0.998 else row
        else:
            yield row


def a_row(dice: random.Random, ended_at: datetime) -> dict[str, object]:
    """A tenth of the tracks has two thirds of the plays."""
    track = int(TRACKS * dice.random() ** 5)
    ms_played = dice.choice(LENGTHS_MS) + track
    return {
        "ts": iso(ended_at),
        "platform": dice.choice(PLATFORMS),
        "ms_played": ms_played,
        "conn_country": "DE" if dice.random() < 0.95 else "FR",
        "ip_addr": "203.0.113.7",
        "master_metadata_track_name": f"Song number {track}",
        "master_metadata_album_artist_name": f"Artist {track % ARTISTS}",
        "master_metadata_album_album_name": f"Album {track % (2 * ARTISTS)}",
        "spotify_track_uri": f"spotify:track:{track:022d}",
        "episode_name": None,
        "episode_show_name": None,
        "spotify_episode_uri": None,
        "audiobook_title": None,
        "audiobook_uri": None,
        "audiobook_chapter_uri": None,
        "audiobook_chapter_title": None,
        "reason_start": dice.choice(REASONS_START),
        "reason_end": dice.choice(REASONS_END),
        "shuffle": dice.random() < 0.5,
        "skipped": dice.random() < 0.1,
        "offline": dice.random() < 0.02,
        "offline_timestamp": noted(dice, ended_at, ms_played),
        "incognito_mode": dice.random() < 0.005,
    }


def noted(dice: random.Random, ended_at: datetime, ms_played: int) -> int | None:
    """When the device says that the play started, a moment before it was heard."""
    if ended_at < NOTED_IN_MS_FROM:
        return None
    moment_ms = int(1000 * ended_at.timestamp()) - ms_played - dice.randrange(1_000)
    return moment_ms if ended_at < NOTED_IN_S_FROM else moment_ms // 1000


def iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


if __name__ == "__main__":
    target, plays, files = (*sys.argv[1:], *("500000", "40")[len(sys.argv) - 2 :])
    write_export(Path(target), int(plays), int(files))
