"""Discovery: what was heard for the first time, and how much of the listening that was."""

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from spotify_insights.listening.firsts import Firsts, firsts_of
from spotify_insights.listening.stats import clock
from spotify_insights.listening.stats.plays import Numbers, Plays, factorised
from spotify_insights.listening.stats.timeline import Bucket, bucket_starts
from spotify_insights.listening.stats.tops import TopKind, ids_of, tally_of


@dataclass(frozen=True)
class Discovery:
    """Tracks, artists or albums heard in a range, those new among them, and their counted plays.

    *New* is what had no counted play before the range. Shares (0..1) are None without plays.
    """

    heard: int
    new: int
    plays: int
    plays_of_new: int
    share_new: float | None
    share_of_plays: float | None


@dataclass(frozen=True)
class Discovered:
    """Something new: when its first counted play started, and what was heard of it in the range.

    `plays` are counted ones, `ms_played` is over all.
    """

    id: int
    first_heard_at: datetime
    plays: int
    ms_played: int


@dataclass(frozen=True)
class Newness:
    """Different things heard in the bucket that starts on a day, and those first heard in it.

    `share_new` (0..1) is None where nothing was heard.
    """

    start: date
    heard: int
    new: int
    share_new: float | None


def discovery(plays: Plays, kind: TopKind, firsts: Firsts, start_s: float) -> Discovery:
    """How much of what was heard from `start_s` (UTC seconds) on was new to the listener."""
    counts = tally_of(plays, kind)
    counts = counts.take(counts.plays > 0)
    is_new = firsts.of(counts.ids) >= start_s
    new, heard = int(np.count_nonzero(is_new)), len(counts)
    total, plays_of_new = int(counts.plays.sum()), int(counts.plays[is_new].sum())
    return Discovery(
        heard=heard,
        new=new,
        plays=total,
        plays_of_new=plays_of_new,
        share_new=_share(new, heard),
        share_of_plays=_share(plays_of_new, total),
    )


def discovered(
    plays: Plays, kind: TopKind, firsts: Firsts, start_s: float, *, limit: int, offset: int = 0
) -> list[Discovered]:
    """What had its first counted play at or after `start_s` (UTC seconds), most played first.

    By counted plays in the range, then by time, then by what was heard first. `Discovery.new` says
    how many lines the whole list has.
    """
    counts = tally_of(plays, kind)
    counts = counts.take(counts.plays > 0)
    heard = _first_heard(plays, kind, firsts)
    order = np.lexsort((counts.ids, heard, -counts.ms_played, -counts.plays))
    order = order[heard[order] >= start_s][offset : offset + limit]
    page, heard = counts.take(order), heard[order]
    return [
        Discovered(int(one), clock.instant(first), int(n), int(ms))
        for one, first, n, ms in zip(page.ids, heard, page.plays, page.ms_played, strict=True)
    ]


def discovery_over_time(
    plays: Plays, kind: TopKind, firsts: Firsts, bucket: Bucket
) -> list[Newness]:
    """Different things heard (counted plays) in each bucket, and those first heard in it.

    Buckets are those of `timeline`, a day or longer: from the first play to the last, empty ones
    included.
    """
    if not len(plays):
        return []
    first_day, last_day = plays.days.min(), plays.days.max()
    days = bucket_starts(np.arange(first_day, last_day + 1), bucket, plays.clock)
    starts, bucket_of_day = np.unique(days, return_inverse=True)
    ids = ids_of(plays, kind)
    listed = plays.is_counted & (ids != 0)
    _, things = factorised(ids[listed])
    buckets = bucket_of_day[plays.days[listed] - first_day]
    is_first = plays.started[listed] == _first_heard(plays, kind, firsts)[things]
    heard = _distinct_in(buckets, things, len(starts))
    new = _distinct_in(buckets[is_first], things[is_first], len(starts))
    return [
        Newness(clock.named(start), int(n), int(fresh), _share(int(fresh), int(n)))
        for start, n, fresh in zip(starts, heard, new, strict=True)
    ]


def _first_heard(plays: Plays, kind: TopKind, firsts: Firsts) -> Numbers:
    """When each thing with a counted play, in the order of the ids, was first heard.

    Plays and firsts are read one after the other. Should a play have come or gone in between, the
    plays at hand still say that a thing was heard by then.
    """
    here = firsts_of(plays, kind)
    return np.minimum(firsts.of(here.ids), here.heard)


def _distinct_in(buckets: NDArray[np.intp], things: NDArray[np.intp], length: int) -> Numbers:
    """How many different things lie in each bucket."""
    # Sorting takes an eighth of the time of np.unique, which goes by hashes.
    pairs = np.sort(things * length + buckets)
    is_another = np.diff(pairs, prepend=-1) != 0
    return np.bincount(pairs[is_another] % length, minlength=length)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
