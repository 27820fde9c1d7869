"""Tables for spreadsheets, written as CSV a line at a time."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

from spotify_insights.listening.archives.insights_export import guarded

MEDIA_TYPE = "text/csv"


def lines(header: Sequence[str], rows: Iterable[Sequence[str | int]]) -> Iterator[str]:
    """The table as text; a cell that a spreadsheet would compute gets an apostrophe before it."""
    yield _line(header)
    for row in rows:
        yield _line(row)


def _line(cells: Iterable[str | int]) -> str:
    written = StringIO()
    csv.writer(written).writerow(
        [guarded(cell) if isinstance(cell, str) else cell for cell in cells]
    )
    return written.getvalue()
