"""Numbers as they are written: 1,204 · 10.8 · 1.2K · twenty-three · dreiundzwanzig."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from spotify_insights.insights.check import english, german
from spotify_insights.insights.check import tongue as lexicon
from spotify_insights.insights.check.tongue import Tongue

_TOKEN = re.compile(r"\d[\d.,]*\d|\d|[^\W\d_]+|[½¼¾]")
_GROUPED = {
    "en": re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"),
    "de": re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:,\d+)?"),
}
_THOUSANDS = re.compile(r"\s?(k|mio|m)\b(?!\w)", re.IGNORECASE)
_TIMES = {"k": 1_000.0, "m": 1_000_000.0, "mio": 1_000_000.0}
_VULGAR = {"½": 0.5, "¼": 0.25, "¾": 0.75}
_SPELLED = {"en": english.spelled, "de": german.spelled}
_LONGEST = 10


@dataclass(frozen=True)
class Numeral:
    """A number and where it stands.

    `step` is what it is rounded to: 0.1 for 10.8, 100 for 1.2K. None as a value: it looks like a
    number and cannot be read. `is_one` marks "one" and "ein", which need not be a number.
    """

    start: int
    end: int
    value: float | None
    step: float = 1.0
    is_one: bool = False
    is_in_words: bool = False


def numerals(text: str, tongue: Tongue) -> tuple[Numeral, ...]:
    """All numbers of a text, from left to right."""
    return _numerals(text, tongue.code)


@lru_cache(maxsize=256)
def _numerals(text: str, code: str) -> tuple[Numeral, ...]:
    return tuple(_read(text, lexicon.of(code)))


def _read(text: str, tongue: Tongue) -> Iterator[Numeral]:
    tokens = list(_TOKEN.finditer(text))
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token[0][0].isdigit():
            yield _in_digits(text, token, tongue.code)
            position += 1
        elif token[0] in _VULGAR:
            yield Numeral(token.start(), token.end(), _VULGAR[token[0]], 0.25)
            position += 1
        else:
            numeral, used = _in_words(text, tokens, position, tongue)
            if numeral is not None:
                yield numeral
            position += max(used, 1)


def _in_digits(text: str, token: re.Match[str], code: str) -> Numeral:
    written = token[0]
    if not _GROUPED[code].fullmatch(written):
        return Numeral(token.start(), token.end(), None)
    group, point = (",", ".") if code == "en" else (".", ",")
    plain = written.replace(group, "").replace(point, ".")
    value, step = float(plain), 10.0 ** -len(plain.partition(".")[2])
    if suffix := _THOUSANDS.match(text, token.end()):
        times = _TIMES[suffix[1].lower()]
        return Numeral(token.start(), suffix.end(), value * times, step * times)
    return Numeral(token.start(), token.end(), value, step)


def _in_words(
    text: str, tokens: list[re.Match[str]], position: int, tongue: Tongue
) -> tuple[Numeral | None, int]:
    words = [word.lower() for word in _neighbours(text, tokens, position)]
    if tongue.code == "de" and (length := german.prefix(words[0], tongue.numbers)):
        start = tokens[position].start()
        value = german.number(words[0][:length], tongue.numbers)
        return Numeral(start, start + length, value, is_in_words=True), 1
    value, used = _SPELLED[tongue.code](words, tongue.numbers)
    if not used:
        return None, 1
    start, end = tokens[position].start(), tokens[position + used - 1].end()
    is_one = used == 1 and value == 1
    step = 1.0 if value == int(value) else 0.1
    return Numeral(start, end, value, step, is_one, is_in_words=True), used


def _neighbours(text: str, tokens: list[re.Match[str]], position: int) -> list[str]:
    """The words from a place on that only spaces and hyphens part."""
    words = [tokens[position][0]]
    nearby = tokens[position : position + _LONGEST]
    for before, token in itertools.pairwise(nearby):
        if text[before.end() : token.start()] not in (" ", "-"):
            break
        words.append(token[0])
    return words
