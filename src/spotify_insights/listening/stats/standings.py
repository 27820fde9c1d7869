"""Standings: which place something has among everything of its kind, and how that changed."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from spotify_insights.listening.stats import clock
from spotify_insights.listening.stats.plays import (
    Flags,
    Ids,
    Numbers,
    Plays,
    Tally,
    factorised,
    tally,
)
from spotify_insights.listening.stats.timeline import Bucket, bucket_starts
from spotify_insights.listening.stats.tops import TopKind, ids_of

Places = NDArray[np.intp]


@dataclass(frozen=True)
class Standing:
    """The rank in one bucket, named by the local day it starts on; None without a counted play."""

    start: date
    rank: int | None


def rank(counts: Tally, number: int) -> int | None:
    """The rank by counted plays that a top list gives; None for what is not listed there.

    Ties go to more time in ms, then to what was heard first, then to the lower id.
    """
    place = int(np.searchsorted(counts.ids, number))
    if place == len(counts) or counts.ids[place] != number or not counts.plays[place]:
        return None
    is_ahead, is_level = np.zeros(len(counts), bool), np.ones(len(counts), bool)
    for column in (-counts.plays, -counts.ms_played, counts.first, counts.ids):
        is_ahead |= is_level & (column < column[place])
        is_level &= column == column[place]
    return int(np.count_nonzero(is_ahead)) + 1


def rank_over_time(
    plays: Plays, kind: TopKind, number: int, bucket: Bucket = Bucket.MONTH
) -> list[Standing]:
    """The rank that something has in the top list of each bucket, by counted plays there.

    Buckets are the listener's weeks, months, quarters or years, from that of the first play to that
    of the last play of all; the rank is None where it has no counted play.
    """
    if not len(plays):
        return []
    starts, places = _buckets_of(plays, bucket)
    ids = ids_of(plays, kind)
    is_listed = np.zeros(len(starts), bool)
    is_listed[places[plays.is_counted & (ids == number)]] = True
    ranks = _ranks(plays, ids, number, places, is_listed)
    return [Standing(clock.named(day), ranks.get(n)) for n, day in enumerate(starts.tolist())]


def _buckets_of(plays: Plays, bucket: Bucket) -> tuple[Numbers, Places]:
    """The first day of each bucket, and the place of each play's bucket among them."""
    first = int(plays.days.min())
    days = np.arange(first, int(plays.days.max()) + 1)
    starts, of_day = np.unique(bucket_starts(days, bucket, plays.clock), return_inverse=True)
    return starts, of_day[plays.days - first]


def _ranks(
    plays: Plays, ids: Ids, number: int, places: Places, is_listed: Flags
) -> dict[int, int | None]:
    """The rank in each bucket that is asked for, by the place of the bucket."""
    distinct, numbered = factorised(ids)
    # Small numbers in the order of the ids make the many small tallies cheap; 0 stays 0.
    small = np.where(ids == 0, 0, numbered + 1).astype(np.int32)
    own = int(np.searchsorted(distinct, number)) + 1
    if (places[1:] < places[:-1]).any():
        # Where clocks went back over midnight a later play may belong to the bucket before.
        order = np.argsort(places, kind="stable")
        plays, small, places = plays.take(order), small[order], places[order]
    cuts = np.searchsorted(places, np.arange(len(is_listed) + 1))
    spans = {int(n): slice(cuts[n], cuts[n + 1]) for n in np.flatnonzero(is_listed)}
    return {n: rank(tally(plays.take(span), small[span]), own) for n, span in spans.items()}
