"""Habits of playing, as far as sources tell of them.

Only Spotify's extended history says how plays began and ended, where and on what they were heard.
So every answer says of how many plays its source tells (`told`), and what is asked of plays nobody
tells of is None. All plays count here, not only those of at least 30 seconds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from sqlalchemy.orm import Session

from spotify_insights.listening.packed import IS_PRIVATE
from spotify_insights.listening.stats.details import (
    Details,
    country,
    family,
    is_a_video,
    is_of_an_extended_history,
    reason_for_end,
    reason_for_start,
    tells_its_end,
    tells_its_ending,
    tells_of_connection,
    tells_of_shuffle,
    was_ended_by_hand,
    was_heard_to_the_end,
    was_offline,
    was_shuffled,
)
from spotify_insights.listening.stats.known import Fact, known
from spotify_insights.listening.stats.plays import COUNTED_MS, Flags, Ids, Plays, factorised, summed
from spotify_insights.listening.stats.tops import TopKind, ids_of
from spotify_insights.models import Circumstances

# What something is called that circumstances tell of; None where they do not.
_Name = Callable[[Circumstances], str | None]


class _Sum(NamedTuple):
    plays: int
    ms_played: int


@dataclass(frozen=True)
class Skips:
    """`skipped` of `told` plays, those whose source tells how they ended."""

    told: int
    skipped: int

    @property
    def rate(self) -> float | None:
        """The share that was skipped (0..1)."""
        return _share(self.skipped, self.told)


@dataclass(frozen=True)
class Skipped:
    """How often one track, artist or album was skipped, and of how many plays that is known."""

    id: int
    told: int
    skipped: int
    rate: float


@dataclass(frozen=True)
class Completion:
    """`finished` of `told` plays; the mean share heard (0..1) of `known` plays."""

    told: int
    finished: int | None
    rate: float | None
    known: int
    mean_share_heard: float | None


@dataclass(frozen=True)
class Portion:
    """The plays of one sort and their time in ms; `share` (0..1) is that of the plays told of."""

    told: int
    plays: int | None
    ms_played: int | None
    share: float | None


@dataclass(frozen=True)
class Reason:
    """How many plays began or ended in one way, and their share (0..1) of those told of."""

    reason: str
    plays: int
    share: float


@dataclass(frozen=True)
class Reasons:
    """Why plays began or ended, most common first."""

    told: int
    items: list[Reason]


@dataclass(frozen=True)
class Part:
    """What was heard in one place or on one family of devices; `share` (0..1) is that of time.

    None where there was no time to share.
    """

    name: str
    plays: int
    ms_played: int
    share: float | None


@dataclass(frozen=True)
class Spread:
    """The parts in which `told` plays fall, most time first; of `unknown` plays nobody tells."""

    told: int
    unknown: int
    parts: list[Part]


def skips(session: Session, plays: Plays, details: Details) -> Skips:
    """How many plays were skipped, of those whose source tells how a play ended.

    A skip was ended by a forward or back button, or marked by Spotify, and is shorter than 30 s, or
    than half of its track where the track's length is known. Spotify's mark alone is not believed.
    """
    told = int(np.count_nonzero(details.where(tells_its_end)))
    return Skips(told, int(np.count_nonzero(is_skipped(session, plays, details))))


def is_skipped(session: Session, plays: Plays, details: Details) -> Flags:
    """For each play whether it was skipped; no where its source does not tell.

    Lengths are looked up for plays that a button ended, and for no others.
    """
    by_button = details.where(was_ended_by_hand)
    lengths = known(session, Fact.LENGTH, plays.contents[by_button])
    skipped = by_button.copy()
    until = np.where(lengths > 0, lengths / 2, COUNTED_MS)
    skipped[by_button] = plays.ms_played[by_button] < until
    return skipped


def most_skipped(
    plays: Plays,
    details: Details,
    skipped: Flags,
    kind: TopKind,
    *,
    limit: int,
    at_least: int = 5,
) -> list[Skipped]:
    """The tracks, artists or albums skipped most often, then at the highest rate, then by id.

    `skipped` says it of each play (see `is_skipped`). Listed is what was skipped at all and has at
    least so many plays whose source tells how they ended; the rate (0..1) is of those.
    """
    ids = ids_of(plays, kind)
    is_told = details.where(tells_its_end) & (ids != 0)
    distinct, places = factorised(ids[is_told])
    told = np.bincount(places, minlength=len(distinct))
    often = np.bincount(places[skipped[is_told]], minlength=len(distinct))
    # Of two things skipped equally often the one with fewer plays has the higher rate.
    order = np.lexsort((distinct, told, -often))
    listed = order[(told[order] >= at_least) & (often[order] > 0)][:limit]
    return [
        Skipped(int(distinct[n]), int(told[n]), int(often[n]), round(float(often[n] / told[n]), 4))
        for n in listed
    ]


def completion(plays: Plays, details: Details, lengths: Ids) -> Completion:
    """How many plays went on to the end of the track, and how much of a track was heard on average.

    Finished is what Spotify says ended with its track, of the plays whose reason for ending is
    told. The mean of min(1, ms heard / length) is over plays whose time was measured and whose
    track's length is known (`lengths`, in ms for each play, 0 = unknown).
    """
    told = int(np.count_nonzero(details.where(tells_its_ending)))
    done = int(np.count_nonzero(details.where(was_heard_to_the_end)))
    is_known = (lengths > 0) & ~plays.is_estimated
    heard = np.minimum(1, plays.ms_played[is_known] / lengths[is_known])
    return Completion(
        told=told,
        finished=done if told else None,
        rate=_share(done, told),
        known=len(heard),
        mean_share_heard=round(float(heard.mean()), 4) if len(heard) else None,
    )


def shuffle(plays: Plays, details: Details) -> Portion:
    """The plays heard in shuffle mode, of those whose source tells the mode."""
    told = details.where(tells_of_shuffle)
    return _portion(plays, told, details.where(was_shuffled))


def offline(plays: Plays, details: Details) -> Portion:
    """The plays heard without a connection, of those whose source tells; of videos none does."""
    told = details.where(tells_of_connection)
    return _portion(plays, told, details.where(was_offline))


def private_sessions(plays: Plays, details: Details) -> Portion:
    """The plays heard in private sessions, of those whose source tells of such sessions."""
    is_private = (plays.flags & IS_PRIVATE) != 0
    return _portion(plays, is_private | details.where(is_of_an_extended_history), is_private)


def video(plays: Plays, details: Details) -> Portion:
    """The plays of videos, of those whose source tells videos from sound."""
    is_video = details.where(is_a_video)
    return _portion(plays, details.where(is_of_an_extended_history), is_video)


def starts(plays: Plays, details: Details) -> Reasons:
    """What made plays begin, in Spotify's words, most common first, then by word."""
    return _reasons(plays, details, reason_for_start)


def endings(plays: Plays, details: Details) -> Reasons:
    """What made plays end, in Spotify's words, most common first, then by word."""
    return _reasons(plays, details, reason_for_end)


def platforms(plays: Plays, details: Details) -> Spread:
    """What plays were heard on, by `details.Family`, and each family's share of the time told of.

    Most time first, then most plays, then by name.
    """
    return _spread(plays, details, family)


def countries(plays: Plays, details: Details) -> Spread:
    """Where plays were heard, by ISO 3166 code, and each country's share of the time told of.

    It is the country of the connection. Most time first, then most plays, then by code.
    """
    return _spread(plays, details, country)


def _portion(plays: Plays, told: Flags, chosen: Flags) -> Portion:
    known, count = int(np.count_nonzero(told)), int(np.count_nonzero(chosen))
    if not known:
        return Portion(0, None, None, None)
    ms_played = int(plays.ms_played[chosen].sum(dtype=np.int64))
    return Portion(known, count, ms_played, _share(count, known))


def _reasons(plays: Plays, details: Details, name: _Name) -> Reasons:
    sums = _sums(plays, details, name)
    told = sum(one.plays for one in sums.values())
    items = [Reason(word, one.plays, round(one.plays / told, 4)) for word, one in sums.items()]
    return Reasons(told, sorted(items, key=lambda item: (-item.plays, item.reason)))


def _spread(plays: Plays, details: Details, name: _Name) -> Spread:
    sums = _sums(plays, details, name)
    told, ms_told = (sum(one[n] for one in sums.values()) for n in (0, 1))
    parts = [Part(word, *one, _share(one.ms_played, ms_told)) for word, one in sums.items()]
    parts.sort(key=lambda part: (-part.ms_played, -part.plays, part.name))
    return Spread(told, len(plays) - told, parts)


def _sums(plays: Plays, details: Details, name: _Name) -> dict[str, _Sum]:
    """Plays and time by a name of their circumstances; what has none is left out."""
    words, places = details.words(name)
    has_one = places >= 0
    counts = np.bincount(places[has_one], minlength=len(words)).tolist()
    times = summed(places[has_one], plays.ms_played[has_one], len(words)).tolist()
    sums = zip(words, counts, times, strict=True)
    return {word: _Sum(count, ms_played) for word, count, ms_played in sums if count}


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
