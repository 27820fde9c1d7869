"""Imports: a made-up extended export, from the upload to the ledger, on our own engines.

python bench/imports.py [plays]

Beside it, from the same run: a bare binary COPY of the same rows, what another listener's reads
cost meanwhile, what a play weighs, and how the tables are afterwards.
"""

import json
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Event
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from uuid import UUID

from psycopg import Cursor
from sqlalchemy import text

from made_up import write_export
from spotify_insights import accounts, jobs, migrations
from spotify_insights.embedded import engines
from spotify_insights.listening import importing, undoing, uploads
from spotify_insights.listening.stats.scope import scope_of
from spotify_insights.listening.stats.summary import summary
from spotify_insights.models import Snapshot
from spotify_insights.models.job import JobKind
from spotify_insights.resources import engine, transaction
from spotify_insights.settings import adopt
from spotify_insights.worker import FLOWS

FILES = 40
OTHER_FILES = 37
READERS_PLAYS = 30_000
ASK_EVERY_S = 0.02
IDLE_S = 3
COPIES = 3
AUTOVACUUM_WITHIN_S = 75

SPAWN = multiprocessing.get_context("spawn")
PART_OF = """
    select part from generate_series(0, 15) as part
    where satisfies_hash_partition(cast('plays' as regclass), 16, part, cast(:id as uuid))
"""
KEY = "user_id, started_at, ended_at, content_id, ms_played, origin"
BYTES = """
    select sum(pg_relation_size(p.relid)), sum(pg_indexes_size(p.relid)),
        pg_relation_size('claims') + pg_indexes_size('claims')
    from pg_partition_tree('plays') p where p.isleaf
"""
HEALTH = """
    select count(*) as partitions, sum(n_live_tup) as live, sum(n_dead_tup) as dead,
        count(*) filter (where last_autovacuum > :since) as vacuumed,
        count(*) filter (where last_autoanalyze > :since) as analyzed,
        (select count(*) from pg_index where not (indisvalid and indisready)) as invalid_indexes
    from pg_stat_user_tables
    where relid in (select relid from pg_partition_tree('plays') where isleaf)
"""


def main(plays: int) -> None:
    folder = Path(tempfile.mkdtemp(prefix="insights-bench-", dir="/tmp"))
    try:
        delivered, cut_anew, small = (folder / f"{name}.zip" for name in ("as", "other", "small"))
        write_export(delivered, plays, FILES)
        write_export(cut_anew, plays, OTHER_FILES)
        write_export(small, READERS_PLAYS, files=3)
        with engines.started(folder) as ours:
            adopt(data_dir=folder, database_url=ours.database_url, redis_url=ours.redis_url)
            migrations.upgrade()
            figures = measure(folder, delivered, cut_anew, small)
            engine().dispose()
        show(plays, delivered.stat().st_size, figures)
    finally:
        shutil.rmtree(folder)


def measure(folder: Path, delivered: Path, cut_anew: Path, small: Path) -> dict[str, Any]:
    one, other, reader = neighbours()
    worker(bring_in, reader, small)
    with reading(reader) as idle:
        time.sleep(IDLE_S)
    empty = sizes()
    first = worker(bring_in, one, delivered) | {"step": "first"}
    once = sizes()
    copied = copy_rows_per_s(one, folder / "rows")
    again = worker(bring_in, one, delivered) | {"step": "again, the same zip"}
    others = worker(bring_in, one, cut_anew) | {"step": "again, cut into other files"}
    twice = sizes()
    with reading(reader) as busy:
        watched = worker(bring_in, other, delivered) | {"step": "first, while another one reads"}
    undone = [
        worker(take_back, UUID(done["import_id"])) | {"step": f"undo of: {done['step']}"}
        for done in (others, again, first)
    ]
    return {
        "steps": [first, again, others, watched, *undone],
        "copy_rows_per_s": copied,
        "share_of_copy": round(first["rows_per_s"] / copied, 3),
        "reads_ms": {"idle": latencies(idle), "during_import": latencies(busy)},
        "bytes_per_play": per_play(empty, once, first["new"]),
        "bytes_per_play_other_files": per_play(empty, twice, first["new"]),
        "afterwards": health(since=datetime.now(UTC)),
    }


def neighbours() -> list[UUID]:
    """Three listeners of one partition, where whatever one does may be in another's way.

    The last has the highest id: the index grows in its middle for the others, which leaves its
    pages half full, as it does on a site with many.
    """
    by_part: defaultdict[int, list[UUID]] = defaultdict(list)
    with transaction() as session:
        users = [accounts.register(session, f"bench{no}", "Bench")[0] for no in range(33)]
        for user_id in sorted(user.id for user in users):
            by_part[session.execute(text(PART_OF), {"id": user_id}).scalar_one()].append(user_id)
    return max(by_part.values(), key=len)[-3:]


def worker(act: Any, *arguments: object) -> dict[str, Any]:
    """Let a process of its own do it, as a worker would: its memory is nobody else's."""
    with ProcessPoolExecutor(1, mp_context=SPAWN) as pool:
        done: dict[str, Any] = pool.submit(act, *arguments).result()
    return done


def bring_in(user_id: UUID, upload: Path) -> dict[str, Any]:
    begun_at, begun = datetime.now(UTC), time.perf_counter()
    with upload.open("rb") as file:
        record, job = uploads.receive(user_id, [(upload.name, file)])
    jobs.run(job.id, FLOWS[JobKind.IMPORT])
    seconds = time.perf_counter() - begun
    with transaction() as session:
        done = importing.get_import(session, record.id)
        ended = jobs.get_job(session, job.id)
        assert ended.result, ended.error_message
        snapshot = session.get_one(Snapshot, UUID(ended.result["snapshot_id"]))
    assert sum(done.counts.values()) == done.rows
    # The snapshot begins when the ledger is committed.
    stored = (snapshot.updated_at - begun_at).total_seconds()
    return {
        "import_id": str(record.id),
        "rows": done.rows,
        "new": done.counts["imported"] + done.counts["duplicate_near"],
        "seconds": round(stored, 2),
        "with_snapshot": round(seconds, 2),
        "rows_per_s": round(done.rows / stored),
        "peak_mb": peak_mb(),
    }


def take_back(import_id: UUID) -> dict[str, Any]:
    begun = time.perf_counter()
    with transaction() as session:
        job = undoing.submit(session, import_id)
        rows = importing.get_import(session, import_id).rows
    jobs.run(job.id, FLOWS[JobKind.UNDO])
    seconds = time.perf_counter() - begun
    with transaction() as session:
        ended = jobs.get_job(session, job.id)
    assert ended.result, ended.error_message
    return {
        "rows": rows,
        "new": -ended.result["plays_removed"],
        "seconds": round(seconds, 2),
        "with_snapshot": round(seconds, 2),
        "rows_per_s": round(rows / seconds),
        "peak_mb": peak_mb(),
    }


def peak_mb() -> int:
    """The most memory this process has held; `ru_maxrss` would begin at its parent's."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) // 1024


@contextmanager
def reading(user_id: UUID) -> Iterator[list[float]]:
    """Ask for a listener's totals all the while; the waits, in ms, are there after the block."""
    stop, answers, waits = SPAWN.Event(), SPAWN.SimpleQueue(), list[float]()
    process = SPAWN.Process(target=ask, args=(user_id, stop, answers), daemon=True)
    process.start()
    answers.get()
    try:
        yield waits
    finally:
        stop.set()
        waits += answers.get()
        process.join()


def ask(user_id: UUID, stop: Event, answers: "SimpleQueue[list[float]]") -> None:
    waits = [one_answer_ms(user_id)]
    answers.put([])
    while not stop.wait(ASK_EVERY_S):
        waits.append(one_answer_ms(user_id))
    answers.put(waits[1:])


def one_answer_ms(user_id: UUID) -> float:
    begun = time.perf_counter()
    with transaction() as session:
        summary(session, scope_of(accounts.get_user(session, user_id)))
    return 1000 * (time.perf_counter() - begun)


def latencies(waits: list[float]) -> dict[str, float]:
    p95 = quantiles(waits, n=20)[-1]
    return {"asked": len(waits), "median": round(median(waits), 1), "p95": round(p95, 1)}


def copy_rows_per_s(user_id: UUID, file: Path) -> int:
    """The same rows in the order of their key, into a table with the same columns and key."""
    connection = engine().raw_connection()
    cursor: Cursor = connection.cursor()  # type: ignore[assignment]
    listed = f"select * from plays where user_id = %s order by {KEY}"
    copy_out = f"copy ({listed}) to stdout (format binary)"
    with file.open("wb") as target, cursor.copy(copy_out, [user_id]) as copy:
        target.writelines(copy)
    rows, seconds = cursor.rowcount, [copy_in(cursor, file) for _ in range(COPIES)]
    connection.close()
    return round(rows / median(seconds))


def copy_in(cursor: "Cursor[Any]", file: Path) -> float:
    cursor.execute(f"create table bench_plays (like plays including defaults, primary key ({KEY}))")
    # In the transaction that makes a table, PostgreSQL would spare itself the log.
    cursor.connection.commit()
    begun = time.perf_counter()
    with file.open("rb") as source, cursor.copy("copy bench_plays from stdin (format binary)") as c:
        while chunk := source.read(1 << 20):
            c.write(chunk)
    cursor.connection.commit()
    seconds = time.perf_counter() - begun
    cursor.execute("drop table bench_plays")
    cursor.connection.commit()
    return seconds


def sizes() -> tuple[int, int, int]:
    with transaction() as session:
        table, index, claims = session.execute(text(BYTES)).one()
        return int(table), int(index), int(claims)


def per_play(before: tuple[int, ...], after: tuple[int, ...], plays: int) -> dict[str, int]:
    parts = zip(("table", "index", "claims"), before, after, strict=True)
    return {name: round((more - less) / plays) for name, less, more in parts}


def health(*, since: datetime) -> dict[str, Any]:
    """How the partitions are once autovacuum has come by again, or should have."""
    for _ in range(AUTOVACUUM_WITHIN_S):
        with transaction() as session:
            found = session.execute(text(HEALTH), {"since": since}).mappings().one()
            rows = session.scalar(text("select count(*) from plays"))
        if found["vacuumed"] and found["analyzed"]:
            break
        time.sleep(1)
    return {name: int(value) for name, value in found.items()} | {"rows": rows}


def show(plays: int, size: int, figures: dict[str, Any]) -> None:
    print(f"{plays:,} plays in {FILES} files, zip of {size / 1e6:.1f} MB, {os.cpu_count()} cores")
    heads = ("rows", "new", "seconds", "with_snapshot", "rows_per_s", "peak_mb")
    print(f"{'step':<40}" + "".join(f"{head:>15}" for head in heads))
    for step in figures["steps"]:
        print(f"{step['step']:<40}" + "".join(f"{step[head]:>15,}" for head in heads))
    for name, value in figures.items():
        if name != "steps":
            told = value if isinstance(value, dict) else {"": value}
            print(f"{name:<40}" + ", ".join(f"{key} {one}".strip() for key, one in told.items()))
    print(json.dumps({"bench": "imports", "plays": plays, **figures}))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500_000)
