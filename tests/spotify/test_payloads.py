from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.spotify.answers import a_page, a_play, a_token, a_track

from spotify_insights.spotify.payloads import Artist, Me, PlayHistory, Token, Track, page

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
ODD_VALUES = SCALARS | st.sampled_from(
    ["0001-01-01T00:00:00+14:00", "2026-01-31T12:34:56", 10**400, "\0", {"uri": None}, [None]]
)
JSON = st.recursive(
    ODD_VALUES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=4
)
FIELDS = st.sampled_from(
    [*a_play(), *a_track(), "genres", "images", "url", "height", "uri", "name", "isrc"]
)
OBJECTS = st.dictionaries(st.text() | FIELDS, JSON, max_size=8)
ODD_TRACKS = OBJECTS.map(lambda odd: a_track() | odd)
ODD_PLAYS = st.builds(lambda odd, track: a_play(track=track) | odd, OBJECTS, ODD_TRACKS)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(JSON | OBJECTS | ODD_TRACKS | ODD_PLAYS, max_size=4))
def test_no_item_whatever_it_holds_costs_the_page(items):
    for row in (Artist, Track, PlayHistory):
        found = page(row, {"items": items})

        assert len(found.items) + found.skipped == len(items)


@pytest.mark.parametrize("body", [{}, {"items": None}, {"items": {}}, {"error": "none"}])
def test_a_body_without_a_list_of_items_is_no_page(body):
    with pytest.raises(ValidationError):
        page(Track, body)


@pytest.mark.parametrize(
    "bad",
    [
        None,
        "play",
        a_play(track=None),
        a_play(track=a_track(name=None)),
        a_play(track=a_track(name="")),
        a_play(track=a_track(name="\0")),
        a_play(track=a_track(uri=None)),
        a_play(played_at=None),
        a_play(played_at="yesterday"),
        a_play(played_at="2026-01-31T12:34:56"),
        a_play(played_at="0001-01-01T00:00:00+14:00"),
    ],
)
def test_a_play_that_cannot_be_placed_is_left_out_and_counted(bad):
    found = page(PlayHistory, a_page(a_play(), bad, a_play()))

    assert len(found.items) == 2
    assert found.skipped == 1


def test_a_play_is_read_with_its_time_in_utc_and_its_context():
    row = a_play(
        played_at="2026-01-31T14:34:56.789+02:00", context={"uri": "spotify:album:b1", "type": "x"}
    )

    play = PlayHistory.model_validate(row)

    assert play.played_at == datetime(2026, 1, 31, 12, 34, 56, 789_000, tzinfo=UTC)
    assert play.played_at.tzinfo is UTC
    assert play.context is not None
    assert play.context.uri == "spotify:album:b1"
    assert play.track.external_ids.isrc == "GBAYE0601498"


def test_a_local_file_has_no_id_and_keeps_its_place():
    local = a_track(
        id=None,
        uri="spotify:local:The+Lamps:Roads:Night+Drive:213",
        artists=[{"id": None, "name": "The Lamps"}],
    )

    track = Track.model_validate(local)

    assert track.id is None
    assert [artist.name for artist in track.artists] == ["The Lamps"]


def test_a_track_needs_nothing_but_its_uri_and_its_name():
    track = Track.model_validate({"uri": "spotify:track:t1", "name": "Night Drive"})

    assert (track.id, track.album, track.duration_ms, track.explicit) == (None, None, None, None)
    assert track.artists == []
    assert track.external_ids.isrc is None


@pytest.mark.parametrize("odd", [-1, 2**31, "long", None, [], 1.5])
def test_an_odd_detail_is_unknown_and_the_track_stays(odd):
    track = Track.model_validate(a_track(duration_ms=odd))

    assert track.name == "Night Drive"
    assert track.duration_ms is None


def test_an_unreadable_artist_of_a_track_is_left_out():
    track = Track.model_validate(a_track(artists=[{"name": None}, {"name": "The Lamps"}, 7]))

    assert [artist.name for artist in track.artists] == ["The Lamps"]


@pytest.mark.parametrize(
    ("said", "genres"),
    [
        ({}, None),
        ({"genres": None}, None),
        ({"genres": "pop"}, None),
        ({"genres": []}, []),
        ({"genres": ["dream pop", None, "pop"]}, ["dream pop", "pop"]),
    ],
)
def test_unknown_genres_differ_from_no_genres(said, genres):
    artist = Artist.model_validate({"id": "a1", "name": "The Lamps", **said})

    assert artist.genres == genres


def test_a_character_the_database_refuses_is_dropped():
    track = Track.model_validate(a_track(name="Night\0 Drive"))

    assert track.name == "Night Drive"


def test_a_profile_needs_only_its_id():
    me = Me.model_validate({"id": "listener", "display_name": None, "images": [], "type": "user"})

    assert me.id == "listener"
    assert (me.account_id, me.display_name, me.country, me.email) == (None, None, None, None)


@pytest.mark.parametrize("absent", [{}, {"refresh_token": None}, {"refresh_token": ""}])
def test_a_token_without_a_refresh_token_says_to_keep_the_old_one(absent):
    answer = a_token()
    del answer["refresh_token"]

    token = Token.model_validate(answer | absent)

    assert token.refresh_token is None


@pytest.mark.parametrize("odd", [None, 0, -5, "soon", 10**30])
def test_an_odd_lifetime_of_a_token_is_an_hour(odd):
    token = Token.model_validate(a_token(expires_in=odd))

    assert token.expires_in == 3600


def test_a_token_does_not_show_its_secrets():
    token = Token.model_validate(a_token())

    assert "new-access" not in repr(token)
    assert "new-refresh" not in repr(token)
