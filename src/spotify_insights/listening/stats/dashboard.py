"""The dashboard of a range: all of its numbers from one look at the plays."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from spotify_insights.listening import firsts
from spotify_insights.listening.moods import Moods, moods
from spotify_insights.listening.stats import scope as scopes
from spotify_insights.listening.stats.calendar import (
    Averages,
    Gap,
    Streaks,
    averages,
    gaps,
    streaks,
)
from spotify_insights.listening.stats.details import details_of
from spotify_insights.listening.stats.discovery import Discovery, discovery
from spotify_insights.listening.stats.diversity import Concentration, concentration
from spotify_insights.listening.stats.genres import Genres, genres, tags_of
from spotify_insights.listening.stats.habits import Skips, skips
from spotify_insights.listening.stats.plays import Plays
from spotify_insights.listening.stats.scope import Scope
from spotify_insights.listening.stats.sessions import SessionStats, sessions
from spotify_insights.listening.stats.timeline import (
    Amount,
    Bucket,
    Cell,
    heatmap,
    parts_of_day,
    timeline,
)
from spotify_insights.listening.stats.tops import Top, TopKind, top
from spotify_insights.listening.stats.totals import Totals, totals
from spotify_insights.models.listening import PlayKind

TOP = 10
LONGEST_SESSIONS = 3
# The longest ranges, in days, that are told by the hour, the day and the week.
_BY_LENGTH = ((2, Bucket.HOUR), (93, Bucket.DAY), (740, Bucket.WEEK))


@dataclass(frozen=True)
class Dashboard:
    """Each block is told where it is worked out; `before` is the compared range."""

    music: Totals
    before: Totals | None
    podcasts: Totals
    audiobooks: Totals
    bucket: Bucket
    timeline: list[Amount]
    heatmap: list[Cell]
    parts_of_day: Mapping[str, int]
    tops: Mapping[TopKind, Top]
    discovery: Mapping[TopKind, Discovery]
    sessions: SessionStats
    streaks: Streaks
    averages: Averages
    gaps: list[Gap]
    concentration: Concentration
    genres: Genres
    moods: Moods
    skips: Skips


def dashboard(
    session: Session,
    scope: Scope,
    compared: Scope | None = None,
    *,
    days: int | None = None,
    today: date | None = None,
    known_until: date | None = None,
) -> Dashboard:
    """All numbers of a range; the tops' movement and `before` are against `compared`.

    `days` is the length of the range, `today` this day if the range reaches to it, `known_until`
    the last day that a gap may reach to; each None where there is none.
    """
    music, podcasts, audiobooks = (scopes.fetch(session, scope, kind) for kind in PlayKind)
    before = scopes.fetch(session, compared) if compared else None
    bucket = bucket_for(music)
    tags = tags_of(session, music)
    return Dashboard(
        music=totals(music),
        before=totals(before) if before is not None else None,
        podcasts=totals(podcasts),
        audiobooks=totals(audiobooks),
        bucket=bucket,
        timeline=timeline(music, bucket),
        heatmap=heatmap(music),
        parts_of_day=parts_of_day(music),
        tops={kind: top(music, kind, limit=TOP, before=before) for kind in TopKind},
        discovery=_discovery(session, scope, music),
        sessions=sessions(music, LONGEST_SESSIONS),
        streaks=streaks(music, today, 1),
        averages=averages(music, days),
        gaps=gaps(music, until=known_until),
        concentration=concentration(music, TopKind.ARTISTS),
        genres=genres(music, tags, limit=TOP),
        moods=moods(music, tags),
        skips=skips(session, music, details_of(session, music)),
    )


def bucket_for(plays: Plays) -> Bucket:
    """Of what length the buckets of a chart are, for it to have some dozens of them."""
    if not len(plays):
        return Bucket.DAY
    length = int(plays.days[-1] - plays.days[0]) + 1
    return next((bucket for days, bucket in _BY_LENGTH if length <= days), Bucket.MONTH)


def _discovery(session: Session, scope: Scope, music: Plays) -> dict[TopKind, Discovery]:
    start_s = scope.start.timestamp() if scope.start else float("-inf")
    known = firsts.known_to(session, scope)
    return {kind: discovery(music, kind, known[kind], start_s) for kind in TopKind}
