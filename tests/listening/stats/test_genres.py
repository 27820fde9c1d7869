"""Genres of plays: parts that add up exactly, and how much of the listening they tell of."""

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from tests.listening.builders import a_play, import_rows
from tests.listening.stats.builders import heard, plays_of

from spotify_insights import accounts
from spotify_insights.listening.stats import genres as stats
from spotify_insights.listening.stats import scope as scopes
from spotify_insights.listening.stats.genres import Genre, Tagged, genres, leading
from spotify_insights.resources import transaction

ROCK = Tagged(("rock",), "musicbrainz")
ROCK_AND_POP = Tagged(("rock", "pop"), "lastfm")
NAMES = ("rock", "pop", "jazz", "hip-hop", "hip hop", "folk")
TAGGED = st.builds(
    Tagged,
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True).map(tuple),
    st.sampled_from([*stats.LABELS]),
)


def plays_by(*artists, **changes):
    return plays_of(*(heard(minute, artist=one, **changes) for minute, one in enumerate(artists)))


def names_of(found):
    return [genre.name for genre in found.items]


def test_a_play_is_split_evenly_over_the_tags_of_its_artist():
    plays = plays_by(1, 1, 1, 2)

    found = genres(plays, {1: ROCK, 2: ROCK_AND_POP})

    assert found.items == [Genre("rock", 3.5, 0.875), Genre("pop", 0.5, 0.125)]


def test_coverage_is_of_the_counted_plays_that_have_an_artist():
    plays = plays_of(
        heard(0, artist=1),
        heard(1, artist=2),
        heard(2, artist=0),
        heard(3, artist=1, ms=29_999),
        heard(4, artist=-7),
    )

    found = genres(plays, {1: ROCK})

    assert (found.known, found.plays, found.coverage) == (1, 2, 0.5)


@pytest.mark.parametrize(("known", "is_finding"), [(3, True), (2, False)])
def test_from_three_of_ten_plays_on_it_is_a_finding(known, is_finding):
    plays = plays_by(*[1] * known, *[2] * (10 - known))

    assert genres(plays, {1: ROCK}).is_finding is is_finding


def test_the_method_names_what_was_used_and_nothing_else():
    tags = {1: ROCK_AND_POP, 2: Tagged(("jazz",), "spotify"), 3: ROCK}

    found = genres(plays_by(1, 2), tags)

    assert found.sources == ("spotify", "lastfm")
    assert found.method == "leading tags of the artists, from Spotify, Last.fm"


@pytest.mark.parametrize("plays", [plays_of(), plays_by(1, 2, ms=1_000)])
def test_without_counted_plays_there_is_nothing_to_tell(plays):
    found = genres(plays, {1: ROCK})

    assert (found.items, found.total, found.plays, found.known) == ([], 0, 0, 0)
    assert found.coverage is found.method is None
    assert not found.is_finding


def test_plays_of_unknown_artists_have_no_genre_and_say_so():
    found = genres(plays_by(1, 2), {})

    assert (found.items, found.coverage, found.sources, found.method) == ([], 0, (), None)


def test_spellings_with_a_hyphen_are_one_genre_under_the_more_played_one():
    tags = {1: Tagged(("hip hop",), "musicbrainz"), 2: Tagged(("hip-hop",), "lastfm")}

    found = genres(plays_by(1, 2, 2), tags)

    assert found.items == [Genre("hip-hop", 3, 1)]
    assert found.total == 1


def test_a_stretch_of_the_list_keeps_the_order_and_the_total():
    tags = {1: Tagged(("folk", "jazz", "pop"), "lastfm"), 2: ROCK}

    found = genres(plays_by(1, 1, 2), tags, limit=2, offset=1)

    assert names_of(found) == ["folk", "jazz"]
    assert found.total == 4


@given(
    st.lists(st.tuples(st.integers(0, 5), st.booleans())),
    st.dictionaries(st.integers(1, 5), TAGGED),
)
def test_shares_are_those_of_a_slow_count_in_fractions(played, tags):
    plays = plays_of(
        *(heard(n, artist=a, ms=60_000 if long else 900) for n, (a, long) in enumerate(played))
    )

    found = genres(plays, tags, limit=99)

    known = [artist for artist, long in played if long and artist in tags]
    weights = Counter()
    for artist in known:
        for tag in tags[artist].tags:
            weights[tag.replace("-", " ")] += Fraction(1, len(tags[artist].tags))
    assert {genre.name.replace("-", " "): genre.share for genre in found.items} == {
        name: round(float(weight / len(known)), 4) for name, weight in weights.items()
    }
    assert [genre.plays for genre in found.items] == sorted(
        (genre.plays for genre in found.items), reverse=True
    )
    assert found.known == len(known)


@pytest.mark.parametrize(
    ("tags", "kept"),
    [
        (["Rock", " art  rock "], ("rock", "art rock")),
        (["seen live", "british", "80s", "1990s", "00's", "female vocalists", "soul"], ("soul",)),
        (["hip-hop", "hip hop", "rap"], ("hip-hop", "rap")),
        (["a", "b", "c", "d", "e", "f"], ("a", "b", "c", "d", "e")),
        (["", "  "], ()),
    ],
)
def test_the_leading_tags_are_the_first_five_genres_among_them(tags, kept):
    assert leading(tags) == kept


# What is stored


def describe(name, **values):
    columns = ", ".join(f"{column} = :{column}" for column in values)
    with transaction() as session:
        session.execute(
            text(f"update artists set {columns} where name = :name"), {"name": name} | values
        )


def tags_of(listener, **how):
    with transaction() as session:
        scope = scopes.scope_of(accounts.get_user(session, listener.id))
        found = stats.tags_of(session, scopes.fetch(session, scope), **how)
        names = dict(session.execute(text("select id, name from artists")).all())
    return {names[artist]: tagged for artist, tagged in found.items()}


@pytest.fixture
def painters(listener):
    import_rows(listener.id, a_play("2024-01-01T10:00:00Z", artist="The Painters"))
    return listener


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ({"genres": '["rock"]'}, Tagged(("rock",), "spotify")),
        ({"tags": '["pop"]', "tags_from": "lastfm"}, Tagged(("pop",), "lastfm")),
        (
            {"genres": '["rock"]', "tags": '["pop"]', "tags_from": "musicbrainz"},
            Tagged(("rock",), "spotify"),
        ),
        (
            {"genres": '["rock"]', "tags": '["pop"]', "tags_from": "import"},
            Tagged(("pop",), "import"),
        ),
        (
            {"genres": "[]", "tags": '["pop"]', "tags_from": "musicbrainz"},
            Tagged(("pop",), "musicbrainz"),
        ),
        (
            {"genres": '["seen live"]', "tags": '["pop"]', "tags_from": "lastfm"},
            Tagged(("pop",), "lastfm"),
        ),
        (
            {"genres": '["rock"]', "tags": '["80s"]', "tags_from": "import"},
            Tagged(("rock",), "spotify"),
        ),
    ],
)
def test_an_import_counts_before_spotify_and_spotify_before_the_others(painters, stored, expected):
    describe("The Painters", **stored)

    assert tags_of(painters) == {"The Painters": expected}


@pytest.mark.parametrize(
    "stored", [{}, {"genres": "null", "tags": "null"}, {"genres": "[]", "tags": "[]"}]
)
def test_an_artist_nothing_is_known_of_is_left_out(painters, stored):
    describe("The Painters", **{"tags_from": None} | stored)

    assert tags_of(painters) == {}


def test_what_spotify_said_can_be_left_out(painters):
    describe("The Painters", genres='["rock"]', tags='["pop"]', tags_from="musicbrainz")

    assert tags_of(painters, with_spotify=False) == {
        "The Painters": Tagged(("pop",), "musicbrainz")
    }


def test_only_artists_that_were_played_are_looked_up(painters, a_listener):
    import_rows(a_listener().id, a_play("2024-01-01T10:00:00Z", artist="The Sculptors"))
    describe("The Sculptors", genres='["rock"]')

    assert tags_of(painters) == {}
