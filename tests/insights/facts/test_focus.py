"""Facts of focus and energy: what they rest on, and when they are not told."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.insights.builders import HOUR_MS, MINUTE_MS, a_mixed_snapshot, a_scene, scene_of
from tests.insights.builders import some_statistics as statistics

from spotify_insights.insights.facts import focus
from spotify_insights.insights.facts.fact import Method, Quantity, Says, Unit, percent
from spotify_insights.insights.languages.english import ENGLISH
from spotify_insights.insights.statements import statement

PARTS = ("morning", "afternoon", "evening", "night")
KINDS = (focus.stretches, focus.part, focus.interruptions, focus.balance, focus.energy_part)


def some_focus(told=190, count=6, longest=95, **minutes):
    """The block of focus, with the minutes of stretches by the part of the day."""
    by_part = {part: minutes.get(part, 0) * MINUTE_MS for part in PARTS}
    return {
        "told": told,
        "count": count,
        "ms_played": sum(by_part.values()),
        "longest_ms": longest * MINUTE_MS,
        "ms_by_part": by_part,
    }


def some_energy(plays=170, **parts):
    """The block of energy, from (energising, calming) plays by the part of the day."""
    pairs = {part: parts.get(part, (0, 0)) for part in PARTS}
    known = sum(map(sum, pairs.values()))
    return {
        "plays": plays,
        "known": known,
        "coverage": round(known / plays, 4) if plays else None,
        "parts": {part: {"energising": e, "calming": c} for part, (e, c) in pairs.items()},
    }


def facts_of(kind, **blocks):
    return list(kind(a_scene(statistics=statistics(**blocks))))


def test_stretches_are_told_with_their_time_their_longest_and_their_share():
    # Of 648 minutes in all.
    [fact] = facts_of(focus.stretches, focus=some_focus(evening=300, morning=24))

    assert (fact.quantity, fact.sample_size) == (Quantity(6, Unit.STRETCHES), 190)
    assert fact.parts == {
        "time": Quantity(5.4, Unit.HOURS),
        "longest": Quantity(1.6, Unit.HOURS),
        "share": Quantity(50, Unit.PERCENT),
    }


@pytest.mark.parametrize(("told", "count"), [(171, 1), (170, 0), (0, 0)])
def test_stretches_are_told_where_nine_of_ten_plays_tell_how_they_ended(told, count):
    assert len(facts_of(focus.stretches, focus=some_focus(told=told, evening=300))) == count


def test_without_a_stretch_none_is_told():
    block = some_focus(count=0) | {"longest_ms": None}

    assert facts_of(focus.stretches, focus=block) == facts_of(focus.part, focus=block) == []


def test_where_no_source_tells_how_plays_ended_nothing_is_told_of_focus():
    unknown = dict.fromkeys(("count", "ms_played", "longest_ms", "ms_by_part")) | {"told": 0}
    blocks = {"focus": unknown, "skips": {"told": 0, "skipped": 0}}

    assert [fact for kind in KINDS for fact in facts_of(kind, **blocks)] == []


def test_the_part_with_most_focused_time_is_told_with_its_share_of_that_time():
    [fact] = facts_of(focus.part, focus=some_focus(evening=90, afternoon=30))

    assert fact.quantity == Quantity("evening", Unit.PART_OF_DAY)
    assert fact.parts == {"share": Quantity(75, Unit.PERCENT)}
    assert (fact.sample_size, fact.sampled) == (6, Unit.STRETCHES)
    assert fact.says == {Says.MOST}


def test_of_two_parts_with_as_much_focused_time_neither_is_told():
    assert facts_of(focus.part, focus=some_focus(evening=60, morning=60)) == []


@pytest.mark.parametrize(("count", "told"), [(4, 1), (3, 0)])
def test_a_part_of_the_day_rests_on_four_stretches(count, told):
    assert len(facts_of(focus.part, focus=some_focus(count=count, evening=90))) == told


def test_interruptions_are_skips_an_hour_of_listening():
    # 648 minutes are 10.8 hours.
    [fact] = facts_of(focus.interruptions, skips={"told": 190, "skipped": 38})

    assert (fact.quantity, fact.sample_size) == (Quantity(3.5, Unit.SKIPS_AN_HOUR), 190)
    assert fact.parts == {
        "skips": Quantity(38, Unit.PLAYS),
        "hours": Quantity(10.8, Unit.HOURS),
    }
    assert fact.says == frozenset()


def test_that_nothing_was_skipped_is_told_as_such():
    [fact] = facts_of(focus.interruptions, skips={"told": 190, "skipped": 0})

    assert (fact.value, fact.says) == (0.0, {Says.NONE})


def test_a_rate_that_would_read_as_none_is_not_told():
    totals = a_scene().blocks.values["totals"] | {"ms_played": 100 * HOUR_MS}
    scene = a_scene(totals=totals, statistics=statistics(skips={"told": 190, "skipped": 4}))

    assert list(focus.interruptions(scene)) == []


def test_interruptions_need_three_hours():
    totals = a_scene().blocks.values["totals"] | {"ms_played": 3 * HOUR_MS - 1}

    assert list(focus.interruptions(a_scene(totals=totals))) == []


def test_the_balance_is_the_share_of_energising_plays_among_those_with_a_mood():
    [fact] = facts_of(focus.balance, energy=some_energy(morning=(30, 15), evening=(25, 10)))

    # 55 of 80, of 170 counted plays.
    assert (fact.quantity, fact.sample_size) == (Quantity(69, Unit.PERCENT), 80)
    assert fact.parts == {
        "calming": Quantity(31, Unit.PERCENT),
        "coverage": Quantity(47, Unit.PERCENT),
    }
    low, high = fact.interval
    assert 57 < low < 68.75 < high < 79
    assert fact.method is Method.GENRE_FAMILIES


@pytest.mark.parametrize(
    ("plays", "known", "told"), [(100, 50, 1), (100, 49, 0), (200, 60, 1), (201, 60, 0)]
)
def test_energy_rests_on_fifty_plays_and_three_tenths_of_all(plays, known, told):
    block = some_energy(plays, morning=(known, 0))

    assert len(facts_of(focus.balance, energy=block)) == told


def test_the_most_energising_part_is_told_beside_the_calmest_one():
    block = some_energy(morning=(10, 30), afternoon=(20, 20), evening=(36, 4))

    [fact] = facts_of(focus.energy_part, energy=block)

    assert fact.quantity == Quantity("evening", Unit.PART_OF_DAY)
    assert fact.parts == {
        "share": Quantity(90, Unit.PERCENT),
        "calm_part": Quantity("morning", Unit.PART_OF_DAY),
        "calm_share": Quantity(75, Unit.PERCENT),
    }
    assert (fact.sample_size, fact.says) == (120, {Says.MOST})


def test_a_part_with_few_known_plays_is_not_compared():
    block = some_energy(morning=(0, 19), afternoon=(20, 20), evening=(36, 4))

    [fact] = facts_of(focus.energy_part, energy=block)

    assert (fact.part("calm_part").value, fact.sample_size) == ("afternoon", 80)


@pytest.mark.parametrize(
    "parts",
    [
        {"morning": (60, 20)},
        {"morning": (30, 20), "evening": (25, 25)},
        {"morning": (25, 25), "evening": (25, 25)},
        {"morning": (40, 0), "evening": (40, 0), "night": (10, 30)},
    ],
)
def test_parts_that_chance_may_have_parted_or_that_lead_together_are_not_told(parts):
    assert facts_of(focus.energy_part, energy=some_energy(**parts)) == []


def test_the_more_parts_there_are_to_choose_from_the_clearer_they_must_differ():
    two = {"morning": (31, 19), "evening": (20, 30)}
    among_four = two | {"afternoon": (25, 25), "night": (26, 24)}

    assert len(facts_of(focus.energy_part, energy=some_energy(**two))) == 1
    assert facts_of(focus.energy_part, energy=some_energy(plays=200, **among_four)) == []


def test_each_fact_has_its_statement():
    blocks = {
        "focus": some_focus(evening=300, morning=24),
        "skips": {"told": 190, "skipped": 38},
        "energy": some_energy(morning=(10, 30), evening=(36, 4)),
    }

    found = [statement(fact, ENGLISH) for kind in KINDS for fact in facts_of(kind, **blocks)]

    assert found == [
        (
            "You had 6 stretches of music without a skip or a long pause: 5.4 hours in all, 50% of"
            " your listening time, and 1.6 hours in the longest."
        ),
        "Most of the music in stretches without a skip began in the evening: 93% of its time.",
        "You came to 3.5 skips an hour, with 38 plays skipped in 10.8 hours of listening.",
        (
            "58% of your plays with a known mood were energising and 42% were calming, by the"
            " genres of the artists; moods are known for 47%."
        ),
        (
            "Music was most energising in the evening, with 90% of the plays, and most calming in"
            " the morning, with 75%, by the genres of the artists."
        ),
    ]


def test_a_snapshot_from_before_these_statistics_has_none_of_their_facts():
    scene = a_scene(statistics={})

    assert [fact for kind in KINDS for fact in kind(scene)] == []


def test_what_was_given_alone_tells_of_its_own_stretches():
    given = {"statistics": statistics(focus=some_focus(evening=162))}
    snapshot = a_mixed_snapshot(given=given, statistics=statistics(focus=some_focus(night=324)))

    [fact] = focus.stretches(scene_of(snapshot, export_only=True))

    assert fact.provenance == ("export",)
    assert fact.part("share") == Quantity(25, Unit.PERCENT)


COUNTS = st.tuples(st.integers(0, 60), st.integers(0, 60))


@settings(derandomize=True, deadline=None)
@given(
    st.fixed_dictionaries(dict.fromkeys(PARTS, COUNTS)),
    st.fixed_dictionaries(dict.fromkeys(PARTS, st.integers(0, 120))),
    *(st.integers(0, 190) for _ in range(3)),
)
def test_whatever_was_heard_each_fact_can_be_computed_again(
    energies, minutes, told, count, skipped
):
    energy = some_energy(plays=500, **energies)
    block = some_focus(told, count, max(25, *minutes.values()), **minutes)
    skips = {"told": told, "skipped": min(told, skipped)}
    scene = a_scene(statistics=statistics(energy=energy, focus=block, skips=skips))

    found = {fact.id: fact for kind in KINDS for fact in kind(scene)}

    assert all(0 <= fact.interest <= 1 and fact.sample_size > 0 for fact in found.values())
    if fact := found.get("focus.part"):
        assert fact.part("share") == percent(max(minutes.values()) / sum(minutes.values()))
    if fact := found.get("energy.balance"):
        assert fact.quantity == percent(sum(e for e, _ in energies.values()) / energy["known"])
    if fact := found.get("energy.part"):
        lively, calm = energies[fact.value], energies[fact.part("calm_part").value]
        assert fact.part("share") == percent(lively[0] / sum(lively))
        assert fact.part("calm_share") == percent(calm[1] / sum(calm))
        assert min(sum(lively), sum(calm)) >= 20
