"""What `bench/stats.py` asks: each statistic, with its look at the database."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from made_up_ledger import LAST_ON
from spotify_insights.listening import firsts
from spotify_insights.listening.firsts import Firsts
from spotify_insights.listening.stats import (
    calendar,
    discovery,
    diversity,
    entities,
    eras,
    habits,
    memory,
    milestones,
    records,
    sessions,
    summary,
    timeline,
    tops,
    totals,
)
from spotify_insights.listening.stats import details as detailed
from spotify_insights.listening.stats import scope as scopes
from spotify_insights.listening.stats.details import Details
from spotify_insights.listening.stats.plays import Plays
from spotify_insights.listening.stats.scope import Scope
from spotify_insights.listening.stats.timeline import Bucket
from spotify_insights.listening.stats.tops import TopKind

LIMIT = 50
TODAY_S = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
ALWAYS = float("-inf")

Ask = Callable[[Session, Scope], object]


def statistics() -> dict[str, Ask]:
    """Each statistic by its name, over whatever plays belong to a scope."""
    told = {name: of_plays(count) for name, count in over_plays().items()}
    told |= {one.__name__: of_details(one) for one in over_details()}
    told |= {
        "summary": summary.summary,
        "decades": decades,
        "skips": skips,
        "most_skipped, tracks": most_skipped,
        "completion": completion,
    }
    for kind in TopKind:
        told |= {f"{name}, {kind.value}": ask for name, ask in of_kind(kind).items()}
    return told


def over_plays() -> dict[str, Callable[[Plays], object]]:
    return {
        "plays, fetched alone": len,
        "totals": totals.totals,
        "timeline by day": lambda plays: timeline.timeline(plays, Bucket.DAY),
        "timeline by month": lambda plays: timeline.timeline(plays, Bucket.MONTH),
        "heatmap": timeline.heatmap,
        "parts_of_day": timeline.parts_of_day,
        "calendar": calendar.calendar,
        "streaks": lambda plays: calendar.streaks(plays, LAST_ON),
        "gaps": calendar.gaps,
        "averages": lambda plays: calendar.averages(plays, None),
        "sessions": sessions.sessions,
        "records": records.records,
        "milestones": milestones.milestones,
        "repeat_rate": memory.repeat_rate,
        "obsessions": memory.obsessions,
        "loyalty": diversity.loyalty,
    }


def over_details() -> tuple[Callable[[Plays, Details], object], ...]:
    return (
        habits.shuffle,
        habits.offline,
        habits.private_sessions,
        habits.video,
        habits.starts,
        habits.endings,
        habits.platforms,
        habits.countries,
    )


def of_kind(kind: TopKind) -> dict[str, Ask]:
    return {
        "top": of_plays(lambda plays: tops.top(plays, kind, limit=LIMIT)),
        "concentration": of_plays(lambda plays: diversity.concentration(plays, kind)),
        "rediscovered": of_plays(lambda plays: memory.rediscovered(plays, kind, limit=LIMIT)),
        "forgotten": of_plays(lambda plays: memory.forgotten(plays, kind, TODAY_S, limit=LIMIT)),
        "discovery": of_firsts(
            kind, lambda plays, known: discovery.discovery(plays, kind, known, ALWAYS)
        ),
        "discovered": of_firsts(
            kind, lambda plays, known: discovery.discovered(plays, kind, known, ALWAYS, limit=LIMIT)
        ),
        "discovery_over_time": of_firsts(
            kind,
            lambda plays, known: discovery.discovery_over_time(plays, kind, known, Bucket.MONTH),
        ),
        "entity": entity_of(kind),
    }


def of_plays(count: Callable[[Plays], object]) -> Ask:
    return lambda session, scope: count(scopes.fetch(session, scope))


def of_details(count: Callable[[Plays, Details], object]) -> Ask:
    def ask(session: Session, scope: Scope) -> object:
        plays = scopes.fetch(session, scope)
        return count(plays, detailed.details_of(session, plays))

    return ask


def of_firsts(kind: TopKind, count: Callable[[Plays, Firsts], object]) -> Ask:
    def ask(session: Session, scope: Scope) -> object:
        return count(scopes.fetch(session, scope), firsts.known_to(session, scope)[kind])

    return ask


def entity_of(kind: TopKind) -> Ask:
    """The page of what was played most, which is the dearest one; it is looked for once."""
    found: dict[UUID, int] = {}

    def ask(session: Session, scope: Scope) -> object:
        if scope.user_id not in found:
            plays = scopes.fetch(session, scope)
            found[scope.user_id] = tops.top(plays, kind, limit=1).items[0].id
        return entities.entity(session, scope, kind, found[scope.user_id])

    return ask


def decades(session: Session, scope: Scope) -> object:
    plays = scopes.fetch(session, scope)
    return eras.decades(plays, detailed.years_of(session, plays))


def skips(session: Session, scope: Scope) -> object:
    plays = scopes.fetch(session, scope)
    return habits.skips(session, plays, detailed.details_of(session, plays))


def most_skipped(session: Session, scope: Scope) -> object:
    plays = scopes.fetch(session, scope)
    details = detailed.details_of(session, plays)
    skipped = habits.is_skipped(session, plays, details)
    return habits.most_skipped(plays, details, skipped, TopKind.TRACKS, limit=LIMIT)


def completion(session: Session, scope: Scope) -> object:
    plays = scopes.fetch(session, scope)
    details, lengths = detailed.details_of(session, plays), detailed.lengths_of(session, plays)
    return habits.completion(plays, details, lengths)
