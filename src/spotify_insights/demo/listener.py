"""The plays of the demo listener and the top lists that follow from them.

The plays of a day depend on the seed and that day alone, so the past never changes; `until` only
decides how much of it is visible, and is rounded down to the full hour. All functions are pure
and what they find is kept for the hour it belongs to.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from random import Random
from typing import NamedTuple, TypeVar

from spotify_insights.demo import habits
from spotify_insights.demo.catalogue import Artist, Catalogue, LocalFile, Track, catalogue

HISTORY_DAYS = 396
RANGE_DAYS = {"short_term": 28, "medium_term": 182, "long_term": 365}

_LOCAL_FILE_CHANCE = 0.003
_CUT_SHORT_CHANCE = 0.07
_SHORTEST_MS = 31_000
_PAUSE_CHANCE = 0.03
_CONTEXTS = ("playlist", "album", "artist", "collection", None)

_Ranked = TypeVar("_Ranked", Track, Artist)


class Play(NamedTuple):
    """One play. Its context is (kind, id), or None when it was played on its own."""

    ended_at: datetime
    ms_played: int
    track: Track | LocalFile
    context: tuple[str, str] | None

    @property
    def started_at(self) -> datetime:
        return self.ended_at - timedelta(milliseconds=self.ms_played)


def history(seed: int, until: datetime) -> tuple[Play, ...]:
    """Plays that ended in the 13 months before the full hour of `until`, oldest first."""
    return _history(seed, _full_hour(until))


def top_tracks(seed: int, until: datetime, time_range: str) -> tuple[Track, ...]:
    """Tracks of a range by number of plays, then by time listened."""
    return _top_tracks(seed, _full_hour(until), time_range)


def top_artists(seed: int, until: datetime, time_range: str) -> tuple[Artist, ...]:
    """Artists of a range, guests included, by number of plays, then by time listened."""
    return _top_artists(seed, _full_hour(until), time_range)


def _full_hour(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


@lru_cache(maxsize=2)
def _history(seed: int, until: datetime) -> tuple[Play, ...]:
    first = until.date() - timedelta(days=HISTORY_DAYS)
    days = (first + timedelta(days=number) for number in range(HISTORY_DAYS + 1))
    return tuple(play for day in days for play in plays_of(seed, day) if play.ended_at <= until)


@lru_cache(maxsize=8)
def _top_tracks(seed: int, until: datetime, time_range: str) -> tuple[Track, ...]:
    return _ranking(_heard(seed, until, time_range))


@lru_cache(maxsize=8)
def _top_artists(seed: int, until: datetime, time_range: str) -> tuple[Artist, ...]:
    heard = _heard(seed, until, time_range)
    return _ranking((artist, ms) for track, ms in heard for artist in track.artists)


def _heard(seed: int, until: datetime, time_range: str) -> Iterator[tuple[Track, int]]:
    since = until - timedelta(days=RANGE_DAYS[time_range])
    for play in _history(seed, until):
        if play.ended_at > since and isinstance(play.track, Track):
            yield play.track, play.ms_played


def _ranking(heard: Iterable[tuple[_Ranked, int]]) -> tuple[_Ranked, ...]:
    items: dict[str, _Ranked] = {}
    plays, ms_played = Counter[str](), Counter[str]()
    for item, ms in heard:
        items[item.id] = item
        plays[item.id] += 1
        ms_played[item.id] += ms
    order = sorted(items, key=lambda key: (-plays[key], -ms_played[key], key))
    return tuple(items[key] for key in order)


@lru_cache(maxsize=HISTORY_DAYS + 30)
def plays_of(seed: int, day: date) -> tuple[Play, ...]:
    """Plays of the sessions that began on that day (UTC); the last may end after midnight."""
    rng = Random(f"{seed}:{day.toordinal()}")
    now = midnight = datetime.combine(day, time(), UTC)
    plays: list[Play] = []
    for session in habits.sessions(habits.habits(seed), day, rng):
        planned = midnight + timedelta(minutes=session.minute, milliseconds=rng.randrange(60_000))
        now = max(now, planned)
        plays += _session(seed, day, rng, session, now)
        now = plays[-1].ended_at if plays else now
    return tuple(plays)


def _session(
    seed: int, day: date, rng: Random, session: habits.Session, now: datetime
) -> Iterator[Play]:
    music = catalogue(seed)
    kind, playlist_id = rng.choice(_CONTEXTS), rng.choice(music.playlist_ids)
    for track in _choices(seed, day, rng, session):
        ms_played = _ms_played(rng, track.duration_ms)
        now += timedelta(milliseconds=ms_played)
        yield Play(now, ms_played, track, _context(kind, playlist_id, track))
        now += timedelta(milliseconds=_silence_ms(rng))


def _choices(seed: int, day: date, rng: Random, session: habits.Session) -> list[Track | LocalFile]:
    who, music = habits.habits(seed), catalogue(seed)
    obsessions = habits.obsessed_with(who, day)
    totals = habits.taste(who, day, session.part)
    usual = rng.choices(range(len(music.tracks)), cum_weights=totals, k=session.plays)
    return [_choice(music, rng, number, obsessions) for number in usual]


def _choice(
    music: Catalogue, rng: Random, usual: int, obsessions: list[tuple[int, float]]
) -> Track | LocalFile:
    """The usual track, unless an obsession or, rarely, a file of one's own comes first."""
    if rng.random() < _LOCAL_FILE_CHANCE:
        return music.local_file
    for obsession, chance in obsessions:
        if rng.random() < chance:
            return music.tracks[obsession]
    return music.tracks[usual]


def _ms_played(rng: Random, duration_ms: int) -> int:
    if rng.random() > _CUT_SHORT_CHANCE:
        return duration_ms
    return max(_SHORTEST_MS, int(duration_ms * rng.uniform(0.2, 0.9)))


def _silence_ms(rng: Random) -> int:
    """The gap before the next track: next to nothing, or now and then a pause."""
    return rng.randrange(60_000, 600_000) if rng.random() < _PAUSE_CHANCE else rng.randrange(2_000)


def _context(
    kind: str | None, playlist_id: str, track: Track | LocalFile
) -> tuple[str, str] | None:
    if kind is None or isinstance(track, LocalFile):
        return None
    ids = {
        "playlist": playlist_id,
        "album": track.album.id,
        "artist": track.album.artist.id,
        "collection": "tracks",
    }
    return kind, ids[kind]
