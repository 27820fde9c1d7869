"""Which artists, tracks and albums lead, and how widely the plays are spread over them.

A favourite has more plays than any other. Where Spotify ranked the lists, plays are unknown: the
order is told and no number.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from spotify_insights.insights.facts.fact import (
    Fact,
    Method,
    Quantity,
    Says,
    Unit,
    clean,
    half_up,
    percent,
)
from spotify_insights.insights.facts.interest import either_way, rising
from spotify_insights.insights.facts.scene import Scene

# A favourite was chosen more often than by chance.
MIN_PLAYS = 3
# Evenness compares artists with each other; of fewer it says nothing about a taste.
MIN_ARTISTS = 5
# Some favourites have much of the time where there are hardly any others.
TIMES_AS_MANY_ARTISTS = 2
MIN_TRACKS = 20

RANKED_INTEREST = 0.6
# Shares of the counted plays.
ORDINARY_ARTIST, STRIKING_ARTIST = 0.08, 0.35
ORDINARY_TRACK, STRIKING_TRACK = 0.02, 0.12
ORDINARY_ALBUM, STRIKING_ALBUM = 0.06, 0.3
# Whoever leads is worth a word, by however little.
LEAST_OF_ARTIST, LEAST_OF_TRACK, LEAST_OF_ALBUM = 0.5, 0.45, 0.3
# The second is told beside the first, so it is worth less by itself.
SECOND = 0.7
# Shares of the time that the favourites have, of the whole that evenness is, of tracks played once.
LITTLE_LOYALTY, ORDINARY_LOYALTY, MUCH_LOYALTY = 0.15, 0.5, 0.9
NARROW, ORDINARY_EVENNESS, WIDE = 0.5, 0.8, 0.97
FEW_SINGLES, ORDINARY_SINGLES, MANY_SINGLES = 0.25, 0.6, 0.9

Line = Mapping[str, Any]

# The names that a line of a list has.
_OF_AN_ARTIST, _OF_A_WORK = ("name",), ("name", "artist")


def artist(scene: Scene) -> Iterator[Fact]:
    """The most played artist with its share of the counted plays, or the one ranked highest."""
    items = scene.blocks.items("top_artists")
    leader = _leader(scene, items, 0, _OF_AN_ARTIST)
    if leader is None:
        return
    yield scene.fact(
        "artists.top",
        Quantity(clean(leader["name"]), Unit.ARTIST),
        parts=_amount(scene, leader),
        interest=max(LEAST_OF_ARTIST, _interest(scene, leader, ORDINARY_ARTIST, STRIKING_ARTIST)),
        says=[Says.MOST],
        **_basis(scene, items, Unit.ARTISTS),
    )


def second(scene: Scene) -> Iterator[Fact]:
    """The artist with fewer plays than one other alone."""
    items = scene.blocks.items("top_artists")
    leader, runner_up = (_leader(scene, items, place, _OF_AN_ARTIST) for place in (0, 1))
    if leader is None or runner_up is None:
        return
    interest = _interest(scene, runner_up, ORDINARY_ARTIST, STRIKING_ARTIST)
    yield scene.fact(
        "artists.second",
        Quantity(clean(runner_up["name"]), Unit.ARTIST),
        parts={name: part for name, part in _amount(scene, runner_up).items() if name == "plays"},
        interest=round(SECOND * interest, 3),
        **_basis(scene, items, Unit.ARTISTS),
    )


def track(scene: Scene) -> Iterator[Fact]:
    items = scene.blocks.items("top_tracks")
    leader = _leader(scene, items, 0, _OF_A_WORK)
    if leader is None:
        return
    yield scene.fact(
        "tracks.top",
        Quantity(clean(leader["name"]), Unit.TRACK),
        parts={"artist": Quantity(clean(leader["artist"]), Unit.ARTIST), **_amount(scene, leader)},
        interest=max(LEAST_OF_TRACK, _interest(scene, leader, ORDINARY_TRACK, STRIKING_TRACK)),
        says=[Says.MOST],
        **_basis(scene, items, Unit.TRACKS),
    )


def album(scene: Scene) -> Iterator[Fact]:
    """The most played album, by plays even where Spotify ranks the artists and tracks."""
    items = scene.items("top_albums")
    leader = _most_played(scene, items, 0, _OF_A_WORK)
    if leader is None:
        return
    plays = _plays_of(leader)
    interest = _interest(scene, leader, ORDINARY_ALBUM, STRIKING_ALBUM)
    yield scene.fact(
        "albums.top",
        Quantity(clean(leader["name"]), Unit.ALBUM),
        sample_size=scene.total("counted_plays"),
        parts={
            "artist": Quantity(clean(leader["artist"]), Unit.ARTIST),
            "plays": Quantity(plays, Unit.PLAYS),
        },
        interest=max(LEAST_OF_ALBUM, interest),
        says=[Says.MOST],
    )


def loyalty(scene: Scene) -> Iterator[Fact]:
    """The share of the time given to the most played artists, of twice as many at least."""
    share, number = scene.number("loyalty", "share"), scene.count("loyalty", "artists")
    is_few = scene.total("distinct_artists") < TIMES_AS_MANY_ARTISTS * number
    if share is None or not number or is_few or not scene.has_enough_plays:
        return
    yield scene.fact(
        "artists.loyalty",
        percent(share),
        sample_size=scene.total("plays"),
        parts={"artists": Quantity(number, Unit.ARTISTS)},
        interest=either_way(
            share, LITTLE_LOYALTY, ORDINARY_LOYALTY, MUCH_LOYALTY, scene.total("plays")
        ),
    )


def evenness(scene: Scene) -> Iterator[Fact]:
    """Normalised Shannon entropy of the artists over counted plays (Pielou's evenness).

    `effective` is how many artists would be as diverse if all were played alike (Hill's number of
    order 1); snapshots from before it was kept lack it.
    """
    score = scene.blocks.number("artist_diversity_score")
    if score is None or not scene.has_enough_plays:
        return
    if scene.total("distinct_artists") < MIN_ARTISTS:
        return
    effective = scene.number("concentration", "artists", "effective_number")
    yield scene.fact(
        "artists.evenness",
        Quantity(half_up(round(100 * score, 6)) / 100, Unit.OF_1),
        sample_size=scene.total("counted_plays"),
        parts={"effective": Quantity(half_up(effective), Unit.ARTISTS)} if effective else {},
        interest=either_way(score, NARROW, ORDINARY_EVENNESS, WIDE, scene.total("counted_plays")),
    )


def singles(scene: Scene) -> Iterator[Fact]:
    """The share of the tracks that have exactly one counted play."""
    share = scene.number("concentration", "tracks", "singles")
    number = scene.count("concentration", "tracks", "things")
    if share is None or number < MIN_TRACKS or not scene.has_enough_plays:
        return
    yield scene.fact(
        "tracks.singles",
        percent(share),
        sample_size=number,
        sampled=Unit.TRACKS,
        parts={"tracks": Quantity(number, Unit.TRACKS)},
        interest=either_way(share, FEW_SINGLES, ORDINARY_SINGLES, MANY_SINGLES, number),
    )


def _leader(scene: Scene, items: Sequence[Line], place: int, names: Sequence[str]) -> Line | None:
    """The line at a place (0 is the first) of a top list, if no other shares it."""
    if not scene.blocks.is_ranked_by_spotify:
        return _most_played(scene, items, place, names)
    return items[place] if len(items) > place and _is_named(items[place], names) else None


def _most_played(
    scene: Scene, items: Sequence[Line], place: int, names: Sequence[str]
) -> Line | None:
    by_plays = sorted(items, key=_plays_of, reverse=True)
    if len(by_plays) <= place or not scene.has_enough_plays:
        return None
    found = by_plays[place]
    beside = by_plays[max(0, place - 1) : place] + by_plays[place + 1 : place + 2]
    is_alone = all(_plays_of(other) != _plays_of(found) for other in beside)
    return found if is_alone and _plays_of(found) >= MIN_PLAYS and _is_named(found, names) else None


def _plays_of(item: Line) -> int:
    return int(item.get("plays") or 0)


def _is_named(item: Line, names: Sequence[str]) -> bool:
    """Whether something of each name is left to be written."""
    return all(clean(item.get(name) or "") for name in names)


def _amount(scene: Scene, item: Line) -> dict[str, Quantity]:
    if scene.blocks.is_ranked_by_spotify:
        return {}
    share = _plays_of(item) / scene.total("counted_plays")
    return {"plays": Quantity(_plays_of(item), Unit.PLAYS), "share": percent(share)}


def _interest(scene: Scene, item: Line, ordinary: float, striking: float) -> float:
    if not _plays_of(item):
        return RANKED_INTEREST
    counted = scene.total("counted_plays")
    return rising(_plays_of(item) / counted, ordinary, striking, counted)


def _basis(scene: Scene, items: Sequence[Line], of: Unit) -> dict[str, Any]:
    """What a place in a list rests on: the counted plays, or the list as Spotify ranked it."""
    if not scene.blocks.is_ranked_by_spotify:
        return {"sample_size": scene.total("counted_plays")}
    ranked = {"method": Method.RANKED_BY_SPOTIFY, "is_ranked": True}
    return {"sample_size": len(items), "sampled": of, **ranked}
