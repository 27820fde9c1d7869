"""All that is told of one period, worked out from plays that are at hand already.

A snapshot of a week in 2017 costs a slice of arrays, so a history of ten years has its whole series
of weeks and months from the first import on. Private sessions are never part of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Self

import msgspec
import numpy as np
from sqlalchemy.orm import Session

from spotify_insights.listening import firsts, moods
from spotify_insights.listening.firsts import NEVER, Firsts
from spotify_insights.listening.moods import Moods
from spotify_insights.listening.stats import calendar, clock, diversity, habits, memory, sessions
from spotify_insights.listening.stats import scope as scopes
from spotify_insights.listening.stats.dashboard import bucket_for
from spotify_insights.listening.stats.details import Details, details_of, tells_its_end
from spotify_insights.listening.stats.discovery import discovery
from spotify_insights.listening.stats.energy import energy
from spotify_insights.listening.stats.focus import focus
from spotify_insights.listening.stats.genres import Tagged, tags_of
from spotify_insights.listening.stats.genres import genres as genres_of
from spotify_insights.listening.stats.habits import Skips
from spotify_insights.listening.stats.memory import Repeats
from spotify_insights.listening.stats.names import Name, names_of
from spotify_insights.listening.stats.plays import Flags, Plays
from spotify_insights.listening.stats.scope import Scope
from spotify_insights.listening.stats.timeline import heatmap, parts_of_day, timeline
from spotify_insights.listening.stats.tops import Top, TopKind, top
from spotify_insights.listening.stats.totals import totals
from spotify_insights.models.listening import PlayKind, Provenance

TOP = 50
FROM_LEDGER = "ledger"
MS_AN_HOUR = 3_600_000
LONGEST_SESSIONS = 3
PROVENANCES = [one.value for one in Provenance]

Names = Mapping[TopKind, Mapping[int, Name]]


@dataclass(frozen=True, eq=False)
class Material:
    """Plays of a span and all that has to be looked up for them."""

    plays: Plays
    podcasts: Plays
    audiobooks: Plays
    details: Details
    is_skipped: Flags
    firsts: Mapping[TopKind, Firsts]
    tags: Mapping[int, Tagged]
    features: Mapping[int, Mapping[str, float]]

    @classmethod
    def gather(cls, session: Session, scope: Scope) -> Self:
        music, podcasts, audiobooks = (scopes.fetch(session, scope, kind) for kind in PlayKind)
        details = details_of(session, music)
        is_skipped = habits.is_skipped(session, music, details)
        return cls(
            *(music, podcasts, audiobooks, details, is_skipped),
            firsts=firsts.known_to(session, scope),
            tags=tags_of(session, music, with_spotify=not scope.export_only),
            features={} if scope.export_only else moods.features_of(session, music),
        )

    def between(self, start_s: float | None, end_s: float) -> Self:
        """The part that started from one instant on and before another."""
        first, last = (
            None if at is None else int(np.searchsorted(self.plays.started, at))
            for at in (start_s, end_s)
        )
        part = slice(first, last)
        return replace(
            self,
            plays=self.plays.take(part),
            podcasts=self.podcasts.between(start_s, end_s),
            audiobooks=self.audiobooks.between(start_s, end_s),
            details=replace(self.details, places=self.details.places[part]),
            is_skipped=self.is_skipped[part],
        )

    @cached_property
    def tops(self) -> Mapping[TopKind, Top]:
        """The first lines of each top list."""
        return {kind: top(self.plays, kind, limit=TOP) for kind in TopKind}

    @cached_property
    def repeats(self) -> Repeats:
        return memory.repeat_rate(self.plays)

    @cached_property
    def moods(self) -> Moods:
        return moods.moods(self.plays, self.tags)

    @cached_property
    def sources(self) -> list[str]:
        """Where the music came from."""
        return sorted(PROVENANCES[n] for n in np.unique(self.plays.provenances).tolist())


def names_in(session: Session, parts: Iterable[Material]) -> Names:
    """The names of all that is listed in some periods, each table asked once."""
    ids: dict[TopKind, set[int]] = {kind: set() for kind in TopKind}
    for part in parts:
        for kind, found in part.tops.items():
            ids[kind].update(item.id for item in found.items)
        run = part.repeats.longest_run
        ids[TopKind.TRACKS].update([run.id] if run else [])
    return {kind: names_of(session, kind, wanted) for kind, wanted in ids.items()}


def blocks_of(part: Material, names: Names, start_s: float) -> dict[str, Any]:
    """The blocks of a snapshot that follow from plays alone, as JSON holds them."""
    per_artist = diversity.concentration(part.plays, TopKind.ARTISTS)
    return {
        "totals": _totals(part.plays),
        "top_artists": _artists(part, names[TopKind.ARTISTS]),
        "top_tracks": _lines(part.tops[TopKind.TRACKS], names[TopKind.TRACKS]),
        "total_tracks_analyzed": int(np.count_nonzero(part.plays.by_track.plays)),
        "artist_diversity_score": per_artist.evenness,
        "listening_hours": {
            name: round(ms / MS_AN_HOUR, 3) for name, ms in parts_of_day(part.plays).items()
        },
        "statistics": _json(_statistics(part, names, start_s)),
        **_taste(part),
    }


def _taste(part: Material) -> dict[str, Any]:
    """Genres and moods, with how much of the listening they tell of and where they come from."""
    genres, found = genres_of(part.plays, part.tags), part.moods
    sound = moods.sound(part.plays, part.features)
    return {
        "audio_features": {name: value for name, value in sound.items() if name != "coverage"},
        "genre_distribution": {genre.name: genre.share for genre in genres.items},
        "mood_patterns": {
            mood.name: {"percentage": mood.share, "track_count": mood.track_count}
            for mood in found.items
        },
        "mood_diversity_score": diversity.evenness(mood.plays for mood in found.items),
        "coverage": {
            "genres": genres.coverage or 0.0,
            "moods": found.coverage or 0.0,
            "audio_features": sound.get("coverage", 0.0),
            "tops": FROM_LEDGER,
            "genres_method": genres.method or "nothing is known of the artists' genres yet",
            "moods_method": found.method,
        },
    }


def _statistics(part: Material, names: Names, start_s: float) -> dict[str, Any]:
    plays, details = part.plays, part.details
    bucket = bucket_for(plays)
    cells = heatmap(plays)
    run, tracks = part.repeats.longest_run, names[TopKind.TRACKS]
    return {
        "podcasts": totals(part.podcasts),
        "audiobooks": totals(part.audiobooks),
        "top_albums": _lines(part.tops[TopKind.ALBUMS], names[TopKind.ALBUMS]),
        "mood_score": part.moods.score,
        "timeline": {"bucket": bucket, "items": timeline(plays, bucket)},
        "heatmap": {
            "plays": [cell.plays for cell in cells],
            "ms_played": [cell.ms_played for cell in cells],
        },
        "sessions": sessions.sessions(plays, LONGEST_SESSIONS),
        "streaks": {"longest": calendar.streaks(plays, None, 1).longest},
        "averages": calendar.averages(plays, None),
        "gaps": calendar.gaps(plays),
        "discovery": {kind: discovery(plays, kind, part.firsts[kind], start_s) for kind in TopKind},
        "repeats": part.repeats,
        "most_repeated": tracks[run.id] if run else None,
        "skips": Skips(
            told=int(np.count_nonzero(details.where(tells_its_end))),
            skipped=int(np.count_nonzero(part.is_skipped)),
        ),
        "shuffle": habits.shuffle(plays, details),
        "offline": habits.offline(plays, details),
        "platforms": habits.platforms(plays, details),
        "countries": habits.countries(plays, details),
        "concentration": {kind: diversity.concentration(plays, kind) for kind in TopKind},
        "loyalty": diversity.loyalty(plays),
        "focus": focus(plays, details, part.is_skipped),
        "energy": energy(plays, part.tags),
        "first_play_ever_at": _first_play_ever(part.firsts[TopKind.TRACKS]),
        "firsts": _first_of_the_leader(part, names[TopKind.ARTISTS]),
    }


def _first_play_ever(tracks: Firsts) -> datetime | None:
    """When the first counted play of music started of which anything is known."""
    return _instant_of(int(tracks.heard.min(initial=NEVER)))


def _first_of_the_leader(part: Material, names: Mapping[int, Name]) -> dict[str, Any] | None:
    """When the artist with more counted plays than any other was first heard at all."""
    items = part.tops[TopKind.ARTISTS].items
    leaders = [item for item in items if item.plays == items[0].plays]
    if len(leaders) != 1:
        return None
    heard = part.firsts[TopKind.ARTISTS].of(np.array([leaders[0].id]))
    return {"artist": names[leaders[0].id].name, "at": _instant_of(int(heard[0]))}


def _instant_of(heard_s: int) -> datetime | None:
    return None if heard_s == NEVER else clock.instant(heard_s)


def _totals(plays: Plays) -> dict[str, Any]:
    found = asdict(totals(plays))
    moments = {name: found[name] for name in ("first_play_at", "last_play_at")}
    return found | {name: at.isoformat() if at else None for name, at in moments.items()}


def _artists(part: Material, names: Mapping[int, Name]) -> list[dict[str, Any]]:
    return [
        {
            "rank": item.rank,
            "name": names[item.id].name,
            "genres": list(part.tags[item.id].tags) if item.id in part.tags else None,
            "plays": item.plays,
            "ms_played": item.ms_played,
        }
        for item in part.tops[TopKind.ARTISTS].items
    ]


def _lines(found: Top, names: Mapping[int, Name]) -> list[dict[str, Any]]:
    """Tracks or albums as a snapshot keeps them; what has no artist is left out."""
    return [
        {
            "rank": item.rank,
            "name": names[item.id].name,
            "artist": names[item.id].artist,
            "plays": item.plays,
            "ms_played": item.ms_played,
        }
        for item in found.items
        if names[item.id].artist
    ]


def _json(value: object) -> Any:
    return msgspec.to_builtins(value)
