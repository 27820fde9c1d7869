"""Which kind of history a file is, told from its rows. A new kind is one more line in `PARSERS`."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import NamedTuple

import msgspec

from spotify_insights.listening.archives import elements, spotify_extended
from spotify_insights.listening.archives.files import Member
from spotify_insights.listening.archives.rows import ArchiveError, Batch


class Parser(NamedTuple):
    """A format: the keys that all its rows have and no other format's, and what reads it."""

    format: str
    keys: frozenset[str]
    read: Callable[[Member, datetime], Iterator[Batch]]


class History(NamedTuple):
    member: Member
    parser: Parser


PARSERS = {
    parser.format: parser
    for parser in (
        Parser("spotify_extended", frozenset({"ts", "ms_played"}), spotify_extended.read),
    )
}

# The other package that Spotify sends. People upload it by mistake, as both zips have one name.
_ACCOUNT_DATA = frozenset({"endTime", "msPlayed"})

# A broken row may stand first; beyond a few, the rest of somebody's data is none of our business.
_ROWS_LOOKED_AT = 5

_KEYS = msgspec.json.Decoder(dict[str, msgspec.Raw])

_WRONG_PACKAGE = (
    "This is Spotify's account data: it covers one year and says neither which recording was"
    " played nor when to the second. Ask for the extended streaming history instead: on"
    " spotify.com/account/privacy tick only “Extended streaming history”, request the data,"
    " confirm the e-mail, and upload the zip that arrives within 30 days."
)
_NOT_AN_EXPORT = (
    "There is no listening history in it. Upload the zip with the extended streaming history as"
    " Spotify sent it, or the files Streaming_History_*.json from it."
)


def recognise(head: bytes) -> str | None:
    """The format of a file that begins with `head`, or None when it is no history we read."""
    rows = _first_rows(head)
    formats = (name for name, parser in PARSERS.items() if any(parser.keys <= row for row in rows))
    return next(formats, None)


def histories(members: Iterable[Member]) -> Iterator[History]:
    """Those members that are listening history, each with its parser.

    Nothing of the others is read beyond their first rows. Raises `ArchiveError` when there is no
    history at all.
    """
    seen: list[Member] = []
    is_history = False
    for member in members:
        if found := recognise(member.head):
            is_history = True
            yield History(member, PARSERS[found])
        else:
            seen.append(member)
    if not is_history:
        raise _nothing_found(seen)


def _nothing_found(members: list[Member]) -> ArchiveError:
    for member in members:
        if any(row >= _ACCOUNT_DATA for row in _first_rows(member.head)):
            return ArchiveError("wrong_package", _WRONG_PACKAGE, file=member.name)
    file = members[0].name if len(members) == 1 else "upload"
    return ArchiveError("not_an_export", _NOT_AN_EXPORT, file=file)


def _first_rows(head: bytes) -> list[set[str]]:
    """The keys of the first rows, where the file is a list of objects."""
    text = elements.opening(head)
    if not text.startswith(b"["):
        return []
    return [_keys(row) for row in islice(elements.cut_apart(text).elements, _ROWS_LOOKED_AT)]


def _keys(row: bytes) -> set[str]:
    try:
        return set(_KEYS.decode(row))
    except (ValueError, RecursionError):
        return set()
