"""What became of an import, in words: every row under its reason (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spotify_insights.models import Import
from spotify_insights.models.listening import ImportStatus
from spotify_insights.web.format import count

_WORDS: Mapping[str, tuple[str, str]] = {
    "imported": ("New plays", "Added to your history"),
    "already_known": ("Known already", "The same play came with an earlier import"),
    "matched": ("Matched", "Another source had given this play already"),
    "duplicate_exact": ("Exact duplicates", "Same start, end, content and length in this import"),
    "duplicate_near": ("Near duplicates", "The same play as another row, written a little apart"),
    "no_identity": ("Nameless", "The row does not say what was played"),
    "invalid": ("Not readable", "The row breaks the rules of its format"),
}


@dataclass(frozen=True)
class Entry:
    reason: str
    rows: int
    why: str


def is_under_way(record: Import) -> bool:
    return record.status in (ImportStatus.QUEUED, ImportStatus.RUNNING)


def headline(record: Import) -> str:
    """The import in one sentence, true in each of its states."""
    files = _named(record.names)
    match record.status:
        case ImportStatus.QUEUED:
            return f"{files} is waiting for its turn"
        case ImportStatus.RUNNING:
            return f"Importing {files}"
        case ImportStatus.FAILED:
            return f"{files} could not be imported"
        case ImportStatus.UNDONE:
            return f"The import of {files} was undone"
        case ImportStatus.SUCCEEDED:
            return _outcome(record)


def entries(record: Import) -> list[Entry]:
    """The reasons that occurred, in a fixed order."""
    return [
        Entry(words, record.counts[reason], why)
        for reason, (words, why) in _WORDS.items()
        if record.counts.get(reason)
    ]


def _outcome(record: Import) -> str:
    kept = record.counts.get("imported", 0)
    if not record.rows:
        return "No rows in, so nothing to keep"
    if not kept:
        return f"{count(record.rows, 'rows')} in, nothing new, every row accounted for"
    return f"{count(record.rows, 'rows')} in, {count(kept, 'plays')} kept, every row accounted for"


def _named(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else count(len(names), "files")
