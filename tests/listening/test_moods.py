"""The small table behind moods, what is made of it, and how the music sounds."""

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from tests.listening.builders import a_play, import_rows
from tests.listening.stats.builders import heard, plays_of

from spotify_insights import accounts
from spotify_insights.listening import moods
from spotify_insights.listening.moods import Mood
from spotify_insights.listening.stats import scope as scopes
from spotify_insights.listening.stats.genres import Tagged
from spotify_insights.resources import transaction

BRIGHT = Tagged(("indie pop",), "spotify")
CALM = Tagged(("ambient",), "lastfm")


@pytest.mark.parametrize(
    ("genres", "mood"),
    [
        (["emo rap"], "melancholic"),
        (["chill pop"], "calm"),
        (["dance pop"], "energetic"),
        (["indie pop"], "bright"),
        (["Drum and Bass"], "energetic"),
        (["drum-and-bass"], "energetic"),
        (["Lo Fi"], "calm"),
        (["synthpop"], "bright"),
        (["electronica"], "energetic"),
        (["remote recording"], None),
        (["crusader songs"], None),
        (["field recording"], None),
        ([], None),
    ],
)
def test_the_first_family_that_knows_a_genre_decides(genres, mood):
    assert moods.mood_of(genres) == mood


def test_the_order_of_an_artists_genres_does_not_matter():
    assert moods.mood_of(["pop", "slowcore"]) == moods.mood_of(["slowcore", "pop"]) == "melancholic"


def test_no_word_stands_in_two_families():
    words = [word for family in moods.FAMILIES.values() for word in family]

    assert len(words) == len(set(words))


def test_a_share_is_one_of_the_tracks_that_have_a_mood():
    assert moods.patterns(["calm", None, "bright", "calm", "calm", None]) == {
        "calm": {"percentage": 0.75, "track_count": 3},
        "bright": {"percentage": 0.25, "track_count": 1},
    }


@pytest.mark.parametrize("found", [[], [None, None]])
def test_without_any_mood_there_is_no_pattern(found):
    assert moods.patterns(found) == {}


@given(st.lists(st.sampled_from([*moods.FAMILIES, None])))
def test_shares_add_up_to_one_and_the_largest_comes_first(found):
    shares = [pattern["percentage"] for pattern in moods.patterns(found).values()]

    assert shares == sorted(shares, reverse=True)
    assert not shares or math.isclose(sum(shares), 1, abs_tol=0.001)


# Moods of plays


def plays_by(*artists, **changes):
    return plays_of(*(heard(minute, artist=one, **changes) for minute, one in enumerate(artists)))


def test_the_mood_of_a_play_is_that_of_its_artist():
    plays = plays_of(
        heard(0, artist=1, track=11),
        heard(1, artist=1, track=11),
        heard(2, artist=1, track=12),
        heard(3, artist=2, track=21),
        heard(4, artist=2, track=22, ms=29_999),
    )

    found = moods.moods(plays, {1: BRIGHT, 2: CALM})

    assert found.items == [Mood("bright", 3, 0.75, 2), Mood("calm", 1, 0.25, 1)]
    assert (found.plays, found.known, found.coverage) == (4, 4, 1)


def test_moods_are_told_with_the_share_of_counted_plays_that_have_one():
    tags = {1: BRIGHT, 2: Tagged(("field recording",), "lastfm")}

    found = moods.moods(plays_by(1, 2, 3, 0), tags)

    assert (found.plays, found.known, found.coverage) == (4, 1, 0.25)
    assert found.method == "estimated from the genre families of the artists (Spotify)"


def test_below_three_of_ten_plays_there_is_no_score():
    few = moods.moods(plays_by(1, 1, *[3] * 8), {1: BRIGHT})
    enough = moods.moods(plays_by(1, 1, 1, *[3] * 7), {1: BRIGHT})

    assert (few.is_finding, few.score) == (False, None)
    assert (enough.is_finding, enough.score) == (True, 10)


@pytest.mark.parametrize(
    ("lively", "quiet", "score"), [(0, 3, 0), (1, 2, 3.3), (2, 1, 6.7), (1, 15, 0.6), (3, 13, 1.9)]
)
def test_the_score_is_ten_times_the_share_of_lively_plays_rounded_half_up(lively, quiet, score):
    plays = plays_by(*[1] * lively, *[2] * quiet)

    assert moods.moods(plays, {1: BRIGHT, 2: CALM}).score == score


@pytest.mark.parametrize("plays", [plays_of(), plays_by(1, ms=1_000)])
def test_without_counted_plays_there_is_no_mood(plays):
    found = moods.moods(plays, {1: BRIGHT})

    assert (found.items, found.plays, found.known) == ([], 0, 0)
    assert found.coverage is found.score is None
    assert found.method == moods.METHOD


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 3), st.booleans()), max_size=40))
def test_moods_are_those_of_a_slow_count(played):
    tags = {1: BRIGHT, 2: CALM, 3: Tagged(("techno", "emo"), "lastfm")}
    plays = plays_of(
        *(
            heard(n, artist=artist, track=10 * artist + track, ms=60_000 if is_long else 900)
            for n, (artist, track, is_long) in enumerate(played)
        )
    )

    found = moods.moods(plays, tags)

    named = {1: "bright", 2: "calm", 3: "melancholic"}
    counted = [(named[a], a, track) for a, track, is_long in played if is_long and a in named]
    assert {mood.name: (mood.plays, mood.track_count) for mood in found.items} == {
        name: (
            sum(one[0] == name for one in counted),
            len({one for one in counted if one[0] == name}),
        )
        for name in {one[0] for one in counted}
    }
    assert [mood.plays for mood in found.items] == sorted(
        (mood.plays for mood in found.items), reverse=True
    )


# How the music sounds


def test_features_are_averaged_over_plays_and_not_over_tracks():
    plays = plays_of(
        heard(0, content=1), heard(1, content=1), heard(2, content=1), heard(3, content=2)
    )

    found = moods.sound(plays, {1: {"valence": 0.2}, 2: {"valence": 0.6}})

    assert found == {"avg_valence": 0.3, "std_valence": 0.1732, "coverage": 1}


def test_what_has_no_features_is_left_out_and_told_as_coverage():
    plays = plays_of(
        heard(0, content=1), heard(1, content=2), heard(2, content=3), heard(3, content=1, ms=900)
    )

    found = moods.sound(plays, {1: {"energy": 0.5, "tempo": 120}, 2: {}})

    assert found == {
        "avg_energy": 0.5,
        "std_energy": 0,
        "avg_tempo": 120,
        "std_tempo": 0,
        "coverage": 0.3333,
    }


@pytest.mark.parametrize("features", [{}, {9: {"energy": 0.5}}, {1: {}}])
def test_without_any_known_feature_there_is_nothing(features):
    assert moods.sound(plays_of(heard(0, content=1)), features) == {}


def test_without_plays_nothing_sounds():
    assert moods.sound(plays_of(), {1: {"energy": 0.5}}) == {}


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 100)), min_size=1, max_size=30))
def test_mean_and_deviation_are_those_of_the_textbook(played):
    features = {content: {"valence": hundredths / 100} for content, hundredths in played}
    plays = plays_of(*(heard(n, content=content) for n, (content, _) in enumerate(played)))

    found = moods.sound(plays, features)

    values = [features[content]["valence"] for content, _ in played]
    assert found["avg_valence"] == pytest.approx(statistics.fmean(values), abs=0.0001)
    assert found["std_valence"] == pytest.approx(statistics.pstdev(values), abs=0.0001)


def test_features_are_read_where_spotify_told_them(listener):
    import_rows(
        listener.id,
        *(a_play(f"2024-01-0{n}T10:00:00Z", title=title) for n, title in enumerate("ABC", 1)),
    )
    with transaction() as session:
        for title, stored in (("A", '{"energy": 0.5}'), ("B", "{}"), ("C", "null")):
            one = text("update contents set audio_features = :stored where name = :title")
            session.execute(one, {"stored": stored, "title": title})
        plays = scopes.fetch(session, scopes.scope_of(accounts.get_user(session, listener.id)))

        found = moods.features_of(session, plays)

    assert [*found.values()] == [{"energy": 0.5}]
    assert moods.sound(plays, found)["avg_energy"] == 0.5
