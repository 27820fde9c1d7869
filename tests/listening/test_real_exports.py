"""Two real exports, row for row, against numbers worked out without our code."""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import date

import pytest
from sqlalchemy import text
from tests.listening.archives.builders import a_row
from tests.listening.builders import files_of, import_uploads, ledger, zipped
from tests.listening.counting import totals_by_kind
from tests.reference import amounts, clocks
from tests.reference import exports as reference

from spotify_insights import accounts
from spotify_insights.models import Base
from spotify_insights.models.listening import PlayKind
from spotify_insights.models.sources import ImportStatus
from spotify_insights.resources import transaction

OLDER, NEWER = "extended_2013-2024_21_keys.zip", "extended_2015-2025_23_keys.zip"
COUNTS = {
    OLDER: {"imported": 41_183, "no_identity": 138, "duplicate_exact": 92, "duplicate_near": 5},
    NEWER: {"imported": 30_744, "duplicate_exact": 254, "duplicate_near": 55},
}
ROWS = {OLDER: 41_418, NEWER: 31_053}
RANGES = [
    (None, None),
    (date(2019, 3, 10), None),
    (None, date(2018, 11, 4)),
    (date(2018, 11, 4), date(2018, 11, 4)),
    (date(2020, 1, 1), date(2020, 12, 31)),
    (date(2024, 3, 31), date(2024, 3, 31)),
]
CLOCKS = [
    *(("UTC", 0), ("Europe/Berlin", 5), ("America/Sao_Paulo", 0)),
    *(("Asia/Kolkata", 5), ("Pacific/Apia", 0)),
]


@pytest.fixture(autouse=True)
def new_tables(clean_database):
    """Tables as after an installation.

    If the database happens to take its statistics when other tests have just emptied the
    catalogue, it plans for an empty one, and forty thousand plays take minutes instead of a second.
    """
    names = ", ".join(table.name for table in Base.metadata.sorted_tables)
    with transaction() as session:
        session.execute(text(f"truncate {names}"))


def import_export(user_id, path):
    with path.open("rb") as file:
        return import_uploads(user_id, (path.name, file))


def moved(listener, **changes):
    with transaction() as session:
        return accounts.change(session, listener.id, changes)


def as_people_see_them(listener):
    """The ledger with its names in lower case: who came first decides how a name is spelt."""
    return [str(play).casefold() for play in ledger(listener.id)]


@pytest.mark.parametrize("name", [OLDER, NEWER])
def test_every_number_of_an_export_is_the_one_that_a_plain_reading_gives(listener, exports, name):
    rows = reference.rows_of(exports / name)
    plays = reference.listens_of(reference.plays_of(rows))

    record = import_export(listener.id, exports / name)

    assert record.rows == len(rows) == ROWS[name]
    assert record.counts == dict.fromkeys(record.counts, 0) | COUNTS[name]
    files = files_of(record)
    assert all(file.rows == sum(file.counts.values()) for file in files)
    assert sum(file.rows for file in files) == ROWS[name]
    assert [play[:4] for play in ledger(listener.id)] == sorted(play.key for play in plays)
    for zone, day_starts_at in CLOCKS:
        listener = moved(listener, timezone=zone, day_starts_at=day_starts_at)
        clock = clocks.Clock(zone, day_starts_at)
        heard = {kind: clocks.heard_on(plays, clock, kind) for kind in PlayKind}
        for first, last in RANGES:
            for kind, seen in totals_by_kind(listener, first=first, last=last).items():
                expected = amounts.totals(clocks.within(heard[kind], first, last))
                assert asdict(seen) == expected._asdict() | {"is_estimated": False}


def test_an_export_again_adds_nothing_in_whatever_form_and_one_row_more_adds_one(listener, exports):
    rows = reference.rows_of(exports / NEWER)
    import_export(listener.id, exports / NEWER)
    random.Random(1).shuffle(rows)
    pieces = {f"{n:06}.json": rows[n : n + 1_000] for n in range(0, len(rows), 1_000)}

    same = import_export(listener.id, exports / NEWER)
    cut_up = import_uploads(listener.id, zipped(pieces | {"new.json": [a_row()]}))

    known = {"imported": 0, "already_known": 30_799, "duplicate_exact": 254}
    assert same.counts == dict.fromkeys(same.counts, 0) | known
    assert cut_up.counts == same.counts | {"imported": 1}
    assert len(files_of(cut_up)) == 33
    assert len(ledger(listener.id)) == 30_745


def test_two_listeners_who_import_both_at_once_in_either_order_have_the_same_plays(
    a_listener, exports
):
    one, other = a_listener(), a_listener()

    def import_all(listener, *names):
        return [import_export(listener.id, exports / name) for name in names]

    with ThreadPoolExecutor() as pool:
        first = pool.submit(import_all, one, OLDER, NEWER)
        second = pool.submit(import_all, other, NEWER, OLDER)
    records = first.result() + second.result()

    assert [record.status for record in records] == [ImportStatus.SUCCEEDED] * 4
    assert sum(record.counts["imported"] for record in records) == 2 * (41_183 + 30_744)
    assert as_people_see_them(one) == as_people_see_them(other)
