"""How surely the accounts of one listen find each other, over real exports.

python bench/matching.py [folder with extended exports]

What Spotify's recently played list, or its account data, would have told of the same listening is
derived from each export and stored before or after it: every listen must be there once.
"""

import json
import random
import shutil
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import BinaryIO, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import text

from spotify_insights import accounts, jobs, migrations
from spotify_insights.embedded import engines
from spotify_insights.listening import polled, uploads
from spotify_insights.models.job import JobKind
from spotify_insights.models.listening import Provenance
from spotify_insights.resources import transaction
from spotify_insights.settings import adopt
from spotify_insights.spotify.payloads import PlayHistory
from spotify_insights.worker import FLOWS

EXPORTS = Path(__file__).parents[2] / "shared" / "exports"
LISTED_MS = 30_000
LONGEST_TRACK_MS = 900_000
BATCH = 50
YEAR = timedelta(days=365)


class Listen(NamedTuple):
    """A play as an extended export tells it; the first four fields say which one it is."""

    started_at: datetime
    ended_at: datetime
    uri: str
    ms_played: int
    kind: str
    title: str
    artist: str | None
    album: str | None
    collection: str | None
    is_private: bool


# What tells one listen from all others.
Key = tuple[datetime, datetime, str, int]


class Told(NamedTuple):
    """A listen and the item of the recently played list that tells of it."""

    listen: Listen
    item: PlayHistory


@dataclass
class Figures:
    """What became of the poorer accounts of listens.

    `matched` stand behind their own listen, `swapped` behind another one of the same loop, so that
    the number of listens is right. `alone` are visible, since the export leaves their listen out.
    `missed` are visible although it does not; `false` stand behind a listen that is not theirs.
    """

    told: int = 0
    matched: int = 0
    swapped: int = 0
    missed: int = 0
    false: int = 0
    alone: int = 0


# What an export says, and what else would tell of it


def listens(user_id: UUID) -> list[Listen]:
    """The visible plays of a listener, oldest first."""
    query = """
        select p.started_at, p.ended_at, c.uri, p.ms_played, p.kind, coalesce(t.name, c.name),
            a.name, b.name, c.collection, p.is_private
        from plays p join contents c on c.id = p.content_id
        left join tracks t on t.id = p.track_id left join artists a on a.id = p.artist_id
        left join albums b on b.id = p.album_id
        where p.user_id = :user_id and not p.is_superseded
        order by p.started_at, p.ended_at, c.uri, p.ms_played
    """
    with transaction() as session:
        return [Listen(*row) for row in session.execute(text(query), {"user_id": user_id})]


def told_by_polls(plays: Iterable[Listen], dice: random.Random, address: str = "") -> list[Told]:
    """What the recently played list would have told, oldest first.

    It leaves out private sessions and what lasted less than 30 s. The time it gives is the end or,
    for days on end, the start of a play, by a clock that is not quite the export's. `address` is
    put behind the one of each song.
    """
    plays = [one for one in plays if one.kind == "track" and not one.is_private]
    lengths: dict[str, int] = {}
    for one in plays:
        known = lengths.get(one.uri, LISTED_MS)
        lengths[one.uri] = max(known, min(one.ms_played, LONGEST_TRACK_MS))
    readings = _readings(dice)
    told = [
        Told(one, _item(one, one.uri + address, lengths[one.uri], next(readings), dice))
        for one in plays
        if one.ms_played >= LISTED_MS
    ]
    return sorted(told, key=lambda one: one.item.played_at)


def _readings(dice: random.Random) -> Iterator[bool]:
    """Whether the time of one play after the other is its end: runs of one reading, and flips."""
    while True:
        is_end = dice.random() < 0.5
        is_steady = dice.random() < 0.8
        for _ in range(dice.randint(20, 400)):
            yield is_end if is_steady else dice.random() < 0.5


def _item(
    listen: Listen, uri: str, duration_ms: int, is_end: bool, dice: random.Random
) -> PlayHistory:
    skew_s = dice.uniform(-2, 2) if dice.random() < 0.95 else dice.uniform(-30, 30)
    skew = timedelta(milliseconds=round(skew_s * 1000))
    artists = [{"name": listen.artist}] if listen.artist else []
    track = {
        "uri": uri,
        "name": listen.title,
        "artists": artists,
        "album": {"name": listen.album or "", "artists": artists},
        "duration_ms": duration_ms,
    }
    heard_at = listen.ended_at if is_end else listen.started_at
    return PlayHistory.model_validate({"track": track, "played_at": heard_at + skew})


def as_export(plays: Iterable[Listen]) -> BytesIO:
    """An extended export that tells of exactly these plays."""
    rows = [
        {
            "ts": f"{one.ended_at:%Y-%m-%dT%H:%M:%SZ}",
            "ms_played": one.ms_played,
            "offline_timestamp": int(one.started_at.timestamp()),
            "incognito_mode": one.is_private,
            "master_metadata_track_name": one.title if one.kind == "track" else None,
            "master_metadata_album_artist_name": one.artist,
            "master_metadata_album_album_name": one.album,
            "episode_name": None if one.kind == "track" else one.title,
            "episode_show_name": one.collection,
            "spotify_track_uri": one.uri if one.kind == "track" else None,
            "spotify_episode_uri": None if one.kind == "track" else one.uri,
        }
        for one in plays
    ]
    return _zipped("Streaming_History_Audio_0.json", rows)


def as_account_data(plays: Iterable[Listen]) -> BytesIO:
    """The account data of these plays: no addresses, no albums, and ends by the minute."""
    music = [
        {
            "endTime": f"{one.ended_at:%Y-%m-%d %H:%M}",
            "artistName": one.artist,
            "trackName": one.title,
            "msPlayed": one.ms_played,
        }
        for one in plays
        if one.kind == "track"
    ]
    return _zipped("Spotify Account Data/StreamingHistory_music_0.json", music)


def _zipped(name: str, rows: Sequence[Mapping[str, object]]) -> BytesIO:
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(name, json.dumps(rows, indent=2, ensure_ascii=False))
    content.seek(0)
    return content


# Storing it


def a_listener() -> UUID:
    with transaction() as session:
        user, _ = accounts.register(session, f"bench_{uuid4().hex}", "Bench")
    return user.id


def bring_in(user_id: UUID, file: BinaryIO) -> dict[str, int]:
    """Import a file as a worker does; return what became of its rows."""
    record, job = uploads.receive(user_id, [("export.zip", file)])
    jobs.run(job.id, FLOWS[JobKind.IMPORT])
    query = text("select status, counts, error_message from imports where id = :id")
    with transaction() as session:
        status, counts, error = session.execute(query, {"id": record.id}).one()
    assert status == "succeeded", f"the import is {status}: {error}"
    return dict(counts)


def poll(user_id: UUID, told: Iterable[Told]) -> None:
    """Store what polls would have found, some dozen plays at a time."""
    items = (one.item for one in told)
    while batch := list(islice(items, BATCH)):
        with transaction() as session:
            polled.save(session, user_id, batch, Provenance.API)


# Judging it


def judge_polls(user_id: UUID, told: Sequence[Told], there: Iterable[Listen]) -> Figures:
    """Compare what polled plays stand behind with the listens they told of.

    Plays of a loop may stand behind each other's listen; what counts is where such a chain begins
    and ends. One that begins with a listen out of the export ends with a visible play, else a
    listen is lost; one that begins with a listen in it does not, else a listen is there twice.
    """
    own = {one[:4] for one in there}
    behind = _behind(user_id, "spotify_polled")
    pairs = {
        listen[:4]: other
        for listen, item in told
        for other in behind[item.played_at.replace(microsecond=0), item.track.uri]
    }
    astray = {listen: other for listen, other in pairs.items() if other != listen}
    figures = Figures(told=len(told), matched=len(pairs) - len(astray))
    for begin in astray.keys() - set(astray.values()):
        end = begin
        while following := astray.get(end):
            end = following
        figures.missed += begin in own and end in astray
        figures.false += begin not in own and end not in astray
    figures.alone = list(astray.values()).count(None) - figures.missed
    figures.swapped = len(astray) - figures.alone - figures.missed - figures.false
    return figures


def _behind(user_id: UUID, origin: str) -> dict[tuple[datetime, str], list[Key | None]]:
    """For each account of an origin, by its end and address, the listen that stands for it."""
    query = """
        select p.ended_at, c.uri, r.started_at, r.ended_at, rc.uri, r.ms_played
        from plays p join contents c on c.id = p.content_id
        left join matches m on m.user_id = p.user_id and m.play_id = p.id
        left join plays r on r.user_id = p.user_id and r.id = m.by_play_id
        left join contents rc on rc.id = r.content_id
        where p.user_id = :user_id and p.origin = cast(:origin as origin)
    """
    found: dict[tuple[datetime, str], list[Key | None]] = {}
    with transaction() as session:
        for row in session.execute(text(query), {"user_id": user_id, "origin": origin}):
            behind = (row[2], row[3], row[4], row[5]) if row[2] else None
            found.setdefault((row[0], row[1]), []).append(behind)
    return found


# The table


def main(folder: Path) -> None:
    exports = sorted(folder.glob("extended*.zip"))
    if not exports:
        print(f"matching: no extended*.zip in {folder}, nothing to measure")
        return
    figures = []
    engines_in = Path(tempfile.mkdtemp(prefix="insights-bench-", dir="/tmp"))
    try:
        with engines.started(engines_in) as ours:
            adopt(data_dir=engines_in, database_url=ours.database_url, redis_url=ours.redis_url)
            migrations.upgrade()
            for export in exports:
                for one in measured(export):
                    show(one)
                    figures.append(one)
    finally:
        shutil.rmtree(engines_in)
    print(json.dumps({"bench": "matching", "figures": figures}))


def measured(export: Path) -> Iterator[dict[str, object]]:
    alone = a_listener()
    with export.open("rb") as file:
        bring_in(alone, file)
    full = listens(alone)
    for case, address, left_out in (
        ("polled", "", 0.0),
        ("polled, other addresses", "0", 0.0),
        ("polled, 10 % not exported", "", 0.1),
    ):
        yield {"export": export.name, "case": case} | _polled(full, address, left_out)
    for case, is_first in (("account data before", True), ("account data after", False)):
        yield {"export": export.name, "case": case} | _account(full, is_first=is_first)


def _polled(full: Sequence[Listen], address: str, left_out: float) -> dict[str, object]:
    dice = random.Random(7)
    there = [one for one in full if dice.random() >= left_out]
    told = told_by_polls(full, dice, address)
    listener = a_listener()
    begun = time.perf_counter()
    poll(listener, told)
    polls_s = time.perf_counter() - begun
    bring_in(listener, as_export(there))
    import_s = time.perf_counter() - begun - polls_s
    times = {"polls_s": round(polls_s, 1), "import_s": round(import_s, 1)}
    return asdict(judge_polls(listener, told, there)) | times


def _account(full: Sequence[Listen], *, is_first: bool) -> dict[str, object]:
    """The account data of the year before the newest play, beside the whole export."""
    newest = max(one.ended_at for one in full)
    year = [one for one in full if one.kind == "track" and newest - one.ended_at < YEAR]
    listener = a_listener()
    files = [as_account_data(year), as_export(full)]
    for file in files if is_first else files[::-1]:
        bring_in(listener, file)
    return asdict(judge_account(listener, len(year), full))


def judge_account(user_id: UUID, told: int, full: Iterable[Listen]) -> Figures:
    """Every listen stands as if there were the export alone, whatever stands behind it."""
    behind = [one for some in _behind(user_id, "spotify_account").values() for one in some]
    missed = behind.count(None)
    lost = set(full) - set(listens(user_id))
    return Figures(told, matched=len(behind) - missed, missed=missed, false=len(lost))


def show(one: dict[str, object]) -> None:
    columns = ("told", "matched", "swapped", "missed", "false", "alone")
    cells = "".join(f"  {name} {one[name]:>6,}" for name in columns)
    print(f"{one['export']:<36}{one['case']:<27}{cells}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else EXPORTS)
