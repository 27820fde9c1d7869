import pytest
from tests.insights.builders import (
    a_ranked_snapshot,
    a_scene,
    an_artist,
    scene_of,
    some_coverage,
    some_moods,
    some_statistics,
    some_totals,
)

from spotify_insights.insights import facts
from spotify_insights.insights.facts import taste
from spotify_insights.insights.facts.fact import Method, Quantity, Says, Unit

KINDS = (taste.genres, taste.second, taste.moods, taste.score)


def only(found):
    (fact,) = found
    return fact


def everything(scene):
    return [fact for kind in KINDS for fact in kind(scene)]


def test_the_leading_genre_has_its_share_and_what_is_known():
    fact = only(taste.genres(a_scene()))

    assert fact.quantity == Quantity("dream pop", Unit.GENRE)
    assert (fact.part("share").value, fact.part("coverage").value) == (41, 76)
    assert (fact.method, fact.says) == (Method.TAGS, {Says.MOST})
    assert fact.sample_size == 170


def test_the_second_genre_has_its_share():
    fact = only(taste.second(a_scene()))

    assert (fact.value, fact.part("share").value) == ("jazz", 30)


def test_the_leading_mood_is_an_estimate_from_genres():
    fact = only(taste.moods(a_scene()))

    assert fact.quantity == Quantity("calm", Unit.MOOD)
    assert (fact.part("share").value, fact.part("coverage").value) == (60, 62)
    assert fact.method is Method.GENRE_FAMILIES


@pytest.mark.parametrize(("coverage", "is_told"), [(0.29, False), (0.3, True), (None, False)])
def test_genres_and_moods_are_told_only_when_enough_of_them_is_known(coverage, is_told):
    scene = a_scene(coverage=some_coverage(genres=coverage, moods=coverage))

    found = everything(scene)

    assert len(found) == (4 if is_told else 0)
    assert (facts.mood_score(found) is not None) is is_told


def test_genres_or_moods_alike_have_no_leader():
    scene = a_scene(
        genre_distribution={"jazz": 0.5, "folk": 0.5}, mood_patterns=some_moods(calm=5, bright=5)
    )

    assert [fact.id for fact in everything(scene)] == ["moods.score"]


def test_the_mood_score_is_that_of_the_plays():
    scene = a_scene(statistics=some_statistics(mood_score=7.3))

    assert only(taste.score(scene)).quantity == Quantity(7.3, Unit.OF_10)


@pytest.mark.parametrize(
    ("moods", "score"),
    [
        ({"calm": 6, "energetic": 3, "bright": 1}, 4.0),
        ({"calm": 2, "melancholic": 1}, 0.0),
        ({"bright": 2, "energetic": 1}, 10.0),
        ({"bright": 2, "calm": 1}, 6.7),
    ],
)
def test_where_no_score_was_kept_it_is_ten_times_the_share_of_lively_moods(moods, score):
    scene = a_scene(mood_patterns=some_moods(**moods), statistics={})

    assert only(taste.score(scene)).value == score


def test_a_ranking_by_spotify_speaks_of_its_lists_and_not_of_plays():
    scene = scene_of(a_ranked_snapshot(sources=["api", "export"]))

    genre, mood = only(taste.genres(scene)), only(taste.moods(scene))

    assert (genre.sample_size, genre.sampled) == (5, Unit.ARTISTS)
    assert (mood.sample_size, mood.sampled) == (10, Unit.TRACKS)
    assert genre.provenance == mood.provenance == ("api",)


def test_a_ranking_of_a_few_is_no_taste():
    artists = [an_artist(name, None) for name in ("Nyx", "Oster", "Lune", "Elm")]
    few = a_ranked_snapshot(top_artists=artists, mood_patterns=some_moods(calm=4))

    assert not everything(scene_of(few))


def test_a_few_counted_plays_are_no_taste():
    assert not everything(a_scene(totals=some_totals(counted_plays=19)))


def test_without_moods_there_is_no_score():
    assert not list(taste.score(a_scene(mood_patterns={}, statistics={})))
    assert facts.mood_score([]) is None
