"""The texts that the checker is measured with are well formed."""

from collections import Counter

import pytest
from bench import checker_corpus as corpus

SETS = corpus.fact_sets()
KNOWN = corpus.texts()
HELD_OUT = {of: corpus.texts(of) for of in corpus.HELD_OUT}
COLLECTIONS = {corpus.KNOWN: KNOWN, **HELD_OUT}
TEXTS = [text for texts in COLLECTIONS.values() for text in texts]

each_text = pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.id)


def test_there_are_two_hundred_texts_and_more_bad_than_good_ones():
    assert Counter(text.is_good for text in KNOWN) == {True: 80, False: 120}
    assert Counter(text.language for text in KNOWN) == {"en": 120, "de": 80}


@pytest.mark.parametrize(("of", "good", "bad"), [("held_out", 55, 65), ("held_out2", 54, 66)])
def test_120_texts_are_held_out_and_more_of_them_are_bad_than_good(of, good, bad):
    assert Counter(text.is_good for text in HELD_OUT[of]) == {True: good, False: bad}
    assert Counter(text.language for text in HELD_OUT[of]) == {"en": 70, "de": 50}


def test_no_text_has_the_id_or_the_words_of_another():
    assert len({text.id for text in TEXTS}) == len(TEXTS)
    assert len({text.words for text in TEXTS}) == len(TEXTS)


@pytest.mark.parametrize("texts", COLLECTIONS.values(), ids=COLLECTIONS.keys())
@pytest.mark.parametrize("language", corpus.LANGUAGES)
def test_every_kind_of_bad_text_is_there_in_both_languages(texts, language):
    bad = {text.kind for text in texts if text.language == language and not text.is_good}

    assert bad == corpus.BAD_KINDS


@each_text
def test_a_text_is_labelled_from_the_closed_list(text):
    assert text.kind in (corpus.GOOD_KINDS if text.is_good else corpus.BAD_KINDS)


def test_a_label_is_good_or_bad():
    labels = {
        row["label"]
        for language in corpus.LANGUAGES
        for of in COLLECTIONS
        for row in corpus.rows(language, of)
    }

    assert labels == {"good", "bad"}


@each_text
def test_a_text_cites_facts_of_its_set(text):
    cited = {key for sentence in text.sentences for key in sentence.cites}

    assert cited <= SETS[text.about].facts.keys()


@each_text
def test_a_text_has_one_to_three_sentences_with_words(text):
    assert 1 <= len(text.sentences) <= 3
    assert all(sentence.words == sentence.words.strip() != "" for sentence in text.sentences)


@pytest.mark.parametrize("fact_set", SETS.values(), ids=lambda fact_set: fact_set.name)
def test_a_set_has_facts_and_names_beside_those_of_its_facts(fact_set):
    told = {
        quantity.value for fact in fact_set.facts.values() for quantity in fact.quantities.values()
    }

    assert len(fact_set.facts) >= 15
    assert fact_set.all_names - told
    assert fact_set.older_than is None or SETS[fact_set.older_than].listener == fact_set.listener
