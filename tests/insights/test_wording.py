"""What every wording keeps to, whoever writes it and in whichever language."""

import re
from collections import Counter

import pytest
from tests.insights.plain.kinds import KINDS, a_fact, one_of_each, shapes

from spotify_insights.insights import text, wording
from spotify_insights.insights.check import check
from spotify_insights.insights.draft import Draft, Sentence
from spotify_insights.insights.facts.fact import Says
from spotify_insights.insights.languages import LANGUAGES
from spotify_insights.insights.plain import variants
from spotify_insights.insights.plain.saying import Saying
from spotify_insights.models.insight import InsightType, Tone

CODES = ["en", "de"]
FILES = [wording.TELL, *InsightType]
CLAIM = re.compile(r"\[([^\]]*)\]\(([a-z_.]+)\)")
VALUE = re.compile(r"\{([a-z_]*)#?(?::[a-z]+)?\}")
SITUATIONS = {
    "nudge": {
        "night",
        "long",
        "energy",
        "part",
        "narrow",
        "run",
        "repeat",
        "list",
        "familiar",
        "fresh",
        "wide",
        "skips",
        "returned",
        "daily",
        "rare",
        "quieter",
        "lively",
        "quiet",
    },
    "strategy": {
        "interruptions",
        "skips",
        "part",
        "stretches",
        "energy",
        "night",
        "routine",
        "scattered",
        "shuffle",
        "repeat",
        "fresh",
        "lively",
        "calm",
        "podcasts",
        "sessions",
    },
}
FRAMES = {"period", "thin", "missing", "missing.what", "missing.fill", "unknown", "any"}
CLOSES = {"more", "less", "wide", "narrow", "any"}
VARIANTS = {"ranked", "estimated", "more", "less", "same", "none", "least", "theirs", "few"}
NUMERALS = re.compile(
    r"\d|\b(zero|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|"
    r"thousands?|millions?|once|twice|thrice|half|halves|quarters?|"
    r"doubled?|triple|majority|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|"
    r"hundert|tausend|einmal|zweimal|dreimal|erste[rnms]?|zweite[rnms]?|dritte[rnms]?|halbe?|"
    r"Hälfte|Drittel|Viertel|doppelt)\b",
    re.IGNORECASE,
)
CLINICAL = re.compile(
    r"depress|anxi|therap|disorder|diagnos|symptom|addict|insomni|\bmental|treatment|patient|"
    r"stress|burnout|trauma|sleep|health|\bangst|störung|süchtig|krank|schlaf|gesund|psych",
    re.IGNORECASE,
)


def _written(code, name):
    """Table, tone, key and wording of all that a file has."""
    tables = wording.read(code, name)
    tables = {wording.TELL: tables} if name == wording.TELL else tables
    return [
        (table, tone, key, words)
        for table, tones in tables.items()
        for tone, keys in tones.items()
        for key, several in keys.items()
        for words in several
    ]


def _outside_of_claims(words):
    return CLAIM.sub("", words)


def _kind(key):
    return key.partition(":")[0]


def _drafts(code, place, words):
    """The wording filled with each shape of fact that it is for, and the facts."""
    for fact in _facts_for(code, *place):
        facts = {each.id: each for each in one_of_each()} | {fact.id: fact}
        saying = Saying.of(wording.sentences(words), facts, LANGUAGES[code], fact)
        if saying is not None and place[1] == "title":
            yield Draft(saying.sentences[0], ()), facts
        elif saying is not None:
            yield Draft(Sentence(()), (saying.sentences,)), facts


def _facts_for(code, name, table, key):
    kind = _kind(key)
    if kind not in KINDS:
        situations = {"quieter": frozenset({Says.LESS})}
        says = situations.get(kind, frozenset({Says.MORE}))
        return [next(fact for fact in shapes("change.time") if fact.says == says)]
    has = {entry[2] for entry in _written(code, name) if entry[0] == table}
    named = variants.artist_of(a_fact("artists.top")) if key.endswith(":theirs") else None
    return [fact for fact in shapes(kind) if key == _best_key(fact, named, has)]


def _best_key(fact, named, has):
    keys = [*(f"{fact.id}:{name}" for name in variants.of(fact, named)), fact.id]
    return next((key for key in keys if key in has), None)


files = pytest.mark.parametrize(
    ("code", "name"), [(code, name) for code in CODES for name in FILES]
)


@files
def test_every_tone_of_a_table_has_the_same_keys(code, name):
    tables = wording.read(code, name)
    tables = {wording.TELL: tables} if name == wording.TELL else tables

    for tones in tables.values():
        assert tones.keys() == set(Tone)
        assert len({frozenset(keys) for keys in tones.values()}) == 1


@pytest.mark.parametrize("name", FILES)
def test_the_languages_have_the_same_keys(name):
    keys = [{entry[:3] for entry in _written(code, name)} for code in CODES]

    assert keys[0] == keys[1]


@files
def test_every_key_has_at_least_two_wordings_and_none_is_there_twice(code, name):
    written = _written(code, name)

    assert [entry for entry, times in Counter(e[:3] for e in written).items() if times < 2] == []
    assert [words for words, times in Counter(e[3] for e in written).items() if times > 1] == []


@files
def test_a_key_is_a_kind_of_fact_with_a_variant_or_a_situation(code, name):
    for table, _, key, _ in _written(code, name):
        kind, _, variant = key.partition(":")
        if variant:
            assert kind in KINDS
            assert variant in VARIANTS
        else:
            assert kind in {*KINDS, *FRAMES} | SITUATIONS.get(table, set()) | CLOSES


@files
def test_every_wording_cites_facts_and_parts_that_exist(code, name):
    for _, _, _, words in _written(code, name):
        for said, key in CLAIM.findall(words):
            parts = {"", text.PERIOD, *KINDS.get(key, {}).get("parts", {})}
            assert key == "any" or key in KINDS
            assert set(VALUE.findall(said)) <= parts, words


@files
def test_no_wording_has_a_numeral_or_a_value_outside_of_claims(code, name):
    outside = [_outside_of_claims(words) for *_, words in _written(code, name)]

    assert [words for words in outside if NUMERALS.search(words)] == []
    assert [words for words in outside if re.search(r"[\[\]{}]", words)] == []


@files
def test_every_wording_passes_the_check(code, name):
    faults = [
        (words, fault.words, fault.why)
        for table, _, key, words in _written(code, name)
        for draft, facts in _drafts(code, (name, table, key), words)
        for fault in check(draft, facts, LANGUAGES[code]).faults
    ]

    assert faults == []


@files
def test_no_wording_is_clinical(code, name):
    assert [words for *_, words in _written(code, name) if CLINICAL.search(words)] == []


@files
def test_titles_end_without_a_full_stop_and_sentences_with_one(code, name):
    for table, _, _, words in _written(code, name):
        if table == "title":
            assert not words.endswith((".", ":", ";")), words
        else:
            assert words.endswith((".", "?", "!")), words


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("tone", Tone)
@pytest.mark.parametrize("key", KINDS)
def test_every_kind_of_fact_can_be_told_in_every_shape_it_comes_in(code, tone, key):
    table = wording.tables(code, InsightType.WELLNESS, tone)[wording.TELL]

    for fact in shapes(key):
        best = _best_key(fact, None, table)
        assert any(
            all(text.can_fill(sentence, {key: fact}) for sentence in told) for told in table[best]
        ), fact


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize(
    ("insight_type", "table"), [("wellness", "nudge"), ("productivity", "strategy")]
)
def test_every_situation_has_words(code, insight_type, table):
    keys = wording.read(code, insight_type)[table]["neutral"].keys()

    assert keys - {"unknown"} == SITUATIONS[table]


@pytest.mark.parametrize("code", CODES)
def test_the_openings_name_the_period(code):
    table = wording.read(code, wording.TELL)
    for keys in table.values():
        for opening in ("listening.time", "listening.plays", "tracks.ranked", "period"):
            for key in (key for key in keys if _kind(key) == opening):
                assert all("{period}" in words for words in keys[key])


def test_a_wording_is_cut_after_each_of_its_sentences():
    assert wording.sentences("It was so. Was it? It was [1.5 hours](listening.time).") == (
        "It was so.",
        "Was it?",
        "It was [1.5 hours](listening.time).",
    )
