"""Statistics: one listener with 1,000,000 plays among 100 others with 50,000 each.

python bench/stats.py [own plays] [others] [--twice]

Every statistic over the whole of the own plays, its look at the database included, beside one
`count(*), sum(ms_played)` of the same plays. Then dashboards for less and more of own and others'
plays (`--twice`: of twice as many others too), what storing one more play costs, and how
PostgreSQL goes about the slowest statements.
"""

import argparse
import json
import os
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from typing import Any, ClassVar
from uuid import UUID

from psycopg import Connection, Cursor
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from made_up_ledger import LAST_ON, tidy, write_catalogue, write_listener
from questions import Ask, statistics
from spotify_insights import accounts, migrations
from spotify_insights.embedded import engines
from spotify_insights.listening import firsts, packed
from spotify_insights.listening.stats import scope as scopes
from spotify_insights.listening.stats.dashboard import dashboard
from spotify_insights.listening.stats.scope import Scope
from spotify_insights.listening.stats.totals import totals
from spotify_insights.resources import engine, transaction
from spotify_insights.settings import adopt
from spotify_insights.web.app import HISTORIES_AT_HAND_BYTES

OTHERS_PLAYS = 50_000
RUNS = 20
SLOWEST = 3
LONGEST_LINE = 160
MONTH = (date(2025, 11, 1), date(2025, 11, 30))
MONTH_BEFORE = (date(2025, 10, 1), date(2025, 10, 31))

# The plays that statistics of music see.
BASE = """
    select count(*), sum(ms_played) from plays
    where user_id = :user_id and kind = 'track' and not (is_superseded or is_deleted)
"""
BASE_OF_MONTH = f"{BASE} and started_at >= :start and started_at < :end"
ONE_MORE = """
    insert into plays (
        user_id, started_at, ended_at, id, content_id, ms_played, origin, source_id, track_id,
        artist_id, album_id, circumstances_id, kind, provenance
    )
    values (
        :user_id, :at, :at + interval '180 seconds', :id, 1, 180000, 'spotify_extended', 1, 1, 1, 1,
        1, 'track', 'export'
    )
"""


class Timed(Cursor[Any]):
    """A cursor that notes how long each statement took, and what it was given."""

    seconds: ClassVar[defaultdict[str, list[float]]] = defaultdict(list)
    slowest_with: ClassVar[dict[str, Any]] = {}

    def execute(self, query: Any, params: Any = None, **options: Any) -> "Timed":
        begun = time.perf_counter()
        super().execute(query, params, **options)
        took, noted = time.perf_counter() - begun, self.seconds[str(query)]
        if took > max(noted, default=0.0):
            self.slowest_with[str(query)] = params
        noted.append(took)
        return self


def main(own: int, others: int, *, is_twice: bool) -> None:
    folder = Path(tempfile.mkdtemp(prefix="insights-bench-", dir="/tmp"))
    try:
        with engines.started(folder) as ours:
            adopt(data_dir=folder, database_url=ours.database_url, redis_url=ours.redis_url)
            event.listen(engine(), "connect", use_timed)
            migrations.upgrade()
            figures = measure(own, others, is_twice=is_twice)
            engine().dispose()
        show(own, others, figures)
    finally:
        shutil.rmtree(folder)


def use_timed(connection: "Connection[Any]", _: object) -> None:
    connection.cursor_factory = Timed


def measure(own: int, others: int, *, is_twice: bool) -> dict[str, Any]:
    write_catalogue()
    sizes = sorted({max(1, own // part) for part in (100, 10, 1)})
    numbers = count(1)
    listeners = {size: write_listener(next(numbers), size) for size in sizes}
    steps = {max(1, others // 5), others, *([2 * others] if is_twice else [])}
    there, grown = 0, []
    for wanted in sorted(steps):
        for _ in range(wanted - there):
            write_listener(next(numbers), OTHERS_PLAYS)
        there = wanted
        tidy()
        if there == others:
            detail = in_detail(listeners[own])
        grown += [
            {"own": size, "others": there * OTHERS_PLAYS, "figures": dashboards(listeners[size])}
            for size in sizes
        ]
    return detail | {"grown": grown, "store": storing(listeners[own])}


def in_detail(user_id: UUID) -> dict[str, Any]:
    """Every statistic over the lifetime, then the statements behind that took longest."""
    base = latencies(counting(user_id, BASE))
    Timed.seconds.clear()
    figures = {
        name: compared(looks(asking(user_id, ask)), base) for name, ask in statistics().items()
    }
    return {"base": base, "statistics": figures, "slowest": slowest_statements()}


def dashboards(user_id: UUID) -> dict[str, Any]:
    """Each dashboard beside the count of the same plays."""
    found = {}
    for name, (ask, query) in DASHBOARDS.items():
        base = found[f"count(*), {name}"] = latencies(counting(user_id, query))
        found[f"dashboard, {name}"] = compared(looks(asking(user_id, ask)), base)
    return found


def compared(figures: dict[str, float], base: dict[str, float]) -> dict[str, float]:
    return figures | {"ratio": round(figures["p50"] / base["p50"], 2)}


def lifetime(session: Session, scope: Scope) -> object:
    return dashboard(session, scope, None)


def month(session: Session, scope: Scope) -> object:
    """A month's dashboard, compared with the month before."""
    user = accounts.get_user(session, scope.user_id)
    this, before = (
        scopes.scope_of(user, first=first, last=last) for first, last in (MONTH, MONTH_BEFORE)
    )
    return dashboard(session, this, before)


DASHBOARDS: dict[str, tuple[Ask, str]] = {
    "lifetime": (lifetime, BASE),
    "a month": (month, BASE_OF_MONTH),
}


def counting(user_id: UUID, query: str) -> Callable[[], object]:
    start, end = map(midnight, MONTH)
    given = {"user_id": user_id, "start": start, "end": end + timedelta(days=1)}

    def run() -> object:
        with transaction() as session:
            return session.execute(text(query), given).one()

    return run


def asking(user_id: UUID, ask: Ask) -> Callable[[], object]:
    def run() -> object:
        with transaction() as session:
            return ask(session, scopes.scope_of(accounts.get_user(session, user_id)))

    return run


# What it takes


def latencies(act: Callable[[], object]) -> dict[str, float]:
    """In ms, of the database's warm cache: the first run is not counted."""
    act()
    took = [seconds(act) * 1000 for _ in range(RUNS)]
    return {"p50": round(median(took), 2), "p95": round(quantiles(took, n=20)[-1], 2)}


def looks(act: Callable[[], object]) -> dict[str, float]:
    """The same, and `at_hand`: the median once this process has the history at hand, as `web`."""
    figures = latencies(act)
    packed.keep_at_hand(HISTORIES_AT_HAND_BYTES)
    at_hand = latencies(act)["p50"]
    packed.keep_at_hand(0)
    return figures | {"at_hand": at_hand}


def seconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def storing(user_id: UUID) -> dict[str, Any]:
    """One more play, a transaction each: bare, marked, packed, and until the totals tell of it."""
    moments = (in_last_night(minutes) for minutes in count(step=4))
    numbers = count(1)

    def store(*steps: Callable[[Session, datetime], object]) -> Callable[[], object]:
        def run() -> None:
            at = next(moments)
            with transaction() as session:
                given = {"user_id": user_id, "at": at, "id": next(numbers)}
                session.execute(text(ONE_MORE), given)
                for step in steps:
                    step(session, at)

        return run

    def mark(session: Session, at: datetime) -> object:
        return packed.mark(session, user_id, at, at)

    def settle(session: Session, _: datetime) -> object:
        return firsts.settle(session, user_id)

    def until_visible() -> None:
        store(mark, settle)()
        asking(user_id, lambda session, scope: totals(scopes.fetch(session, scope)))()

    return {
        "insert alone": latencies(store()),
        "insert, mark": latencies(store(mark)),
        "insert, mark, settle": latencies(store(mark, settle)),
        "insert, mark, settle, totals tell of it": latencies(until_visible),
    }


def in_last_night(minutes: int) -> datetime:
    """In the last week that is packed, at an hour at which nobody listens."""
    return midnight(LAST_ON) + timedelta(minutes=60 + minutes)


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def slowest_statements() -> list[dict[str, Any]]:
    """Those whose median was the longest, and how PostgreSQL goes about each."""
    medians = {query: median(took) for query, took in Timed.seconds.items()}
    slowest = sorted(medians, key=lambda query: -medians[query])[:SLOWEST]
    return [
        {
            "ms": round(medians[query] * 1000, 2),
            "times": len(Timed.seconds[query]),
            "statement": " ".join(query.split()),
            "plan": plan_of(query, Timed.slowest_with[query]),
        }
        for query in slowest
    ]


def plan_of(query: str, given: Any) -> list[str]:
    connection = engine().raw_connection()
    try:
        rows = connection.cursor().execute(f"explain (analyze, buffers) {query}", given)
        return list(what_ran(line[:LONGEST_LINE] for (line,) in rows.fetchall()))
    finally:
        connection.close()


def what_ran(plan: Iterable[str]) -> Iterator[str]:
    """The plan without what was never executed, such as the partitions of others."""
    skipped_from: int | None = None
    for line in plan:
        depth = len(line) - len(line.lstrip())
        if skipped_from is not None and depth > skipped_from:
            continue
        skipped_from = depth if "(never executed)" in line else None
        if skipped_from is None:
            yield line


# The tables


def show(own: int, others: int, figures: dict[str, Any]) -> None:
    among = f"among {others} others with {OTHERS_PLAYS:,} each"
    print(f"{own:,} plays {among}, {os.cpu_count()} cores")
    print(f"p50 and p95 of {RUNS} runs in ms, ratio to the count, p50 with the plays at hand")
    show_line("count(*), sum(ms_played)", figures["base"] | {"ratio": 1.0})
    for name, one in figures["statistics"].items():
        show_line(name, one)
    print("\nOne more play")
    for name, one in figures["store"].items():
        show_line(name, one)
    print("\nOwn plays among others' plays")
    for one in figures["grown"]:
        for name, figure in one["figures"].items():
            show_line(f"{one['own']:,} among {one['others']:,}: {name}", figure)
    print("\nThe slowest statements")
    for one in figures["slowest"]:
        print(f"\n{one['ms']} ms, {one['times']} times: {one['statement']}")
        print("\n".join(f"    {line}" for line in one.pop("plan")))
    print(json.dumps({"bench": "stats", "plays": own, "others": others, **figures}))


def show_line(name: str, one: dict[str, float]) -> None:
    ratio = f"{one['ratio']:>8.2f} x" if "ratio" in one else ""
    at_hand = f"{one['at_hand']:>10.2f}" if "at_hand" in one else ""
    print(f"{name:<52}{one['p50']:>10.2f}{one['p95']:>10.2f}{ratio}{at_hand}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("own", nargs="?", type=int, default=1_000_000)
    parser.add_argument("others", nargs="?", type=int, default=100)
    parser.add_argument("--twice", action="store_true", help="among twice as many others too")
    wanted = parser.parse_args()
    main(wanted.own, wanted.others, is_twice=wanted.twice)
