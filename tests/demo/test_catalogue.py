import re

import pytest

from spotify_insights.demo.catalogue import catalogue


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_there_is_music_of_many_artists(seed):
    music = catalogue(seed)

    assert len(music.artists) == 45
    assert 100 <= len(music.tracks) <= 150
    assert {track.album.id for track in music.tracks} == {album.id for album in music.albums}


def test_every_id_is_22_base62_characters_and_unique():
    music = catalogue(1)

    ids = [item.id for item in (*music.artists, *music.albums, *music.tracks)]

    assert all(re.fullmatch(r"[0-9A-Za-z]{22}", key) for key in (*ids, *music.playlist_ids))
    assert len(set(ids)) == len(ids)


def test_names_of_artists_and_titles_are_unique():
    music = catalogue(1)

    names = [artist.name for artist in music.artists]
    titles = [item.name for item in (*music.albums, *music.tracks)]

    assert len(set(names)) == len(names)
    assert len(set(titles)) == len(titles)


def test_another_seed_gives_other_names_and_ids():
    one, other = catalogue(1), catalogue(2)

    assert not one.by_id.keys() & other.by_id.keys()
    assert one.artists[0].name != other.artists[0].name


def test_release_dates_are_as_precise_as_they_say():
    dates = {album.release_date_precision: len(album.release_date) for album in catalogue(1).albums}

    assert dates == {"year": 4, "month": 7, "day": 10}


def test_some_artists_have_no_genres():
    known = [bool(artist.genres) for artist in catalogue(1).artists]

    assert 0.5 < sum(known) / len(known) < 1


def test_an_isrc_has_twelve_characters():
    assert all(re.fullmatch(r"ZZDEM\d{7}", track.isrc) for track in catalogue(1).tracks)
