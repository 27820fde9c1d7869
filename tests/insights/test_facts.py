from dataclasses import asdict
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from tests.insights.builders import (
    a_ranked_snapshot,
    a_snapshot,
    a_track,
    an_artist,
    an_empty_snapshot,
    some_coverage,
    some_moods,
    some_totals,
)

from spotify_insights.insights import facts
from spotify_insights.insights.facts.fact import half_up, measure

BERLIN = ZoneInfo("Europe/Berlin")


def find(snapshot, zone=BERLIN, day_starts_at=0):
    return {fact.id: fact for fact in facts.find(snapshot, zone, day_starts_at)}


def values(snapshot, *keys):
    found = find(snapshot)
    return [found[key].value for key in keys]


def test_a_full_snapshot_gives_every_kind_of_fact():
    found = facts.find(a_snapshot(), BERLIN)

    assert [fact.id for fact in found] == [
        "listening.time",
        "listening.plays",
        "days.active",
        "days.span",
        "hours.morning_share",
        "hours.afternoon_share",
        "hours.evening_share",
        "hours.night_share",
        "hours.strongest_part",
        "tracks.looked_at",
        "artists.distinct",
        "artists.top",
        "artists.top_plays",
        "artists.top_share",
        "tracks.top",
        "tracks.top_artist",
        "tracks.top_plays",
        "artists.evenness",
        "genres.top",
        "genres.top_share",
        "genres.coverage",
        "moods.top",
        "moods.top_share",
        "moods.score",
        "moods.coverage",
    ]


def test_an_empty_snapshot_gives_no_fact():
    assert find(an_empty_snapshot()) == {}


def test_a_fact_says_where_it_comes_from_and_what_was_looked_at():
    fact = find(a_snapshot())["hours.evening_share"]

    assert asdict(fact) == {
        "id": "hours.evening_share",
        "statement": (
            "55% of the listening time starts between 18:00 and 24:00, Europe/Berlin time: "
            "5.9 of 10.8 hours."
        ),
        "value": 55,
        "unit": "percent",
        "start": date(2025, 3, 3),
        "end": date(2025, 3, 13),
        "sample_size": 190,
        "provenance": ("demo",),
        "method": None,
        "comparison": None,
    }
    assert fact.source == "Demo Spotify"


@pytest.mark.parametrize(
    ("milliseconds", "said"),
    [
        (29_999, None),
        (30_000, "1 minute"),
        (47 * 60_000, "47 minutes"),
        (59 * 60_000 + 29_999, "59 minutes"),
        (59 * 60_000 + 30_000, "1 hour"),
        (38_900_000, "10.8 hours"),
        (38_700_000, "10.8 hours"),
        (120 * 3_600_000, "120 hours"),
        (1_234 * 3_600_000 + 1_800_000, "1,234.5 hours"),
    ],
)
def test_time_is_told_in_hours_with_a_decimal_or_in_whole_minutes(milliseconds, said):
    fact = find(a_snapshot(totals=some_totals(ms_played=milliseconds))).get("listening.time")

    assert (fact and measure(fact.value, fact.unit)) == said


def test_estimated_time_says_so():
    snapshot = a_snapshot(totals=some_totals(is_estimated=True))

    fact = find(snapshot)["listening.time"]

    assert fact.method == "estimated from track lengths"
    assert fact.statement == "Music for 10.8 hours, estimated from track lengths."


def test_halves_go_up():
    assert [half_up(value) for value in (0.5, 1.5, 2.49, 2.5)] == [1, 2, 2, 3]


def test_days_are_counted_between_the_first_and_the_last_play_and_not_over_the_period():
    assert values(a_snapshot(), "days.active", "days.span") == [9, 11]


def test_days_follow_the_zone_and_the_hour_the_listener_s_day_starts_at():
    late = some_totals(
        first_play_at="2025-03-03T01:30:00+00:00", last_play_at="2025-03-13T23:30:00+00:00"
    )
    snapshot = a_snapshot(totals=late)

    assert find(snapshot, ZoneInfo("UTC"))["days.span"].value == 11
    assert find(snapshot, BERLIN)["days.span"].value == 12
    assert find(snapshot, BERLIN, day_starts_at=4)["days.span"].value == 12
    assert find(snapshot, ZoneInfo("UTC"), day_starts_at=4)["days.span"].start == date(2025, 3, 2)


def test_music_on_a_single_day_says_nothing_about_days():
    snapshot = a_snapshot(totals=some_totals(first_play_at="2025-03-13T07:10:00+00:00"))

    assert "days.active" not in find(snapshot)


def test_a_period_ends_on_its_last_day_and_not_on_the_day_after():
    snapshot = a_ranked_snapshot(period_end=datetime(2025, 3, 14, tzinfo=UTC))

    assert find(snapshot, ZoneInfo("UTC"))["tracks.looked_at"].end == date(2025, 3, 13)


@pytest.mark.parametrize("counted_plays", [0, 19])
def test_with_few_counted_plays_there_are_no_shares_and_no_favourites(counted_plays):
    snapshot = a_snapshot(totals=some_totals(counted_plays=counted_plays))

    shares = {key for key in find(snapshot) if key.startswith(("hours.", "artists.", "tracks."))}

    assert shares == {"tracks.looked_at", "artists.distinct"}


def test_two_parts_of_the_day_alike_have_no_strongest_part():
    hours = {"morning": 4.0, "afternoon": 0.0, "evening": 4.0, "night": 0.0}

    found = find(a_snapshot(listening_hours=hours))

    assert "hours.strongest_part" not in found
    assert found["hours.evening_share"].value == 50


def test_a_tie_at_the_top_has_no_favourite():
    tied = a_snapshot(
        top_artists=[an_artist("Nyx", 30), an_artist("Oster", 30, rank=2)],
        top_tracks=[a_track("Kites", "Nyx", 9), a_track("Orbit", "Nyx", 9, rank=2)],
    )

    assert {"artists.top", "tracks.top"}.isdisjoint(find(tied))


def test_a_favourite_needs_a_few_plays_and_a_name():
    rare = a_snapshot(top_artists=[an_artist("Nyx", 2)], top_tracks=[a_track(" ", "Nyx", 9)])

    assert {"artists.top", "tracks.top"}.isdisjoint(find(rare))


def test_the_favourite_s_share_is_one_of_counted_plays():
    found = find(a_snapshot())

    assert found["artists.top_share"].value == 28  # 48 of 170
    assert found["artists.top_share"].sample_size == 170
    assert found["artists.top_share"].statement == "“Marrow Choir” has 48 plays of 170, 28%."


def test_a_ranking_by_spotify_names_favourites_without_numbers():
    found = find(a_ranked_snapshot(sources=["api", "export"]))

    assert found["artists.top"].value == "Marrow Choir"
    assert found["artists.top"].method == "ranked by Spotify"
    assert found["artists.top"].sample_size == 2
    assert found["artists.top"].source == "Spotify"
    assert found["tracks.top"].value == "Amber Tides"
    assert {"artists.top_share", "artists.top_plays", "tracks.top_plays"}.isdisjoint(found)


def test_a_ranking_of_nothing_names_nobody():
    found = find(a_ranked_snapshot(top_artists=[], top_tracks=[a_track("Kites", "", None)]))

    assert {"artists.top", "tracks.top"}.isdisjoint(found)


def test_several_sources_are_all_named():
    assert find(a_snapshot(sources=["api", "export"]))["listening.time"].source == (
        "Spotify and your export"
    )


def test_evenness_needs_several_artists_and_a_score():
    few = a_snapshot(totals=some_totals(distinct_artists=4))

    assert "artists.evenness" not in find(few)
    assert "artists.evenness" not in find(a_snapshot(artist_diversity_score=None))
    assert values(a_snapshot(), "artists.evenness") == [0.73]


@pytest.mark.parametrize(("coverage", "is_told"), [(0.29, False), (0.3, True), (None, False)])
def test_genres_and_moods_are_told_only_when_enough_of_them_is_known(coverage, is_told):
    snapshot = a_snapshot(coverage=some_coverage(genres=coverage, moods=coverage))

    found = find(snapshot)

    assert ("genres.top" in found) is is_told
    assert ("moods.top" in found) is is_told
    assert (facts.mood_score(list(found.values())) is not None) is is_told


def test_genres_come_with_their_share_and_coverage():
    keys = ("genres.top", "genres.top_share", "genres.coverage")

    assert values(a_snapshot(), *keys) == ["dream pop", 41, 76]


def test_genres_or_moods_alike_have_no_leader():
    tied = a_snapshot(
        genre_distribution={"jazz": 0.5, "folk": 0.5}, mood_patterns=some_moods(calm=5, bright=5)
    )

    found = find(tied)

    assert {"genres.top", "moods.top"}.isdisjoint(found)
    assert found["moods.score"].value == 5.0


@pytest.mark.parametrize(
    ("moods", "score"),
    [
        ({"calm": 6, "energetic": 3, "bright": 1}, 4.0),
        ({"calm": 2, "melancholic": 1}, 0.0),
        ({"bright": 2, "energetic": 1}, 10.0),
        ({"bright": 2, "calm": 1}, 6.7),
    ],
)
def test_the_mood_score_is_ten_times_the_share_of_lively_tracks(moods, score):
    found = facts.find(a_snapshot(mood_patterns=some_moods(**moods)), BERLIN)

    assert facts.mood_score(found) == score


def test_the_mood_score_names_its_method():
    fact = find(a_snapshot())["moods.score"]

    assert fact.method == "estimated from genre families"
    assert fact.sample_size == 10


def test_names_come_without_characters_that_act_on_the_text_around_them():
    snapshot = a_ranked_snapshot(
        top_artists=[an_artist("  Nyx\n\tof\x00 \u202eNight\u202c  ", None)]
    )

    assert values(snapshot, "artists.top") == ["Nyx of Night"]
