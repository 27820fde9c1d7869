"""Which kind of history a file is, told from its rows. A new kind is one more line in `PARSERS`."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from spotify_insights.listening.archives import (
    insights_export,
    koito,
    lastfm,
    listenbrainz,
    maloja,
    spotify_account,
    spotify_extended,
)
from spotify_insights.listening.archives.files import Member
from spotify_insights.listening.archives.rows import ArchiveError, Batch


class Parser(NamedTuple):
    """A format: how it is told from all others by how a file begins, and what reads it."""

    format: str
    recognises: Callable[[bytes], bool]
    read: Callable[[Member, datetime], Iterator[Batch]]


class History(NamedTuple):
    member: Member
    parser: Parser


PARSERS = {
    parser.format: parser
    for parser in (
        Parser("spotify_extended", spotify_extended.recognises, spotify_extended.read),
        Parser("spotify_account", spotify_account.recognises, spotify_account.read),
        Parser("lastfm_csv", lastfm.recognises_csv, lastfm.read_csv),
        Parser("lastfm_json", lastfm.recognises_json, lastfm.read_json),
        Parser("listenbrainz", listenbrainz.recognises, listenbrainz.read),
        Parser("maloja", maloja.recognises, maloja.read),
        Parser("koito", koito.recognises, koito.read),
        Parser("insights_jsonl", insights_export.recognises_jsonl, insights_export.read_jsonl),
        Parser("insights_csv", insights_export.recognises_csv, insights_export.read_csv),
    )
}

_HOW = (
    " Ask for the listening history instead: on spotify.com/account/privacy tick only “Extended"
    " streaming history”, request the data, confirm the e-mail, and upload the zip that arrives"
    " within 30 days."
)
_SETTINGS = (
    "This is Spotify's account data without its files StreamingHistory: settings, payments and"
    " playlists, but no plays." + _HOW
)
_TECHNICAL_LOG = "This is Spotify's technical log information. It holds no plays to count." + _HOW
_NOT_AN_EXPORT = (
    "There is no listening history in it. Upload the zip as Spotify sent it (extended streaming"
    " history or account data), or an export of Last.fm (CSV, JSON), ListenBrainz, Maloja, Koito or"
    " of this app."
)

# The keys that tell the other files of Spotify's packages, none of which is read any further.
_KEYS_OF_SETTINGS = (
    frozenset({b'"searchTime"', b'"searchQuery"'}),
    frozenset({b'"bannedTracks"', b'"bannedArtists"'}),
    frozenset({b'"tracks"', b'"artist"', b'"album"', b'"track"', b'"uri"'}),
    frozenset({b'"userIsFollowing"', b'"userIsBlocking"'}),
    frozenset({b'"playlists"', b'"lastModifiedDate"'}),
    frozenset({b'"followerCount"', b'"followingUsersCount"'}),
    frozenset({b'"inferences"'}),
    frozenset({b'"birthdate"', b'"creationTime"'}),
    frozenset({b'"payment_method"'}),
    frozenset({b'"displayName"', b'"tasteMaker"'}),
)
_KEYS_OF_TECHNICAL_LOG = frozenset({b'"timestamp_utc"'})


def recognise(head: bytes) -> str | None:
    """The format of a file that begins with `head`, or None when it is no history we read."""
    return next((name for name, parser in PARSERS.items() if parser.recognises(head)), None)


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
        if _has_all(member.head, _KEYS_OF_TECHNICAL_LOG):
            return ArchiveError("wrong_package", _TECHNICAL_LOG, file=member.name)
        if any(_has_all(member.head, keys) for keys in _KEYS_OF_SETTINGS):
            return ArchiveError("wrong_package", _SETTINGS, file=member.name)
    file = members[0].name if len(members) == 1 else "upload"
    return ArchiveError("not_an_export", _NOT_AN_EXPORT, file=file)


def _has_all(head: bytes, keys: frozenset[bytes]) -> bool:
    return all(key in head for key in keys)
