"""Words with a capital letter: whatever is no ordinary word may be a name nobody cited."""

import re

from spotify_insights.insights.check.reading import Reading
from spotify_insights.insights.check.tongue import Tongue
from spotify_insights.insights.check.verdict import FaultKind

_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_ENGLISH_ENDINGS = (
    *(("ies", "y"), ("es", ""), ("es", "e"), ("s", ""), ("ed", ""), ("ed", "e"), ("ing", "")),
    *(("ing", "e"), ("ly", ""), ("ily", "y"), ("er", ""), ("er", "e"), ("est", ""), ("est", "e")),
    *(("ness", ""), ("less", ""), ("ful", ""), ("ier", "y"), ("iest", "y"), ("d", "")),
)
_GERMAN_ENDINGS = (
    *("ern", "en", "er", "es", "em", "e", "n", "s", "nen", "innen", "in", "sten", "ste", "ster"),
    *("stes", "chen", "lein", "lich", "liche", "licher", "liches", "lichen", "st", "t", "te"),
    *("ten", "ens", "ere", "erer", "eren", "eres", "los", "lose", "loses", "loser", "weise"),
)
_GERMAN_FAMILIES = ("ung", "heit", "keit", "schaft", "tion", "ität", "ismus", "igkeit")
_LINKS = ("", "s", "es", "n", "en", "er", "e")
_SHORTEST = 3
_SHORTEST_FAMILY = 7


def read(reading: Reading) -> None:
    """Refuse words with a capital that are not ordinary ones where they stand."""
    for found in reading.find(_WORD):
        word = found[0]
        if word.islower() or _is_allowed(reading, found):
            continue
        reading.refuse(*found.span(), FaultKind.NAME, "no cited fact has this name")


def _is_allowed(reading: Reading, found: re.Match[str]) -> bool:
    tongue, word = reading.tongue, found[0]
    if tongue.phrases["capitals"].fullmatch(word):
        return True
    is_noun_language = tongue.code == "de"
    if is_noun_language and _is_participle(reading, found):
        return True
    may_be_capital = reading.is_title or is_noun_language or reading.starts_sentence(found.start())
    return may_be_capital and not (word.isupper() and len(word) > 1) and is_ordinary(word, tongue)


def _is_participle(reading: Reading, found: re.Match[str]) -> bool:
    """Whether a German sentence begins with one: Aufgelegt hast du …

    Only beside a verb in the second person, which no name can be the subject of.
    """
    phrases = reading.tongue.phrases
    return (
        phrases["participle"].fullmatch(found[0]) is not None
        and phrases["auxiliary"].match(reading.text, found.end() + 1) is not None
        and reading.starts_sentence(found.start())
    )


def is_ordinary(word: str, tongue: Tongue) -> bool:
    """Whether a word, each of its parts between hyphens, is of the language's lexicon."""
    known = _is_german if tongue.code == "de" else _is_english
    parts = word.lower().split("-")
    capitals = tongue.phrases["capitals"]
    return all(not part or capitals.fullmatch(part) or known(part, tongue) for part in parts)


def _is_listed(word: str, tongue: Tongue) -> bool:
    return word in tongue.ordinary or word in tongue.function_words or word in tongue.numbers


def _is_english(word: str, tongue: Tongue) -> bool:
    stem = word.partition("'")[0]
    if _is_listed(stem, tongue):
        return True
    for prefix in ("un", "re", "over", "out", "non"):
        if stem.startswith(prefix) and _is_listed(stem.removeprefix(prefix), tongue):
            return True
    for ending, instead in _ENGLISH_ENDINGS:
        base = stem.removesuffix(ending)
        if base != stem and len(base) >= _SHORTEST and _has_base(base, instead, tongue):
            return True
    return False


def _has_base(base: str, instead: str, tongue: Tongue) -> bool:
    doubled = base[:-1] if base[-1] == base[-2] else base
    return _is_listed(base + instead, tongue) or _is_listed(doubled, tongue)


def _is_german(word: str, tongue: Tongue) -> bool:
    return _is_german_base(word, tongue) or _is_compound(word, tongue)


def _is_german_base(word: str, tongue: Tongue) -> bool:
    if _is_listed(word, tongue):
        return True
    if len(word) >= _SHORTEST_FAMILY:
        for family in _GERMAN_FAMILIES:
            if word.endswith((family, f"{family}en", f"{family}s")):
                return True
    for ending in _GERMAN_ENDINGS:
        base = word.removesuffix(ending)
        if base != word and len(base) >= _SHORTEST and _is_listed(base, tongue):
            return True
    return False


def _is_compound(word: str, tongue: Tongue) -> bool:
    """Two or three listed words in one, with a linking letter between them."""
    for cut in range(_SHORTEST, len(word) - _SHORTEST + 1):
        first, rest = word[:cut], word[cut:]
        if _is_first_half(first, tongue) and (
            _is_german_base(rest, tongue) or _is_compound(rest, tongue)
        ):
            return True
    return False


def _is_first_half(word: str, tongue: Tongue) -> bool:
    for link in _LINKS:
        base = word.removesuffix(link) if link else word
        is_bound = not link or base != word
        if is_bound and len(base) >= _SHORTEST and _is_listed(base, tongue):
            return True
    return len(word) >= _SHORTEST and _is_listed(f"{word}e", tongue)
