"""Patterns in listening: days, sessions, habits, memory, and single artists, albums and tracks.

Lines name things by id; `names` says once what each id is called.
"""

from collections.abc import Iterable, Mapping
from typing import Self

from sqlalchemy.orm import Session

from spotify_insights.listening.moods import Moods
from spotify_insights.listening.stats import habits
from spotify_insights.listening.stats.calendar import Averages, Day, Gap, Streaks
from spotify_insights.listening.stats.details import Details, lengths_of
from spotify_insights.listening.stats.discovery import Discovered, Discovery, Newness
from spotify_insights.listening.stats.diversity import Concentration, Loyalty
from spotify_insights.listening.stats.entities import Entity, Profile
from spotify_insights.listening.stats.eras import Eras
from spotify_insights.listening.stats.genres import Genres
from spotify_insights.listening.stats.habits import (
    Completion,
    Portion,
    Reasons,
    Skipped,
    Skips,
    Spread,
)
from spotify_insights.listening.stats.memory import Forgotten, Obsession, Rediscovered, Repeats
from spotify_insights.listening.stats.milestones import Milestones
from spotify_insights.listening.stats.names import Name, names_of
from spotify_insights.listening.stats.plays import Plays
from spotify_insights.listening.stats.records import Records
from spotify_insights.listening.stats.sessions import SessionStats
from spotify_insights.listening.stats.timeline import Bucket
from spotify_insights.listening.stats.tops import TopKind
from spotify_insights.web.asked import Look
from spotify_insights.web.schemas.stats import Answer, Period

Names = Mapping[int, Name]


class CalendarOut(Answer):
    """Every day from the first play to the last, and what pattern the days have."""

    days: list[Day]
    averages: Averages
    streaks: Streaks
    gaps: list[Gap]


class SessionsOut(Answer):
    sessions: SessionStats


class DiscoveryOut(Answer):
    """How much was new, and in each bucket (from the day up) how much was first heard in it."""

    discovery: Discovery
    bucket: Bucket
    over_time: list[Newness]


class DiscoveredOut(Answer):
    items: list[Discovered]
    names: Names


class RediscoveredOut(Answer):
    items: list[Rediscovered]
    names: Names


class ForgottenOut(Answer):
    items: list[Forgotten]
    names: Names


class ObsessionsOut(Answer):
    items: list[Obsession]
    names: Names


class SkippedOut(Answer):
    items: list[Skipped]
    names: Names


class RepeatsOut(Answer):
    repeats: Repeats
    names: Names


class HabitsOut(Answer):
    """Each with how many plays `told` of it: a source that does not say is not guessed at."""

    skips: Skips
    completion: Completion
    shuffle: Portion
    offline: Portion
    private_sessions: Portion
    video: Portion
    starts: Reasons
    endings: Reasons
    platforms: Spread
    countries: Spread

    @classmethod
    def of(cls, session: Session, look: Look, plays: Plays, details: Details) -> Self:
        return cls(
            period=Period.of(look),
            skips=habits.skips(session, plays, details),
            completion=habits.completion(plays, details, lengths_of(session, plays)),
            shuffle=habits.shuffle(plays, details),
            offline=habits.offline(plays, details),
            private_sessions=habits.private_sessions(plays, details),
            video=habits.video(plays, details),
            starts=habits.starts(plays, details),
            endings=habits.endings(plays, details),
            platforms=habits.platforms(plays, details),
            countries=habits.countries(plays, details),
        )


class DiversityOut(Answer):
    concentration: Concentration
    loyalty: Loyalty


class ErasOut(Answer):
    eras: Eras


class GenresOut(Answer):
    """Genres are those of artists. Below 30 % coverage they are no finding (`is_finding`)."""

    genres: Genres


class MoodsOut(Answer):
    """Moods by genre families; `sound` are Spotify's audio features, where the app has them."""

    moods: Moods
    sound: Mapping[str, float]


class MilestonesOut(Answer):
    """Counted over all plays up to the end of the range."""

    milestones: Milestones
    names: Names


class RecordsOut(Answer):
    records: Records
    names: Names


class EntityOut(Answer):
    """One artist, album or track. The names are those of tracks, albums and artists apart."""

    name: str
    artist: str | None
    profile: Profile
    skips: Skips
    names: Mapping[TopKind, Names]

    @classmethod
    def of(cls, session: Session, look: Look, kind: TopKind, found: Entity) -> Self:
        profile = found.profile
        next_to_it = (*profile.neighbours.before, *profile.neighbours.after)
        listed = {
            TopKind.TRACKS: [
                *(item.id for item in profile.top_tracks),
                *(item.id for item in next_to_it),
            ],
            TopKind.ALBUMS: [item.id for item in profile.albums],
        }
        own = names_of(session, kind, [profile.id])[profile.id]
        return cls(
            period=Period.of(look),
            name=own.name,
            artist=own.artist,
            profile=profile,
            skips=found.skips,
            names={one: names_of(session, one, ids) for one, ids in listed.items()},
        )


def names_for(session: Session, kind: TopKind, ids: Iterable[int | None]) -> Names:
    """What these are called; None is nothing."""
    return names_of(session, kind, [one for one in ids if one is not None])
