"""The plain writer: from facts to an insight, for each type in each language.

python bench/plain.py

Over the fact sets of the checker's benchmark, in every tone and six wordings; ms, warm.
"""

import json
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from statistics import median, quantiles

from checker_corpus import fact_sets
from spotify_insights.insights import layout, plain
from spotify_insights.insights.check import check
from spotify_insights.insights.facts.fact import Fact
from spotify_insights.insights.languages import LANGUAGES, Language
from spotify_insights.models.insight import InsightType, Tone

AIM_MS = 20
SEEDS = 6

# By type and language, the ms of each step.
Taken = Mapping[tuple[InsightType, str], Mapping[str, Sequence[float]]]


def main() -> None:
    sets = [list(one.facts.values()) for one in fact_sets().values()]
    taken: defaultdict[tuple[InsightType, str], defaultdict[str, list[float]]]
    taken = defaultdict(lambda: defaultdict(list))
    for seed, facts, insight_type, tone, language in product(
        range(SEEDS + 1), sets, InsightType, Tone, LANGUAGES.values()
    ):
        for step, ms in steps(facts, insight_type, tone, language, str(seed)):
            # The first time, wordings are read from their files.
            if seed:
                taken[insight_type, language.code][step].append(ms)
    show(taken)


def steps(
    facts: Sequence[Fact], insight_type: InsightType, tone: Tone, language: Language, seed: str
) -> Iterator[tuple[str, float]]:
    begun = time.perf_counter()
    draft = plain.write(facts, insight_type, tone, language, seed)
    written = time.perf_counter()
    layout.lay_out(draft, insight_type, language, None)
    laid_out = time.perf_counter()
    check(draft, {fact.id: fact for fact in facts}, language)
    checked = time.perf_counter()
    yield "write", 1000 * (written - begun)
    yield "lay out", 1000 * (laid_out - written)
    yield "both", 1000 * (laid_out - begun)
    yield "check", 1000 * (checked - laid_out)


def show(taken: Taken) -> None:
    print(f"{'median ms (p95)':<22}" + "".join(f"{step:>16}" for step in STEPS))
    for (insight_type, code), by_step in sorted(taken.items()):
        cells = [
            f"{median(by_step[step]):.1f} ({quantiles(by_step[step], n=20)[-1]:.1f})"
            for step in STEPS
        ]
        print(f"{insight_type + ', ' + code:<22}" + "".join(f"{cell:>16}" for cell in cells))
    every = [ms for by_step in taken.values() for ms in by_step["both"]]
    print(f"all: median {median(every):.1f}, p95 {quantiles(every, n=20)[-1]:.1f} (aim {AIM_MS})")
    figures = {"median": median(every), "p95": quantiles(every, n=20)[-1]}
    print(json.dumps({"bench": "plain", "insights": len(every), **figures}))


STEPS = ("write", "lay out", "both", "check")

if __name__ == "__main__":
    main()
