"""The plain sentence of a fact: its evidence for people, and what a model is told of it.

Each language has them as data in `wording/<code>/statements.toml`. An entry is a template; or a
list of templates, of which the first that can be filled is taken, for a value that may come without
some of its parts; or a table of either, by what the fact says (`more`, `less`, `same`, …), where
`plain` stands for all else. What is the most is also more, what is the least also less.
"""

from collections.abc import Mapping, Sequence

from spotify_insights.insights import text, wording
from spotify_insights.insights.draft import Sentence
from spotify_insights.insights.facts.fact import Fact, Says
from spotify_insights.insights.languages.language import Language

Templates = str | Sequence[str]
Entry = Templates | Mapping[str, Templates]

PLAIN = "plain"
_IMPLIED = {Says.MOST: Says.MORE, Says.LEAST: Says.LESS}


def statement(fact: Fact, language: Language) -> str:
    """What a fact says, in one plain sentence. Raises KeyError where the language has none."""
    return sentence(fact, language).words


def sentence(fact: Fact, language: Language) -> Sentence:
    """The statement with its claims. Raises KeyError where the language has none."""
    entry = entries(language.code)[fact.id]
    known = {fact.id: fact}
    for template in _templates(entry, fact.says):
        if text.can_fill(template, known):
            return text.fill(template, known, language)
    raise KeyError(f"no statement of {fact.id} fits its parts")


def entries(code: str) -> Mapping[str, Entry]:
    """The statements of a language by the id of their fact."""
    found: Mapping[str, Entry] = wording.read(code, "statements")["statements"]
    return found


def _templates(entry: Entry, says: frozenset[Says]) -> Sequence[str]:
    if isinstance(entry, Mapping):
        said = says | {_IMPLIED[one] for one in says if one in _IMPLIED}
        key = next((key for key in entry if key in said), PLAIN)
        return _templates(entry[key], says)
    return [entry] if isinstance(entry, str) else entry
