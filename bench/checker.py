"""How many false texts the checker misses, and how many true ones it refuses.

python bench/checker.py [--held-out] [--show] [--seed N]

Measured are the texts written by hand in `checker/`, what the plain writer makes of the same facts
in every type, tone and language, and false versions of both (`checker_mutants.py`). A false
version counts only where the true one passes, so that it is never caught for another reason. The
two collections of held-out texts have tables of their own: they alone say how the checker does on
texts it was not improved with (`--held-out` measures nothing else).
`--show` lists what was missed and what was refused.
"""

import argparse
import json
import random
import statistics
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import checker_mutants as made
from checker_corpus import HELD_OUT, Cited, FactSet, Text, draft_of, fact_sets, texts
from checker_mutants import Mutant, Original
from spotify_insights.insights import plain
from spotify_insights.insights.check import Fault, check
from spotify_insights.insights.draft import Draft, Item, Paragraph, Piece, Sentence
from spotify_insights.insights.languages import LANGUAGES
from spotify_insights.models.insight import InsightType, Tone

SEEDS = ("first", "second")
MOST_BY_HAND, MOST_PLAIN, PLAIN_SENTENCES = 6, 1, 900
BY_HAND, AS_WRITTEN, RETOLD = "by hand", "plain writer", "plain writer, as words alone"
ONE_SENTENCE = "plain writer, one sentence"


@dataclass
class Tally:
    """Texts and failures (missed, or refused) by row and language, and the failures' words."""

    texts: Counter[tuple[str, str]] = field(default_factory=Counter)
    failures: Counter[tuple[str, str]] = field(default_factory=Counter)
    shown: list[str] = field(default_factory=list)

    def count(self, row: str, language: str, failed: str) -> None:
        self.texts[row, language] += 1
        if failed:
            self.failures[row, language] += 1
            what, _, _ = row.partition(",")
            self.shown += [f"{what} | {language} | {line}" for line in failed.splitlines()]

    def total(self) -> tuple[int, int]:
        return self.texts.total(), self.failures.total()

    def of(self, row: str) -> tuple[int, int]:
        return (
            sum(count for (name, _), count in self.texts.items() if name == row),
            sum(count for (name, _), count in self.failures.items() if name == row),
        )


@dataclass(frozen=True)
class Insight:
    """An insight of the plain writer, about a set of facts."""

    about: FactSet
    language: str
    draft: Draft


def main() -> None:
    options = _options()
    sets = fact_sets()
    tallies = _held_out(sets)
    speed = {} if options.held_out else _known(sets, random.Random(options.seed), tallies)
    if options.show:
        print("\n".join(dict.fromkeys(("", *_shown(tallies.values())))))
    counted = {
        name: dict(zip(("texts", "failures"), tally.total(), strict=True))
        for name, tally in tallies.items()
    }
    print(json.dumps({"benchmark": "checker", **counted, **speed}))


def _held_out(sets: Mapping[str, FactSet]) -> dict[str, Tally]:
    """The tallies of each collection, under its name."""
    tallies: dict[str, Tally] = {}
    for number, of in enumerate(HELD_OUT, start=1):
        written = texts(of)
        bad, good = _bad_by_hand(written, sets), _good_by_hand(written, sets)
        _print(f"Held-out false texts, collection {number}", "missed", bad)
        _print(f"Held-out true texts, collection {number}", "refused", good)
        tallies |= {f"{of}_false": bad, f"{of}_true": good}
    return tallies


def _known(
    sets: Mapping[str, FactSet], rng: random.Random, tallies: dict[str, Tally]
) -> dict[str, float]:
    """Measure the other texts, add their tallies, and return what else there is to tell."""
    written, insights = texts(), list(_insights(sets))
    bad = _bad_by_hand(written, sets)
    clean, times = _clean(written, insights, sets)
    originals = [*_by_hand(written, sets), *_plain(insights, rng)]
    mutated, unmeasured = _mutated(originals, sets, rng, clean)
    _print("False texts by hand", "missed", bad)
    _print("False texts made from true ones", "missed", mutated)
    _print("True texts", "refused", clean)
    median, longest = statistics.median(times), max(times)
    print(f"\nNot measured, for the true text was refused: {unmeasured}")
    print(f"A whole insight: {median:.1f} ms (median), {longest:.1f} ms (longest)")
    tallies.update(by_hand=bad, made=mutated, clean=clean)
    return {
        "unmeasured": unmeasured,
        "ms_median": round(median, 2),
        "ms_longest": round(longest, 2),
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--held-out", action="store_true", help="measure the held-out texts alone")
    parser.add_argument("--show", action="store_true", help="list what was missed and refused")
    parser.add_argument("--seed", type=int, default=7, help="another choice of false versions")
    return parser.parse_args()


def _faults(draft: Draft, about: FactSet, language: str) -> Sequence[Fault]:
    return tuple(check(draft, about.facts, LANGUAGES[language], about.all_names).faults)


def _told(faults: Iterable[Fault]) -> str:
    return "\n".join(f"{fault.sentence} [{fault.words}: {fault.why}]" for fault in faults)


def _insights(sets: Mapping[str, FactSet]) -> Iterator[Insight]:
    for about in sets.values():
        facts = tuple(about.facts.values())
        for language in LANGUAGES.values():
            for insight_type in InsightType:
                for tone in Tone:
                    for seed in SEEDS:
                        draft = plain.write(facts, insight_type, tone, language, seed)
                        yield Insight(about, language.code, draft)


def _bad_by_hand(written: Iterable[Text], sets: Mapping[str, FactSet]) -> Tally:
    tally = Tally()
    for text in written:
        if not text.is_good:
            draft = draft_of(text.sentences, text.language)
            is_missed = not _faults(draft, sets[text.about], text.language)
            tally.count(text.kind, text.language, f"{text.id} {text.words}" if is_missed else "")
    return tally


def _good_by_hand(written: Iterable[Text], sets: Mapping[str, FactSet]) -> Tally:
    tally = Tally()
    for text in written:
        if text.is_good:
            draft = draft_of(text.sentences, text.language)
            tally.count(
                text.kind, text.language, _told(_faults(draft, sets[text.about], text.language))
            )
    return tally


def _clean(
    written: Iterable[Text], insights: Iterable[Insight], sets: Mapping[str, FactSet]
) -> tuple[Tally, list[float]]:
    """The true texts, and the milliseconds that each whole insight took."""
    tally, times = Tally(), []
    for text in written:
        if text.is_good:
            faults = _faults(
                draft_of(text.sentences, text.language), sets[text.about], text.language
            )
            tally.count(BY_HAND, text.language, _told(faults))
    for insight in insights:
        for row, draft in ((AS_WRITTEN, insight.draft), (RETOLD, _retold(insight.draft))):
            start = time.perf_counter()
            faults = _faults(draft, insight.about, insight.language)
            times.append(1000 * (time.perf_counter() - start))
            tally.count(row, insight.language, _told(faults))
    return tally, times


def _retold(draft: Draft) -> Draft:
    """The same draft with words and cited ids alone, as a model would hand it in."""
    return Draft(
        _whole(draft.title),
        tuple(_whole_paragraph(paragraph) for paragraph in draft.paragraphs),
        {name: tuple(map(_whole_item, items)) for name, items in draft.sections.items()},
    )


def _whole(sentence: Sentence) -> Sentence:
    return Sentence((Piece(sentence.words),), sentence.cites)


def _whole_paragraph(paragraph: Paragraph) -> Paragraph:
    return tuple(map(_whole, paragraph))


def _whole_item(item: Item) -> Item:
    return replace(item, sentences=_whole_paragraph(item.sentences))


def _by_hand(written: Iterable[Text], sets: Mapping[str, FactSet]) -> Iterator[Original]:
    for text in written:
        for at, sentence in enumerate(text.sentences):
            if text.is_good and sentence.cites:
                about = sets[text.about]
                yield Original(text.id, about, text.language, text.sentences, at, is_by_hand=True)


def _plain(insights: Iterable[Insight], rng: random.Random) -> list[Original]:
    """Some of the plain writer's sentences, each of them once and by itself."""
    found: dict[tuple[str, str], Original] = {}
    for insight in insights:
        for sentence in insight.draft.sentences():
            if sentence.cites:
                alone = (Cited(sentence.words, sentence.cites),)
                found[insight.about.name, sentence.words] = Original(
                    insight.about.name, insight.about, insight.language, alone, 0, is_by_hand=False
                )
    originals = list(found.values())
    return rng.sample(originals, min(PLAIN_SENTENCES, len(originals)))


def _mutated(
    originals: Iterable[Original], sets: Mapping[str, FactSet], rng: random.Random, clean: Tally
) -> tuple[Tally, int]:
    """The false versions, and how many there are of true texts that were refused."""
    tally, unmeasured = Tally(), 0
    for original in originals:
        most = MOST_BY_HAND if original.is_by_hand else MOST_PLAIN
        found = list(made.mutants(original, sets, rng, most))
        draft = draft_of(original.sentences, original.language)
        faults = _faults(draft, original.about, original.language)
        if not original.is_by_hand:
            clean.count(ONE_SENTENCE, original.language, _told(faults))
        if faults:
            unmeasured += len(found)
            continue
        for mutant in found:
            tally.count(_row(mutant), original.language, _missed(mutant))
    return tally, unmeasured


def _row(mutant: Mutant) -> str:
    return f"{mutant.kind}, {'by hand' if mutant.original.is_by_hand else 'plain'}"


def _missed(mutant: Mutant) -> str:
    """The words and facts of a mutant that passes; nothing when it is caught."""
    language = mutant.original.language
    if _faults(draft_of(mutant.sentences, language), mutant.about, language):
        return ""
    changed = mutant.sentences[mutant.original.at]
    return f"{mutant.about.name} {changed.words} {changed.cites}"


def _print(title: str, failed: str, tally: Tally) -> None:
    print(f"\n{title:38}{'texts':>8}{failed:>9}{'%':>7}{'en':>11}{'de':>11}")
    for row in dict.fromkeys(name for name, _ in sorted(tally.texts)):
        _print_row(row, *tally.of(row), *_split(tally, row))
    _print_row("all", *tally.total(), *_split(tally))


def _split(tally: Tally, row: str = "") -> Iterator[str]:
    """Failures/texts of each language, of one row or of all."""
    for code in LANGUAGES:
        keys = [key for key in tally.texts if key[1] == code and row in ("", key[0])]
        failures, texts = (sum(of[key] for key in keys) for of in (tally.failures, tally.texts))
        yield f"{failures}/{texts}"


def _shown(tallies: Iterable[Tally]) -> Iterator[str]:
    for tally in tallies:
        yield from tally.shown


def _print_row(row: str, texts: int, failures: int, *by_language: str) -> None:
    rest = "".join(f"{each:>11}" for each in by_language)
    print(f"{row:38}{texts:8,}{failures:9}{_percent(texts, failures):7.2f}{rest}")


def _percent(texts: int, failures: int) -> float:
    return 100 * failures / texts if texts else 0.0


if __name__ == "__main__":
    main()
