"""What became of an import, in words: every row under its reason (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from spotify_insights.listening.records import Record
from spotify_insights.models import Import
from spotify_insights.models.job import JobState
from spotify_insights.models.sources import ImportStatus
from spotify_insights.web.format import count

_WORDS: Mapping[str, tuple[str, str]] = {
    "imported": ("New plays", "Added to your history"),
    "already_known": ("Known already", "The very same play came in before"),
    "matched": ("Matched", "Another source had told of this play; the fuller account is shown"),
    "duplicate_exact": (
        "Exact duplicates",
        "Same start, end, content and length as another row of this import",
    ),
    "duplicate_near": (
        "Near duplicates",
        "The same play as another row of this import, written a little apart",
    ),
    "no_identity": ("Nameless", "The row does not say what was played"),
    "invalid": ("Not readable", "The row breaks the rules of its format"),
}
_FORMATS: Mapping[str, str] = {
    "spotify_extended": "Spotify extended history",
    "spotify_account": "Spotify account data",
    "lastfm_csv": "Last.fm",
    "lastfm_json": "Last.fm",
    "listenbrainz": "ListenBrainz",
    "maloja": "Maloja",
    "koito": "Koito",
    "insights_jsonl": "Export of this app",
    "insights_csv": "Export of this app",
}
# So many refused rows stand on the page; all of them can be downloaded.
_SHOWN_REFUSED = 20
_LONGEST_NAME = 64


@dataclass(frozen=True)
class Entry:
    reason: str
    rows: int
    why: str


@dataclass(frozen=True)
class ShownFile:
    name: str
    format: str
    rows: int
    new: int


@dataclass(frozen=True)
class Refused:
    file: str
    row: int
    detail: str


def is_under_way(upload: Import) -> bool:
    return upload.status in (ImportStatus.QUEUED, ImportStatus.RUNNING)


def cards(imports: Sequence[Record], named: UUID | None) -> list[Record]:
    """The imports to show in full: the one named in the address, and those not over yet."""
    first = [one for one in imports if one.upload.id == named]
    others = [one for one in imports if one not in first]
    return first + [one for one in others if _goes_on(one)]


def headline(record: Record, imports: Sequence[Record] = ()) -> str:
    """The import in one sentence, true in each of its states.

    `imports` are those of its listener: one that is worked on makes the others wait.
    """
    upload = record.upload
    files = _named(upload.names)
    if record.is_being_undone:
        return f"Undoing the import of {files}"
    match upload.status:
        case ImportStatus.QUEUED:
            return _waiting(files, imports)
        case ImportStatus.RUNNING:
            return f"Importing {files}"
        case ImportStatus.FAILED:
            return f"{files} could not be imported"
        case ImportStatus.UNDONE:
            return f"The import of {files} was undone"
        case ImportStatus.SUCCEEDED:
            return _outcome(upload)


def entries(counts: Mapping[str, int]) -> list[Entry]:
    """The reasons that occurred, in a fixed order."""
    return [
        Entry(words, counts[reason], why)
        for reason, (words, why) in _WORDS.items()
        if counts.get(reason)
    ]


def formats(record: Record) -> str:
    """What kinds of history its files are, for people."""
    return ", ".join(dict.fromkeys(_FORMATS[file.format] for file in record.files))


def files(record: Record) -> list[ShownFile]:
    return [
        ShownFile(
            _without_folder(file.name), _FORMATS[file.format], file.rows, file.counts["imported"]
        )
        for file in record.files
    ]


def first_refused(record: Record) -> list[Refused]:
    """The first rows that were refused, over all files."""
    found = [
        Refused(_without_folder(file.name), row.row, row.detail)
        for file in record.files
        for row in record.rejected.get(file.source_id, ())
    ]
    return found[:_SHOWN_REFUSED]


def failure_to_undo(record: Record) -> str | None:
    """Why the last attempt to undo it came to nothing, if it did."""
    if record.undo is None or record.undo.state is not JobState.FAILED:
        return None
    return record.undo.error_message


def _goes_on(record: Record) -> bool:
    return is_under_way(record.upload) or record.is_settling or record.is_being_undone


def _waiting(files: str, imports: Sequence[Record]) -> str:
    running = [one.upload for one in imports if one.upload.status is ImportStatus.RUNNING]
    if not running:
        return f"{files} is waiting for its turn"
    return f"{files} waits until {_named(running[0].names)} is done"


def _outcome(upload: Import) -> str:
    kept = upload.counts.get("imported", 0)
    if not upload.rows:
        return "No rows in, so nothing to keep"
    if not kept:
        return f"{count(upload.rows, 'rows')} in, nothing new, every row accounted for"
    return f"{count(upload.rows, 'rows')} in, {count(kept, 'plays')} kept, every row accounted for"


def _named(names: Sequence[str]) -> str:
    return _short(names[0]) if len(names) == 1 else count(len(names), "files")


def _without_folder(name: str) -> str:
    return name.rpartition("/")[2]


def _short(name: str) -> str:
    """A name that fits into a sentence: of a long one the beginning and the end."""
    return name if len(name) <= _LONGEST_NAME else f"{name[:32]}…{name[-16:]}"
