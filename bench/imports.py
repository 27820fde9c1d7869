"""Import speed: a made-up extended export, from the upload to the ledger, on our own engines.

python bench/imports.py [plays]
"""

import json
import os
import random
import resource
import shutil
import sys
import tempfile
import time
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from spotify_insights import accounts, jobs, migrations
from spotify_insights.embedded import engines
from spotify_insights.listening import importing
from spotify_insights.models.job import JobKind
from spotify_insights.resources import transaction
from spotify_insights.settings import adopt
from spotify_insights.worker import FLOWS

ROWS_PER_FILE = 15_000
TRACKS = 12_000


def main(plays: int) -> None:
    folder = Path(tempfile.mkdtemp(prefix="insights-bench-", dir="/tmp"))
    try:
        upload = folder / "export.zip"
        write_export(upload, plays)
        with engines.started(folder) as ours:
            adopt(data_dir=folder, database_url=ours.database_url, redis_url=ours.redis_url)
            migrations.upgrade()
            with transaction() as session:
                user, _ = accounts.register(session, "bench", "Bench")
            figures = [measure(user.id, upload, name) for name in ("first", "again")]
        show(plays, upload.stat().st_size, figures)
    finally:
        shutil.rmtree(folder)


def measure(user_id: UUID, upload: Path, name: str) -> dict[str, object]:
    begun = time.perf_counter()
    with upload.open("rb") as file:
        record, job = importing.receive(user_id, [(upload.name, file)])
    jobs.run(job.id, FLOWS[JobKind.IMPORT])
    seconds = time.perf_counter() - begun
    with transaction() as session:
        done = importing.get_import(session, record.id)
    assert sum(done.counts.values()) == done.rows
    return {
        "import": name,
        "rows": done.rows,
        "new": done.counts["imported"],
        "seconds": round(seconds, 2),
        "rows_per_s": round(done.rows / seconds),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def show(plays: int, size: int, figures: list[dict[str, object]]) -> None:
    print(f"{plays:,} plays, zip of {size / 1e6:.1f} MB, {os.cpu_count()} cores")
    print(f"{'import':<8}{'rows':>10}{'new':>10}{'seconds':>9}{'rows/s':>10}{'peak MB':>9}")
    for one in figures:
        print(
            f"{one['import']:<8}{one['rows']:>10,}{one['new']:>10,}{one['seconds']:>9}"
            f"{one['rows_per_s']:>10,}{one['peak_mb']:>9}"
        )
    print(json.dumps({"bench": "imports", "plays": plays, "figures": figures}))


def write_export(path: Path, plays: int) -> None:
    """Fifteen years of days, in files cut as Spotify cuts them."""
    dice = random.Random(7)
    at = datetime(2011, 1, 1, tzinfo=UTC)
    step = timedelta(days=365 * 15) / plays
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number, first in enumerate(range(0, plays, ROWS_PER_FILE)):
            count = min(ROWS_PER_FILE, plays - first)
            rows = [a_row(dice, at + (first + index) * step) for index in range(count)]
            name = f"Spotify Extended Streaming History/Streaming_History_Audio_{number}.json"
            archive.writestr(name, json.dumps(rows, indent=2, ensure_ascii=False))


def a_row(dice: random.Random, ended: datetime) -> dict[str, object]:
    track = int(dice.paretovariate(0.4)) % TRACKS
    return {
        "ts": ended.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "platform": "android",
        "ms_played": dice.choice((0, 1_500, 28_000, 184_000, 213_000, 241_000)) + track,
        "conn_country": "DE",
        "ip_addr": "203.0.113.7",
        "master_metadata_track_name": f"Song number {track}",
        "master_metadata_album_artist_name": f"Artist {track % 2_500}",
        "master_metadata_album_album_name": f"Album {track % 5_000}",
        "spotify_track_uri": f"spotify:track:{track:022d}",
        "episode_name": None,
        "episode_show_name": None,
        "spotify_episode_uri": None,
        "audiobook_title": None,
        "audiobook_uri": None,
        "audiobook_chapter_uri": None,
        "audiobook_chapter_title": None,
        "reason_start": "trackdone",
        "reason_end": dice.choice(("trackdone", "fwdbtn")),
        "shuffle": dice.random() < 0.5,
        "skipped": False,
        "offline": False,
        "offline_timestamp": None,
        "incognito_mode": False,
    }


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
