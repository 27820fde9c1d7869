"""The writer with a model: facts go out as data, a draft comes back and is checked.

    request    facts as messages, and the one request to mend a draft
    answer     the shape of an answer, and a draft read from what came back
    writing    ask, read, check, mend once, or say why not

Pure but for the question, which is passed in.
"""

from spotify_insights.insights.modelled.answer import Unreadable, parse, schema
from spotify_insights.insights.modelled.request import prompt, repair
from spotify_insights.insights.modelled.writing import Ask, Check, Written, write

__all__ = [
    "Ask",
    "Check",
    "Unreadable",
    "Written",
    "parse",
    "prompt",
    "repair",
    "schema",
    "write",
]
