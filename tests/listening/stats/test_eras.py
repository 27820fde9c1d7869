"""Eras: the decades in which what was played was released."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from tests.listening.builders import a_play, import_rows
from tests.listening.stats.builders import heard, plays_of

from spotify_insights.listening.stats import details, eras
from spotify_insights.listening.stats import scope as scopes
from spotify_insights.listening.stats.eras import Decade, Eras
from spotify_insights.resources import transaction

UNKNOWN = 0


def decades(*given):
    """The decades of plays, each one given as its year of release and its length in ms."""
    plays = plays_of(*(heard(10 * n, ms) for n, (_, ms) in enumerate(given)))
    return eras.decades(plays, np.array([year for year, _ in given], np.int32))


def test_decades_are_listed_in_their_order_with_their_share_of_what_is_known():
    seen = decades((1999, 60_000), (1980, 60_000), (1989, 90_000), (1984, 1_000), (UNKNOWN, 60_000))

    assert seen == Eras(
        told=3,
        coverage=0.75,
        mean_year=1989.3,
        method="spotify",
        decades=[
            Decade(1980, "1980s", plays=2, ms_played=151_000, share=0.6667),
            Decade(1990, "1990s", plays=1, ms_played=60_000, share=0.3333),
        ],
    )


def test_without_plays_nothing_is_known():
    assert decades() == Eras(0, None, None, None, [])


def test_where_no_year_is_known_that_is_all_there_is_to_say():
    assert decades((UNKNOWN, 60_000)) == Eras(0, 0.0, None, None, [])


def test_one_play_is_all_of_its_decade():
    seen = decades((2024, 30_000))

    assert seen == Eras(1, 1.0, 2024.0, "spotify", [Decade(2020, "2020s", 1, 30_000, 1.0)])


def test_time_without_a_counted_play_has_a_decade_and_no_share():
    seen = decades((1967, 29_999))

    assert seen == Eras(0, None, None, None, [Decade(1960, "1960s", 0, 29_999, None)])


def test_years_are_those_of_what_was_imported(listener):
    titles = ["Old", "New", "Lost"]
    rows = [a_play(f"2024-02-0{n + 1}T10:00:00Z", title=title) for n, title in enumerate(titles)]
    import_rows(listener.id, *rows)
    with transaction() as session:
        set_year = text("update contents set released_in = :year where name = :name")
        for name, year in (("Old", 1973), ("New", 2023)):
            session.execute(set_year, {"name": name, "year": year})

    with transaction() as session:
        plays = scopes.fetch(session, scopes.scope_of(listener))
        years = details.years_of(session, plays)

    assert years.tolist() == [1973, 2023, 0]
    assert [one.name for one in eras.decades(plays, years).decades] == ["1970s", "2020s"]


@given(
    st.lists(
        st.tuples(
            st.one_of(st.just(UNKNOWN), st.integers(1900, 2029)),
            st.sampled_from([0, 29_999, 30_000, 200_000]),
        ),
        max_size=40,
    )
)
def test_decades_are_what_counting_one_by_one_makes_of_them(given):
    counted = [year for year, ms in given if ms >= 30_000]
    known = [year for year in counted if year]
    counts, times = Counter(year // 10 * 10 for year in known), Counter()
    for year, ms in given:
        if year:
            times[year // 10 * 10] += ms
    played_in = sorted({year // 10 * 10 for year, _ in given if year})

    seen = decades(*given)

    assert [one.start for one in seen.decades] == played_in
    assert all(one.plays == counts[one.start] for one in seen.decades)
    assert all(one.ms_played == times[one.start] for one in seen.decades)
    assert seen.told == len(known)
    assert seen.coverage == (round(len(known) / len(counted), 4) if counted else None)
    assert seen.mean_year == (round(sum(known) / len(known), 1) if known else None)
