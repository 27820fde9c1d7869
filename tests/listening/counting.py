"""What statistics say of a listener's ledger, asked as a page or the API asks."""

from dataclasses import replace
from typing import NamedTuple

from spotify_insights.listening.stats import scope as scopes
from spotify_insights.listening.stats.names import names_of
from spotify_insights.listening.stats.summary import summary
from spotify_insights.listening.stats.tops import top
from spotify_insights.listening.stats.totals import totals
from spotify_insights.models.listening import PlayKind
from spotify_insights.resources import transaction


class Line(NamedTuple):
    """One line of a top list, with its names."""

    rank: int
    name: str
    artist: str | None
    plays: int
    ms_played: int


def scope_for(listener, *, first=None, last=None, zone=None, **changes):
    """The listener's days from one to another; `private=False` and the like change the scope."""
    return replace(scopes.scope_of(listener, first=first, last=last, zone=zone), **changes)


def plays_of_listener(listener, kind=PlayKind.TRACK, **asked):
    with transaction() as session:
        return scopes.fetch(session, scope_for(listener, **asked), kind)


def totals_of(listener, kind, **asked):
    return totals(plays_of_listener(listener, kind, **asked))


def music(listener, **asked):
    return totals_of(listener, PlayKind.TRACK, **asked)


def totals_by_kind(listener, **asked):
    return {kind: totals_of(listener, kind, **asked) for kind in PlayKind}


def summary_of(listener, **asked):
    with transaction() as session:
        return summary(session, scope_for(listener, **asked))


def top_of(listener, kind, limit, **asked):
    items = top(plays_of_listener(listener, **asked), kind, limit=limit).items
    with transaction() as session:
        names = names_of(session, kind, [item.id for item in items])
    return [
        Line(item.rank, names[item.id].name, names[item.id].artist, item.plays, item.ms_played)
        for item in items
    ]
