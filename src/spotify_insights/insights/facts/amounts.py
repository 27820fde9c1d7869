"""How much there was: time, plays, days, different things, and what is spoken."""

from collections.abc import Iterator
from dataclasses import replace

from spotify_insights.insights.facts.fact import Fact, Method, Quantity, Unit, percent, time_of
from spotify_insights.insights.facts.interest import either_way, rising
from spotify_insights.insights.facts.scene import Scene

MS_A_MINUTE = 60_000
HALF_A_MINUTE_MS = 30_000
# Less of what is spoken was looked into, not listened to.
MIN_SPOKEN_MS = 10 * MS_A_MINUTE
# A single day is no average.
MIN_DAYS = 2

# The time opens every insight; the mere numbers of plays and of things are seldom a finding.
TIME_INTEREST, PLAYS_INTEREST, RANKED_INTEREST = 0.6, 0.25, 0.3
ARTISTS_INTEREST, TRACKS_INTEREST, ALBUMS_INTEREST = 0.35, 0.3, 0.2
# Hours of an active day (the one is an ordinary day, the other is music all day long).
ORDINARY_DAY_MS, STRIKING_DAY_MS = 60 * MS_A_MINUTE, 300 * MS_A_MINUTE
# The share of days with music: seldom, as most do, and without a day off.
FEW_DAYS, ORDINARY_DAYS, ALL_DAYS = 0.15, 0.6, 1.0
# What is spoken, as a share of music and speech together.
ORDINARY_SPOKEN, STRIKING_SPOKEN = 0.05, 0.5


def time(scene: Scene) -> Iterator[Fact]:
    """Listening time over all plays; less than half a minute is none."""
    ms = scene.total("ms_played")
    if ms < HALF_A_MINUTE_MS:
        return
    yield scene.fact(
        "listening.time",
        time_of(ms),
        sample_size=scene.total("plays"),
        parts={"plays": Quantity(scene.total("plays"), Unit.PLAYS)},
        interest=TIME_INTEREST,
        method=Method.ESTIMATED_LENGTHS if scene.is_estimated else None,
    )


def plays(scene: Scene) -> Iterator[Fact]:
    """All plays, and those of at least 30 seconds."""
    count = scene.total("plays")
    if count:
        yield scene.fact(
            "listening.plays",
            Quantity(count, Unit.PLAYS),
            sample_size=count,
            parts={"counted": Quantity(scene.total("counted_plays"), Unit.PLAYS)},
            interest=PLAYS_INTEREST,
        )


def days(scene: Scene) -> Iterator[Fact]:
    """Days with music among those known up to the last play; a single day says nothing."""
    active, span = scene.total("days_active"), scene.known_days
    if not active or span < MIN_DAYS:
        return
    share = active / span
    yield scene.fact(
        "listening.days",
        Quantity(active, Unit.DAYS),
        sample_size=span,
        sampled=Unit.DAYS,
        parts={"span": Quantity(span, Unit.DAYS), "share": percent(share)},
        interest=either_way(share, FEW_DAYS, ORDINARY_DAYS, ALL_DAYS, span),
    )


def daily(scene: Scene) -> Iterator[Fact]:
    """The mean listening time of a day with music."""
    ms, active = scene.total("ms_played"), scene.total("days_active")
    if active < MIN_DAYS or ms / active < HALF_A_MINUTE_MS:
        return
    yield scene.fact(
        "listening.daily",
        time_of(ms / active),
        sample_size=active,
        sampled=Unit.DAYS,
        parts={"days": Quantity(active, Unit.DAYS)},
        interest=rising(ms / active, ORDINARY_DAY_MS, STRIKING_DAY_MS),
        method=Method.ESTIMATED_LENGTHS if scene.is_estimated else None,
    )


def tracks(scene: Scene) -> Iterator[Fact]:
    yield from _distinct(scene, Unit.TRACKS, TRACKS_INTEREST)


def artists(scene: Scene) -> Iterator[Fact]:
    yield from _distinct(scene, Unit.ARTISTS, ARTISTS_INTEREST)


def albums(scene: Scene) -> Iterator[Fact]:
    yield from _distinct(scene, Unit.ALBUMS, ALBUMS_INTEREST)


def _distinct(scene: Scene, unit: Unit, interest: float) -> Iterator[Fact]:
    """Different things among counted plays."""
    count = scene.total(f"distinct_{unit}")
    if count:
        yield scene.fact(
            f"{unit}.distinct",
            Quantity(count, unit),
            sample_size=scene.total("counted_plays"),
            interest=interest,
        )


def ranked(scene: Scene) -> Iterator[Fact]:
    """The tracks looked at, where Spotify ranked them: those it lists and those played."""
    count = scene.blocks.count("total_tracks_analyzed")
    if count and scene.blocks.is_ranked_by_spotify:
        fact = scene.fact(
            "tracks.ranked",
            Quantity(count, Unit.TRACKS),
            sample_size=count,
            sampled=Unit.TRACKS,
            interest=RANKED_INTEREST,
            method=Method.RANKED_BY_SPOTIFY,
        )
        # Spotify looks at the whole range, wherever the plays come from.
        yield replace(fact, period=scene.period)


def podcasts(scene: Scene) -> Iterator[Fact]:
    yield from _spoken(scene, "podcasts")


def audiobooks(scene: Scene) -> Iterator[Fact]:
    yield from _spoken(scene, "audiobooks")


def _spoken(scene: Scene, what: str) -> Iterator[Fact]:
    """Time of one kind of speech, and its share of all that was heard, music and speech."""
    ms, plays = scene.count(what, "ms_played"), scene.count(what, "plays")
    if ms < MIN_SPOKEN_MS:
        return
    spoken = scene.count("podcasts", "ms_played") + scene.count("audiobooks", "ms_played")
    share = ms / (spoken + scene.total("ms_played"))
    is_estimated = scene.statistic(what).get("is_estimated")
    yield scene.fact(
        f"{what}.time",
        time_of(ms),
        sample_size=plays,
        parts={"plays": Quantity(plays, Unit.PLAYS), "share": percent(share)},
        interest=rising(share, ORDINARY_SPOKEN, STRIKING_SPOKEN),
        method=Method.ESTIMATED_LENGTHS if is_estimated else None,
    )
