"""Facts: what finding them takes, and reading the periods that they are compared with.

python bench/facts.py [plays]

One listener with 1,000,000 plays of fifteen years. In ms: the predecessors of a snapshot read from
the database (weeks and months) or worked out from the plays (rolling ranges), with the most memory
that this took at once; then the scene and its facts, of a lifetime and of periods with all their
predecessors.
"""

import json
import shutil
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from made_up_ledger import LAST_ON, tidy, write_catalogue, write_listener
from spotify_insights import accounts, migrations
from spotify_insights.embedded import engines
from spotify_insights.insights import facts
from spotify_insights.insights.facts.fact import Fact
from spotify_insights.insights.facts.scene import Scene
from spotify_insights.listening import predecessors, snapshots
from spotify_insights.models import Snapshot
from spotify_insights.models.listening import TimeRange
from spotify_insights.resources import transaction
from spotify_insights.settings import adopt

PLAYS = 1_000_000
RUNS = 20
END = datetime(LAST_ON.year, LAST_ON.month, LAST_ON.day, tzinfo=UTC) + timedelta(days=1)
UTC_ZONE = ZoneInfo("UTC")


def main(plays: int) -> None:
    folder = Path(tempfile.mkdtemp(prefix="insights-bench-", dir="/tmp"))
    try:
        with engines.started(folder) as ours:
            adopt(database_url=ours.database_url, redis_url=ours.redis_url, data_dir=folder)
            migrations.upgrade()
            figures = [measure(user_id, time_range) for user_id, time_range in written(plays)]
        show(plays, figures)
    finally:
        shutil.rmtree(folder)


def written(plays: int) -> Sequence[tuple[UUID, TimeRange]]:
    """A listener with snapshots of every range, and what to measure of them."""
    write_catalogue()
    user_id = write_listener(1, plays)
    with transaction() as session:
        user = accounts.get_user(session, user_id)
        snapshots.take_series(session, user)
        for time_range in snapshots.LISTED:
            period = snapshots.period_of(time_range, END)
            snapshots.take(session, user, time_range, period=period)
    tidy()
    return [(user_id, time_range) for time_range in TimeRange]


def measure(user_id: UUID, time_range: TimeRange) -> dict[str, Any]:
    """Of the newest snapshot of a range."""

    def read() -> tuple[Snapshot, list[Snapshot]]:
        with transaction() as session:
            user = accounts.get_user(session, user_id)
            snapshot = snapshots.find_snapshots(session, user_id, 1, time_range)[0]
            return snapshot, predecessors.before(session, user, snapshot)

    snapshot, before = read()

    def find() -> list[Fact]:
        scene = Scene.of(snapshot, before, UTC_ZONE, 0)
        assert scene is not None, "everything there is makes a scene"
        return facts.find(scene)

    return {
        "range": time_range,
        "predecessors": len(before),
        "read": latencies(read),
        "peak_mb": peak_mb(read),
        "facts": len(find()),
        "find": latencies(find),
    }


def latencies(act: Callable[[], object]) -> dict[str, float]:
    """In ms, of the database's warm cache: the first run is not counted."""
    act()
    took = [seconds(act) * 1000 for _ in range(RUNS)]
    return {"p50": round(median(took), 2), "p95": round(quantiles(took, n=20)[-1], 2)}


def seconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def peak_mb(act: Callable[[], object]) -> float:
    """What was taken at most at once, arrays included."""
    tracemalloc.start()
    act()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return round(peak / 1e6, 1)


def show(plays: int, figures: Sequence[dict[str, Any]]) -> None:
    print(f"{plays:,} plays; p50 and p95 of {RUNS} runs in ms\n")
    print("| snapshot | predecessors | read with them | at most | scene and facts | facts |")
    print("|---|---|---|---|---|---|")
    for one in figures:
        read, find = (
            f"{one[name]['p50']:.1f}, {one[name]['p95']:.1f}" for name in ("read", "find")
        )
        print(
            f"| {one['range']} | {one['predecessors']} | {read} | {one['peak_mb']} MB"
            f" | {find} | {one['facts']} |"
        )
    print("\n" + json.dumps({"bench": "facts", "plays": plays, "figures": figures}))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else PLAYS)
