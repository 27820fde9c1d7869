import pytest
from tests.insights.builders import a_scene, some_days, some_statistics

from spotify_insights.insights.facts import streaks
from spotify_insights.insights.facts.fact import Quantity, Says, Unit


def only(facts):
    (fact,) = facts
    return fact


def test_the_longest_streak_has_its_days():
    fact = only(streaks.longest(a_scene()))

    assert fact.quantity == Quantity(7, Unit.DAYS)
    assert fact.part("first") == Quantity("2025-03-07", Unit.DATE)
    assert fact.part("last") == Quantity("2025-03-13", Unit.DATE)
    assert fact.says == {Says.LONGEST}
    assert (fact.sample_size, fact.sampled) == (11, Unit.DAYS)


@pytest.mark.parametrize("longest", [None, some_days("2025-03-07", "2025-03-08")])
def test_two_days_are_no_streak(longest):
    scene = a_scene(statistics=some_statistics(streaks={"longest": longest}))

    assert not list(streaks.longest(scene))


def test_the_longest_pause_has_its_days():
    gaps = [some_days("2025-03-05", "2025-03-08"), some_days("2025-03-10", "2025-03-11")]

    fact = only(streaks.gap(a_scene(statistics=some_statistics(gaps=gaps))))

    assert (fact.value, fact.part("first").value) == (4, "2025-03-05")


@pytest.mark.parametrize(
    "gaps",
    [
        [],
        [some_days("2025-03-05", "2025-03-06")],
        [some_days("2025-03-04", "2025-03-07"), some_days("2025-03-09", "2025-03-12")],
    ],
    ids=["none", "short", "two alike"],
)
def test_a_pause_is_three_days_long_and_alone(gaps):
    assert not list(streaks.gap(a_scene(statistics=some_statistics(gaps=gaps))))
