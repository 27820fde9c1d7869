"""The plain writer's own words are no faults."""

import re
import tomllib
from importlib import resources

import pytest
from tests.insights.plain.kinds import one_of_each

from spotify_insights.insights import plain
from spotify_insights.insights.check import check, tongue
from spotify_insights.insights.check.vocabulary import is_ordinary
from spotify_insights.insights.languages import LANGUAGES
from spotify_insights.models.insight import InsightType, Tone

CLAIM = re.compile(r"\]\([a-z_.]+\)|\{[^}]*\}|\[")
WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")


def strings(value):
    if isinstance(value, str):
        yield value
    else:
        for inner in value.values() if isinstance(value, dict) else value:
            yield from strings(inner)


def wordings(code):
    folder = resources.files("spotify_insights.insights.wording").joinpath(code)
    for file in folder.iterdir():
        if file.name.endswith(".toml") and file.name != "layout.toml":
            yield from strings(tomllib.loads(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_word_with_a_capital_is_an_ordinary_one(code):
    lexicon = tongue.of(code)
    capitals = {
        word.replace("\u2019", "'")
        for wording in wordings(code)
        for word in WORD.findall(CLAIM.sub(" ", wording))
        if not word.islower()
    }

    unknown = {
        word
        for word in capitals
        if not is_ordinary(word, lexicon) and not lexicon.phrases["capitals"].fullmatch(word)
    }

    assert unknown == set()


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("insight_type", InsightType)
@pytest.mark.parametrize("tone", Tone)
def test_what_the_plain_writer_writes_passes(code, insight_type, tone):
    facts = one_of_each()
    known = {fact.id: fact for fact in facts}

    draft = plain.write(facts, insight_type, tone, LANGUAGES[code], "seed")

    assert check(draft, known, LANGUAGES[code]).faults == ()
