"""The lines of a long text file, while it streams by."""

from collections.abc import Iterable, Iterator
from itertools import chain

from spotify_insights.listening.archives.elements import Broken

# A listen has at most 10 KB; what is longer than this is passed over without being kept.
LONGEST_LINE = 1 << 16

_BOM = b"\xef\xbb\xbf"


def batches(chunks: Iterable[bytes], longest: int = LONGEST_LINE) -> Iterator[list[bytes | Broken]]:
    """The lines in `chunks` that are not blank, in their order and without their ends.

    Memory stays within a chunk and one line.
    """
    rest = b""
    for chunk in chain(chunks, [b"\n"]):
        *whole, rest = (rest + chunk).split(b"\n")
        told = (_line(line, longest) for line in whole)
        yield [line for line in told if line]
        # One byte too many is enough to know the line as too long when its end comes.
        rest = rest[: longest + 1]


def _line(line: bytes, longest: int) -> bytes | Broken:
    if len(line) > longest:
        return Broken("It is longer than a row can be.")
    return line.removeprefix(_BOM).strip()
