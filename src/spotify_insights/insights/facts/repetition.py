"""What was played again, and what was played over and over."""

from collections.abc import Iterator

from spotify_insights.insights.facts.fact import Fact, Quantity, Unit, clean, percent
from spotify_insights.insights.facts.interest import either_way, rising
from spotify_insights.insights.facts.scene import Scene

# Twice in a row happens to anybody.
MIN_RUN = 3

# Shares of the counted plays; in more than a month more comes back by itself.
FEW, MANY = 0.1, 0.95
A_MONTH, ORDINARY_IN_A_MONTH, ORDINARY_IN_LONGER = 31, 0.45, 0.75
ORDINARY_RUN, STRIKING_RUN = 3, 12


def rate(scene: Scene) -> Iterator[Fact]:
    """Counted plays of a track that was heard before in the period, and those right after it."""
    plays, repeats = scene.count("repeats", "plays"), scene.count("repeats", "repeats")
    if not plays or not scene.has_enough_plays:
        return
    ordinary = ORDINARY_IN_A_MONTH if scene.period.days <= A_MONTH else ORDINARY_IN_LONGER
    immediate = scene.count("repeats", "immediate_repeats") / plays
    yield scene.fact(
        "repeats.rate",
        percent(repeats / plays),
        sample_size=plays,
        parts={"immediate": percent(immediate)},
        interest=either_way(repeats / plays, FEW, ordinary, MANY, plays),
    )


def run(scene: Scene) -> Iterator[Fact]:
    """The longest run of counted plays of one track, and the day it began."""
    times = scene.count("repeats", "longest_run", "times")
    started_at = scene.blocks.find("statistics", "repeats", "longest_run", "started_at")
    names = scene.statistic("most_repeated")
    track, artist = (clean(names.get(name) or "") for name in ("name", "artist"))
    if times < MIN_RUN or not started_at or not track or not artist:
        return
    yield scene.fact(
        "repeats.run",
        Quantity(times, Unit.TIMES),
        sample_size=scene.count("repeats", "plays"),
        parts={
            "track": Quantity(track, Unit.TRACK),
            "artist": Quantity(artist, Unit.ARTIST),
            "date": Quantity(scene.day_of(started_at).isoformat(), Unit.DATE),
        },
        interest=rising(times, ORDINARY_RUN, STRIKING_RUN),
    )
