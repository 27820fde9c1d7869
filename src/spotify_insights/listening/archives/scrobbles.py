"""What sources share that tell when a play started and not how long it was.

Last.fm, ListenBrainz, Maloja and Koito call a play a scrobble or a listen. Its length is estimated:
nobody hears longer than the track lasts, nor longer than until the next play starts.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple, TypeVar

from spotify_insights.listening.archives import reading
from spotify_insights.listening.archives.elements import Broken
from spotify_insights.listening.archives.rows import (
    LONGEST_NAME,
    Batch,
    Circumstances,
    Content,
    Reason,
    Refusal,
    Rejected,
    Row,
    named,
)
from spotify_insights.models.listening import PlayKind

T = TypeVar("T")

# About the median length of a song. It stands for the length of a track where the source has none.
TYPICAL_MS = 210_000

# More plays of one second or minute than anybody has. What goes beyond it must not fill the memory.
_MOST_AT_ONCE = 1_000

# Beyond it are milliseconds, infinity and what no calendar has.
_YEAR_5138_S = 1e11

NO_TEXT = Refusal(Reason.INVALID, "Not all of it is proper text.")
_NO_TIME = Refusal(Reason.INVALID, "Its time is out of range.")
_NOT_A_NUMBER = Refusal(Reason.INVALID, "Its time is not a number of seconds.")
_NO_IDENTITY = Refusal(Reason.NO_IDENTITY, "It names no artist or no track.")
_NUL = Refusal(Reason.INVALID, "A NUL character stands in a name.")
_TOO_LONG = Refusal(Reason.INVALID, f"A name is longer than {LONGEST_NAME} characters.")


class Scrobble(NamedTuple):
    """One play as a source tells it that knows its start.

    `length_ms` is how long it was heard where that `is_measured`, else the length of the track,
    None where the source has neither. `circumstances` say `is_estimated` unless it is measured.
    """

    content: Content
    started_at: datetime
    length_ms: int | None
    circumstances: Circumstances
    is_measured: bool = False


ScrobbleBatch = tuple[list[Scrobble], list[Rejected]]
Judge = Callable[[T], Scrobble | Refusal]


def read(file: str, batches: Iterable[Sequence[T | Broken]], judge: Judge[T]) -> Iterator[Batch]:
    """The rows of one file whose elements come in `batches`, each judged and numbered from 1."""
    return rows(_judged(file, batches, judge))


def rows(batches: Iterable[ScrobbleBatch]) -> Iterator[Batch]:
    """The plays of one file with their lengths, in its order.

    A play lasts as long as its track, or `TYPICAL_MS`, and at most until the next one in time
    starts. That is the file's row before or after it, as files go from old to new or from new to
    old. Plays with one start share the time until the next one equally, for in files exact to the
    minute they follow each other within it. The same content twice at one start is one play told
    twice: it has one share, so that both rows are the same.
    """
    run: list[Scrobble] = []
    before: datetime | None = None
    for scrobbles, rejected in batches:
        batch = Batch([], rejected)
        for told in scrobbles:
            if run and (told.started_at != run[0].started_at or len(run) == _MOST_AT_ONCE):
                batch.rows.extend(_rows(run, before, told.started_at))
                before, run = run[0].started_at, []
            run.append(told)
        yield batch
    if run:
        yield Batch(_rows(run, before, None), [])


def scrobble(
    content: Content | Refusal,
    started_at: datetime | Refusal,
    circumstances: Circumstances,
    length_ms: int | None = None,
    *,
    is_measured: bool = False,
) -> Scrobble | Refusal:
    """A scrobble of what has an identity and a possible time, else what is wrong with it."""
    if isinstance(content, Refusal):
        return content
    if isinstance(started_at, Refusal):
        return started_at
    return Scrobble(content, started_at, length_ms, circumstances, is_measured)


def instant(seconds: float | str, now: datetime) -> datetime | Refusal:
    """The whole second that a number of seconds since 1970 stands for."""
    try:
        number = float(seconds) if isinstance(seconds, str) else seconds
    except ValueError:
        return _NOT_A_NUMBER
    if not 0 <= number < _YEAR_5138_S:
        return _NO_TIME
    moment = datetime.fromtimestamp(number // 1, UTC)
    return moment if reading.time_is_possible(moment, now) else reading.out_of_range(moment)


def track(artist: str, title: str, album: str = "") -> Content | Refusal:
    """A track known by its names only."""
    artist, title, album = artist.strip(), title.strip(), album.strip()
    if not artist or not title:
        return _NO_IDENTITY
    if "\0" in artist or "\0" in title or "\0" in album:
        return _NUL
    if max(len(artist), len(title), len(album)) > LONGEST_NAME:
        return _TOO_LONG
    if not _is_text(artist + title + album):
        return NO_TEXT
    return _named_track(artist, title, album or None)


def _is_text(names: str) -> bool:
    """Whether no half of a character stands alone, for which UTF-8 has no bytes."""
    try:
        names.encode()
    except UnicodeEncodeError:
        return False
    return True


@lru_cache(maxsize=4096)
def _named_track(artist: str, title: str, album: str | None) -> Content:
    kind = PlayKind.TRACK
    return Content(kind, named(kind, artist, title), title, artist, album, None)


def _judged(
    file: str, batches: Iterable[Sequence[T | Broken]], judge: Judge[T]
) -> Iterator[ScrobbleBatch]:
    first = 1
    for raws in batches:
        scrobbles: list[Scrobble] = []
        rejected: list[Rejected] = []
        for number, raw in enumerate(raws, first):
            told = Refusal(Reason.INVALID, raw.detail) if isinstance(raw, Broken) else judge(raw)
            if isinstance(told, Scrobble):
                scrobbles.append(told)
            else:
                rejected.append(Rejected(file, number, *told))
        yield scrobbles, rejected
        first += len(raws)


def _rows(run: Sequence[Scrobble], before: datetime | None, after: datetime | None) -> list[Row]:
    """Plays with one start, given the starts of their neighbours in the file."""
    start = run[0].started_at
    gaps = [near - start for near in (before, after) if near is not None and near >= start]
    share_ms = None
    if gaps:
        shares = 1 if len(run) == 1 else len({told.content.uri for told in run})
        share_ms = min(gaps) // timedelta(milliseconds=shares)
    return [_row(told, share_ms) for told in run]


def _row(told: Scrobble, most_ms: int | None) -> Row:
    content, started_at, length_ms, circumstances, is_measured = told
    ms_played = length_ms or TYPICAL_MS
    if is_measured and length_ms is not None:
        ms_played = length_ms
    elif most_ms is not None:
        ms_played = min(ms_played, most_ms)
    ended_at = started_at + timedelta(0, ms_played // 1000)
    return Row(content, started_at, ended_at, ms_played, circumstances)
