"""What every parser gives back: plays ready to store, rows it refused, and why a file failed."""

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import NamedTuple

import msgspec


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


class Kind(IntEnum):
    TRACK = 1
    EPISODE = 2
    CHAPTER = 3


class Reason(StrEnum):
    """Why a row is not a play; an import counts refused rows under these words."""

    NO_IDENTITY = "no_identity"
    INVALID = "invalid"


class Row(msgspec.Struct, gc=False):
    """One play as its file tells it; `msgspec.structs.astuple` gives the fields in this order.

    `name` is the title of the track, episode or chapter, or its `uri` where the file names none.
    `artist` is the album's artist; `artist` and `album` are None for episodes and chapters, and
    for a track whose file leaves them out. `collection` is the show or the audiobook, None for
    tracks. Instants are UTC in whole seconds. `skipped` is None where the source cannot be
    believed, `country` where it is unknown.
    """

    kind: Kind
    uri: str
    name: str
    artist: str | None
    album: str | None
    collection: str | None
    started_at: datetime
    ended_at: datetime
    ms_played: int
    platform: str | None
    country: str | None
    reason_start: str | None
    reason_end: str | None
    shuffle: bool | None
    skipped: bool | None
    offline: bool | None
    is_private: bool
    is_video: bool


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
