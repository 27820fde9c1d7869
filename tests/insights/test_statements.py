import re
from collections.abc import Mapping

import pytest
from tests.insights.builders import (
    a_heatmap,
    a_ranked_snapshot,
    a_scene,
    scene_of,
    some_days,
    some_spoken,
    some_statistics,
    some_totals,
)

from spotify_insights.insights import facts, statements, text
from spotify_insights.insights.facts.fact import Quantity, Says, Unit
from spotify_insights.insights.languages import LANGUAGES

ENGLISH = LANGUAGES["en"]
OF_ONE_SNAPSHOT = {
    *("listening.time", "listening.plays", "listening.days", "listening.daily"),
    *("tracks.distinct", "artists.distinct", "albums.distinct", "tracks.ranked"),
    *("podcasts.time", "audiobooks.time", "rhythm.part", "rhythm.night", "rhythm.hour"),
    *("rhythm.weekday", "rhythm.weekend", "rhythm.routine", "calendar.peak"),
    *("sessions.count", "sessions.longest", "discovery.artists", "discovery.tracks"),
    *("artists.top", "artists.second", "tracks.top", "albums.top", "artists.loyalty"),
    *("artists.evenness", "tracks.singles", "repeats.rate", "repeats.run", "skips.rate"),
    *("shuffle.share", "offline.share", "platforms.top", "countries.top", "streaks.longest"),
    *("gaps.longest", "genres.top", "genres.second", "moods.top", "moods.score"),
}
_CLAIM = re.compile(r"\[[^\]]*\]\(([a-z_.]+)\)")


def a_long_scene():
    """Four weeks in which every weekday has its hours, a pause and speech."""
    every_day = {(day, hour): 10 + day for day in range(1, 8) for hour in (8, 20)}
    return a_scene(
        totals=some_totals(
            first_play_at="2025-02-14T10:00:00+00:00", last_play_at="2025-03-13T10:00:00+00:00"
        ),
        statistics=some_statistics(
            heatmap=a_heatmap(every_day),
            audiobooks=some_spoken(ms_played=3_600_000, plays=2),
            gaps=[some_days("2025-02-18", "2025-02-23")],
        ),
    )


def everything():
    scenes = [a_scene(), a_long_scene(), scene_of(a_ranked_snapshot())]
    return [fact for scene in scenes for fact in facts.found(scene)]


def templates(entry):
    if isinstance(entry, Mapping):
        return [one for value in entry.values() for one in templates(value)]
    return [entry] if isinstance(entry, str) else list(entry)


def every_template():
    for code in LANGUAGES:
        for key, entry in statements.entries(code).items():
            yield from (pytest.param(key, one, id=f"{code} {key}") for one in templates(entry))


def test_every_kind_of_fact_of_one_snapshot_occurs_and_has_its_statement():
    told = {fact.id: statements.statement(fact, ENGLISH) for fact in everything()}

    assert set(told) >= OF_ONE_SNAPSHOT
    assert all(sentence.endswith(".") for sentence in told.values())


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_fact_has_a_statement_in_every_language(code):
    language = LANGUAGES[code]

    said = {statements.statement(fact, language) for fact in everything()}

    assert not [sentence for sentence in said if re.search(r"[{}\[\]]", sentence)]


def test_both_languages_have_statements_of_the_same_kinds():
    kinds = [set(statements.entries(code)) for code in LANGUAGES]

    assert all(one == kinds[0] for one in kinds)


@pytest.mark.parametrize(("key", "template"), list(every_template()))
def test_a_statement_rests_on_its_own_fact_and_has_no_number_of_its_own(key, template):
    assert set(text.cited(template)) == {key}
    assert not re.search(r"\d", _CLAIM.sub("", template))
    assert template.endswith(".")


def test_names_stand_in_quotes():
    said = {fact.id: statements.statement(fact, ENGLISH) for fact in facts.found(a_scene())}

    assert said["tracks.top"] == (
        "Your most played track was “Amber Tides” by “Marrow Choir” with 12 plays, 7% of all."
    )
    assert said["genres.top"].startswith("“dream pop” led your genres with 41%;")


def test_the_first_statement_whose_parts_are_there_is_taken():
    ranked = facts.found(scene_of(a_ranked_snapshot()))
    top = next(fact for fact in ranked if fact.id == "artists.top")

    assert statements.statement(top, ENGLISH) == (
        "Spotify ranks “Marrow Choir” first among your artists."
    )


@pytest.mark.parametrize(
    ("says", "beginning"),
    [((), "Music that started after midnight"), ([Says.NONE], "No music started at night")],
)
def test_what_a_fact_says_chooses_its_statement(says, beginning):
    fact = a_scene().fact(
        "rhythm.night",
        Quantity(0, Unit.PERCENT),
        sample_size=50,
        parts={"time": Quantity(0, Unit.MINUTES)},
        says=says,
    )

    assert statements.statement(fact, ENGLISH).startswith(beginning)


def test_a_fact_without_the_parts_of_its_statement_is_not_said():
    fact = a_scene().fact("repeats.run", Quantity(5, Unit.TIMES), sample_size=50)

    with pytest.raises(KeyError, match=r"repeats\.run"):
        statements.statement(fact, ENGLISH)
    with pytest.raises(KeyError):
        statements.statement(a_scene().fact("no.kind", fact.quantity, sample_size=1), ENGLISH)
