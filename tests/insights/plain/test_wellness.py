from tests.insights.plain.kinds import a_fact, one_of_each

from spotify_insights.insights import plain
from spotify_insights.insights.facts.fact import Quantity, Says, Unit
from spotify_insights.insights.languages import LANGUAGES
from spotify_insights.insights.plain.nudges import suggestions
from spotify_insights.insights.plain.script import Script
from spotify_insights.insights.statements import statement
from spotify_insights.models.insight import InsightType, Tone

ENGLISH = LANGUAGES["en"]


def written(facts, tone=Tone.NEUTRAL, seed="a seed"):
    return plain.write(facts, InsightType.WELLNESS, tone, ENGLISH, seed)


def suggested(*facts):
    return list(suggestions(Script(facts, {}, ENGLISH, "a seed")))


def with_part(key, part, value):
    fact = a_fact(key)
    return a_fact(key, parts={**fact.parts, part: Quantity(value, fact.parts[part].unit)})


def body(draft):
    return " ".join(sentence.words for paragraph in draft.paragraphs for sentence in paragraph)


def test_long_nights_come_before_everything_else():
    draft = written(
        [a_fact("rhythm.night", value=41), a_fact("tracks.singles"), a_fact("artists.top")]
    )

    first = draft.sections["wellness_nudges"][0]

    assert (first.category, first.priority) == ("balance", "high")
    assert first.sentences[0].cites == ("rhythm.night",)


def test_a_suggestion_follows_from_a_value_worth_one():
    assert suggested(a_fact("rhythm.night", value=19)) == []
    assert suggested(a_fact("rhythm.night", value=20)) == [("balance", "medium", "night")]
    assert suggested(a_fact("rhythm.night", value=35)) == [("balance", "high", "night")]
    assert suggested(a_fact("sessions.longest", value=59, unit=Unit.MINUTES)) == []
    assert suggested(a_fact("sessions.longest")) == [("balance", "medium", "long")]
    assert suggested(with_part("rhythm.part", "share", 55)) == [("energy", "low", "part")]
    assert suggested(a_fact("energy.part")) == [("energy", "medium", "energy")]


def test_a_huge_favourite_calls_for_variety():
    assert suggested(with_part("artists.top", "share", 19)) == []
    assert suggested(with_part("artists.top", "share", 20)) == [("variety", "medium", "narrow")]
    assert suggested(with_part("artists.top", "share", 35)) == [("variety", "high", "narrow")]
    assert suggested(a_fact("repeats.run")) == [("variety", "medium", "run")]
    assert suggested(a_fact("repeats.rate")) == [("variety", "low", "repeat")]


def test_few_and_many_finds_call_for_different_things():
    assert suggested(with_part("discovery.artists", "share", 4)) == [
        ("variety", "medium", "familiar")
    ]
    assert suggested(with_part("discovery.artists", "share", 40)) == [("variety", "low", "fresh")]
    assert suggested(a_fact("artists.evenness", value=0.9)) == [("variety", "low", "wide")]
    assert suggested(a_fact("skips.rate")) == [("energy", "medium", "skips")]
    assert suggested(a_fact("artists.returned")) == [("mood", "low", "returned")]


def test_daily_and_rare_music_call_for_different_things():
    assert suggested(a_fact("listening.days")) == []
    assert suggested(with_part("listening.days", "share", 97)) == [("balance", "low", "daily")]
    assert suggested(with_part("listening.days", "share", 20)) == [("energy", "low", "rare")]
    assert suggested(with_part("listening.days", "span", 7)) == []


def test_a_quiet_list_calls_for_something_lively_and_a_lively_list_for_something_soft():
    assert suggested(a_fact("moods.score", value=3.4)) == [("mood", "low", "quiet")]
    assert suggested(a_fact("moods.score", value=6.6)) == [("mood", "low", "lively")]
    assert suggested(a_fact("moods.score", value=5.0)) == []


def test_less_music_than_before_calls_for_an_easy_way_back():
    less = a_fact("change.time", says=frozenset({Says.LESS}))

    assert suggested(less) == [("energy", "low", "quieter")]
    assert suggested(a_fact("change.time")) == []


def test_there_are_three_nudges_at_most_and_of_different_categories_if_there_are_such():
    nudges = written(one_of_each()).sections["wellness_nudges"]

    assert len(nudges) == 3
    assert len({nudge.category for nudge in nudges}) == 3


def test_patterns_are_the_statements_of_what_matters_most():
    facts = [a_fact("rhythm.night", interest=0.9), a_fact("tracks.singles", interest=0.2)]

    patterns = written(facts).sections["key_patterns"]

    assert [pattern.words for pattern in patterns] == [statement(fact, ENGLISH) for fact in facts]


def test_the_title_is_the_most_telling_finding():
    facts = [a_fact("genres.top", interest=0.3), a_fact("rhythm.night", interest=0.9)]

    assert written(facts).title.cites == ("rhythm.night",)


def test_what_a_title_gives_no_number_of_is_told_in_the_body():
    found = a_fact("tracks.top", interest=0.9)

    drafts = [written([found], seed=seed) for seed in "abcdefgh"]

    for draft in drafts:
        assert ("23" in draft.title.words) != ("23" in body(draft))


def test_a_track_of_the_artist_just_named_is_called_theirs():
    draft = written(
        [a_fact("artists.top"), a_fact("tracks.top"), a_fact("rhythm.night", interest=1)]
    )

    assert body(draft).count("Marrow Choir") == 1


def test_a_story_is_told_once():
    told = written([a_fact("repeats.rate"), a_fact("change.repeats"), a_fact("listening.time")])

    cited = [id_ for p in told.paragraphs for s in p for id_ in s.cites]

    assert len({"repeats.rate", "change.repeats"} & {*cited, *told.title.cites}) == 1


def test_what_hardly_matters_is_left_out():
    facts = [*(a_fact(key, interest=0.9) for key in ("artists.top", "rhythm.night", "genres.top"))]

    draft = written([*facts, a_fact("offline.share", interest=0.1)])

    assert "offline" not in body(draft).lower()
