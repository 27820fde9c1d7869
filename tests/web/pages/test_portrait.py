"""A snapshot as a page shows it."""

from tests.insights.builders import (
    a_ranked_snapshot,
    a_snapshot,
    an_artist,
    an_empty_snapshot,
    some_moods,
)

from spotify_insights.models import User
from spotify_insights.models.listening import TimeRange
from spotify_insights.web.pages import portrait

ADA = User(timezone="UTC", day_starts_at=0)


def drawn(snapshot):
    return portrait.draw(snapshot, ADA)


def test_titles_say_what_the_charts_show():
    titles = drawn(a_snapshot()).titles

    assert titles["parts"] == "Evenings hold 55% of your listening"
    assert titles["artists"] == "<bdi>Marrow Choir</bdi> leads with 48 plays"
    assert titles["tracks"] == "<bdi>Amber Tides</bdi> leads with 12 plays"
    assert titles["genres"] == "<bdi>Dream pop</bdi> leads your genres with 41%"
    assert titles["moods"] == "60% of the plays with a known mood are calm"
    assert titles["variety"] == "You played 23 artists"


def test_titles_are_plain_where_there_is_no_finding():
    titles = drawn(an_empty_snapshot()).titles

    assert titles["parts"] == "Listening by part of day"
    assert titles["artists"] == "Top artists"
    assert titles["moods"] == "Moods"


def test_a_name_in_a_title_brings_no_markup():
    hostile = "<img src=x onerror=alert(1)>"

    titles = drawn(a_snapshot(top_artists=[an_artist(hostile, 48)])).titles

    assert titles["artists"].startswith("<bdi>&lt;img src=x")


def test_spotifys_ranking_is_told_as_an_order_without_plays():
    shown = drawn(a_ranked_snapshot())

    assert shown.is_ranked_by_spotify
    assert shown.titles["artists"] == "<bdi>Marrow Choir</bdi> comes first"
    assert [(line.name, line.amount, line.bar) for line in shown.artists[:2]] == [
        ("Marrow Choir", "", None),
        ("Nyx", "", None),
    ]


def test_the_longest_bar_is_the_peak():
    shown = drawn(a_snapshot())

    assert [line.name for line in shown.parts if line.is_peak] == ["Evening"]
    assert [line.bar for line in shown.artists] == [1, 31 / 48]


def test_parts_of_the_day_are_left_out_where_no_play_has_a_time():
    assert drawn(a_ranked_snapshot()).parts == []


def test_an_amount_names_time_and_plays():
    artist = an_artist("Marrow Choir", 48) | {"ms_played": 3 * 3_600_000 + 120_000}

    shown = drawn(a_snapshot(top_artists=[artist]))

    assert shown.artists[0].amount == "3 h 02, 48 plays"


def test_moods_and_genres_start_with_the_largest_share():
    shown = drawn(a_snapshot(mood_patterns=some_moods(bright=1, calm=6, energetic=3)))

    assert [line.name for line in shown.moods] == ["Calm", "Energetic", "Bright"]
    assert [line.name for line in shown.genres] == ["dream pop", "jazz", "techno"]


def test_the_newest_snapshot_of_each_range_stands_for_it():
    newest, older = a_snapshot(), a_snapshot()
    lifetime = a_snapshot(time_range=TimeRange.LIFETIME)

    found = portrait.newest_by_range([lifetime, newest, older])

    assert list(found) == [TimeRange.SHORT, TimeRange.LIFETIME]
    assert found[TimeRange.SHORT] is newest
