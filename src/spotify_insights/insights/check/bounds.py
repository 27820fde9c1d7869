"""Words around a number that say how exactly it is meant: about, nearly, more than."""

import re

from spotify_insights.insights.check.reading import Reading
from spotify_insights.insights.check.support import Bound

_KINDS = (Bound.BELOW, Bound.UNDER, Bound.ABOVE, Bound.OVER, Bound.NEAR)
_REACH = 40


def before(reading: Reading, position: int) -> tuple[Bound, int]:
    """The bound that the words before a place set, and where these words begin."""
    window = reading.text[max(0, position - _REACH) : position]
    offset = max(0, position - _REACH)
    longest: tuple[Bound, int] = (Bound.EXACT, position)
    for bound in _KINDS:
        for found in reading.tongue.phrases[bound].finditer(window):
            is_next = not reading.tongue.phrases["between"].sub("", window[found.end() :]).strip()
            if is_next and offset + found.start() < longest[1]:
                longest = (bound, offset + found.start())
    return longest


def after(reading: Reading, position: int) -> tuple[Bound, int]:
    """The bound that the words after a place set, and where these words end."""
    found = re.compile(r"\s+").match(reading.text, position)
    start = found.end() if found else position
    phrase = reading.tongue.phrases["after_number"].match(reading.text, start)
    if phrase is None:
        return Bound.EXACT, position
    is_above = reading.tongue.phrases["above_after"].fullmatch(phrase[0])
    return (Bound.ABOVE if is_above else Bound.NEAR), phrase.end()
