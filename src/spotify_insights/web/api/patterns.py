"""Patterns in a listener's plays. All of them take the same range as the other statistics."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy.orm import Session

from spotify_insights.listening import firsts
from spotify_insights.listening import moods as families
from spotify_insights.listening.stats import calendar as calendars
from spotify_insights.listening.stats import discovery, diversity, habits, memory
from spotify_insights.listening.stats import eras as decades
from spotify_insights.listening.stats import genres as tagged
from spotify_insights.listening.stats import milestones as stones
from spotify_insights.listening.stats import records as bests
from spotify_insights.listening.stats import scope as scopes
from spotify_insights.listening.stats import sessions as sittings
from spotify_insights.listening.stats.details import details_of, years_of
from spotify_insights.listening.stats.timeline import Bucket
from spotify_insights.listening.stats.tops import TopKind
from spotify_insights.web.api.stats import KEPT, Limit, Offset
from spotify_insights.web.asked import AskedFor, Look
from spotify_insights.web.schemas import patterns as schemas
from spotify_insights.web.schemas.patterns import names_for
from spotify_insights.web.schemas.stats import Period

router = APIRouter(prefix="/api/stats", tags=["statistics"])

AtLeast = Annotated[int, Query(ge=1, le=1_000_000)]
# A hundred years; a longer pause than a life asks for nothing.
Days = Annotated[int, Query(ge=1, le=36_500)]


@router.get("/calendar", response_model=schemas.CalendarOut, responses=KEPT)
def calendar(asked: AskedFor, gap_days: Days = 2) -> Response:
    """Day by day; streaks of days with music; gaps, which say that there is no data."""

    def make(session: Session, look: Look) -> schemas.CalendarOut:
        plays = look.plays(session)
        return schemas.CalendarOut(
            period=Period.of(look),
            days=calendars.calendar(plays),
            averages=calendars.averages(plays, look.days),
            streaks=calendars.streaks(plays, look.today if look.is_open else None),
            gaps=calendars.gaps(plays, gap_days, look.known_until),
        )

    return asked.answered(make)


@router.get("/sessions", response_model=schemas.SessionsOut, responses=KEPT)
def sessions(asked: AskedFor, limit: Limit = 10) -> Response:
    """Listening sessions: plays with no more than half an hour between them."""

    def make(session: Session, look: Look) -> schemas.SessionsOut:
        found = sittings.sessions(look.plays(session), limit)
        return schemas.SessionsOut(period=Period.of(look), sessions=found)

    return asked.answered(make)


@router.get("/discovery", response_model=schemas.DiscoveryOut, responses=KEPT)
def discover(
    asked: AskedFor, kind: TopKind = TopKind.ARTISTS, bucket: Bucket = Bucket.MONTH
) -> Response:
    """What was heard for the first time, and how much of the listening that was."""

    def make(session: Session, look: Look) -> schemas.DiscoveryOut:
        plays = look.plays(session)
        known = firsts.known_to(session, look.scope, look.kind)[kind]
        by = Bucket.DAY if bucket is Bucket.HOUR else bucket
        return schemas.DiscoveryOut(
            period=Period.of(look),
            discovery=discovery.discovery(plays, kind, known, look.start_s),
            bucket=by,
            over_time=discovery.discovery_over_time(plays, kind, known, by),
        )

    return asked.answered(make)


@router.get("/discovered", response_model=schemas.DiscoveredOut, responses=KEPT)
def discovered(
    asked: AskedFor, kind: TopKind = TopKind.ARTISTS, limit: Limit = 50, offset: Offset = 0
) -> Response:
    """What was first heard in the range, most played since first."""

    def make(session: Session, look: Look) -> schemas.DiscoveredOut:
        plays = look.plays(session)
        known = firsts.known_to(session, look.scope, look.kind)[kind]
        found = discovery.discovered(plays, kind, known, look.start_s, limit=limit, offset=offset)
        names = names_for(session, kind, [item.id for item in found])
        return schemas.DiscoveredOut(period=Period.of(look), items=found, names=names)

    return asked.answered(make)


@router.get("/rediscovered", response_model=schemas.RediscoveredOut, responses=KEPT)
def rediscovered(
    asked: AskedFor, kind: TopKind = TopKind.TRACKS, away_days: Days = 180, limit: Limit = 50
) -> Response:
    """What came back after a long pause."""

    def make(session: Session, look: Look) -> schemas.RediscoveredOut:
        plays = look.plays(session)
        found = memory.rediscovered(plays, kind, away_days, limit=limit)
        names = names_for(session, kind, [item.id for item in found])
        return schemas.RediscoveredOut(period=Period.of(look), items=found, names=names)

    return asked.answered(make)


@router.get("/forgotten", response_model=schemas.ForgottenOut, responses=KEPT)
def forgotten(
    asked: AskedFor,
    kind: TopKind = TopKind.TRACKS,
    quiet_days: Days = 180,
    at_least: AtLeast = 10,
    limit: Limit = 50,
) -> Response:
    """What was played often and then no more, by the end of the range."""

    def make(session: Session, look: Look) -> schemas.ForgottenOut:
        plays = look.plays(session)
        until = min(look.scope.end or datetime.now(UTC), datetime.now(UTC)).timestamp()
        found = memory.forgotten(plays, kind, until, quiet_days, at_least, limit=limit)
        names = names_for(session, kind, [item.id for item in found])
        return schemas.ForgottenOut(period=Period.of(look), items=found, names=names)

    return asked.answered(make)


@router.get("/obsessions", response_model=schemas.ObsessionsOut, responses=KEPT)
def obsessions(
    asked: AskedFor,
    kind: TopKind = TopKind.TRACKS,
    window_days: Days = 7,
    at_least: AtLeast = 10,
    limit: Limit = 50,
) -> Response:
    """What was played over and over within a few days."""

    def make(session: Session, look: Look) -> schemas.ObsessionsOut:
        plays = look.plays(session)
        found = memory.obsessions(plays, kind, window_days, at_least, limit=limit)
        names = names_for(session, kind, [item.id for item in found])
        return schemas.ObsessionsOut(period=Period.of(look), items=found, names=names)

    return asked.answered(make)


@router.get("/repeats", response_model=schemas.RepeatsOut, responses=KEPT)
def repeats(asked: AskedFor) -> Response:
    """How much of the listening was heard before, and the longest run of one track."""

    def make(session: Session, look: Look) -> schemas.RepeatsOut:
        found = memory.repeat_rate(look.plays(session))
        run = found.longest_run
        names = names_for(session, TopKind.TRACKS, [run.id if run else None])
        return schemas.RepeatsOut(period=Period.of(look), repeats=found, names=names)

    return asked.answered(make)


@router.get("/habits", response_model=schemas.HabitsOut, responses=KEPT)
def habit(asked: AskedFor) -> Response:
    """How plays begin and end, where and on what, as far as sources tell."""

    def make(session: Session, look: Look) -> schemas.HabitsOut:
        plays = look.plays(session)
        return schemas.HabitsOut.of(session, look, plays, details_of(session, plays))

    return asked.answered(make)


@router.get("/most-skipped", response_model=schemas.SkippedOut, responses=KEPT)
def most_skipped(
    asked: AskedFor, kind: TopKind = TopKind.TRACKS, at_least: AtLeast = 5, limit: Limit = 50
) -> Response:
    """What was skipped most often, of what has `at_least` plays that tell how they ended."""

    def make(session: Session, look: Look) -> schemas.SkippedOut:
        plays = look.plays(session)
        details = details_of(session, plays)
        skipped = habits.is_skipped(session, plays, details)
        found = habits.most_skipped(plays, details, skipped, kind, limit=limit, at_least=at_least)
        names = names_for(session, kind, [item.id for item in found])
        return schemas.SkippedOut(period=Period.of(look), items=found, names=names)

    return asked.answered(make)


@router.get("/diversity", response_model=schemas.DiversityOut, responses=KEPT)
def diverse(asked: AskedFor, kind: TopKind = TopKind.ARTISTS) -> Response:
    """How evenly the plays are spread over tracks, artists or albums."""

    def make(session: Session, look: Look) -> schemas.DiversityOut:
        plays = look.plays(session)
        return schemas.DiversityOut(
            period=Period.of(look),
            concentration=diversity.concentration(plays, kind),
            loyalty=diversity.loyalty(plays),
        )

    return asked.answered(make)


@router.get("/eras", response_model=schemas.ErasOut, responses=KEPT)
def eras(asked: AskedFor) -> Response:
    """The decades that the music was released in, where that is known."""

    def make(session: Session, look: Look) -> schemas.ErasOut:
        plays = look.plays(session)
        found = decades.decades(plays, years_of(session, plays))
        return schemas.ErasOut(period=Period.of(look), eras=found)

    return asked.answered(make)


@router.get("/genres", response_model=schemas.GenresOut, responses=KEPT)
def genres(asked: AskedFor, limit: Limit = 50, offset: Offset = 0) -> Response:
    """The genres of the artists heard, with how much of the listening that covers."""

    def make(session: Session, look: Look) -> schemas.GenresOut:
        plays = look.plays(session)
        tags = tagged.tags_of(session, plays)
        found = tagged.genres(plays, tags, limit=limit, offset=offset)
        return schemas.GenresOut(period=Period.of(look), genres=found)

    return asked.answered(make)


@router.get("/moods", response_model=schemas.MoodsOut, responses=KEPT)
def moods(asked: AskedFor) -> Response:
    """Moods, estimated from genres, with how much of the listening that covers."""

    def make(session: Session, look: Look) -> schemas.MoodsOut:
        plays = look.plays(session)
        found = families.moods(plays, tagged.tags_of(session, plays))
        sound = families.sound(plays, families.features_of(session, plays))
        return schemas.MoodsOut(period=Period.of(look), moods=found, sound=sound)

    return asked.answered(make)


@router.get("/milestones", response_model=schemas.MilestonesOut, responses=KEPT)
def milestones(asked: AskedFor) -> Response:
    """Round numbers of plays and hours, over all plays up to the end of the range."""

    def make(session: Session, look: Look) -> schemas.MilestonesOut:
        found = stones.milestones(scopes.fetch(session, replace(look.scope, start=None), look.kind))
        ids = [*(item.id for item in found.plays), *(item.id for item in found.hours)]
        names = names_for(session, TopKind.TRACKS, ids)
        return schemas.MilestonesOut(period=Period.of(look), milestones=found, names=names)

    return asked.answered(make)


@router.get("/records", response_model=schemas.RecordsOut, responses=KEPT)
def records(asked: AskedFor) -> Response:
    """The days, weeks, months and years with most of something, and the longest of each."""

    def make(session: Session, look: Look) -> schemas.RecordsOut:
        found = bests.records(look.plays(session))
        ids = [one.id if one else None for one in (found.longest_play, found.most_of_one_track)]
        names = names_for(session, TopKind.TRACKS, ids)
        return schemas.RecordsOut(period=Period.of(look), records=found, names=names)

    return asked.answered(make)
