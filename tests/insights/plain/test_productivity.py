import re

import pytest
from tests.insights.plain.kinds import a_fact, one_of_each

from spotify_insights.insights import plain, wording
from spotify_insights.insights.facts.fact import Says
from spotify_insights.insights.languages import LANGUAGES
from spotify_insights.insights.plain.script import Script
from spotify_insights.insights.plain.strategies import situations
from spotify_insights.models.insight import InsightType, Tone

LISTS = ["focus_patterns", "distractions", "strategies", "balance"]
every_tone = pytest.mark.parametrize("tone", Tone)
# To say that somebody worked would need to know it.
CLAIMS_WORK = re.compile(r"\byou (worked|studied)\b|\bwhile you work\b", re.IGNORECASE)


def written(facts, tone=Tone.NEUTRAL, seed="a seed"):
    return plain.write(facts, InsightType.PRODUCTIVITY, tone, LANGUAGES["en"], seed)


def listed(name, *facts, tone=Tone.NEUTRAL):
    """Ids of the facts that a list cites, item by item."""
    items = written(facts, tone).sections[name]
    return [key for item in items for key in dict.fromkeys(_cites(item))]


def _cites(item):
    return [key for sentence in item.sentences for key in sentence.cites]


def offered(*facts):
    return list(situations(Script(facts, {}, LANGUAGES["en"], "a seed")))


@every_tone
def test_every_list_has_one_to_three_items(tone):
    for facts in ([], [a_fact("listening.time")], one_of_each()):
        lists = written(facts, tone).sections

        assert list(lists) == LISTS
        assert all(1 <= len(items) <= 3 for items in lists.values())


@every_tone
def test_what_is_not_known_is_said_to_be_unknown(tone):
    assert [listed(name, a_fact("artists.top"), tone=tone) for name in LISTS] == [[], [], [], []]


def test_skips_and_shuffle_are_distractions():
    facts = [a_fact("skips.rate", interest=0.9), a_fact("shuffle.share", interest=0.4)]

    assert listed("distractions", *facts) == ["skips.rate", "shuffle.share"]


def test_skips_are_told_as_one_distraction_whichever_way_they_are_counted():
    facts = [a_fact("skips.rate"), a_fact("focus.interruptions"), a_fact("change.skips")]

    assert len(listed("distractions", *facts)) == 1


def test_that_hardly_anything_broke_in_is_told_where_nothing_else_did():
    calm = a_fact("skips.rate", value=4)

    assert listed("distractions", calm) == ["skips.rate"]
    assert listed("distractions", calm, a_fact("shuffle.share")) == ["shuffle.share"]


def test_a_little_music_after_midnight_matters_to_nothing():
    late = a_fact("rhythm.night", value=3)

    assert listed("distractions", late) == []
    assert listed("balance", late) == []


def test_much_music_after_midnight_is_told_once():
    late = a_fact("rhythm.night", value=30)

    assert listed("distractions", late) == ["rhythm.night"]
    assert listed("balance", late) == []


def test_a_balance_tells_what_pushes_and_what_rests():
    facts = [a_fact("energy.balance"), a_fact("listening.days")]

    assert set(listed("balance", *facts)) == {"energy.balance", "listening.days"}


def test_a_list_tells_what_the_body_left_out_before_what_it_told():
    draft = written(one_of_each())
    told = {key for paragraph in draft.paragraphs for s in paragraph for key in s.cites}

    for name in ("focus_patterns", "distractions", "balance"):
        again = [key in told for item in draft.sections[name] for key in _cites(item)]
        assert again == sorted(again), name


def test_a_strategy_follows_from_a_value_worth_one():
    assert offered(a_fact("focus.interruptions", value=3.9)) == []
    assert offered(a_fact("focus.interruptions", value=4.0)) == ["interruptions"]
    assert offered(a_fact("skips.rate", value=30)) == ["skips"]
    assert offered(a_fact("shuffle.share", value=59)) == []
    assert offered(a_fact("shuffle.share", value=60)) == ["shuffle"]
    assert offered(a_fact("rhythm.routine", value=70)) == ["routine"]
    assert offered(a_fact("rhythm.routine", value=55)) == []
    assert offered(a_fact("rhythm.routine", value=40)) == ["scattered"]
    assert offered(a_fact("sessions.count", value=9)) == []


def test_a_strategy_cites_the_fact_it_follows_from():
    for key in ("shuffle.share", "podcasts.time", "focus.part", "energy.part"):
        assert listed("strategies", a_fact(key)) == [key]


def test_a_fall_in_skips_is_told_where_nothing_broke_in():
    less = a_fact("change.skips", says=frozenset({Says.LESS}))

    assert listed("distractions", less) == ["change.skips"]
    assert listed("distractions", less, a_fact("podcasts.time")) == ["podcasts.time"]


@every_tone
def test_no_wording_claims_to_know_that_the_listener_worked(tone):
    tables = wording.tables("en", InsightType.PRODUCTIVITY, tone)

    said = [" ".join(each) for table in tables.values() for key in table.values() for each in key]

    assert [words for words in said if CLAIMS_WORK.search(words)] == []
