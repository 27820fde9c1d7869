"""A year of a real export, first as polls would have told of it, then as it is: listens once."""

import random

import pytest
from bench import matching as simulation

# A stretch with plays by the hundred, podcasts, private sessions, loops and offline journeys.
NEWER, YEAR = "extended_2015-2025_23_keys.zip", 2024


@pytest.fixture
def year(a_listener, exports):
    """The plays of a year, as the export alone tells them."""
    listener = a_listener()
    with (exports / NEWER).open("rb") as file:
        simulation.bring_in(listener.id, file)
    return [one for one in simulation.listens(listener.id) if one.started_at.year == YEAR]


def polled_then_exported(user_id, told, there):
    simulation.poll(user_id, told)
    simulation.bring_in(user_id, simulation.as_export(there))
    return simulation.judge_polls(user_id, told, there)


def test_every_listen_of_a_year_is_there_once_whatever_its_time_meant(listener, year):
    told = simulation.told_by_polls(year, random.Random(1))

    figures = polled_then_exported(listener.id, told, year)

    assert figures.told > 1_000
    assert figures.false == 0
    assert figures.missed <= figures.told / 1_000
    if not figures.missed:
        assert simulation.listens(listener.id) == year


def test_what_an_export_leaves_out_stays_as_it_was_polled(listener, year):
    dice = random.Random(2)
    told = simulation.told_by_polls(year, dice)
    there = [one for one in year if dice.random() >= 0.1]

    figures = polled_then_exported(listener.id, told, there)

    assert figures.false == 0
    assert figures.missed <= figures.told / 1_000
    assert figures.alone == len({one.listen for one in told} - set(there))
    assert set(there) <= set(simulation.listens(listener.id))


def test_songs_polled_under_other_addresses_are_the_same_listens(listener, year):
    told = simulation.told_by_polls(year, random.Random(3), address="0")

    figures = polled_then_exported(listener.id, told, year)

    assert figures.false == 0
    assert figures.missed <= figures.told / 1_000
