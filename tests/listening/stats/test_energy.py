"""How energising each part of the day is, against counts by hand."""

from hypothesis import given
from tests.listening.stats.builders import EXAMPLES, heard, histories, plays_of

from spotify_insights.listening import moods
from spotify_insights.listening.stats.clock import Clock
from spotify_insights.listening.stats.energy import CALMING, ENERGISING, Energy, EnergyOfDay, energy
from spotify_insights.listening.stats.genres import Tagged

ROCK, DISCO, AMBIENT, BLUES, POLKA = 1, 2, 3, 4, 5
TAGS = {
    ROCK: Tagged(("rock",), "lastfm"),
    DISCO: Tagged(("disco",), "lastfm"),
    AMBIENT: Tagged(("ambient",), "lastfm"),
    BLUES: Tagged(("blues",), "lastfm"),
    POLKA: Tagged(("polka",), "lastfm"),
}
NONE = Energy(0, 0)
UNTAGGED = 6


def by(artist, hour, **what):
    return heard(f"2024-05-01T{hour:02}:00:00", artist=artist, **what)


def test_every_mood_is_energising_or_calming():
    assert set(ENERGISING) == {"energetic", "bright"}
    assert set(CALMING) == {"calm", "melancholic"}
    assert len(moods.FAMILIES) == len(ENERGISING) + len(CALMING)


def test_counted_plays_are_told_apart_by_the_mood_of_their_artist_and_the_part_of_the_day():
    plays = plays_of(
        by(ROCK, 6), by(DISCO, 11), by(AMBIENT, 7), by(BLUES, 12), by(ROCK, 23), by(AMBIENT, 0)
    )

    found = energy(plays, TAGS)

    assert found == EnergyOfDay(
        plays=6,
        known=6,
        coverage=1,
        parts={
            "morning": Energy(2, 1),
            "afternoon": Energy(0, 1),
            "evening": Energy(1, 0),
            "night": Energy(0, 1),
        },
    )


def test_plays_without_a_known_mood_are_counted_and_belong_to_no_side():
    plays = plays_of(by(ROCK, 8), by(POLKA, 8), by(UNTAGGED, 8), by(0, 8))

    found = energy(plays, TAGS)

    assert (found.plays, found.known, found.coverage) == (4, 1, 0.25)
    assert found.parts["morning"] == Energy(1, 0)


def test_short_plays_do_not_count():
    found = energy(plays_of(by(ROCK, 8, ms=29_999), by(AMBIENT, 8, ms=30_000)), TAGS)

    assert (found.plays, found.parts["morning"]) == (1, Energy(0, 1))


def test_the_part_of_the_day_is_that_on_the_wall():
    found = energy(plays_of(by(ROCK, 23), clock=Clock("Europe/Berlin", day_starts_at=4)), TAGS)

    assert found.parts["night"] == Energy(1, 0)


def test_without_plays_no_share_is_known():
    nothing = dict.fromkeys(("morning", "afternoon", "evening", "night"), NONE)

    assert energy(plays_of(), TAGS) == EnergyOfDay(0, 0, None, nothing)


@EXAMPLES
@given(histories())
def test_energy_rests_on_the_plays_that_moods_know(history):
    clock, made_up = history
    plays = plays_of(*made_up, clock=clock)

    found, known = energy(plays, TAGS), moods.moods(plays, TAGS)

    assert (found.plays, found.known, found.coverage) == (known.plays, known.known, known.coverage)
    lively = sum(one.plays for one in known.items if one.name in ENERGISING)
    assert sum(part.energising for part in found.parts.values()) == lively
