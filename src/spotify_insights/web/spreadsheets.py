"""Tables for spreadsheets, written as CSV a line at a time."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

MEDIA_TYPE = "text/csv"
# What a spreadsheet would take for a formula, and compute.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def lines(header: Sequence[str], rows: Iterable[Sequence[str | int]]) -> Iterator[str]:
    """The table as text; a cell that begins like a formula gets an apostrophe before it."""
    yield _line(header)
    for row in rows:
        yield _line(row)


def _line(cells: Iterable[str | int]) -> str:
    written = StringIO()
    csv.writer(written).writerow([_harmless(cell) for cell in cells])
    return written.getvalue()


def _harmless(cell: str | int) -> str | int:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
