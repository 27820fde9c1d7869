import pytest
from tests.insights.builders import (
    HOUR_MS,
    MINUTE_MS,
    a_ranked_snapshot,
    a_scene,
    a_snapshot,
    an_empty_snapshot,
    scene_of,
    some_spoken,
    some_statistics,
    some_totals,
)

from spotify_insights.insights.facts import amounts
from spotify_insights.insights.facts.fact import Method, Quantity, Unit


def only(facts):
    (fact,) = facts
    return fact


def the_time(**totals):
    return list(amounts.time(a_scene(totals=some_totals(**totals))))


def test_time_is_told_over_all_plays():
    fact = only(amounts.time(a_scene()))

    assert fact.quantity == Quantity(10.8, Unit.HOURS)
    assert fact.parts == {"plays": Quantity(190, Unit.PLAYS)}
    assert fact.sample_size == 190
    assert fact.method is None


@pytest.mark.parametrize(
    ("milliseconds", "told"),
    [
        (30_000, Quantity(1, Unit.MINUTES)),
        (59 * MINUTE_MS + 29_999, Quantity(59, Unit.MINUTES)),
        (59 * MINUTE_MS + 30_000, Quantity(1.0, Unit.HOURS)),
        (1_234 * HOUR_MS + 1_800_000, Quantity(1_234.5, Unit.HOURS)),
    ],
)
def test_time_is_told_in_whole_minutes_or_in_hours_with_a_decimal(milliseconds, told):
    assert only(the_time(ms_played=milliseconds)).quantity == told


def test_less_than_half_a_minute_is_no_time():
    assert the_time(ms_played=29_999) == []


def test_estimated_time_says_so():
    assert only(the_time(is_estimated=True)).method is Method.ESTIMATED_LENGTHS


def test_plays_come_with_the_counted_ones_among_them():
    fact = only(amounts.plays(a_scene()))

    assert (fact.value, fact.part("counted").value) == (190, 170)


def test_days_with_music_are_told_among_those_known():
    fact = only(amounts.days(a_scene()))

    assert fact.quantity == Quantity(9, Unit.DAYS)
    assert fact.part("span") == Quantity(11, Unit.DAYS)
    assert fact.part("share") == Quantity(82, Unit.PERCENT)
    assert (fact.sample_size, fact.sampled) == (11, Unit.DAYS)


def test_days_before_the_first_play_count_where_plays_are_known_from_before():
    fact = only(amounts.days(a_scene(before=[a_snapshot()])))

    assert fact.part("span").value == 28


def test_music_on_a_single_day_says_nothing_about_days():
    totals = some_totals(first_play_at="2025-03-13T07:10:00+00:00", days_active=1)
    scene = a_scene(totals=totals)

    assert not [*amounts.days(scene), *amounts.daily(scene)]


def test_a_day_with_music_has_its_mean_time():
    fact = only(amounts.daily(a_scene()))

    assert fact.quantity == Quantity(1.2, Unit.HOURS)  # 648 minutes on 9 days
    assert fact.part("days").value == 9


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        (amounts.tracks, "tracks.distinct", 88),
        (amounts.artists, "artists.distinct", 23),
        (amounts.albums, "albums.distinct", 40),
    ],
)
def test_different_things_are_counted_among_counted_plays(kind, key, value):
    fact = only(kind(a_scene()))

    assert (fact.id, fact.value, fact.sample_size) == (key, value, 170)


def test_tracks_looked_at_are_told_where_spotify_ranked_them():
    assert only(amounts.ranked(scene_of(a_ranked_snapshot()))).value == 90
    assert not list(amounts.ranked(a_scene()))


def test_podcasts_are_told_beside_the_music():
    fact = only(amounts.podcasts(a_scene()))

    assert fact.quantity == Quantity(1.2, Unit.HOURS)
    assert fact.part("plays").value == 4
    assert fact.part("share").value == 10  # 72 of 720 minutes


def test_a_share_of_speech_is_one_of_music_podcasts_and_audiobooks():
    hours = some_spoken(ms_played=648 * MINUTE_MS, plays=12, is_estimated=True)
    scene = a_scene(statistics=some_statistics(podcasts=hours, audiobooks=hours))

    fact = only(amounts.audiobooks(scene))

    assert fact.part("share").value == 33
    assert fact.method is Method.ESTIMATED_LENGTHS


def test_speech_that_was_only_looked_into_is_not_told():
    scene = a_scene(statistics=some_statistics(podcasts=some_spoken(ms_played=599_999, plays=2)))

    assert not list(amounts.podcasts(scene))


def test_an_empty_snapshot_has_no_amounts():
    scene = scene_of(an_empty_snapshot())
    kinds = (amounts.time, amounts.plays, amounts.days, amounts.daily, amounts.tracks)

    assert not [fact for kind in kinds for fact in kind(scene)]
