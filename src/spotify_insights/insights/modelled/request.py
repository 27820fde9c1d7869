"""What a model is sent: instructions of ours, and facts as data, never one inside the other."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from spotify_insights.insights import prompts
from spotify_insights.insights.check import Fault
from spotify_insights.insights.facts.fact import NAMES, Fact, Quantity, clean
from spotify_insights.insights.languages.language import Language
from spotify_insights.insights.statements import statement
from spotify_insights.llm import Message
from spotify_insights.models.insight import InsightType, Tone

MOST_FACTS = 40
MOST_FAULTS = 20
LONGEST_QUOTE = 500
LONGEST_ATTEMPT = 12_000


def prompt(
    facts: Sequence[Fact], insight_type: InsightType, tone: Tone, language: Language
) -> list[Message]:
    """The messages that ask for a text; `facts` by rank, of which the first 40 are sent."""
    data = {
        "insight_type": insight_type,
        "tone": tone,
        "language": language.code,
        "facts": [_as_data(_cleaned(fact), language) for fact in facts[:MOST_FACTS]],
    }
    return [
        Message("system", prompts.instructions(insight_type, tone, language)),
        Message("user", _json(data)),
    ]


def repair(messages: Sequence[Message], text: str, wrong: Sequence[Fault] | str) -> list[Message]:
    """The same request, the text that came back, and its faults, or why it is no draft at all."""
    named = [{"why": wrong}] if isinstance(wrong, str) else map(_as_told, wrong[:MOST_FAULTS])
    return [
        *messages,
        Message("assistant", text[:LONGEST_ATTEMPT]),
        Message("user", prompts.repair(_json(list(named)))),
    ]


def _as_data(fact: Fact, language: Language) -> dict[str, Any]:
    """A fact as it is told to a model: what it says, its values as they are to be written."""
    data: dict[str, Any] = {
        "id": fact.id,
        "statement": statement(fact, language),
        "period": language.write_period(fact.period),
        "values": {
            name or "value": language.say(quantity) for name, quantity in fact.quantities.items()
        },
        "sample_size": f"{fact.sample_size} {fact.sampled}",
    }
    if fact.says:
        data["says"] = sorted(fact.says)
    if fact.against:
        data["against"] = fact.against
    return data


def _cleaned(fact: Fact) -> Fact:
    """The fact with names that are short, on one line and without invisible characters."""
    whole = _clean_quantity(fact.quantity)
    parts = {name: _clean_quantity(part) for name, part in fact.parts.items()}
    return replace(fact, value=whole.value, parts=parts)


def _clean_quantity(quantity: Quantity) -> Quantity:
    if isinstance(quantity.value, str) and quantity.unit in NAMES:
        return replace(quantity, value=clean(quantity.value))
    return quantity


def _as_told(fault: Fault) -> Mapping[str, str]:
    return {
        "sentence": fault.sentence[:LONGEST_QUOTE],
        "words": fault.words[:LONGEST_QUOTE],
        "kind": fault.kind,
        "why": fault.why,
    }


def _json(data: object) -> str:
    return msgspec.json.encode(data).decode()
