"""Whatever facts there are, every type and tone writes, and says nothing that is not a fact."""

import itertools
import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.insights.plain.kinds import KINDS, a_fact, one_of_each, shapes

from spotify_insights.insights import plain, wording
from spotify_insights.insights.facts.fact import NAMES, clean
from spotify_insights.insights.languages import LANGUAGES
from spotify_insights.insights.text import PERIOD
from spotify_insights.models.insight import InsightType, Tone

# A busy machine is no failure of ours.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
HOSTILE = [
    "# Loud **and** _proud_",
    "[click](https://example.org)",
    "<script>alert(1)</script>",
    "{artists.top} {} {#}",
    "](any)",
    "99 Problems 7 rings",
    "\u05e9\u05dc\u05d5\u05dd 99",
]
everything = pytest.mark.parametrize(
    ("insight_type", "tone", "code"), list(itertools.product(InsightType, Tone, LANGUAGES))
)
types, tones = st.sampled_from(InsightType), st.sampled_from(Tone)
languages = st.sampled_from(sorted(LANGUAGES))


@st.composite
def some_facts(draw):
    """Any subset of the kinds, each in any of its shapes, however interesting."""
    keys = draw(st.lists(st.sampled_from(sorted(KINDS)), unique=True))
    return [
        replace(draw(st.sampled_from(shapes(key))), interest=draw(st.floats(0, 1))) for key in keys
    ]


def written(facts, insight_type="wellness", tone="neutral", code="en", seed="a seed"):
    return plain.write(facts, InsightType(insight_type), Tone(tone), LANGUAGES[code], seed)


def of_body(draft):
    return [sentence for paragraph in draft.paragraphs for sentence in paragraph]


@everything
@unhurried
@given(facts=some_facts())
def test_any_facts_make_a_whole_insight(facts, insight_type, tone, code):
    draft = written(facts, insight_type, tone, code)

    assert draft.title.words
    assert 1 <= len(draft.paragraphs) <= 4
    assert all(sentence.words for sentence in draft.sentences())
    assert all(item.sentences for items in draft.sections.values() for item in items)


@unhurried
@given(some_facts(), types, tones, languages)
def test_outside_of_claims_there_is_no_digit(facts, insight_type, tone, code):
    for sentence in written(facts, insight_type, tone, code).sentences():
        free = [piece.words for piece in sentence.pieces if piece.fact is None]

        assert not any(re.search(r"\d", words) for words in free)


@unhurried
@given(some_facts(), types, tones, languages)
def test_every_sentence_cites_the_facts_its_claims_rest_on(facts, insight_type, tone, code):
    known = {fact.id: fact for fact in facts}
    for sentence in written(facts, insight_type, tone, code).sentences():
        claimed = [piece.fact for piece in sentence.pieces if piece.fact is not None]

        assert {fact.id for fact in claimed} == set(sentence.cites)
        assert all(known[fact.id] is fact for fact in claimed)


@unhurried
@given(some_facts(), types, tones, languages)
def test_title_and_body_give_the_number_of_a_fact_once(facts, insight_type, tone, code):
    draft = written(facts, insight_type, tone, code)
    said = [
        (piece.fact.id, piece.part)
        for sentence in (draft.title, *of_body(draft))
        for piece in sentence.pieces
        if piece.fact is not None and piece.part != PERIOD
        if not isinstance(piece.fact.part(piece.part).value, str) and re.search(r"\d", piece.words)
    ]

    assert len(said) == len(set(said))


@unhurried
@given(some_facts().filter(len), types, tones, languages)
def test_the_first_sentence_of_the_body_names_the_period(facts, insight_type, tone, code):
    opening = of_body(written(facts, insight_type, tone, code))[0]

    assert LANGUAGES[code].write_period(facts[0].period) in opening.words


@unhurried
@given(some_facts(), types, tones, languages, st.text(max_size=8))
def test_the_same_seed_gives_the_same_insight(facts, insight_type, tone, code, seed):
    again = written(facts[::-1], insight_type, tone, code, seed)

    assert written(facts, insight_type, tone, code, seed) == again


@everything
def test_other_seeds_give_other_words(insight_type, tone, code):
    drafts = [written(one_of_each(), insight_type, tone, code, seed) for seed in "abcdefgh"]

    texts = {" ".join(sentence.words for sentence in of_body(draft)) for draft in drafts}

    assert len(texts) > 4


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("insight_type", InsightType)
def test_no_two_tones_share_a_sentence(insight_type, code):
    sentences = [
        {sentence.words for sentence in of_body(written(one_of_each(), insight_type, tone, code))}
        for tone in Tone
    ]

    assert len(set.union(*sentences)) == sum(map(len, sentences))


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("insight_type", [InsightType.WELLNESS, InsightType.ROAST])
@pytest.mark.parametrize("code", LANGUAGES)
def test_a_hostile_name_is_told_as_it_is(name, insight_type, code):
    named = [
        replace(fact, value=clean(name)) if fact.unit in NAMES else fact for fact in one_of_each()
    ]

    words = " ".join(s.words for s in written(named, insight_type, "roast", code).sentences())

    assert clean(name) in words


@everything
def test_neighbouring_sentences_hardly_ever_begin_alike(insight_type, tone, code):
    alike = []
    for seed in "abcdefgh":
        draft = written(one_of_each(), insight_type, tone, code, seed)
        openings = [sentence.words.split()[0] for sentence in of_body(draft)]
        alike += [pair for pair in itertools.pairwise(openings) if pair[0] == pair[1]]

    assert len(alike) <= 4


@everything
def test_an_insight_has_the_length_of_a_short_read(insight_type, tone, code):
    body = of_body(written(one_of_each(), insight_type, tone, code))

    assert 90 <= len(" ".join(sentence.words for sentence in body).split()) <= 260


@everything
def test_without_facts_the_text_says_what_would_fill_it(insight_type, tone, code):
    draft = written([], insight_type, tone, code)

    assert "mport" in " ".join(sentence.words for sentence in of_body(draft))
    assert all(not sentence.cites for sentence in draft.sentences())


@everything
def test_few_facts_are_told_with_a_remark_that_it_is_early(insight_type, tone, code):
    early = wording.tables(code, InsightType(insight_type), Tone(tone))[wording.TELL]["thin"]

    lonely = of_body(written([a_fact("artists.distinct")], insight_type, tone, code))
    plenty = of_body(written(one_of_each(), insight_type, tone, code))

    assert any({s.words for s in lonely} >= set(remark) for remark in early)
    assert not any({s.words for s in plenty} >= set(remark) for remark in early)
