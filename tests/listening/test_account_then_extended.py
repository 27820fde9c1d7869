"""Account data beside the extended history: not a listen more or less, whichever comes first."""

from itertools import permutations

import pytest
from bench import matching as simulation
from sqlalchemy import text

from spotify_insights.models import Base
from spotify_insights.resources import transaction

OLDER, NEWER = "extended_2013-2024_21_keys.zip", "extended_2015-2025_23_keys.zip"
ACCOUNT = "account_data_2024-2025.zip"


@pytest.fixture(autouse=True)
def new_tables(clean_database):
    """Tables as after an installation, with no statistics of what other tests emptied."""
    names = ", ".join(table.name for table in Base.metadata.sorted_tables)
    with transaction() as session:
        session.execute(text(f"truncate {names} cascade"))


def import_export(user_id, path):
    with path.open("rb") as file:
        return simulation.bring_in(user_id, file)


@pytest.mark.parametrize(("name", "year"), [(OLDER, 2019), (NEWER, 2018)])
def test_account_data_of_a_year_adds_and_loses_nothing_before_or_after(
    a_listener, exports, name, year
):
    alone, before, after = (a_listener().id for _ in range(3))
    import_export(alone, exports / name)
    full = simulation.listens(alone)
    some = [one for one in full if one.ended_at.year == year and one.kind == "track"]

    first = simulation.bring_in(before, simulation.as_account_data(some))
    second = import_export(before, exports / name)
    import_export(after, exports / name)
    late = simulation.bring_in(after, simulation.as_account_data(some))

    assert simulation.listens(before) == simulation.listens(after) == full
    assert second["matched"] == first["imported"]
    assert late["matched"] + late["duplicate_near"] == len(some)


def test_real_exports_end_in_the_same_plays_in_any_order_and_twice(a_listener, exports):
    names = [OLDER, NEWER, ACCOUNT]
    orders = [[*order, order[0]] for order in list(permutations(names))[::2]]
    outcomes = []

    for order in orders:
        listener = a_listener()
        for name in order:
            counts = import_export(listener.id, exports / name)
        assert counts["imported"] == counts["matched"] == 0
        outcomes.append(keys(simulation.listens(listener.id)))

    assert outcomes[0]
    assert all(outcome == outcomes[0] for outcome in outcomes)


def keys(listens):
    """What tells listens apart: how a name is spelt, the first file to bring it decides."""
    return {one[:4] for one in listens}
