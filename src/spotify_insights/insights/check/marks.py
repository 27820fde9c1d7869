"""What no text of an insight may hold, whatever it says."""

import re
import unicodedata

from spotify_insights.insights.check.reading import NAME, READ, Reading
from spotify_insights.insights.check.verdict import FaultKind

LONGEST_SENTENCE = 500
LONGEST_TEXT = 6_000

_ADDRESS = re.compile(
    r"\w+://|\bwww\.|\bmailto:|\bjavascript:|\bdata:\w|@\w|"
    r"\b[\w-]+\.(?:com|org|net|io|de|co|app|dev|info|eu|uk|me|ly|gg|tv|fm|xyz|link|site|example)\b",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"[<>\[\]{}`\\|*_~^=$§]|&#?\w+;|!\[|^\s*(?:#{1,6}|[-+]|\d+[.)])\s")
_UNWRITABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def read(reading: Reading) -> None:
    """Refuse addresses, markup, what cannot be seen, other scripts and clinical words."""
    for pattern, why in ((_ADDRESS, "an address"), (_MARKUP, "markup")):
        for found in reading.find(pattern):
            reading.refuse(*found.span(), FaultKind.MARK, f"{why} has no place in an insight")
    for position, character in enumerate(reading.text):
        if _is_strange(character):
            reading.refuse(position, position + 1, FaultKind.MARK, "a character out of place")
    for found in reading.find(reading.tongue.unwanted):
        reading.refuse(*found.span(), FaultKind.WORD, "an insight does not speak of this")
    for found in reading.find(reading.tongue.phrases["writer"]):
        why = "an insight speaks of the listener, not of its writer"
        reading.refuse(*found.span(), FaultKind.WORD, why)


def _is_strange(character: str) -> bool:
    if character.isascii():
        return unicodedata.category(character) == "Cc"
    if character in (NAME, READ):
        return False
    category = unicodedata.category(character)
    if category in _UNWRITABLE:
        return True
    if category[0] == "N":
        return character not in "½¼¾"
    return category[0] in "LM" and not unicodedata.name(character, "").startswith("LATIN")
