import pytest
from tests.insights.plain.kinds import a_fact, one_of_each

from spotify_insights.insights import plain, text, wording
from spotify_insights.insights.facts.fact import Method
from spotify_insights.insights.languages import LANGUAGES
from spotify_insights.models.insight import InsightType, Tone

ENGLISH = LANGUAGES["en"]
every_tone = pytest.mark.parametrize("tone", Tone)


def written(facts, tone=Tone.ROAST, seed="a seed"):
    return plain.write(facts, InsightType.ROAST, tone, ENGLISH, seed)


def cited(sentences):
    return {key for sentence in sentences for key in sentence.cites}


def body_of(draft):
    return [sentence for paragraph in draft.paragraphs for sentence in paragraph]


def templates(table, key, tone=Tone.ROAST):
    return wording.tables("en", InsightType.ROAST, tone)[table][key]


def praise(*facts):
    return written(facts).sections["redemption_quality"][0].sentences


@every_tone
def test_there_are_five_callouts_at_most_and_one_redemption(tone):
    lists = written(one_of_each(), tone).sections

    assert len(lists["specific_callouts"]) == 5
    assert len(lists["redemption_quality"]) == 1


@every_tone
@pytest.mark.parametrize("seed", "abcd")
def test_callouts_are_about_other_facts_than_title_and_body(tone, seed):
    draft = written(one_of_each(), tone, seed)

    callouts = cited(s for item in draft.sections["specific_callouts"] for s in item.sentences)

    assert callouts.isdisjoint(cited([draft.title, *body_of(draft)]))


def test_a_roast_tells_a_fact_in_its_own_words_before_those_of_the_tone():
    facts = [a_fact("rhythm.night", interest=1), a_fact("skips.rate")]

    for seed in "abcdefgh":
        words = " ".join(sentence.words for sentence in body_of(written(facts, seed=seed)))

        assert any(told in words for told in _filled("callout", "skips.rate"))


def test_a_roast_opens_in_its_own_words():
    facts = [a_fact("rhythm.night", interest=1), a_fact("listening.time")]

    openings = [body_of(written(facts, seed=seed))[0].words for seed in "abcdefgh"]

    assert set(openings) <= set(_filled("open", "listening.time"))


def test_the_redemption_praises_a_strength_that_the_facts_show():
    assert cited(praise(a_fact("skips.rate"), a_fact("history.span"))) == {"history.span"}


def test_a_small_value_is_not_praised():
    assert cited(praise(a_fact("streaks.longest", value=6))) == set()
    assert cited(praise(a_fact("streaks.longest", value=7))) == {"streaks.longest"}
    assert cited(praise(a_fact("artists.loyalty", value=26))) == set()


def test_what_the_body_left_out_is_praised_before_what_it_told():
    facts = [
        a_fact("artists.top", interest=0.9),
        a_fact("artists.loyalty", interest=0.8),
        a_fact("tracks.top", interest=0.85),
        a_fact("albums.top", interest=0.85),
        a_fact("tracks.singles", interest=0.85),
    ]
    draft = written(facts)

    praised = cited(draft.sections["redemption_quality"][0].sentences)

    assert praised
    assert praised.isdisjoint(cited(body_of(draft)))


def test_without_a_strength_there_is_a_kind_word_that_cites_nothing():
    sentences = praise(a_fact("skips.rate"))

    assert sentences[0].words
    assert cited(sentences) == set()


def test_a_ranking_of_spotify_is_roasted_without_counts():
    facts = [
        a_fact("tracks.ranked"),
        a_fact("artists.top", parts={}, method=Method.RANKED_BY_SPOTIFY),
    ]

    words = " ".join(sentence.words for sentence in written(facts).sentences())

    assert "Marrow Choir" in words
    assert "plays" not in words.replace("played", "")


def test_without_facts_a_roast_is_harmless():
    draft = written([])

    assert draft.sections["specific_callouts"] == ()
    assert draft.sections["redemption_quality"][0].words


def _filled(table, key):
    """The first sentences of the key's wordings, filled with the made-up fact."""
    from_facts = {key: a_fact(key)}
    return [text.fill(each[0], from_facts, ENGLISH).words for each in templates(table, key)]
