"""Who and what is heard more, less, anew or again."""

import pytest
from tests.insights.builders import (
    a_ranked_snapshot,
    scene_of,
    some_coverage,
    some_discovery,
)
from tests.insights.facts.weeks import DAY, END, WEEK, a_month, a_week, told, values_of, weeks

from spotify_insights.insights.facts import movers
from spotify_insights.insights.facts.fact import Against, Says, Unit

KINDS = (
    *(movers.rising_artist, movers.fading_artist, movers.newcomer, movers.returned),
    movers.rising_genre,
)


def artists(*each, **alike):
    """A scene of weeks with a hundred plays each, by their artists; None is a silent one."""
    return weeks(*(one if one is None else {"artists": one} for one in each), **alike)


def many(count, plays=2):
    return {f"Artist {n}": plays for n in range(count)}


def test_the_artist_who_grew_the_most_beyond_chance_rises():
    scene = artists({"Nyx": 40, "Oster": 20, "Lune": 12}, {"Lune": 10, "Nyx": 5, "Oster": 4})

    fact = told(movers.rising_artist, scene)

    assert values_of(fact) == {"": "Nyx", "now": 40, "before": 5}
    assert (fact.says, fact.against) == ({Says.MORE}, Against.PREVIOUS)


def test_the_artist_who_fell_the_most_beyond_chance_fades():
    fact = told(movers.fading_artist, artists({"Oster": 20}, {"Nyx": 40, "Oster": 21}))

    assert values_of(fact) == {"": "Nyx", "now": 0, "before": 40}
    assert fact.says == {Says.LESS}


@pytest.mark.parametrize(
    ("now", "before"),
    [(14, 8), (9, 0), (30, 21), (20, 20), (0, 0)],
    ids=["chance", "few plays", "hardly more", "as before", "never heard"],
)
def test_nobody_rises_or_fades_without_a_clear_difference(now, before):
    one, other = ({"Oster": 50} | ({"Nyx": n} if n else {}) for n in (now, before))

    assert told(movers.rising_artist, artists(one, other)) is None
    assert told(movers.fading_artist, artists(other, one)) is None


def test_who_is_not_on_a_full_list_is_taken_to_have_had_what_its_last_line_has():
    full = {"distinct": 80}

    unsure = weeks({"artists": {"Nyx": 40}}, {"artists": many(50, plays=2)} | full)
    hidden = weeks({"artists": {"Nyx": 15}}, {"artists": many(50, plays=12)} | full)

    assert values_of(told(movers.rising_artist, unsure)) == {"": "Nyx", "now": 40}
    assert told(movers.rising_artist, hidden) is None


def test_a_period_that_may_be_known_in_part_shows_nobody_fading():
    scene = weeks({"artists": {"Oster": 20}, "last": END - 3 * DAY}, {"artists": {"Nyx": 40}})

    assert told(movers.fading_artist, scene) is None


def test_two_artists_of_one_name_are_one():
    now = a_week(0, artists={"Nyx": 8, "NYX": 20, "nyx ": 12})

    fact = told(movers.rising_artist, scene_of(now, [a_week(1, artists={"Nyx": 3})]))

    assert values_of(fact) == {"": "NYX", "now": 40, "before": 3}


def discovered(heard, new, plays_of_new):
    found = some_discovery(heard=heard, new=new, plays_of_new=plays_of_new, plays=100)
    return {"discovery": {"artists": found}}


def test_where_all_others_are_known_the_rest_is_new():
    now = {"artists": {"Nyx": 30, "Oster": 20, "Lune": 5}} | discovered(3, 1, 20)

    fact = told(movers.newcomer, weeks(now, {"artists": {"Nyx": 9, "Lune": 9}}))

    assert values_of(fact) == {"": "Oster", "rank": 2, "plays": 20}
    assert fact.says == {Says.NEW, Says.FIRST}
    assert fact.against is Against.EVER
    assert fact.parts["rank"].unit is Unit.RANK


def test_who_must_have_had_a_part_in_the_new_plays_is_new():
    now = {"artists": {"Nyx": 60, "Oster": 30}} | discovered(12, 2, 32)

    assert told(movers.newcomer, weeks(now, {"artists": {"Nyx": 9}})).value == "Oster"


@pytest.mark.parametrize(
    "discovery",
    [discovered(2, 0, 0), discovered(2, 1, 10), discovered(9, 2, 31)],
    ids=["nobody is new", "too many plays", "others may be"],
)
def test_who_may_have_been_heard_before_is_not_new(discovery):
    now = {"artists": {"Nyx": 30, "Oster": 20}} | discovery

    assert told(movers.newcomer, weeks(now, {"artists": {"Nyx": 9}})) is None


def test_who_was_heard_in_any_of_the_periods_before_is_not_new():
    now = {"artists": {"Nyx": 30, "Oster": 20}} | discovered(2, 1, 20)

    scene = weeks(now, {"artists": {"Nyx": 9}}, None, {"artists": {"oster": 1}})

    assert told(movers.newcomer, scene) is None


def test_an_artist_is_back_after_eight_weeks():
    away = 8 * [{"Oster": 20}]

    fact = told(movers.returned, artists({"Nyx": 9, "Oster": 9}, *away, {"Nyx": 30}))

    assert values_of(fact) == {"": "Nyx", "away": 8, "plays": 9}
    assert fact.parts["away"].unit is Unit.WEEKS
    assert fact.says == {Says.AGAIN}
    assert told(movers.returned, artists({"Nyx": 9}, *away[1:], {"Nyx": 30})) is None


def test_three_months_are_enough():
    before = [a_month(back, artists={"Oster": 20}) for back in (1, 2, 3)]
    scene = scene_of(a_month(0, artists={"Nyx": 20}), [*before, a_month(4, artists={"Nyx": 5})])

    fact = told(movers.returned, scene)

    assert values_of(fact) == {"": "Nyx", "away": 3, "plays": 20}
    assert fact.parts["away"].unit is Unit.MONTHS


def test_silent_weeks_are_weeks_away():
    scene = artists({"Nyx": 9}, *4 * [{"Oster": 20}], *5 * [None], {"Nyx": 30})

    assert told(movers.returned, scene).parts["away"].value == 9


def test_on_a_list_that_is_cut_nobody_can_be_missing():
    cut = {"artists": many(50), "distinct": 80}
    scene = weeks({"artists": {"Nyx": 9}}, *9 * [cut], {"artists": {"Nyx": 30}})

    assert told(movers.returned, scene) is None


def test_of_several_the_one_who_was_away_the_longest_is_back():
    scene = artists(
        {"Nyx": 9, "Lune": 20, "Oster": 30},
        *8 * [{"Oster": 20}],
        {"Lune": 1},
        {"Nyx": 1},
    )

    assert values_of(told(movers.returned, scene)) == {"": "Nyx", "away": 9, "plays": 9}


def genres(coverage=0.8, **shares):
    return {"genre_distribution": shares, "coverage": some_coverage(genres=coverage)}


def test_the_genre_that_grew_the_most_rises():
    now, before = genres(jazz=0.5, techno=0.3, folk=0.2), genres(jazz=0.1, techno=0.2, folk=0.7)

    fact = told(movers.rising_genre, weeks(now, before))

    assert values_of(fact) == {"": "jazz", "now": 50, "before": 10}
    assert (fact.unit, fact.says) == (Unit.GENRE, {Says.MORE})


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (genres(jazz=0.14), genres(jazz=0.1)),
        (genres(jazz=0.9, coverage=0.2), genres(jazz=0.1)),
        (genres(jazz=0.9), genres(jazz=0.1, coverage=0.2)),
        (
            genres(jazz=0.9) | {"coverage": some_coverage(genres_method="otherwise")},
            genres(jazz=0.1),
        ),
        (genres(), genres(jazz=0.1)),
    ],
    ids=["chance", "little known", "little known before", "otherwise known", "nothing known"],
)
def test_no_genre_rises_by_chance_or_by_what_is_not_known(now, before):
    assert told(movers.rising_genre, weeks(now, before)) is None


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_ranking_without_plays_and_a_snapshot_without_statistics_tell_of_nobody(kind):
    days = {"time_range": "week", "period_start": END - WEEK, "period_end": END}
    ranked = a_ranked_snapshot(**days)
    old = a_week(0, artists={"Nyx": 30}, coverage={}, genre_distribution={})
    old.statistics = {}

    assert told(kind, scene_of(ranked, [a_week(1, artists={"Nyx": 30})])) is None
    assert told(kind, scene_of(old, [a_week(1, artists={"Nyx": 30})])) is None
