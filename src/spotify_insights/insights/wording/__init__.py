"""The sentences of every language, as data: `README.md` beside this says how they are written.

<language>/statements.toml    a fact's own plain sentence
<language>/tell.toml          how each tone tells a fact
<language>/wellness.toml      titles, nudges and closes; `roast` and `productivity` likewise
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from spotify_insights.models.insight import InsightType, Tone

# A wording, cut into its sentences; a table has the wordings of each key.
Wording = tuple[str, ...]
Table = Mapping[str, tuple[Wording, ...]]

TELL = "tell"
_END_OF_SENTENCE = re.compile(r"(?<=[.!?]) (?=\S)")


@cache
def read(code: str, name: str) -> dict[str, Any]:
    """A file of a language as it is written; `code` is the language's, `name` has no ending."""
    with resources.files(__name__).joinpath(code, f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def tables(code: str, insight_type: InsightType, tone: Tone) -> Mapping[str, Table]:
    """The tables that an insight of this type and tone is written with, by name."""
    of_type = read(code, insight_type)
    named = {name: _table(tones.get(tone, {})) for name, tones in of_type.items()}
    return {TELL: _table(read(code, TELL)[tone]), **named}


def sentences(wording: str) -> Wording:
    """A wording cut after each sentence, so that each cites what it says itself."""
    return tuple(_END_OF_SENTENCE.split(wording))


def _table(wordings: Mapping[str, list[str]]) -> Table:
    return {key: tuple(map(sentences, several)) for key, several in wordings.items()}
