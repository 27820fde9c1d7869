"""Whether an insight says nothing but facts."""

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from tests.e2e import recount, tastes
from tests.e2e.answers import Answers
from tests.e2e.values import Facts, Value, has_another_unit, without

SHAPES = {
    "wellness": {"overall_assessment", "wellness_nudges", "key_patterns", "mood_score"},
    "roast": {"roast_title", "main_roast", "specific_callouts", "redemption_quality"},
    "productivity": {"focus_patterns", "distractions", "strategies", "balance"},
}
# Words that a value is one of; the others of its kind would contradict it.
_CLOSED = {"part of day": set(recount.PARTS), "mood": set(tastes.MOODS)}
_LABELS = {"category", "priority"}
_ESCAPED = re.compile(r"\\([^\w\s])")
_WORD = re.compile(r"\w+")
_DIGIT = re.compile(r"\d")


def assert_true(insight, snapshot, answers: Answers):
    """Each claim stands in the text and rests on its fact; no value stands outside a claim.

    The facts are counted again from what Spotify answered at the end of the snapshot's range.
    """
    until = datetime.fromisoformat(snapshot["period_end"])
    facts = recount.facts_of(answers, until)
    told = insight["structured_output"]
    evidence = told["evidence"]
    assert set(told) == SHAPES[insight["insight_type"]] | {"evidence"}
    assert evidence
    for one in evidence:
        _assert_recounted(one, facts)
        _assert_claimed(one, insight["content"], facts, answers.names)
    rest = _without_claims(insight["content"], evidence)
    assert _values_in(rest, answers.names) == []
    for text in _texts(told):
        assert _values_in(without(text, facts.values()), answers.names) == [], text
    for pattern in told.get("key_patterns", ()):
        assert any(_is_told_by(pattern, key, facts, answers.names) for key, _ in facts), pattern
    if "mood_score" in told:
        score = facts.get(("moods.score", None))
        assert told["mood_score"] == (score and score.value)


def _assert_recounted(one, facts: Facts):
    """Value, unit, days and statement are those of the fact."""
    key = one["id"]
    assert (one["value"], one["unit"]) == facts.get((key, one["part"])), one
    assert f"{one['from']}/{one['to']}" == facts[key, "period"].value, one
    assert one["provenance"] == ["demo"]


def _assert_claimed(one, content, facts: Facts, names):
    """The claim stands where it should, spells its value, and no value of another fact."""
    claim, start = one["claim"], one["position"]
    assert content[start : start + len(claim)] == claim
    claim, value = _plain(claim), facts[one["id"], one["part"]]
    assert _is_told_by(claim, one["id"], facts, names), one
    assert _is_told_by(one["statement"], one["id"], facts, names), one
    if one["part"] or _values_in(claim, names):
        assert without(claim, [value]) != claim, one
    others = _CLOSED.get(value.unit, set()) - {value.value}
    assert not others & {word.removesuffix("s") for word in _WORD.findall(claim)}, one


def _is_told_by(text, key, facts: Facts, names) -> bool:
    """Whether every value in a text is one of this fact, with the noun of its own unit."""
    rest = without(text, _values_of(key, facts))
    return not _values_in(rest, names) and not has_another_unit(rest)


def _values_of(key, facts: Facts) -> Iterator[Value]:
    return (value for (of, _), value in facts.items() if of == key)


def _values_in(text, names: Collection[str]) -> list[str]:
    """Digits, and names of artists, tracks and albums."""
    return [*_DIGIT.findall(text), *(name for name in names if name in text)]


def _without_claims(content, evidence):
    rest = list(content)
    for one in evidence:
        rest[one["position"] : one["position"] + len(one["claim"])] = " " * len(one["claim"])
    return _plain("".join(rest))


def _plain(markdown):
    return _ESCAPED.sub(r"\1", markdown)


def _texts(told) -> Iterable[str]:
    """All sentences of a structured output."""
    if isinstance(told, str):
        return [told]
    if isinstance(told, dict):
        ours = (value for name, value in told.items() if name not in _LABELS | {"evidence"})
        return [text for value in ours for text in _texts(value)]
    return [text for one in told for text in _texts(one)] if isinstance(told, list) else []
