"""One range of one listener's history twice: as our code reads it, and as the reference does."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import text
from tests.reference import clocks, exclusions, novelty
from tests.reference import exports as reference
from tests.reference.clocks import Heard, Numbers

from spotify_insights.listening import firsts
from spotify_insights.listening.firsts import Firsts
from spotify_insights.listening.stats import details, entities, habits
from spotify_insights.listening.stats import scope as scopes
from spotify_insights.listening.stats.clock import Clock
from spotify_insights.listening.stats.details import Details
from spotify_insights.listening.stats.entities import Entity
from spotify_insights.listening.stats.habits import Skips
from spotify_insights.listening.stats.plays import Flags, Ids, Plays
from spotify_insights.listening.stats.ranges import Span
from spotify_insights.listening.stats.scope import Scope
from spotify_insights.listening.stats.tops import TopKind
from spotify_insights.models import User
from spotify_insights.models.listening import PlayKind
from spotify_insights.resources import transaction

# By the numbers of the database, what the ledger names in the words of the export.
_CONTENTS = """
    select distinct c.id, c.uri, c.kind, coalesce(a.name, c.collection) as of, c.name
    from plays p join contents c on c.id = p.content_id left join artists a on a.id = p.artist_id
    where p.user_id = :user_id
"""
_TRACKS = "select t.id, a.name, t.name from tracks t join artists a on a.id = t.artist_id"
_ARTISTS = "select id, name from artists"
_ALBUMS = "select b.id, a.name, b.name from albums b join artists a on a.id = b.artist_id"


@dataclass(frozen=True, eq=False)
class History:
    """A listener and what the reference reads in the files that were imported.

    `lengths` and `years` are what Spotify told of contents, by number. `rules` are in force.
    """

    user: User
    plays: list[reference.Play]
    numbers: Numbers
    lengths: dict[int, int] = field(default_factory=dict)
    years: dict[int, int] = field(default_factory=dict)
    rules: list[exclusions.Rule] = field(default_factory=list)
    _heard: dict[tuple, list[Heard]] = field(default_factory=dict)
    _known: dict[tuple, novelty.Firsts] = field(default_factory=dict)

    def heard(self, clock: clocks.Clock, kind: str, *, private: bool) -> list[Heard]:
        """All plays of a kind that count; rules go by the listener's own clock."""
        key = (clock, kind, private)
        if key not in self._heard:
            # A show has no number that two answers share.
            numbers = self.numbers if kind == "track" else None
            heard = clocks.heard_on(self.plays, clock, kind, numbers)
            if self.rules:
                user = self.user
                own = clocks.Clock(user.timezone, user.day_starts_at, user.week_starts_on)
                seen = clocks.heard_on(self.plays, own, kind, numbers)
                kept = {play[:4] for play in exclusions.apply(self.rules, seen)}
                heard = [play for play in heard if play[:4] in kept]
            self._heard[key] = [play for play in heard if private or not play.is_private]
        return self._heard[key]

    def known(self, clock: clocks.Clock, kind: str, *, private: bool) -> novelty.Firsts:
        """The first counted play of each thing, ever."""
        key = (clock, kind, private)
        if key not in self._known:
            heard = self.heard(clock, "track", private=private)
            self._known[key] = novelty.firsts(heard, kind)
        return self._known[key]


@dataclass(frozen=True, eq=False)
class View:
    """What statistics are given, beside what the reference is given for them."""

    clock: clocks.Clock
    span: Span
    start_s: float
    plays: Plays
    before: Plays
    spoken: dict[str, Plays]
    firsts: dict[TopKind, Firsts]
    details: Details
    lengths: Ids
    years: Ids
    skipped: Flags
    skips: Skips
    entities: dict[tuple[str, int], Entity]
    heard: list[Heard]
    heard_before: list[Heard]
    heard_spoken: dict[str, list[Heard]]
    known: dict[str, novelty.Firsts]
    known_lengths: dict[int, int]
    known_years: dict[int, int]

    @property
    def days(self) -> list[date]:
        return [play.day for play in self.heard]


def history_of(user: User, plays: list[reference.Play], **known) -> History:
    return History(user, plays, numbers_of(user), **known)


def numbers_of(user: User) -> Numbers:
    """How the database numbers what the reference calls by its names."""
    same = reference.same
    contents, tracks, artists, albums = {}, {None: None}, {None: None}, {None: None}
    with transaction() as session:
        for number, uri, kind, of, name in session.execute(text(_CONTENTS), {"user_id": user.id}):
            known_as = reference.address(kind, of, name) if uri.startswith("named:") else uri
            contents[known_as] = number
            tracks[known_as,] = -number
        tracks |= {
            (same(artist), same(name)): number
            for number, artist, name in session.execute(text(_TRACKS))
        }
        artists |= {same(name): number for number, name in session.execute(text(_ARTISTS))}
        albums |= {
            (same(artist), same(name)): number
            for number, artist, name in session.execute(text(_ALBUMS))
        }
    return Numbers(contents, tracks, artists, albums)


def look(
    history: History,
    clock: clocks.Clock,
    first: date | None = None,
    last: date | None = None,
    *,
    private: bool = True,
) -> View:
    """Both sides of the days from the first to the last; compared with as many days before."""
    before = _before(first, last)
    heard = {kind: history.heard(clock, kind.value, private=private) for kind in PlayKind}
    chosen = {kind: clocks.within(plays, first, last) for kind, plays in heard.items()}
    music = chosen[PlayKind.TRACK]
    heard_before = clocks.within(heard[PlayKind.TRACK], *before) if before else []
    everywhere = Scope(history.user.id, Clock(*clock), private=private)
    scope = scopes.over(everywhere, Span(first, last))
    with transaction() as session:
        plays, *spoken = (scopes.fetch(session, scope, kind) for kind in PlayKind)
        known = details.details_of(session, plays)
        return View(
            clock=clock,
            span=Span(first, last),
            start_s=scope.start.timestamp() if scope.start else float("-inf"),
            plays=plays,
            before=scopes.fetch(session, scopes.over(everywhere, Span(*before)))
            if before
            else plays.take(slice(0)),
            spoken=dict(zip(("episode", "chapter"), spoken, strict=True)),
            firsts=firsts.known_to(session, scope),
            details=known,
            lengths=details.lengths_of(session, plays),
            years=details.years_of(session, plays),
            skipped=habits.is_skipped(session, plays, known),
            skips=habits.skips(session, plays, known),
            entities={
                (kind.value, thing): entities.entity(session, scope, kind, thing)
                for kind in TopKind
                for thing in some_things(music, kind.value)
            },
            heard=music,
            heard_before=heard_before,
            heard_spoken={kind.value: plays for kind, plays in chosen.items()},
            known={kind.value: history.known(clock, kind, private=private) for kind in TopKind},
            known_lengths=history.lengths,
            known_years=history.years,
        )


def some_things(plays: list[Heard], kind: str) -> list[int]:
    """The things with most and fewest plays, one between them, and one that was never counted."""
    times = clocks.by_thing(plays, kind)
    ordered = sorted(times, key=lambda thing: (len(clocks.counted(times[thing])), thing))
    places = {0, len(ordered) // 2, len(ordered) - 1} if ordered else set()
    return [ordered[place] for place in sorted(places)]


def _before(first: date | None, last: date | None) -> tuple[date, date] | None:
    if first is None or last is None:
        return None
    length = last - first + timedelta(days=1)
    return first - length, last - length
