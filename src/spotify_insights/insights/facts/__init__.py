"""What a snapshot says, as values: the only numbers and names an insight may use.

Every value can be computed again from the snapshots of the scene alone. Shares are whole percent,
hours have one decimal (less than an hour: whole minutes), scores one decimal, evenness two; halves
go up.

    fact, scene     what a fact is; the snapshot it is found in, and those before it
    amounts, rhythm, sessions, discovery, favourites, repetition, ways, streaks, taste
                    what one snapshot says by itself
    focus, history  stretches without a skip, lively and calm hours; years and anniversaries
    change, usual, movers, anomalies
                    what it says beside the periods before
    rank            which of all that is worth telling

A kind of fact is a function of a `Scene` that yields its facts, or nothing where the data is too
thin; a new one is such a function, a line below, and a statement in every language.
"""

from collections.abc import Callable, Iterator, Sequence

from spotify_insights.insights.facts import (
    amounts,
    anomalies,
    change,
    discovery,
    favourites,
    focus,
    history,
    movers,
    rank,
    repetition,
    rhythm,
    sessions,
    streaks,
    taste,
    usual,
    ways,
)
from spotify_insights.insights.facts.fact import Fact
from spotify_insights.insights.facts.scene import Scene

__all__ = ["Fact", "Scene", "find", "found", "mood_score"]

Kind = Callable[[Scene], Iterator[Fact]]

_OF_ONE: tuple[Kind, ...] = (
    *(amounts.time, amounts.plays, amounts.days, amounts.daily),
    *(amounts.tracks, amounts.artists, amounts.albums, amounts.ranked),
    *(amounts.podcasts, amounts.audiobooks),
    *(rhythm.part, rhythm.night, rhythm.hour, rhythm.weekday, rhythm.weekend),
    *(rhythm.routine, rhythm.peak),
    *(sessions.count, sessions.longest),
    *(discovery.artists, discovery.tracks),
    *(favourites.artist, favourites.second, favourites.track, favourites.album),
    *(favourites.loyalty, favourites.evenness, favourites.singles),
    *(repetition.rate, repetition.run),
    *(ways.skips, ways.shuffle, ways.offline, ways.platforms, ways.countries),
    *(streaks.longest, streaks.gap),
    *(taste.genres, taste.second, taste.moods, taste.score),
    *(focus.stretches, focus.part, focus.interruptions, focus.balance, focus.energy_part),
    *(history.span, history.peak_year, history.first_play, history.first_of_artist),
)
_AGAINST_THE_PAST: tuple[Kind, ...] = (
    *(change.time, change.plays, change.artists, change.discovery, change.night),
    *(change.skips, change.repeats, change.part, change.leader),
    *(movers.rising_artist, movers.fading_artist, movers.newcomer, movers.returned),
    movers.rising_genre,
    *(usual.time, usual.days, usual.night, usual.skips, usual.discovery, usual.record),
    *(anomalies.day, anomalies.turning_point),
)


def find(scene: Scene) -> list[Fact]:
    """The facts worth telling, the most interesting first: none twice, forty at most."""
    return rank.best(found(scene))


def found(scene: Scene) -> list[Fact]:
    """All facts that the scene has enough data for, kind by kind."""
    told = (fact for kind in (*_OF_ONE, *_AGAINST_THE_PAST) for fact in kind(scene))
    return [fact for fact in told if fact.sample_size]


def mood_score(facts: Sequence[Fact]) -> float | None:
    """0 to 10, or None while too little is known of moods; `taste.score` defines it."""
    return next((float(fact.value) for fact in facts if fact.id == "moods.score"), None)
