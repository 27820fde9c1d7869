"""Numbers in words, and phrases that compare, in English and German: what mutants are made of."""

import re

from spotify_insights.insights.facts.fact import Says

_ONES_EN = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    "nineteen",
)
_TENS_EN = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ONES_DE = (
    *("null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn"),
    *("elf", "zwölf", "dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn"),
    "neunzehn",
)
_TENS_DE = ("zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig")
# "one" and "eins" mean too many other things to be exchanged.
_SMALL = range(2, 20)
SMALL_NUMBERS = {
    "en": {_ONES_EN[value]: value for value in _SMALL},
    "de": {_ONES_DE[value]: value for value in _SMALL},
}
NUMBER_WORD = {
    "en": re.compile(
        rf"(?<!-)\b({'|'.join(SMALL_NUMBERS['en'])})\b(?! and a half|-)", re.IGNORECASE
    ),
    "de": re.compile(rf"\b({'|'.join(SMALL_NUMBERS['de'])})(mal)?\b", re.IGNORECASE),
}
PERCENT_WORD = {"en": " percent", "de": " Prozent"}
PERIODS = {
    "en": ", all of it in {month} {year}",
    "de": ", alles davon im {month} {year}",
}
_CHANGE = frozenset({Says.MORE, Says.LESS, Says.SAME})
_TOP = frozenset({Says.MOST, Says.RECORD, Says.LONGEST})
# A claim that can be added to any sentence, also to a suggestion, and which comparisons of a cited
# fact might carry it.
COMPARISONS: dict[str, tuple[tuple[str, frozenset[Says]], ...]] = {
    "en": (
        (", and you listened more than ever before", _CHANGE | _TOP),
        (", and you set a new record with it", _TOP),
        (", and you heard it for the first time", frozenset({Says.FIRST, Says.NEW})),
        (", and you listened twice as much as before", _CHANGE),
        (", and you listened less than the month before", _CHANGE | {Says.LEAST}),
        (", and you are up from the year before", _CHANGE),
        (", and you never had a longer run", _TOP),
        (", and you listen more than most people do", frozenset()),
        (", and you have not listened so much in years", _TOP),
        (", and you do so every single day", frozenset({Says.EVERY})),
        (", and you listened less than usual", _CHANGE | {Says.LEAST}),
    ),
    "de": (
        (", und du hast mehr gehört als je zuvor", _CHANGE | _TOP),
        (", und damit hast du einen neuen Rekord aufgestellt", _TOP),
        (", und das hast du zum ersten Mal gehört", frozenset({Says.FIRST, Says.NEW})),
        (", und du hast doppelt so viel gehört wie davor", _CHANGE),
        (", und du hast weniger gehört als im Monat davor", _CHANGE | {Says.LEAST}),
        (", und so viel hast du noch nie gehört", _TOP),
        (", und du hörst mehr als die meisten anderen", frozenset()),
        (", und du hast so viel gehört wie seit Jahren nicht", _TOP),
        (", und das machst du an jedem einzelnen Tag", frozenset({Says.EVERY})),
        (", und das ist weniger als sonst", _CHANGE | {Says.LEAST}),
    ),
}


def spelled(value: int, language: str) -> str:
    """A whole number below a thousand in words."""
    return _english(value) if language == "en" else _german(value)


def _english(value: int) -> str:
    hundreds, rest = divmod(value, 100)
    if hundreds:
        return f"{_ONES_EN[hundreds]} hundred" + (f" and {_english(rest)}" if rest else "")
    if value < 20:
        return _ONES_EN[value]
    tens, ones = divmod(value, 10)
    return _TENS_EN[tens - 2] + (f"-{_ONES_EN[ones]}" if ones else "")


def _german(value: int) -> str:
    hundreds, rest = divmod(value, 100)
    if hundreds:
        return ("ein" if hundreds == 1 else _ONES_DE[hundreds]) + "hundert" + _german_rest(rest)
    if value < 20:
        return _ONES_DE[value]
    tens, ones = divmod(value, 10)
    if not ones:
        return _TENS_DE[tens - 2]
    return f"{'ein' if ones == 1 else _ONES_DE[ones]}und{_TENS_DE[tens - 2]}"


def _german_rest(rest: int) -> str:
    return _german(rest) if rest else ""
