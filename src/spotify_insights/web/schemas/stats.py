"""Statistics: the numbers of `listening.stats` with the names of what they are about.

A number that cannot be known is null, never 0.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Self, TypeVar

from pydantic import BaseModel
from sqlalchemy.orm import Session

from spotify_insights.listening.moods import Moods
from spotify_insights.listening.stats.calendar import Averages, Gap, Streaks
from spotify_insights.listening.stats.dashboard import Dashboard
from spotify_insights.listening.stats.discovery import Discovery
from spotify_insights.listening.stats.diversity import Concentration
from spotify_insights.listening.stats.genres import Genres
from spotify_insights.listening.stats.habits import Skips
from spotify_insights.listening.stats.names import names_of
from spotify_insights.listening.stats.sessions import SessionStats
from spotify_insights.listening.stats.summary import Summary
from spotify_insights.listening.stats.timeline import Amount, Bucket, Cell
from spotify_insights.listening.stats.tops import Ranked, Top, TopKind
from spotify_insights.listening.stats.totals import Totals
from spotify_insights.web.asked import Look


class Period(BaseModel):
    """The listener's days that were asked for, both inclusive; null where the range is open.

    `compared_first` and `compared_last` are the days it is compared with, if any.
    """

    first: date | None
    last: date | None
    days: int | None
    zone: str
    compared_first: date | None
    compared_last: date | None

    @classmethod
    def of(cls, look: Look) -> Self:
        compared = look.compared_span
        return cls(
            first=look.span.first,
            last=look.span.last,
            days=look.span.days,
            zone=look.clock.zone,
            compared_first=compared.first if compared else None,
            compared_last=compared.last if compared else None,
        )


class Answer(BaseModel):
    """What every answer begins with."""

    period: Period


class SummaryOut(Answer):
    """Music at the top level; podcasts and audiobooks apart. `before` is the compared range."""

    plays: int
    counted_plays: int
    ms_played: int
    distinct_tracks: int
    distinct_artists: int
    distinct_albums: int
    days_active: int
    first_play_at: datetime | None
    last_play_at: datetime | None
    is_estimated: bool
    skips: Skips
    podcasts: Totals
    audiobooks: Totals
    before: Totals | None

    @classmethod
    def of(cls, look: Look, found: Summary, before: Totals | None) -> Self:
        return cls(
            period=Period.of(look),
            **asdict(found.music),
            skips=found.skips,
            podcasts=found.podcasts,
            audiobooks=found.audiobooks,
            before=before,
        )


@dataclass(frozen=True, kw_only=True)
class RankedOut(Ranked):
    """One line of a top list. A negative id is that of a track without an artist."""

    name: str
    artist: str | None


class TopOut(Answer):
    """A stretch of a top list; `total` is the length of the whole."""

    items: list[RankedOut]
    total: int


class HeatmapOut(Answer):
    """Hours of the week: weekday 1 is Monday, the hour is that on the wall."""

    cells: list[Cell]


class TimelineOut(Answer):
    """`start` is the first local day of a bucket, or the instant at which an hour starts."""

    bucket: Bucket
    items: list[Amount]


class ShortTop(BaseModel):
    """The first lines of a top list and the length of the whole."""

    items: list[RankedOut]
    total: int


class DashboardOut(Answer):
    """All numbers of a dashboard at once, the same as under their own addresses."""

    music: Totals
    before: Totals | None
    podcasts: Totals
    audiobooks: Totals
    bucket: Bucket
    timeline: list[Amount]
    heatmap: list[Cell]
    parts_of_day: Mapping[str, int]
    tops: Mapping[TopKind, ShortTop]
    discovery: Mapping[TopKind, Discovery]
    sessions: SessionStats
    streaks: Streaks
    averages: Averages
    gaps: list[Gap]
    concentration: Concentration
    genres: Genres
    moods: Moods
    skips: Skips

    @classmethod
    def of(cls, session: Session, look: Look, found: Dashboard) -> Self:
        tops = {
            kind: ShortTop(items=named(session, kind, top.items, RankedOut), total=top.total)
            for kind, top in found.tops.items()
        }
        return cls(period=Period.of(look), **vars(found) | {"tops": tops})


T = TypeVar("T")


def named(session: Session, kind: TopKind, items: Iterable[Any], line: Callable[..., T]) -> list[T]:
    """Lines of statistics, with the name of what each is about and who it is by."""
    lines = list(items)
    names = names_of(session, kind, [item.id for item in lines])
    return [
        line(**vars(item), name=names[item.id].name, artist=names[item.id].artist) for item in lines
    ]


def top_out(session: Session, look: Look, kind: TopKind, found: Top) -> TopOut:
    items = named(session, kind, found.items, RankedOut)
    return TopOut(period=Period.of(look), items=items, total=found.total)
