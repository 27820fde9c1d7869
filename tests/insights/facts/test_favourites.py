import pytest
from tests.insights.builders import (
    a_ranked_snapshot,
    a_scene,
    a_track,
    an_album,
    an_artist,
    scene_of,
    some_concentration,
    some_statistics,
    some_totals,
)

from spotify_insights.insights.facts import favourites
from spotify_insights.insights.facts.fact import Method, Quantity, Says, Unit

LEADERS = [favourites.artist, favourites.second, favourites.track, favourites.album]


def only(facts):
    (fact,) = facts
    return fact


def with_artists(*plays):
    items = [an_artist(f"Artist {n}", count, n) for n, count in enumerate(plays, start=1)]
    return a_scene(top_artists=items)


def test_the_most_played_artist_has_plays_and_their_share_of_the_counted_ones():
    fact = only(favourites.artist(a_scene()))

    assert fact.quantity == Quantity("Marrow Choir", Unit.ARTIST)
    assert fact.part("plays") == Quantity(48, Unit.PLAYS)
    assert fact.part("share").value == 28  # 48 of 170
    assert fact.sample_size == 170
    assert fact.says == {Says.MOST}


def test_the_second_artist_has_plays():
    fact = only(favourites.second(a_scene()))

    assert (fact.value, fact.part("plays").value) == ("Ister Parade", 31)
    assert fact.says == set()


def test_the_most_played_track_and_album_have_their_artist():
    track, album = only(favourites.track(a_scene())), only(favourites.album(a_scene()))

    assert (track.value, track.part("artist").value) == ("Amber Tides", "Marrow Choir")
    assert (track.part("plays").value, track.part("share").value) == (12, 7)
    assert (album.value, album.part("artist").value) == ("Low Harbour", "Marrow Choir")
    assert album.part("plays").value == 30


def test_a_tie_at_the_top_has_no_favourite_and_no_second():
    tied = with_artists(30, 30, 9)

    assert not [*favourites.artist(tied), *favourites.second(tied)]


def test_a_tie_for_the_second_place_has_no_second():
    tied = with_artists(30, 9, 9)

    assert only(favourites.artist(tied)).value == "Artist 1"
    assert not list(favourites.second(tied))


def test_the_first_by_plays_leads_wherever_it_stands_in_the_list():
    scene = with_artists(30, 31, 9)

    assert only(favourites.artist(scene)).value == "Artist 2"
    assert only(favourites.second(scene)).value == "Artist 1"


def test_a_favourite_needs_a_few_plays_and_names():
    rare = a_scene(
        top_artists=[an_artist("Nyx", 2)],
        top_tracks=[a_track(" ", "Nyx", 9)],
        statistics=some_statistics(top_albums=[an_album("Elm", None, 9)]),
    )

    assert not [fact for kind in LEADERS for fact in kind(rare)]


def test_with_few_counted_plays_there_are_no_favourites():
    scene = a_scene(totals=some_totals(counted_plays=19))
    kinds = [*LEADERS, favourites.loyalty, favourites.evenness, favourites.singles]

    assert not [fact for kind in kinds for fact in kind(scene)]


def test_a_ranking_by_spotify_names_favourites_without_numbers():
    scene = scene_of(a_ranked_snapshot(sources=["api", "export"]))

    artist, second, track = (only(kind(scene)) for kind in LEADERS[:3])

    assert (artist.value, second.value, track.value) == ("Marrow Choir", "Nyx", "Amber Tides")
    assert artist.method is second.method is track.method is Method.RANKED_BY_SPOTIFY
    assert (artist.parts, second.parts, list(track.parts)) == ({}, {}, ["artist"])
    assert (artist.sample_size, artist.sampled) == (5, Unit.ARTISTS)
    assert artist.provenance == second.provenance == track.provenance == ("api",)


def test_a_ranking_of_nothing_names_nobody():
    ranked = a_ranked_snapshot(top_artists=[], top_tracks=[a_track("Kites", "", None)])

    assert not [fact for kind in LEADERS for fact in kind(scene_of(ranked))]


def test_names_come_without_characters_that_act_on_the_text_around_them():
    artists = [an_artist("  Nyx\n\tof\x00 \u202eNight\u202c  ", None)]

    found = favourites.artist(scene_of(a_ranked_snapshot(top_artists=artists)))

    assert only(found).value == "Nyx of Night"


def test_the_favourites_have_their_share_of_the_time():
    fact = only(favourites.loyalty(a_scene()))

    assert fact.quantity == Quantity(74, Unit.PERCENT)
    assert fact.part("artists") == Quantity(10, Unit.ARTISTS)


def test_favourites_among_hardly_any_others_say_nothing():
    assert not list(favourites.loyalty(a_scene(totals=some_totals(distinct_artists=19))))
    assert list(favourites.loyalty(a_scene(totals=some_totals(distinct_artists=20))))


def test_evenness_has_two_decimals_and_the_number_of_artists_it_is_worth():
    fact = only(favourites.evenness(a_scene()))

    assert fact.quantity == Quantity(0.73, Unit.OF_1)
    assert fact.part("effective") == Quantity(10, Unit.ARTISTS)


def test_evenness_is_told_of_older_snapshots_too():
    assert only(favourites.evenness(a_scene(statistics={}))).parts == {}


@pytest.mark.parametrize(
    "changes",
    [{"totals": some_totals(distinct_artists=4)}, {"artist_diversity_score": None}],
)
def test_evenness_needs_several_artists_and_a_score(changes):
    assert not list(favourites.evenness(a_scene(**changes)))


def test_tracks_played_once_are_a_share_of_the_tracks():
    fact = only(favourites.singles(a_scene()))

    assert fact.quantity == Quantity(61, Unit.PERCENT)
    assert fact.part("tracks") == Quantity(88, Unit.TRACKS)
    assert (fact.sample_size, fact.sampled) == (88, Unit.TRACKS)


def test_of_a_few_tracks_no_share_is_told():
    few = some_statistics(concentration={"tracks": some_concentration(things=19, singles=0.5)})

    assert not list(favourites.singles(a_scene(statistics=few)))
