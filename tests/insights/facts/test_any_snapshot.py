"""What holds of the facts of every snapshot, whole or full of holes."""

from copy import deepcopy
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.insights.builders import (
    a_mixed_snapshot,
    a_ranked_snapshot,
    a_scene,
    a_snapshot,
    an_empty_snapshot,
    scene_of,
    some_blocks,
    some_totals,
)

from spotify_insights.insights import facts, statements
from spotify_insights.insights.facts.fact import Method, Unit
from spotify_insights.insights.languages import LANGUAGES
from spotify_insights.models.listening import TimeRange

ENGLISH = LANGUAGES["en"]
WORDS = tuple(Unit)[tuple(Unit).index(Unit.ARTIST) :]

counts = st.integers(0, 10**6)
time_ranges = st.sampled_from(TimeRange)


def paths_of(values, path=()):
    """Where each dict's entries lie, whatever is in them."""
    for name, value in values.items():
        yield (*path, name)
        if isinstance(value, dict):
            yield from paths_of(value, (*path, name))


def without(values, path, is_null):
    """A copy that lacks what lies at a path, or has nothing there."""
    changed = deepcopy(values)
    *above, name = path
    block = changed
    for each in above:
        block = block.get(each) if isinstance(block, dict) else None
    if isinstance(block, dict) and name in block:
        if is_null or not above:
            block[name] = None
        else:
            del block[name]
    return changed


@st.composite
def blocks(draw):
    """Blocks of any totals in which several things, on whatever level, are missing."""
    plays = draw(st.lists(counts, min_size=2, max_size=2).map(sorted))
    totals = some_totals(
        counted_plays=plays[0],
        plays=plays[1],
        ms_played=draw(st.integers(0, 10**12)),
        days_active=draw(st.integers(0, 11)),
        distinct_artists=draw(counts),
    )
    evenness = draw(st.none() | st.floats(0, 1))
    return draw(holed(some_blocks(totals=totals, artist_diversity_score=evenness)))


@st.composite
def holed(draw, values):
    """Some blocks, of which some things are not there or null."""
    paths = sorted(paths_of(values))
    for path, is_null in draw(st.lists(st.tuples(st.sampled_from(paths), st.booleans()))):
        values = without(values, path, is_null)
    return values


@settings(deadline=None, max_examples=50)
@given(blocks(), time_ranges)
def test_whatever_is_missing_the_rest_is_told(values, time_range):
    scene = a_scene(**values, time_range=time_range)

    for fact in facts.found(scene):
        assert fact.provenance == ("demo",)
        assert fact.sample_size > 0
        assert 0 <= fact.interest <= 1
        assert statements.statement(fact, ENGLISH)


@settings(deadline=None, max_examples=50)
@given(blocks())
def test_no_kind_is_told_twice_and_words_stand_where_words_belong(values):
    found = facts.found(a_scene(**values))

    assert len({fact.id for fact in found}) == len(found)
    for fact in found:
        for quantity in fact.quantities.values():
            assert isinstance(quantity.value, str) is (quantity.unit in WORDS and is_word(quantity))


def is_word(quantity):
    return quantity.unit is not Unit.YEAR


@settings(deadline=None, max_examples=50)
@given(blocks(), blocks())
def test_what_the_listener_gave_alone_tells_of_nothing_else(whole, given_alone):
    mixed = a_mixed_snapshot(given=given_alone, **whole)
    exported = a_snapshot(**given_alone, sources=["export"])

    found = facts.found(scene_of(mixed, export_only=True))

    assert {fact.provenance for fact in found} <= {("export",)}
    assert found == facts.found(scene_of(exported))


@settings(deadline=None, max_examples=50)
@given(holed(some_blocks()))
def test_shares_are_whole_percent_from_0_to_100(values):
    percents = [
        quantity.value
        for fact in facts.found(a_scene(**values))
        for quantity in fact.quantities.values()
        if quantity.unit is Unit.PERCENT
    ]

    assert all(isinstance(value, int) and 0 <= value <= 100 for value in percents if value)


def test_the_same_snapshot_tells_the_same_whatever_it_stands_beside():
    alone, beside = a_scene(), a_scene(day_starts_at=0)

    assert facts.found(alone) == facts.found(beside)


def test_a_full_snapshot_tells_every_kind_that_needs_no_past_and_no_long_period():
    found = {fact.id for fact in facts.found(a_scene())}

    assert found >= {
        *("listening.time", "listening.plays", "listening.days", "listening.daily"),
        *("tracks.distinct", "artists.distinct", "albums.distinct", "podcasts.time"),
        *("rhythm.part", "rhythm.night", "rhythm.hour", "rhythm.weekend", "calendar.peak"),
        *("sessions.count", "sessions.longest", "discovery.artists", "discovery.tracks"),
        *("artists.top", "artists.second", "tracks.top", "albums.top", "artists.loyalty"),
        *("artists.evenness", "tracks.singles", "repeats.rate", "repeats.run", "skips.rate"),
        *("shuffle.share", "offline.share", "platforms.top", "countries.top"),
        *("streaks.longest", "genres.top", "genres.second", "moods.top", "moods.score"),
    }


def test_an_empty_snapshot_tells_nothing():
    assert facts.find(scene_of(an_empty_snapshot())) == []


def test_a_ranking_by_spotify_tells_of_its_lists_alone():
    found = facts.find(scene_of(a_ranked_snapshot()))

    assert {fact.id for fact in found} == {
        *("tracks.ranked", "artists.top", "artists.second", "tracks.top"),
        *("genres.top", "genres.second", "moods.top", "moods.score"),
    }
    assert {fact.method for fact in found} == {
        *(Method.RANKED_BY_SPOTIFY, Method.TAGS, Method.GENRE_FAMILIES),
    }


def test_what_is_worth_telling_is_among_what_was_found():
    scene = a_scene(before=[a_snapshot()])

    assert set(map(id_of, facts.find(scene))) <= set(map(id_of, facts.found(scene)))
    assert len(facts.find(scene)) <= 40


def id_of(fact):
    return fact.id


def test_a_fact_stays_the_same_in_another_order_of_its_parts():
    fact = facts.found(a_scene())[0]

    assert replace(fact, parts=dict(reversed(fact.parts.items()))) == fact
