import pytest
from tests.insights.builders import MINUTE_MS, a_scene, some_parts, some_statistics

from spotify_insights.insights.facts import ways
from spotify_insights.insights.facts.fact import Quantity, Says, Unit


def only(facts):
    (fact,) = facts
    return fact


def with_statistics(**changes):
    return a_scene(statistics=some_statistics(**changes))


def test_skips_are_a_share_of_the_plays_told_of_with_its_interval():
    fact = only(ways.skips(a_scene()))

    assert fact.quantity == Quantity(20, Unit.PERCENT)
    assert fact.part("skipped") == Quantity(38, Unit.PLAYS)
    assert fact.sample_size == 190
    assert fact.interval == (14.9, 26.3)


def test_not_one_skip_is_told_as_none():
    fact = only(ways.skips(with_statistics(skips={"told": 50, "skipped": 0})))

    assert (fact.value, fact.says) == (0, {Says.NONE})
    assert fact.interval == (0.0, 7.1)


def test_skips_of_a_few_plays_are_not_told():
    assert not list(ways.skips(with_statistics(skips={"told": 29, "skipped": 9})))


def test_shuffle_and_offline_are_shares_of_the_listening_time():
    shuffle, offline = only(ways.shuffle(a_scene())), only(ways.offline(a_scene()))

    assert shuffle.quantity == Quantity(42, Unit.PERCENT)  # 270 of 648 minutes
    assert shuffle.part("plays").value == 80
    assert offline.value == 6  # 40 of 648 minutes


@pytest.mark.parametrize(
    "shuffle",
    [
        {"told": 0, "plays": None, "ms_played": None},
        {"told": 180, "plays": 80, "ms_played": 270 * MINUTE_MS},
        {"told": 190, "plays": 1, "ms_played": 3 * MINUTE_MS},
    ],
    ids=["nobody tells", "too many are not told of", "next to nothing"],
)
def test_a_share_of_the_time_needs_a_source_for_nearly_all_of_it(shuffle):
    assert not list(ways.shuffle(with_statistics(shuffle=shuffle)))


def test_a_family_of_devices_leads():
    fact = only(ways.platforms(a_scene()))

    assert fact.quantity == Quantity("Android", Unit.PLATFORM)
    assert fact.part("share").value == 62  # 400 of 648 minutes
    assert fact.says == {Says.MOST}


@pytest.mark.parametrize(
    "platforms",
    [
        some_parts(Other=400, macOS=248),
        some_parts(Android=300, macOS=300),
        some_parts(Android=9) | {"told": 29},
        {"told": 0, "unknown": 190, "parts": []},
    ],
    ids=["unknown", "two alike", "few plays", "nobody tells"],
)
def test_no_family_of_devices_leads_without_need(platforms):
    assert not list(ways.platforms(with_statistics(platforms=platforms)))


def test_of_several_countries_one_leads():
    fact = only(ways.countries(a_scene()))

    assert fact.quantity == Quantity("AT", Unit.COUNTRY)
    assert fact.part("share").value == 93
    assert fact.part("countries") == Quantity(2, Unit.COUNTRIES)


def test_one_country_is_not_told():
    assert not list(ways.countries(with_statistics(countries=some_parts(AT=600))))
