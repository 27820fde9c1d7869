import pytest
from tests.insights.builders import a_scene, some_repeats, some_statistics, some_totals

from spotify_insights.insights.facts import repetition
from spotify_insights.insights.facts.fact import Quantity, Unit


def only(facts):
    (fact,) = facts
    return fact


def test_repeats_are_a_share_of_the_counted_plays():
    fact = only(repetition.rate(a_scene()))

    assert fact.quantity == Quantity(48, Unit.PERCENT)  # 82 of 170
    assert fact.part("immediate").value == 7  # 12 of 170
    assert fact.sample_size == 170


def test_with_few_counted_plays_there_is_no_share_of_repeats():
    assert not list(repetition.rate(a_scene(totals=some_totals(counted_plays=19))))


def test_a_run_has_its_track_artist_and_day():
    fact = only(repetition.run(a_scene()))

    assert fact.quantity == Quantity(5, Unit.TIMES)
    assert fact.part("track") == Quantity("Amber Tides", Unit.TRACK)
    assert fact.part("artist") == Quantity("Marrow Choir", Unit.ARTIST)
    assert fact.part("date") == Quantity("2025-03-08", Unit.DATE)


@pytest.mark.parametrize(
    "statistics",
    [
        {"repeats": some_repeats(longest_run=None)},
        {"repeats": some_repeats(longest_run={"times": 2, "started_at": "2025-03-08T21:10:00Z"})},
        {"most_repeated": None},
        {"most_repeated": {"name": "Kites", "artist": None}},
        {"most_repeated": {"name": "\u200b", "artist": "Nyx"}},
    ],
    ids=["no run", "twice", "no names", "no artist", "a name of nothing"],
)
def test_a_run_needs_three_plays_and_names(statistics):
    assert not list(repetition.run(a_scene(statistics=some_statistics(**statistics))))
