"""What a number belongs to, where a sentence tells of several things: evenings and skips."""

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from spotify_insights.insights.check.reading import NAME, Label, Reading, Span
from spotify_insights.insights.check.verdict import FaultKind
from spotify_insights.insights.facts.fact import Fact, Unit

_ALIKE = (
    frozenset({Unit.HOURS, Unit.MINUTES}),
    frozenset({Unit.PLAYS, Unit.TIMES}),
    frozenset({Unit.PERCENT, Unit.POINTS}),
)
_PARTS = frozenset(";:.!?")


@dataclass(frozen=True)
class _Scene:
    """The labels and numbers of a sentence, and where its segments end."""

    facts: Sequence[Fact]
    labels: Sequence[Label]
    topics: Sequence[Label]
    numbers: Sequence[Span]
    breaks: Sequence[int]
    text: str

    @property
    def all_labels(self) -> Sequence[Label]:
        return sorted((*self.labels, *self.topics), key=lambda label: label.start)

    def segment(self, place: Span | Label) -> int:
        return sum(end <= place.start for end in self.breaks)

    def fits(self, label: Label | None, number: Span) -> bool:
        """Whether a number says a value of a fact that the label stands for."""
        return label is not None and any(
            label.tells(fact)
            and (fact is number.fact or number.quantity in fact.quantities.values())
            for fact in self.facts
        )

    def is_labelled(self, number: Span) -> bool:
        """Whether the number's fact is about one thing among others, and that is named here."""
        is_of_a_word = isinstance(number.fact.value, str)
        return is_of_a_word or any(label.tells(number.fact) for label in self.all_labels)


def read(reading: Reading) -> None:
    """Refuse a number that stands with the words for another fact."""
    scene = _Scene(
        reading.facts,
        reading.labels,
        list(_topics(reading)),
        sorted(
            filter(lambda span: _is_number(reading, span), reading.spans), key=lambda s: s.start
        ),
        [found.end() for found in reading.tongue.breaks.finditer(reading.text)],
        reading.text,
    )
    wrong = _astray(scene) or _foreign(scene)
    if wrong is not None:
        why = "its fact tells this of something else"
        reading.refuse(wrong.start, wrong.end, FaultKind.NUMBER, why)


def _topics(reading: Reading) -> list[Label]:
    """Words for what a kind of fact is about: skips, podcasts, the night."""
    masked = "".join(
        NAME if now == NAME else was for was, now in zip(reading.words, reading.text, strict=True)
    )
    return [
        Label(*found.span(), partial(_is_about, ids))
        for words, ids in reading.tongue.topics
        if any(ids.search(fact.id) for fact in reading.facts)
        for found in words.finditer(masked)
    ]


def _is_about(ids: re.Pattern[str], fact: Fact) -> bool:
    return ids.search(fact.id) is not None


def _is_number(reading: Reading, span: Span) -> bool:
    quantity = span.quantity
    is_label = any(label.start == span.start for label in reading.labels)
    return quantity is not None and not isinstance(quantity.value, str) and not is_label


def _astray(scene: _Scene) -> Span | None:
    """A number none of whose neighbours is what its fact is about, in no order of reading."""
    numbers = [number for number in scene.numbers if scene.is_labelled(number)]
    if not numbers or not scene.labels or _is_in_order(scene, numbers):
        return None
    for number in numbers:
        near = _near(scene, number)
        if near and not any(scene.fits(label, number) for label in near):
            return number
    return None


def _is_in_order(scene: _Scene, numbers: Sequence[Span]) -> bool:
    """Whether all numbers follow their labels, all precede them, or come in the same order."""
    styles: tuple[Callable[[Span], Label | None], ...] = (
        lambda number: _last(scene, number),
        lambda number: _next(scene, number),
    )
    if any(all(scene.fits(style(number), number) for number in numbers) for style in styles):
        return True
    labels = scene.all_labels
    return len(numbers) == len(labels) and all(map(scene.fits, labels, numbers))


def _last(scene: _Scene, number: Span) -> Label | None:
    before = [label for label in scene.all_labels if label.end <= number.start]
    return before[-1] if before else None


def _next(scene: _Scene, number: Span) -> Label | None:
    return next((label for label in scene.all_labels if label.start >= number.end), None)


def _near(scene: _Scene, number: Span) -> Sequence[Label]:
    """The labels in the segment of a number; where it has none, those next to it."""
    here = scene.segment(number)
    own = [label for label in scene.all_labels if scene.segment(label) == here]
    if own:
        return own
    beside = (_last(scene, number), _next(scene, number))
    return [label for label in beside if label is not None and _is_in_part(scene, number, label)]


def _is_in_part(scene: _Scene, number: Span, label: Label) -> bool:
    first, last = sorted((number.start, label.start))
    return _PARTS.isdisjoint(scene.text[first:last])


def _foreign(scene: _Scene) -> Span | None:
    """A number that stands in the place of one that a label's fact has: nights took it all."""
    for label, number in itertools.product(scene.all_labels, scene.numbers):
        here = scene.segment(label)
        if here != scene.segment(number) or not _is_rival(scene, label, number):
            continue
        within = [other for other in scene.numbers if scene.segment(other) == here]
        if not any(scene.fits(label, other) for other in within):
            return number
    return None


def _is_rival(scene: _Scene, label: Label, number: Span) -> bool:
    if scene.is_labelled(number):
        if label not in scene.topics:
            return False
    elif label.start > number.start:
        return False
    told = (fact for fact in scene.facts if label.tells(fact))
    units = {quantity.unit for fact in told for quantity in fact.quantities.values()}
    return number.quantity is not None and any(
        _is_alike(number.quantity.unit, unit) for unit in units
    )


def _is_alike(one: Unit, other: Unit) -> bool:
    return one is other or any({one, other} <= alike for alike in _ALIKE)
