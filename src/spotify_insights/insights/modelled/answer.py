"""The shape of a model's answer, and a draft read from whatever text came back."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from spotify_insights.insights.draft import Draft, Item, Paragraph, Piece, Sentence
from spotify_insights.models.insight import InsightType

LONGEST_SENTENCE = 500
LONGEST_TEXT = 6_000

Text = Annotated[str, Meta(min_length=1, max_length=LONGEST_SENTENCE)]
Id = Annotated[str, Meta(max_length=64)]


class Unreadable(ValueError):
    """A text that is no draft; the message says where it differs from one."""


class _Sentence(Struct):
    text: Text
    facts: Annotated[list[Id], Meta(max_length=12)]


Sentences = Annotated[list[_Sentence], Meta(min_length=1, max_length=8)]


class _Item(Struct):
    sentences: Sentences


class _Nudge(_Item):
    category: Literal["mood", "energy", "variety", "balance"]
    priority: Literal["high", "medium", "low"]


Items = Annotated[list[_Item], Meta(min_length=1, max_length=6)]


class _Body(Struct):
    title: _Sentence
    paragraphs: Annotated[list[Sentences], Meta(min_length=1, max_length=6)]


class _Wellness(_Body):
    wellness_nudges: Annotated[list[_Nudge], Meta(min_length=1, max_length=3)]
    key_patterns: Items


class _Roast(_Body):
    specific_callouts: Items
    redemption_quality: _Item


class _Productivity(_Body):
    focus_patterns: Items
    distractions: Items
    strategies: Items
    balance: Items


_SHAPES: Mapping[InsightType, type[_Body]] = {
    InsightType.WELLNESS: _Wellness,
    InsightType.ROAST: _Roast,
    InsightType.PRODUCTIVITY: _Productivity,
}
# What models put around the JSON they were asked for: thoughts, fences, a greeting.
_THOUGHT = re.compile(r"^.*</think>", re.DOTALL)
# What a schema may hold where it is enforced; limits of length are kept here instead.
_KEYWORDS = frozenset({"type", "properties", "items", "enum", "required"})


@cache
def schema(insight_type: InsightType) -> dict[str, Any]:
    """The JSON Schema of an answer, as narrow as servers that enforce one understand it."""
    (whole,), parts = msgspec.json.schema_components([_SHAPES[insight_type]])
    found: dict[str, Any] = _narrowed(whole, parts)
    return found


def parse(text: str, insight_type: InsightType) -> Draft:
    """The draft in a text: JSON, alone or with a fence or words around it. Raises Unreadable."""
    body = _decoded(text, insight_type)
    draft = Draft(
        title=_sentence(body.title),
        paragraphs=tuple(_paragraph(one) for one in body.paragraphs),
        sections={
            name: tuple(_items(getattr(body, name)))
            for name in body.__struct_fields__
            if name not in _Body.__struct_fields__
        },
    )
    if sum(len(sentence.words) for sentence in draft.sentences()) > LONGEST_TEXT:
        raise Unreadable(f"The text has more than {LONGEST_TEXT} characters")
    return draft


def _decoded(text: str, insight_type: InsightType) -> _Body:
    found = _THOUGHT.sub("", text)
    start, end = found.find("{"), found.rfind("}")
    if start < 0:
        raise Unreadable("There is no JSON object in it")
    try:
        return msgspec.json.decode(found[start : end + 1], type=_SHAPES[insight_type])
    except msgspec.ValidationError as error:
        raise Unreadable(str(error)) from error
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Unreadable("The JSON object is broken or ends too early") from error


def _items(given: _Item | Sequence[_Item]) -> Iterator[Item]:
    for one in [given] if isinstance(given, _Item) else given:
        category, priority = (one.category, one.priority) if isinstance(one, _Nudge) else ("", "")
        yield Item(_paragraph(one.sentences), category, priority)


def _paragraph(given: Sequence[_Sentence]) -> Paragraph:
    return tuple(_sentence(one) for one in given)


def _sentence(given: _Sentence) -> Sentence:
    words = " ".join(given.text.split())
    if not words:
        raise Unreadable("A sentence is empty")
    return Sentence((Piece(words),), tuple(dict.fromkeys(given.facts)))


def _narrowed(node: Any, parts: Mapping[str, Any]) -> Any:
    """A schema without references and limits, all of whose fields are required."""
    if "$ref" in node:
        return _narrowed(parts[node["$ref"].rpartition("/")[2]], parts)
    kept = {key: value for key, value in node.items() if key in _KEYWORDS}
    if "items" in kept:
        kept["items"] = _narrowed(kept["items"], parts)
    if "enum" in kept:
        kept["type"] = "string"
    if "properties" in kept:
        fields = kept["properties"].items()
        kept["properties"] = {name: _narrowed(field, parts) for name, field in fields}
        kept["additionalProperties"] = False
    return kept
