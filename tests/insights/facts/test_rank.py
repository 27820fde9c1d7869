"""Which facts are told: the most interesting, each thing once."""

import random

from hypothesis import given
from hypothesis import strategies as st
from tests.insights.facts_at_hand import a_fact

from spotify_insights.insights.facts import rank
from spotify_insights.insights.facts.fact import Unit

IDS = sorted({key for alike in rank.TELL_THE_SAME for key in alike.ids} | rank.ALWAYS)
OTHERS = [f"some.kind_{letter}" for letter in "abcdefgh"]


def of_interest(key, interest, value=1, unit=Unit.PLAYS):
    return a_fact(value, unit, key=key, interest=interest)


def keys(facts):
    return [fact.id for fact in facts]


@st.composite
def facts(draw):
    ids = draw(st.lists(st.sampled_from(IDS + OTHERS), max_size=60))
    return [
        of_interest(
            key,
            draw(st.sampled_from([0.0, 0.2, 0.5, 0.9, 1.0])),
            draw(st.sampled_from(["Nyx", "Oster"])),
            Unit.ARTIST,
        )
        for key in ids
    ]


@given(facts(), st.randoms(use_true_random=False), st.integers(2, 40))
def test_the_order_of_what_is_given_does_not_matter(found, dice, limit):
    shuffled = random.Random(dice.random()).sample(found, len(found))

    assert rank.best(shuffled, limit) == rank.best(found, limit)


@given(facts(), st.integers(0, 40))
def test_the_best_of_the_best_are_the_same(found, limit):
    best = rank.best(found, limit)

    assert rank.best(best, limit) == best


@given(facts(), st.integers(0, 40))
def test_there_are_not_too_many_and_none_twice(found, limit):
    best = rank.best(found, limit)

    assert len(best) <= min(limit, len(set(keys(found))))
    assert len(set(keys(best))) == len(best)
    assert all(fact in found for fact in best)


@given(facts())
def test_of_what_tells_the_same_only_so_many_are_kept(found):
    best = rank.best(found)

    for alike in rank.TELL_THE_SAME:
        told = [fact for fact in best if fact.id in alike.ids]
        subjects = {fact.value for fact in told} if alike.of else {None}
        assert len(told) <= alike.at_most * max(1, len(subjects))


@given(facts())
def test_a_dropped_kind_is_never_more_interesting_than_all_that_tells_the_same(found):
    best = rank.best(found)
    kept = {fact.id: fact for fact in best}

    for fact in found:
        rivals = [
            kept[key]
            for alike in rank.TELL_THE_SAME
            if fact.id in alike.ids
            for key in alike.ids
            if key in kept
        ]
        assert fact.id in kept or any(one.interest >= fact.interest for one in rivals)


def test_the_most_interesting_come_first_and_equals_by_their_id():
    found = [
        of_interest("some.b", 0.5),
        of_interest("some.c", 0.9),
        of_interest("some.a", 0.5),
    ]

    assert keys(rank.best(found)) == ["some.c", "some.a", "some.b"]
    assert keys(rank.best(found, 1)) == ["some.c"]


def test_there_are_forty_at_most():
    found = [of_interest(f"some.{n}", n / 100) for n in range(60)]

    assert [fact.interest for fact in rank.best(found)] == [n / 100 for n in range(59, 19, -1)]


def test_what_an_insight_has_a_place_for_is_kept_however_ordinary_it_is():
    found = [of_interest(f"some.{n}", 0.9) for n in range(60)]

    best = keys(rank.best([*found, of_interest("moods.score", 0.1)]))

    assert best[-1] == "moods.score"
    assert len(best) == rank.LIMIT


def test_one_artist_is_introduced_once_and_two_artists_are_two():
    rising = of_interest("artists.rising", 0.9, "Nyx", Unit.ARTIST)
    leader, other = (
        of_interest("change.leader", 0.5, name, Unit.ARTIST) for name in ("Nyx", "Oster")
    )

    assert keys(rank.best([leader, rising])) == ["artists.rising"]
    assert keys(rank.best([other, rising])) == ["artists.rising", "change.leader"]


def test_genres_and_their_second_are_both_told():
    found = [of_interest(key, 0.5) for key in ("genres.top", "genres.second")]

    assert len(rank.best(found)) == len(found)


def test_of_time_now_usual_and_record_two_are_told():
    found = [
        of_interest(key, interest)
        for key, interest in (("change.time", 0.4), ("usual.time", 0.5), ("record.time", 0.6))
    ]

    assert keys(rank.best(found)) == ["record.time", "usual.time"]
