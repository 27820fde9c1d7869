"""Background work in words."""

import pytest

from spotify_insights.web.pages import work
from spotify_insights.web.schemas.tasks import Progress

LEAVE = "You can leave this page."


@pytest.mark.parametrize(
    ("progress", "said"),
    [
        (None, LEAVE),
        ({"done": 0, "total": 0}, LEAVE),
        ({"done": 9_742, "total": 15_710}, f"9,742 of about 15,710 rows. {LEAVE}"),
        (
            {"done": 9_742, "total": 15_710, "rows_per_s": 98_000, "seconds_left": 1},
            f"9,742 of about 15,710 rows, 98,000 a second, about 1 second left. {LEAVE}",
        ),
        (
            {"done": 1, "total": 2, "rows_per_s": 2, "seconds_left": 90},
            f"1 of about 2 rows, 2 a second, about 90 seconds left. {LEAVE}",
        ),
        (
            {"done": 1, "total": 2, "rows_per_s": 2, "seconds_left": 150},
            f"1 of about 2 rows, 2 a second, about 2 minutes left. {LEAVE}",
        ),
        (
            {"done": 15_710, "total": 15_710, "rows_per_s": 98_000, "seconds_left": 0},
            f"All 15,710 rows are read; matching and counting are left. {LEAVE}",
        ),
    ],
)
def test_progress_says_how_far_how_fast_and_how_long_still(progress, said):
    shown = Progress(unit="rows", **progress) if progress else None

    assert work.said(shown) == said
