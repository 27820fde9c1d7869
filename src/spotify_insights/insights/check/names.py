"""Names: cited ones are struck out, others are refused, and so are genres nobody cited."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial

from spotify_insights.insights.check.reading import (
    CLOSING,
    LIKE_TEXT,
    NAME,
    OPENING,
    Label,
    Reading,
    Span,
)
from spotify_insights.insights.check.verdict import FaultKind
from spotify_insights.insights.facts.fact import NAMES, Fact, Quantity, Unit

_TOKEN = re.compile(r"\w+")
_LONGEST = 8
_FEW_WORDS = 2
_QUOTES = OPENING + CLOSING
_INSIDE = _QUOTES.replace("'", "")
_QUOTED = re.compile(rf"[{OPENING}]([^{_INSIDE}]{{0,200}})[{CLOSING}]")
_ARTICLE = re.compile(r"(?:The|Die|Der|Das)\s+(?=\S{3})")
_COUNTRY_NAMES = {"US": ("US", "USA"), "GB": ("UK",)}
_UNCASED = frozenset({Unit.GENRE, Unit.MOOD, Unit.COUNTRY, Unit.PLATFORM})
_WHOLE = frozenset({Unit.COUNTRY, Unit.PLATFORM, Unit.MOOD}) | NAMES


@dataclass(frozen=True)
class Known:
    """Names of the listener's data by their words, so that a text is looked through once."""

    exact: frozenset[tuple[str, ...]]

    @classmethod
    def of(cls, names: Collection[str]) -> "Known":
        return cls(frozenset(words for name in names if (words := _words(name))))


def read(reading: Reading, known: Known) -> None:
    """Strike out cited names; refuse quoted and known ones that are not cited."""
    for name, fact, part in _cited(reading):
        for start, end in _places(reading, name, fact.part(part).unit):
            _take(reading, start, end, fact, part)
    for found in reading.find(_QUOTED):
        if found[1].strip(f" {NAME}.,!?'s"):
            reading.refuse(*found.span(), FaultKind.NAME, "no cited fact has this name")
    for start, end in _known(reading, known):
        reading.refuse(start, end, FaultKind.NAME, "this name is not of a cited fact")


def read_kinds(reading: Reading) -> None:
    """Refuse genres, countries and moods that are not of a cited fact."""
    for found in reading.find(reading.tongue.genres):
        if not _is_of_moods(reading, found[0]):
            reading.refuse(*found.span(), FaultKind.NAME, "no cited fact names this")
    tells_genres = _cites(reading, Unit.GENRE)
    for found in reading.find(reading.tongue.doubtful_genres):
        if tells_genres or reading.tongue.of_music.match(reading.text, found.end()):
            reading.refuse(*found.span(), FaultKind.NAME, "no cited fact names this")
    if _cites(reading, Unit.MOOD):
        for found in reading.find(reading.tongue.phrases["mood"]):
            reading.refuse(*found.span(), FaultKind.NAME, "the cited fact names another mood")


def _is_of_moods(reading: Reading, word: str) -> bool:
    """A mood may be spoken of beside facts about moods, where these name none themselves."""
    is_mood = reading.tongue.phrases["mood"].fullmatch(word) is not None
    topics = {fact.topic for fact in reading.facts}
    return is_mood and bool(topics & {"moods", "energy"}) and not _cites(reading, Unit.MOOD)


def _cites(reading: Reading, unit: Unit) -> bool:
    return any(
        quantity.unit is unit for fact in reading.facts for quantity in fact.quantities.values()
    )


def _cited(reading: Reading) -> list[tuple[str, Fact, str]]:
    """Names of the cited facts as they may be written, the longest first."""
    names = [
        (written, fact, part)
        for fact in reading.facts
        for part, quantity in fact.quantities.items()
        if quantity.unit in _WHOLE
        for written in _spellings(reading, str(quantity.value), quantity.unit)
    ]
    return sorted(names, key=lambda name: -len(name[0]))


def _spellings(reading: Reading, value: str, unit: Unit) -> Iterator[str]:
    yield value.translate(LIKE_TEXT)
    if unit in (Unit.COUNTRY, Unit.MOOD, Unit.PLATFORM):
        yield from reading.language.words.get(unit, {}).get(value, {}).values()
        yield from _COUNTRY_NAMES.get(value, ())
    elif unit is Unit.ARTIST and _ARTICLE.match(value):
        yield _ARTICLE.sub("", value)
    elif unit is Unit.GENRE and "-" in value:
        yield value.replace("-", " ")


def _places(reading: Reading, name: str, unit: Unit) -> Iterator[tuple[int, int]]:
    uncased = re.IGNORECASE if unit in _UNCASED else 0
    pattern = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", uncased)
    if unit is Unit.COUNTRY and len(name) == 2:  # noqa: PLR2004 - two letters, an ISO code
        pattern = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    for found in reading.find(pattern):
        is_quoted = reading.text[found.start() - 1 : found.start()] in tuple(_QUOTES)
        if is_quoted or not _is_doubtful(reading, *found.span()):
            yield found.span()


def _is_doubtful(reading: Reading, start: int, end: int) -> bool:
    """Whether a name such as "You" or 311 may be a word or a number here."""
    name = reading.text[start:end].lower()
    if name in reading.tongue.function_words:
        return True
    if not (name.isdigit() or name in reading.tongue.numbers):
        return False
    after = reading.text[end:].lstrip()
    counts = any(pattern.match(after) for pattern, _ in reading.tongue.units)
    return counts or after.startswith("%")


def _take(reading: Reading, start: int, end: int, fact: Fact, part: str) -> None:
    """Strike out a name with its quotes and its genitive; the claim is the name alone."""
    reading.spans.append(Span(start, end, fact, part))
    reading.labels.append(Label(start, end, partial(_has_value, fact.part(part))))
    genitive = reading.tongue.phrases["genitive"].match(reading.text, end)
    last = genitive.end() if genitive else end
    before, after = reading.text[start - 1 : start], reading.text[end : end + 1]
    opens = bool(before) and before in OPENING
    closes = bool(after) and after in CLOSING
    if opens and closes:
        start, last = start - 1, max(last, end + 1)
    reading.strike(start, last, NAME)


def _has_value(quantity: Quantity, fact: Fact) -> bool:
    return quantity in fact.quantities.values()


def _known(reading: Reading, known: Known) -> Iterator[tuple[int, int]]:
    """Places of known names; single ordinary words are told apart by where they stand."""
    tokens = list(_TOKEN.finditer(reading.text))
    position = 0
    while position < len(tokens):
        length = _length_known(tokens[position : position + _LONGEST], known)
        first, last = tokens[position], tokens[position + max(length, 1) - 1]
        position += max(length, 1)
        if length and _is_a_name(reading, first.start(), last.end(), length):
            yield first.start(), last.end()


def _length_known(tokens: list[re.Match[str]], known: Known) -> int:
    for length in range(len(tokens), 0, -1):
        if tuple(token[0] for token in tokens[:length]) in known.exact:
            return length
    return 0


def _is_a_name(reading: Reading, start: int, end: int, length: int) -> bool:
    name = reading.text[start:end]
    ordinary = reading.tongue.ordinary
    words = [word.lower() for word in _TOKEN.findall(name)]
    if not all(word in ordinary or word in reading.tongue.function_words for word in words):
        return not name.isdigit()
    if length > 1 and not set(words) <= reading.tongue.function_words:
        after_by = reading.tongue.phrases["by"].search(reading.text, max(0, start - 8), start)
        if after_by or length > _FEW_WORDS:
            return True
    if reading.tongue.code == "de":
        is_at_start = reading.starts_sentence(start) and words[0] in reading.tongue.function_words
        return length > 1 and not name.islower() and not is_at_start
    if name.islower() or name == "I":
        return False
    if not reading.starts_sentence(start):
        return True
    return not all(word in reading.tongue.function_words for word in words)


def _words(name: str) -> tuple[str, ...]:
    return tuple(_TOKEN.findall(name.translate(LIKE_TEXT))[:_LONGEST])
