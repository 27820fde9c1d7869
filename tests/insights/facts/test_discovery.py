import pytest
from tests.insights.builders import (
    a_scene,
    a_snapshot,
    some_discovery,
    some_statistics,
    some_totals,
)

from spotify_insights.insights.facts import discovery
from spotify_insights.insights.facts.fact import Quantity, Says, Unit
from spotify_insights.models.listening import TimeRange


def only(facts):
    (fact,) = facts
    return fact


def with_artists(before=(), **counts):
    found = {"artists": some_discovery(**counts)}
    return a_scene(before=before, statistics=some_statistics(discovery=found))


def test_new_artists_have_their_share_of_artists_and_of_plays():
    fact = only(discovery.artists(a_scene()))

    assert fact.quantity == Quantity(6, Unit.ARTISTS)
    assert fact.part("share").value == 26  # 6 of 23
    assert fact.part("plays_share").value == 20  # 34 of 170
    assert fact.says == {Says.NEW, Says.FIRST}
    assert fact.sample_size == 170


def test_new_tracks_are_told_likewise():
    fact = only(discovery.tracks(a_scene()))

    assert (fact.id, fact.value, fact.part("share").value) == ("discovery.tracks", 30, 34)


def test_no_new_artist_is_no_discovery():
    assert not list(discovery.artists(with_artists(heard=23, new=0, plays_of_new=0)))


def test_a_record_that_has_only_just_begun_discovers_nothing():
    all_new = {"heard": 23, "new": 23, "plays_of_new": 170}

    assert not list(discovery.artists(with_artists(**all_new)))
    assert only(discovery.artists(with_artists(before=[a_snapshot()], **all_new))).value == 23


def test_in_a_lifetime_everything_is_new_and_nothing_is_told():
    assert not list(discovery.artists(a_scene(time_range=TimeRange.LIFETIME)))


@pytest.mark.parametrize("kind", [discovery.artists, discovery.tracks])
def test_with_few_counted_plays_nothing_is_told(kind):
    assert not list(kind(a_scene(totals=some_totals(counted_plays=19))))
