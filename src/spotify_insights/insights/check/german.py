"""Numbers in German words, which are written as one: dreiundzwanzig, hundertzwölf."""

from collections.abc import Mapping, Sequence

_SCALES = {"dutzend": 12, "million": 1_000_000, "millionen": 1_000_000, "tausend": 1_000}
_PARTS = (("tausend", 1_000), ("hundert", 100))

_ENDINGS = ("mal", "stündig", "minütig", "tägig", "wöchig", "monatig", "jährig", "fach")


def spelled(words: Sequence[str], numbers: Mapping[str, int]) -> tuple[float, int]:
    """The number that the words begin with, and how many of them it takes; 0 for none."""
    if tuple(words[:3]) == ("ein", "halbes", "dutzend"):
        return 6, 3
    value = number(words[0], numbers)
    if value is None:
        return 0, 0
    if len(words) > 1 and words[1] in _SCALES and words[0] not in _SCALES:
        return value * _SCALES[words[1]], 2
    digit = numbers.get(words[2], 10) if len(words[2:]) and words[1] == "komma" else 10
    if digit in range(10):
        return value + digit / 10, 3
    return value, 1


def number(word: str, numbers: Mapping[str, int]) -> float | None:
    """The value of one word; None where it is no number."""
    if word in ("anderthalb", "eineinhalb"):
        return 1.5
    if word.endswith("einhalb"):
        whole = numbers.get(word.removesuffix("einhalb"))
        return None if whole is None else whole + 0.5
    if word in _SCALES:
        return _SCALES[word]
    return _compound(word, numbers)


def _compound(word: str, numbers: Mapping[str, int]) -> int | None:
    if word in numbers:
        return numbers[word]
    for name, scale in _PARTS:
        before, found, after = word.partition(name)
        if found:
            times = numbers.get(before, _compound(before, numbers)) if before else 1
            rest = _compound(after.removeprefix("und"), numbers) if after else 0
            return None if times is None or rest is None else times * scale + rest
    units, found, tens = word.partition("und")
    if found and numbers.get(units, 10) in range(1, 10) and numbers.get(tens, 0) in range(20, 100):
        return numbers[units] + numbers[tens]
    return None


def prefix(word: str, numbers: Mapping[str, int]) -> int:
    """How many letters of an adverb or adjective are a number: siebzehn in siebzehnmal."""
    for ending in _ENDINGS:
        before, found, _ = word.partition(ending)
        if found and before and numbers.get(before) != 1 and number(before, numbers) is not None:
            return len(before)
    return 0
