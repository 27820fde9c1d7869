"""Music that ran on for at least 25 minutes without a skip, with pauses of at most 5 minutes."""

from datetime import timedelta
from typing import NamedTuple

from tests.reference.amounts import ms_of
from tests.reference.clocks import Heard
from tests.reference.habits import Lengths, is_skipped, skips

LONGEST_PAUSE = timedelta(minutes=5)
SHORTEST = timedelta(minutes=25)
# Of six hours each, from midnight on.
PARTS = ("night", "morning", "afternoon", "evening")


class Focus(NamedTuple):
    told: int
    count: int | None
    ms_played: int | None
    longest_ms: int | None
    ms_by_part: dict[str, int] | None


def focus(plays: list[Heard], lengths: Lengths) -> Focus:
    told = skips(plays, lengths).told
    if not told:
        return Focus(0, None, None, None, None)
    found = [run for run in _runs(plays, lengths) if _length(run) >= SHORTEST]
    by_part = dict.fromkeys(PARTS, 0)
    for run in found:
        by_part[PARTS[run[0].hour // 6]] += ms_of(run)
    longest = max((_length(run) for run in found), default=None)
    return Focus(
        told,
        len(found),
        sum(ms_of(run) for run in found),
        longest and longest // timedelta(milliseconds=1),
        by_part,
    )


def _runs(plays: list[Heard], lengths: Lengths) -> list[list[Heard]]:
    """Neighbours that were not skipped, cut where nothing was playing for too long."""
    runs: list[list[Heard]] = [[]]
    latest = None
    for play in plays:
        is_whole = skips([play], lengths).told and not is_skipped(play, lengths)
        if not is_whole or latest is None or play.started_at - latest > LONGEST_PAUSE:
            runs.append([])
        if is_whole:
            runs[-1].append(play)
        latest = max(latest or play.until, play.until)
    return [run for run in runs if run]


def _length(run: list[Heard]) -> timedelta:
    return max(play.until for play in run) - run[0].started_at
