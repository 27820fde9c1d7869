"""What was heard for the first time on record."""

from collections.abc import Iterator

from spotify_insights.insights.facts.fact import Fact, Quantity, Says, Unit, percent
from spotify_insights.insights.facts.interest import either_way
from spotify_insights.insights.facts.scene import Scene
from spotify_insights.models.listening import TimeRange

# Where more is new and no period before is known, the record has only just begun.
MOST_NEW_WITHOUT_A_PAST = 0.5

# Shares of the plays: the same old things, what is usual, and a new world.
LITTLE, ORDINARY_ARTISTS, MUCH = 0.0, 0.12, 0.5
LITTLE_NEW, ORDINARY_TRACKS, MUCH_NEW = 0.02, 0.25, 0.7


def artists(scene: Scene) -> Iterator[Fact]:
    yield from _found(scene, Unit.ARTISTS, (LITTLE, ORDINARY_ARTISTS, MUCH))


def tracks(scene: Scene) -> Iterator[Fact]:
    yield from _found(scene, Unit.TRACKS, (LITTLE_NEW, ORDINARY_TRACKS, MUCH_NEW))


def _found(scene: Scene, unit: Unit, reference: tuple[float, float, float]) -> Iterator[Fact]:
    """Things without a counted play before the period, and their share of things and plays.

    Nothing is told of a lifetime, in which all is new.
    """
    heard, new, plays, plays_of_new = (
        scene.count("discovery", unit, name) for name in ("heard", "new", "plays", "plays_of_new")
    )
    if not new or not heard or not plays or not scene.has_enough_plays:
        return
    share_of_plays = plays_of_new / plays
    has_a_past = bool(scene.before) or share_of_plays < MOST_NEW_WITHOUT_A_PAST
    if scene.period.time_range is TimeRange.LIFETIME or not has_a_past:
        return
    yield scene.fact(
        f"discovery.{unit}",
        Quantity(new, unit),
        sample_size=plays,
        parts={"share": percent(new / heard), "plays_share": percent(share_of_plays)},
        interest=either_way(share_of_plays, *reference, plays),
        says=[Says.NEW, Says.FIRST],
    )
