"""What we add to the time a model thinks: from a snapshot to a checked draft.

python bench/model.py [insights]

A stand-in for a model answers at once, so what is measured is ours, LangChain and HTTP included.
"""

import json
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT))

from tests.insights.builders import a_scene  # noqa: E402 - the tests stand beside the benchmarks
from tests.model_server import ModelServer, faithful, running_model  # noqa: E402

from spotify_insights import llm  # noqa: E402
from spotify_insights.insights import facts  # noqa: E402
from spotify_insights.insights.check import check  # noqa: E402
from spotify_insights.insights.languages import LANGUAGES  # noqa: E402
from spotify_insights.insights.languages.language import Language  # noqa: E402
from spotify_insights.insights.modelled import prompt, write  # noqa: E402
from spotify_insights.models.insight import InsightType, Tone  # noqa: E402

AIM_MS = 50


class Clock:
    """Milliseconds by step, and how often the plain writer would have had to write."""

    def __init__(self) -> None:
        self.taken: dict[str, list[float]] = defaultdict(list)
        self.fell_back = 0

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.taken[name].append(1000 * (time.perf_counter() - started))

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*given: Any) -> Any:
            with self.step(name):
                return function(*given)

        return run


def main(insights: int) -> None:
    clock = Clock()
    with running_model() as server:
        server.answers(faithful)
        with clock.step("the first question of a process"):
            one(server, Clock(), InsightType.WELLNESS, Tone.NEUTRAL, LANGUAGES["en"])
        for number in range(insights):
            insight_type = list(InsightType)[number % len(InsightType)]
            tone = list(Tone)[number % len(Tone)]
            one(server, clock, insight_type, tone, list(LANGUAGES.values())[number % 2])
    report(clock)


def one(
    server: ModelServer, clock: Clock, insight_type: InsightType, tone: Tone, language: Language
) -> None:
    asked: Any = (insight_type, tone, language)
    started = time.perf_counter()
    with clock.step("facts"):
        found = facts.find(a_scene())
    known = {fact.id: fact for fact in found}
    written = write(
        clock.timed("question", partial(llm.ask, server.model(timeout_s=30))),
        clock.timed("check", lambda draft: check(draft, known, language, ())),
        *(found, *asked),
    )
    whole = "insight, at once" if written.questions == 1 else "insight, with a repair"
    clock.taken[whole].append(1000 * (time.perf_counter() - started))
    with clock.step("prompt"):
        prompt(found, *asked)
    clock.fell_back += written.draft is None


def report(clock: Clock) -> None:
    print("| step | median | p95 | times |\n|---|---|---|---|")
    rows = {}
    for name, taken in clock.taken.items():
        median = statistics.median(taken)
        p95 = statistics.quantiles(taken, n=20)[-1] if len(taken) > 1 else median
        rows[name] = {"median_ms": round(median, 2), "p95_ms": round(p95, 2), "times": len(taken)}
        print(f"| {name} | {median:,.1f} ms | {p95:,.1f} ms | {len(taken)} |")
    print(f"\nThe aim for an insight is {AIM_MS} ms; {clock.fell_back} fell back.\n")
    print(json.dumps(rows | {"fell_back": clock.fell_back}))


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    main(*(given or [200]))
