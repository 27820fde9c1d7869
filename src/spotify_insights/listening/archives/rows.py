"""What every parser gives back: plays ready to store, rows it refused, and why a file failed."""

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import blake2b
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta

from spotify_insights.models.listening import Origin, PlayKind, Provenance

# Spotify was founded in April 2006, Last.fm counted its first plays in 2002.
EARLIEST = datetime(2002, 1, 1, tzinfo=UTC)
# A clock may run ahead of ours, by a day at most.
AHEAD = timedelta(days=1)

# The longest play seen is under 7 hours; a week leaves room for a night's loop left on, and for
# nothing that would drown all other listening.
LONGEST_PLAY_MS = 7 * 86_400_000

# The longest real name has 249 characters. PostgreSQL indexes keys of up to 2,704 bytes, and a
# character can take six of them once its case is folded.
LONGEST_NAME = 400
_TAIL = re.compile(r"\s*[(\[]|\s[-\u2013\u2014]\s|\s(?:feat|ft)\b")
Name = Annotated[str, Meta(max_length=LONGEST_NAME)] | None


class ArchiveError(Exception):
    """The upload cannot be read; nothing of it may be kept.

    `code` is one of `empty_upload`, `not_an_export`, `wrong_package`, `broken_archive`,
    `broken_json`, `archive_too_large`, `encrypted_archive`, `nested_archive`, `unsafe_path`;
    `detail` is a sentence for the listener; `file` is the upload or the member it is about.
    """

    def __init__(self, code: str, detail: str, *, file: str) -> None:
        super().__init__(f"{file}: {detail}")
        self.code = code
        self.detail = detail
        self.file = file


class Reason(StrEnum):
    """Why a row is not a play; an import counts refused rows under these words."""

    NO_IDENTITY = "no_identity"
    INVALID = "invalid"


class Content(NamedTuple):
    """What was played, as its file names it.

    `uri` is Spotify's address, or one made from the names (`named`) where the source has none.
    `name` is the title of the track, episode or chapter, or its `uri` where the file names none.
    `artist` is the album's artist where the source knows it, else the track's; `artist` and `album`
    are None for episodes and chapters, and for a track whose file leaves them out. `collection` is
    the show or the audiobook, None for tracks.
    """

    kind: PlayKind
    uri: str
    name: str
    artist: str | None
    album: str | None
    collection: str | None


class Circumstances(NamedTuple):
    """How a play was told and heard: the same for many plays, so made once and shared.

    `provenance` is None where the import decides it. `skipped` is None where the source cannot be
    believed, `country` where it is unknown. `is_estimated` says that the source gives no length.
    """

    origin: Origin
    provenance: Provenance | None = None
    platform: str | None = None
    country: str | None = None
    reason_start: str | None = None
    reason_end: str | None = None
    shuffle: bool | None = None
    skipped: bool | None = None
    offline: bool | None = None
    is_private: bool = False
    is_video: bool = False
    is_estimated: bool = False
    is_deleted: bool = False


class Row(msgspec.Struct, gc=False):
    """One play as its file tells it. Instants are UTC in whole seconds."""

    content: Content
    started_at: datetime
    ended_at: datetime
    ms_played: int
    circumstances: Circumstances


class Refusal(NamedTuple):
    """Why one row is not a play."""

    reason: Reason
    detail: str


class Rejected(NamedTuple):
    """A row that is not a play: the `row`-th of `file`, counted from 1."""

    file: str
    row: int
    reason: Reason
    detail: str


class Batch(NamedTuple):
    """A stretch of one file in its order; every row of the file is in exactly one of the lists."""

    rows: list[Row]
    rejected: list[Rejected]


def normalised(name: str) -> str:
    """The key under which two spellings are the same name: without differences of case and spaces.

    `casefold` rather than `lower`, because it is Unicode's definition of "differs in case only":
    "STRASSE" and "Straße" are one title. Accents, punctuation and compatibility forms stay as they
    are.
    """
    return " ".join(name.split()).casefold()


def title_key(name: str) -> str:
    """A title as far as sources agree on it: without what follows a bracket or a dash.

    "Blue - Remastered 2011", "Blue (feat. Ada)" and "BLUE" are one. Too coarse to count by, it only
    says which plays at one time may be the same listen.
    """
    head = _TAIL.split(name.casefold(), maxsplit=1)[0]
    return "".join(char for char in head if char.isalnum()) or normalised(name)


def named(kind: PlayKind, *names: str) -> str:
    """The address of what a source only names: the same for all spellings of the same names."""
    keys = "\x1f".join((kind.value, *(normalised(name) for name in names)))
    return f"named:{blake2b(keys.encode(), digest_size=16).hexdigest()}"
