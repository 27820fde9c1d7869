import math

import pytest
from tests.insights.plain.kinds import a_fact, one_of_each

from spotify_insights.insights.facts.fact import Method, Quantity, Says, Unit
from spotify_insights.insights.languages import LANGUAGES
from spotify_insights.insights.plain import stories, variants
from spotify_insights.insights.plain.script import Script
from spotify_insights.insights.wording import sentences

MARROW_CHOIR = Quantity("Marrow Choir", Unit.ARTIST)


def a_script(*facts, seed="a seed", **tables):
    cut = {
        table: {key: tuple(map(sentences, several)) for key, several in keys.items()}
        for table, keys in tables.items()
    }
    return Script(facts, cut, LANGUAGES["en"], seed)


def words(said):
    return " ".join(sentence.words for sentence in said)


def test_a_wording_is_left_out_while_a_fact_or_a_part_is_missing():
    tell = {"artists.top": ["With [{}](artists.second).", "Just [{}, {rank}](artists.top)."]}
    script = a_script(a_fact("artists.top"), tell=tell)

    assert not script.can_tell("tell", "artists.top")
    assert not script.can_mention("tell", "artists.top")
    assert script.tell("tell", "artists.top") == ()


def test_a_fact_that_a_wording_of_another_told_is_not_told_again():
    tell = {
        "artists.top": ["[{}](artists.top), then [{}](artists.second)."],
        "artists.second": ["Then [{}](artists.second)."],
    }
    script = a_script(a_fact("artists.top"), a_fact("artists.second"), tell=tell)

    script.tell("tell", "artists.top")

    assert not script.can_tell("tell", "artists.second")
    assert words(script.mention("tell", "artists.second")) == "Then Ister Parade."


def test_naming_the_period_tells_nothing():
    tell = {"period": ["About [{period}](any)."], "rhythm.night": ["It was [{}](rhythm.night)."]}
    script = a_script(a_fact("rhythm.night"), tell=tell)

    said = script.tell("tell", "period", about=a_fact("rhythm.night"))

    assert words(said) == "About September 2024."
    assert said[0].cites == ("rhythm.night",)
    assert script.can_tell("tell", "rhythm.night")


@pytest.mark.parametrize(
    ("title", "is_told"), [("Oh [{}](artists.top)", False), ("[{}, {plays}](artists.top)", True)]
)
def test_a_title_without_a_number_announces_its_fact(title, is_told):
    script = a_script(a_fact("artists.top"), title={"artists.top": [title]})

    script.announce("title", "artists.top")

    assert (script.told == {"artists.top"}) is is_told
    assert (script.announced == {"artists.top"}) is not is_told


def test_neighbouring_sentences_begin_differently_where_there_is_a_choice():
    tell = {"tracks.singles": ["You did."], "genres.top": ["You went on.", "Then it went on."]}

    for seed in "abcdefgh":
        script = a_script(tell=tell, seed=seed)
        script.tell("tell", "tracks.singles")

        assert words(script.tell("tell", "genres.top")) == "Then it went on."


def test_a_wording_of_two_sentences_is_two_sentences():
    script = a_script(
        a_fact("rhythm.night"), tell={"rhythm.night": ["It was [{}](rhythm.night). Oh."]}
    )

    first, second = script.tell("tell", "rhythm.night")

    assert first.cites == ("rhythm.night",)
    assert (second.words, second.cites) == ("Oh.", ())


def test_the_number_of_a_word_and_of_what_is_missing_is_not_a_number():
    script = a_script(a_fact("artists.top"), a_fact("rhythm.night", value=23))

    assert script.number("rhythm.night") == 23
    assert script.number("artists.top", "share") == 22
    assert math.isnan(script.number("artists.top"))
    assert math.isnan(script.number("artists.top", "rank"))
    assert math.isnan(script.number("moods.score"))


@pytest.mark.parametrize(
    ("fact", "names"),
    [
        (a_fact("artists.second"), []),
        (a_fact("artists.top", method=Method.RANKED_BY_SPOTIFY), ["ranked"]),
        (a_fact("listening.time", method=Method.ESTIMATED_LENGTHS), ["estimated"]),
        (a_fact("change.time", says=frozenset({Says.LESS})), ["less"]),
        (a_fact("skips.rate", value=0, says=frozenset({Says.NONE})), ["none", "few"]),
        (a_fact("repeats.rate", value=20), ["few"]),
        (a_fact("repeats.rate", value=21), []),
        (a_fact("tracks.top"), ["theirs"]),
        (a_fact("tracks.top", parts={}), []),
    ],
)
def test_the_variant_follows_from_the_fact(fact, names):
    assert list(variants.of(fact, MARROW_CHOIR)) == names


def test_nobody_is_theirs_before_somebody_was_named():
    assert list(variants.of(a_fact("tracks.top"), None)) == []


def test_two_facts_of_one_story_or_one_artist_are_no_news_to_each_other():
    top, rising = a_fact("artists.top"), a_fact("artists.rising", value="Marrow Choir")

    assert not stories.is_news(a_fact("repeats.rate"), [a_fact("change.repeats")])
    assert not stories.is_news(rising, [top])
    assert stories.is_news(a_fact("artists.rising"), [top])
    assert stories.is_news(a_fact("genres.top"), one_of_each()[:5])
