"""Fifty insights by a model that takes half a minute each: what other work notices of it.

python bench/slow_model.py [insights] [seconds]

The whole stack as `start` runs it. How soon an ingest begins and ends, and how long a page takes,
is measured at rest and while the model thinks.
"""

import json
import os
import shutil
import sys
import tempfile
import time
from itertools import product
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT))

from tests.model_server import faithful, running_model  # noqa: E402

from start import ENDS, Stack, started  # noqa: E402

INGESTS = 20
PAGES = 50
RANGES = ("short_term", "medium_term", "long_term")
TYPES = ("wellness", "roast", "productivity")
TONES = ("neutral", "supportive", "encouraging", "roast")
LANGUAGES = ("en", "de")
AFTER_S = 600


def main(insights: int, seconds: float) -> None:
    folder = Path(tempfile.mkdtemp(prefix="insights-bench-", dir="/tmp"))
    folder.chmod(0o711)
    with running_model() as server:
        server.answers(lambda body: faithful(body).after(seconds))
        os.environ |= {
            "OPENAI_BASE_URL": server.url,
            "OPENAI_MODEL": "a-model",
            "INSIGHTS_DATA": "all",
            "MODEL_TIMEOUT_S": str(3 * seconds),
            "MODEL_CALLS_PER_LISTENER": str(10 * insights),
            "MODEL_CALLS_PER_DAY": str(10 * insights),
        }
        try:
            with started(folder / "data") as stack:
                show(insights, seconds, measure(stack, insights))
        finally:
            shutil.rmtree(folder)


def measure(stack: Stack, insights: int) -> dict[str, float]:
    who = {"spotify_user_id": "bench", "display_name": "Bench"}
    user_id = stack.ask("POST", "/api/users/register", who)[1]["user_id"]
    rest = [*stack.waits_ms(INGESTS)]
    pages = [page_ms(stack, user_id) for _ in range(PAGES)]
    stack.ask("PATCH", f"/api/users/{user_id}", {"ai_consent": True})
    begun = time.perf_counter()
    tasks = ask_for(stack, snapshots(stack, user_id), insights)
    busy = [*stack.waits_ms(INGESTS)]
    busy_pages = [page_ms(stack, user_id) for _ in range(PAGES)]
    still_writing = sum(not ended(stack, task) for task in tasks)
    wait_for_all(stack, tasks)
    took = time.perf_counter() - begun
    memory = stack.memory_mb()
    return {
        "rest_start_ms": median(rest),
        "rest_start_p95_ms": quantiles(rest, n=20)[-1],
        "busy_start_ms": median(busy),
        "busy_start_p95_ms": quantiles(busy, n=20)[-1],
        "rest_page_ms": median(pages),
        "busy_page_ms": median(busy_pages),
        "still_writing": still_writing,
        "all_written_s": took,
        "by_the_model": written_by_model(stack, user_id, insights),
        "writer_mb": memory.get("writer", 0),
    }


def snapshots(stack: Stack, user_id: str) -> list[str]:
    for time_range in RANGES:
        path = f"/api/listening/ingest?user_id={user_id}&time_range={time_range}"
        task = stack.ask("POST", path)[1]["task_id"]
        wait_for_all(stack, [task])
    listed = stack.ask("GET", f"/api/listening/snapshots?user_id={user_id}")[1]
    return [one["snapshot_id"] for one in listed]


def ask_for(stack: Stack, snapshot_ids: list[str], insights: int) -> list[str]:
    """Different ones, so that none is told again of another."""
    wanted = list(product(snapshot_ids, TYPES, TONES, LANGUAGES))[:insights]
    assert len(wanted) == insights, "there are not as many different ones"
    return [
        stack.ask(
            "POST",
            f"/api/insights/generate?snapshot_id={snapshot}&insight_type={kind}"
            f"&tone_mode={tone}&language={language}",
        )[1]["task_id"]
        for snapshot, kind, tone, language in wanted
    ]


def ended(stack: Stack, task: str) -> bool:
    return stack.ask("GET", f"/api/tasks/{task}")[1]["status"] in ENDS


def wait_for_all(stack: Stack, tasks: list[str]) -> None:
    for _ in range(10 * AFTER_S):
        if all(ended(stack, task) for task in tasks):
            return
        time.sleep(0.1)
    sys.exit("Some tasks did not end.")


def page_ms(stack: Stack, user_id: str) -> float:
    begun = time.perf_counter()
    status, _ = stack.ask("GET", f"/api/stats/summary?user_id={user_id}")
    assert status == 200
    return 1000 * (time.perf_counter() - begun)


def written_by_model(stack: Stack, user_id: str, insights: int) -> int:
    listed = stack.ask("GET", f"/api/insights/user/{user_id}?limit=200")[1]
    texts = [stack.ask("GET", f"/api/insights/{one['insight_id']}")[1] for one in listed]
    return sum(one["llm_model"] == "a-model" for one in texts[:insights])


def show(insights: int, seconds: float, found: dict[str, float]) -> None:
    print(f"{insights} insights by a model that takes {seconds:g} s, {os.cpu_count()} cores")
    print(f"{'':<44}{'at rest':>10}{'writing':>10}")
    rows = [
        ("an ingest begins after, median ms", "rest_start_ms", "busy_start_ms"),
        ("an ingest begins after, p95 ms", "rest_start_p95_ms", "busy_start_p95_ms"),
        ("a kept answer, median ms", "rest_page_ms", "busy_page_ms"),
    ]
    for name, rest, busy in rows:
        print(f"{name:<44}{found[rest]:>10.1f}{found[busy]:>10.1f}")
    print(f"insights still being written meanwhile: {found['still_writing']:.0f}")
    print(f"written by the model: {found['by_the_model']:.0f}")
    print(f"all written after {found['all_written_s']:.0f} s")
    print(f"memory of the process that waits: {found['writer_mb']:.0f} MB")
    print(json.dumps({"bench": "slow_model", "insights": insights, **found}))


if __name__ == "__main__":
    given = [float(one) for one in sys.argv[1:]]
    main(int(given[0]) if given else 50, given[1] if len(given) > 1 else 30.0)
