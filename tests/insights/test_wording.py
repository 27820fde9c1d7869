import re
from zoneinfo import ZoneInfo

import pytest
from tests.insights.builders import a_snapshot

from spotify_insights.insights import facts, text
from spotify_insights.insights.wording import PATTERNS, PHRASES
from spotify_insights.models.insight import Tone

CLAIM = re.compile(r"\[([^\]]*)\]\([^)]*\)")
NUMERALS = re.compile(
    r"\d|\b(zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|"
    r"thousands?|millions?|once|twice|thrice|first|second|third|half|halves|quarters?|single|"
    r"double|triple|couple|pair|most of|majority)\b",
    re.IGNORECASE,
)
CLINICAL = re.compile(
    r"depress|anxi|therap|disorder|diagnos|symptom|addict|insomni|mental|treatment|patient|stress"
    r"|burnout|trauma|sleep|health",
    re.IGNORECASE,
)
ALL = [
    *PATTERNS,
    *(
        wording
        for phrases in PHRASES.values()
        for wordings in phrases.values()
        for wording in wordings
    ),
]


def outside_of_claims(wording):
    return CLAIM.sub("", wording)


@pytest.mark.parametrize("tone", Tone)
def test_every_tone_has_the_same_things_to_say(tone):
    assert list(PHRASES[tone]) == list(PHRASES[Tone.NEUTRAL])


def test_no_wording_has_a_numeral_of_its_own():
    assert [wording for wording in ALL if NUMERALS.search(outside_of_claims(wording))] == []


def test_no_wording_is_clinical():
    assert [wording for wording in ALL if CLINICAL.search(wording)] == []


def test_every_wording_cites_facts_that_exist():
    known = {fact.id for fact in facts.find(a_snapshot(), ZoneInfo("UTC"))} | {"hours.strongest"}

    assert {key for wording in ALL for key in text.cited(wording)} <= known


def test_every_value_stands_in_a_claim():
    assert [wording for wording in ALL if re.search(r"[\[\]{}]", outside_of_claims(wording))] == []


def test_no_two_tones_share_a_sentence():
    assert [wording for wording in ALL if ALL.count(wording) > 1] == []
