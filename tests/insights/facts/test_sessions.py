import pytest
from tests.insights.builders import a_scene, a_session, some_sessions, some_statistics

from spotify_insights.insights.facts import sessions
from spotify_insights.insights.facts.fact import Quantity, Says, Unit


def only(facts):
    (fact,) = facts
    return fact


def with_sessions(**changes):
    return a_scene(statistics=some_statistics(sessions=some_sessions(**changes)))


def test_sessions_come_with_the_length_of_the_one_in_the_middle():
    fact = only(sessions.count(a_scene()))

    assert fact.quantity == Quantity(16, Unit.SESSIONS)
    assert fact.part("typical") == Quantity(31, Unit.MINUTES)
    assert (fact.sample_size, fact.sampled) == (16, Unit.SESSIONS)


@pytest.mark.parametrize("changes", [{"count": 4}, {"median_ms": None}, {"median_ms": 29_999}])
def test_a_few_sessions_or_none_of_a_minute_have_no_middle(changes):
    assert not list(sessions.count(with_sessions(**changes)))


def test_the_longest_session_has_its_time_plays_and_day():
    fact = only(sessions.longest(a_scene()))

    assert fact.quantity == Quantity(1.9, Unit.HOURS)
    assert fact.part("date") == Quantity("2025-03-07", Unit.DATE)
    assert fact.part("plays") == Quantity(30, Unit.PLAYS)
    assert fact.says == {Says.LONGEST}


def test_the_day_of_a_session_is_the_listener_s():
    late = [a_session(114, "2025-03-07T23:30:00Z"), a_session(72, "2025-03-08T14:00:00Z")]
    scene = a_scene(
        zone="Europe/Berlin", statistics=some_statistics(sessions=some_sessions(longest=late))
    )

    assert only(sessions.longest(scene)).part("date").value == "2025-03-08"


@pytest.mark.parametrize(
    "changes",
    [
        {"count": 2},
        {"longest": [a_session(19, "2025-03-07T21:04:00Z"), a_session(9, "2025-03-08T14:00:00Z")]},
        {"longest": [a_session(90, "2025-03-07T21:04:00Z"), a_session(90, "2025-03-08T14:00:00Z")]},
        {"longest": []},
    ],
    ids=["of two", "short", "two alike", "unknown"],
)
def test_a_session_is_the_longest_among_several_and_alone(changes):
    assert not list(sessions.longest(with_sessions(**changes)))
