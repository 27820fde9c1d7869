"""How far an import is, shown on its job while it runs."""

import time

from spotify_insights import jobs
from spotify_insights.listening.archives.rows import ArchiveError
from spotify_insights.models import Job

# Fifty years of listening, day and night, to songs of five minutes.
MOST_ROWS = 5_000_000
REPORT_EVERY_S = 0.5


class Progress:
    """Rows stored so far, of a total that is estimated from the share of bytes read."""

    def __init__(self, job: Job, bytes_total: int) -> None:
        self._job = job
        self._bytes_total = bytes_total
        self._shown_at = time.monotonic()

    def show(self, rows: int, bytes_read: int) -> None:
        """Report now and then. Raises ArchiveError when there are more rows than allowed."""
        if rows > MOST_ROWS:
            detail = f"An import may have {MOST_ROWS:,} rows at most."
            raise ArchiveError("archive_too_large", detail, file="upload")
        if time.monotonic() - self._shown_at >= REPORT_EVERY_S:
            self._shown_at = time.monotonic()
            share = min(1.0, bytes_read / max(1, self._bytes_total))
            jobs.report(self._job, rows, round(rows / max(share, 0.001)), "rows")
