"""Names of artists and tags, as far as services write them alike."""

import unicodedata
from collections.abc import Iterable

import msgspec

MOST_TAGS = 10
LONGEST_TAG = 60

# MusicBrainz sets names with typographic marks, exports with those of a keyboard.
_MARKS = str.maketrans(
    dict.fromkeys("\u2018\u2019\u02bc\u00b4`", "'")
    | dict.fromkeys("\u201c\u201d", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
)


class Tag(msgspec.Struct):
    """A tag as a service counts it."""

    name: str = ""
    count: int = 0


def key(name: str) -> str:
    """What two spellings of one name have in common: case, spaces and kinds of marks aside."""
    plain = unicodedata.normalize("NFKC", name).translate(_MARKS)
    return " ".join(plain.split()).casefold()


def leading(tags: Iterable[Tag], artist_name: str, *, least: int) -> list[str]:
    """The tags counted at least so often, most used first, in lower case, at most ten.

    A tag that only repeats the artist's name says nothing of the music.
    """
    ordered = sorted(tags, key=lambda tag: (-tag.count, tag.name))
    counted = (_clean(tag.name) for tag in ordered if tag.count >= least)
    named = dict.fromkeys(tag for tag in counted if tag and key(tag) != key(artist_name))
    return list(named)[:MOST_TAGS]


def _clean(tag: str) -> str:
    """A tag in lower case without what PostgreSQL cannot store; empty if it is no tag at all."""
    text = " ".join(tag.replace("\0", "").split()).casefold()
    return text if len(text) <= LONGEST_TAG else ""
