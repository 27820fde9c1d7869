"""Plays made up for a test of a statistic, without a database."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from spotify_insights.listening.packed import IS_ESTIMATED, IS_PRIVATE, PROVENANCE_SHIFT
from spotify_insights.listening.stats.clock import Clock
from spotify_insights.listening.stats.plays import Plays

FEBRUARY = datetime(2024, 2, 1, tzinfo=UTC)

# For tests over histories made up by hypothesis: the same ones in every run.
EXAMPLES = settings(derandomize=True, max_examples=150, deadline=None)

# Zones, and days on which their clocks change (in São Paulo at midnight); Kolkata's never do.
_CLOCK_CHANGES = [
    ("UTC", "2024-02-29"),
    ("Europe/Berlin", "2024-03-31"),
    ("Europe/Berlin", "2024-10-27"),
    ("America/Sao_Paulo", "2017-02-19"),
    ("America/Sao_Paulo", "2017-10-15"),
    ("Australia/Lord_Howe", "2024-04-07"),
    ("Australia/Lord_Howe", "2024-10-06"),
    ("Asia/Kolkata", "2023-12-31"),
]


@dataclass(frozen=True)
class Heard:
    """One play: when it started (UTC), how long it was heard, and of what (0 = none)."""

    started_at: datetime
    ms_played: int
    content: int
    track: int
    artist: int
    album: int
    circumstances: int
    flags: int

    @property
    def started(self):
        """UTC seconds since 1970, as in `Plays`."""
        return int(self.started_at.timestamp())

    @property
    def ended(self):
        return self.started + self.ms_played // 1000

    @property
    def is_counted(self):
        return self.ms_played >= 30_000

    @property
    def subject(self):
        return self.track or -self.content


def heard(
    at,
    ms=180_000,
    track=1,
    artist=1,
    album=1,
    content=None,
    *,
    circumstances=1,
    is_private=False,
    is_estimated=False,
    provenance=0,
):
    """A play that started at an ISO instant, or so many minutes into February 2024 (UTC).

    The content's number is the track's unless given; `track=0` needs one. `at` may be a datetime.
    """
    flags = is_private * IS_PRIVATE + is_estimated * IS_ESTIMATED + (provenance << PROVENANCE_SHIFT)
    content = track if content is None else content
    return Heard(_instant(at), ms, content, track, artist, album, circumstances, flags)


def plays_of(*plays, clock=None):
    """These plays in the columns statistics read, by when they started (on UTC's clock)."""
    in_order = sorted(plays, key=lambda play: (play.started, play.ended))

    def column(name, kind=np.int32):
        return np.array([getattr(play, name) for play in in_order], kind)

    return Plays(
        clock=clock or Clock(),
        started=column("started", np.int64),
        ms_played=column("ms_played"),
        contents=column("content"),
        tracks=column("track"),
        artists=column("artist"),
        albums=column("album"),
        circumstances=column("circumstances"),
        flags=column("flags"),
    )


def day_of(play, clock):
    """The date of the listener's day that a play belongs to, without numpy."""
    shown = play.started_at.astimezone(ZoneInfo(clock.zone)).replace(tzinfo=None)
    return (shown - timedelta(hours=clock.day_starts_at)).date()


@st.composite
def histories(draw, most=30):
    """A clock, and up to `most` plays in the weeks around one of its changes, by their start.

    Plays follow one another within seconds, around the gap that ends a session, or after days. Few
    tracks and artists, so that they come again; 0 is a play without a track or an artist.
    """
    zone, changes_on = draw(st.sampled_from(_CLOCK_CHANGES))
    clock = Clock(zone, draw(st.sampled_from([0, 4])), draw(st.sampled_from([1, 6, 7])))
    steps = draw(st.lists(st.tuples(_PAUSES, _LENGTHS, *_IDS), max_size=most))
    first = _instant(changes_on) - timedelta(seconds=draw(st.integers(0, 10 * 86_400)))
    starts = accumulate(pause for pause, *_ in steps)
    return clock, [
        heard(first + timedelta(seconds=start), ms, track, artist, album, content=track or 100)
        for start, (_, ms, track, artist, album) in zip(starts, steps, strict=True)
    ]


_PAUSES = st.one_of(
    st.integers(0, 400),
    st.sampled_from([1_799, 1_800, 1_801, 1_980, 1_981, 86_400]),
    st.integers(0, 4 * 86_400),
)
_LENGTHS = st.one_of(
    st.sampled_from([0, 999, 29_999, 30_000, 180_000, 1_800_000]), st.integers(0, 4_000_000)
)
_IDS = st.integers(0, 4), st.integers(0, 4), st.integers(0, 4)


def _instant(at):
    if isinstance(at, int | float):
        return FEBRUARY + timedelta(minutes=at)
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
