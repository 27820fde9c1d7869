"""What a reader of statistics asks for: whose, which days, on which clock, compared with what."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, BeforeValidator
from sqlalchemy.orm import Session

from spotify_insights import accounts
from spotify_insights.errors import Invalid
from spotify_insights.listening.stats import ranges
from spotify_insights.listening.stats import scope as scopes
from spotify_insights.listening.stats.clock import Clock
from spotify_insights.listening.stats.plays import Plays
from spotify_insights.listening.stats.ranges import Comparison, RangeName, Span
from spotify_insights.listening.stats.scope import Scope
from spotify_insights.models import User
from spotify_insights.models.listening import PlayKind
from spotify_insights.resources import transaction
from spotify_insights.web import answers

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _written_as_a_day(given: object) -> object:
    """Numbers and times are no days, though they could be read as some."""
    if isinstance(given, str) and not _DAY.fullmatch(given):
        raise ValueError("a day is written like 2024-05-31")
    return given


Day = Annotated[date, BeforeValidator(_written_as_a_day)]


class Media(StrEnum):
    """What is counted; of what is spoken, shows and books stand for artists and albums."""

    MUSIC = "music"
    PODCASTS = "podcasts"
    AUDIOBOOKS = "audiobooks"


_KINDS = {
    Media.MUSIC: PlayKind.TRACK,
    Media.PODCASTS: PlayKind.EPISODE,
    Media.AUDIOBOOKS: PlayKind.CHAPTER,
}

# A calendar has some 120,000 months.
FURTHEST_BACK = 120_000


@dataclass(frozen=True)
class Look:
    """A listener's plays of a span of days, and of the span they are compared with, if any."""

    user: User
    today: date
    span: Span
    scope: Scope
    compared_span: Span | None
    compared: Scope | None
    kind: PlayKind

    def plays(self, session: Session) -> Plays:
        """The plays that were asked for."""
        return scopes.fetch(session, self.scope, self.kind)

    def plays_before(self, session: Session, how: Comparison | None = None) -> Plays | None:
        """Those of the compared span, or else of the one that `how` says; None without one."""
        scope = self.compared or (self._against(how) if how else None)
        return scopes.fetch(session, scope, self.kind) if scope else None

    @property
    def clock(self) -> Clock:
        return self.scope.clock

    @property
    def start_s(self) -> float:
        """When the span starts, in UTC seconds; minus infinity where it is open."""
        return self.scope.start.timestamp() if self.scope.start else float("-inf")

    @property
    def is_open(self) -> bool:
        """Whether it reaches to this day."""
        return self.span.last is None or self.span.last >= self.today

    @property
    def known_until(self) -> date:
        """The last day that a gap may reach to: today is not over yet."""
        yesterday = self.today - timedelta(days=1)
        return min(self.span.last, yesterday) if self.span.last else yesterday

    @property
    def days(self) -> int | None:
        """How many days of it have come so far; None where it is open."""
        if self.span.first is None or self.span.last is None:
            return None
        return max(0, (min(self.span.last, self.today) - self.span.first).days + 1)

    def _against(self, how: Comparison) -> Scope | None:
        span = ranges.compared_with(_closed(self.span, self.today), how)
        return scopes.over(self.scope, span) if span else None


@dataclass(frozen=True)
class Asked:
    """The parameters that all statistics take."""

    request: Request
    user_id: UUID
    span: Span
    name: RangeName | None
    back: int
    zone: str | None
    compare: Comparison | None
    compared: Span | None
    kind: PlayKind

    def answered(self, make: Callable[[Session, Look], BaseModel]) -> Response:
        """What `make` finds, as JSON, kept until the listener's data changes."""

        def made() -> BaseModel:
            with transaction() as session:
                return make(session, self.look(session))

        return answers.answer(self.request, self.user_id, made)

    def look(self, session: Session) -> Look:
        user = accounts.get_user(session, self.user_id)
        clock = scopes.clock_of(user, self.zone)
        today = clock.day_of(datetime.now(UTC))
        span = ranges.resolve(self.name, today, clock, self.back) if self.name else self.span
        compared = self.compared or (
            ranges.compared_with(_closed(span, today), self.compare) if self.compare else None
        )
        whole = Scope(user.id, clock)
        scope = scopes.over(whole, span)
        before = scopes.over(whole, compared) if compared else None
        return Look(user, today, span, scope, compared, before, self.kind)


def _asked(
    request: Request,
    user_id: UUID,
    *,
    name: Annotated[RangeName | None, Query(alias="range")] = None,
    back: Annotated[int, Query(ge=0, le=FURTHEST_BACK)] = 0,
    first: Annotated[Day | None, Query(alias="from")] = None,
    last: Annotated[Day | None, Query(alias="to")] = None,
    tz: str | None = None,
    compare: Comparison | None = None,
    compare_from: Day | None = None,
    compare_to: Day | None = None,
    media: Media = Media.MUSIC,
) -> Asked:
    """A named range (`back` units ago) or two days, both inclusive and optional; else lifetime."""
    if name and (first or last):
        raise Invalid("range_twice", "Name a range or give days, not both.", field="range")
    if back and name is None:
        raise Invalid("range_missing", "Name the range to go back by.", field="back")
    if tz is not None:
        scopes.require_zone(tz)
    named = compare_from is not None or compare_to is not None
    if named and compare:
        raise Invalid("range_twice", "Compare with a kind or with days, not both.", field="compare")
    compared = ranges.between(compare_from, compare_to, field="compare_to") if named else None
    span = ranges.between(first, last)
    kind = _KINDS[media]
    return Asked(request, user_id, span, name, back, tz, compare, compared, kind)


def _closed(span: Span, today: date) -> Span:
    """A span that is open towards the future ends today."""
    if span.first and span.last is None and span.first <= today:
        return Span(span.first, today)
    return span


AskedFor = Annotated[Asked, Depends(_asked)]
