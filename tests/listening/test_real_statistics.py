"""Three real exports: every statistic against the same number worked out without our code."""

from datetime import date, timedelta
from functools import cache, lru_cache
from uuid import uuid4

import pytest
from sqlalchemy import text
from tests.conftest import SHARED, _use, forget_all
from tests.listening.builders import import_uploads
from tests.listening.comparing import CHECKS, OF_A_CLOCK
from tests.listening.looking import history_of, look
from tests.reference import exports as reference
from tests.reference.clocks import Clock

from spotify_insights import accounts, resources
from spotify_insights.models import Base
from spotify_insights.models.sources import ImportStatus

OLDER, NEWER = "extended_2013-2024_21_keys.zip", "extended_2015-2025_23_keys.zip"
ACCOUNT = "account_data_2024-2025.zip"
CLOCKS = [
    Clock("UTC"),
    Clock("Europe/Berlin"),
    Clock("America/New_York", day_starts_at=4, week_starts_on=7),
    Clock("Asia/Kolkata"),
]


def _named(check, name, clock, first, last):
    export = name.removesuffix(".zip")
    return f"{check.__name__.removeprefix('check_')}-{export}-{clock.zone}-{first}-{last}"


def _checks(_name, clock, first, last):
    """What does not look at days or hours is the same on any clock, but for a range's edges.

    It is looked at once in what is long, and on all clocks in what is short.
    """
    is_short = first and last - first < timedelta(days=32)
    return CHECKS if is_short or clock is CLOCKS[0] else OF_A_CLOCK


# A lifetime, a year, a month and a week; clocks change in the months and in some of the weeks.
RANGES = {
    OLDER: [
        (None, None),
        (date(2020, 1, 1), date(2020, 12, 31)),
        (date(2019, 3, 1), date(2019, 3, 31)),
        (date(2020, 10, 19), date(2020, 10, 25)),
    ],
    NEWER: [
        (None, None),
        (date(2018, 1, 1), date(2018, 12, 31)),
        (date(2018, 11, 1), date(2018, 11, 30)),
        (date(2019, 3, 25), date(2019, 3, 31)),
    ],
    ACCOUNT: [
        (None, None),
        (date(2024, 1, 1), date(2024, 12, 31)),
        (date(2024, 10, 1), date(2024, 10, 31)),
        (date(2024, 10, 28), date(2024, 11, 3)),
    ],
}
# The whole of an export is looked at on UTC's clock and on one that is no other export's.
LIFETIME_ON = dict(zip(RANGES, CLOCKS[1:], strict=True))
VIEWS = [
    (name, clock, first, last)
    for name, ranges in RANGES.items()
    for clock in CLOCKS
    for first, last in ranges
    if first or clock in (CLOCKS[0], LIFETIME_ON[name])
]
CASES = [
    pytest.param(view, check, id=_named(check, *view)) for view in VIEWS for check in _checks(*view)
]


@pytest.fixture(scope="module")
def histories(migrated, tmp_path_factory):
    """The three listeners, each imported when first asked for and once for all tests here."""
    if not (SHARED / "exports").is_dir():
        pytest.skip("the real exports are not part of a checkout")
    with pytest.MonkeyPatch.context() as patch:
        _use(patch, migrated | {"data_dir": str(tmp_path_factory.mktemp("data"))})
        empty_tables()
        yield cache(imported)
        empty_tables()
        resources.engine().dispose()
    forget_all()


@pytest.fixture(scope="module")
def view_of(histories):
    """One view at a time, for all checks of it."""

    @lru_cache(maxsize=1)
    def view_of(name, *asked):
        return look(histories(name), *asked)

    return view_of


@pytest.mark.parametrize(("asked", "check"), CASES)
def test_a_statistic_is_the_number_that_a_plain_count_of_the_export_gives(view_of, asked, check):
    check(view_of(*asked))


def imported(name):
    with resources.transaction() as session:
        user, _ = accounts.register(session, f"listener_{uuid4().hex}", name)
    path = SHARED / "exports" / name
    with path.open("rb") as file:
        record = import_uploads(user.id, (name, file))
    assert record.status is ImportStatus.SUCCEEDED
    return history_of(user, reference.listens_of(plays_in(path)))


def plays_in(path):
    if path.name == ACCOUNT:
        return reference.plays_of_account_data(reference.files_of(path))
    return reference.plays_of(reference.rows_of(path))


def empty_tables():
    """As after an installation, so that nothing is planned for tables that were just emptied."""
    names = ", ".join(table.name for table in Base.metadata.sorted_tables)
    with resources.transaction() as session:
        session.execute(text(f"truncate {names}"))
    resources.redis().flushdb()
