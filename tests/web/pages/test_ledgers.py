"""What became of an import, in words."""

import pytest

from spotify_insights.listening.importing import REASONS
from spotify_insights.models import Import
from spotify_insights.models.listening import ImportStatus
from spotify_insights.web.pages import ledgers


def an_import(status=ImportStatus.SUCCEEDED, names=("my_spotify_data.zip",), **counts):
    return Import(status=status, names=list(names), rows=sum(counts.values()), counts=counts)


def test_every_reason_has_words_and_no_row_is_left_out():
    record = an_import(**dict.fromkeys(REASONS, 3))

    shown = ledgers.entries(record)

    assert len(shown) == len(REASONS)
    assert sum(entry.rows for entry in shown) == record.rows


def test_reasons_that_did_not_occur_are_left_out():
    record = an_import(imported=2, invalid=0)

    assert [entry.reason for entry in ledgers.entries(record)] == ["New plays"]


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (
            {"imported": 30_799, "duplicate_exact": 254},
            "31,053 rows in, 30,799 plays kept, every row accounted for",
        ),
        ({"already_known": 12}, "12 rows in, nothing new, every row accounted for"),
        ({"imported": 1}, "1 row in, 1 play kept, every row accounted for"),
        ({}, "No rows in, so nothing to keep"),
    ],
)
def test_a_finished_import_says_what_came_of_it(counts, said):
    assert ledgers.headline(an_import(**counts)) == said


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (ImportStatus.QUEUED, "a.json is waiting for its turn"),
        (ImportStatus.RUNNING, "Importing a.json"),
        (ImportStatus.FAILED, "a.json could not be imported"),
        (ImportStatus.UNDONE, "The import of a.json was undone"),
    ],
)
def test_every_state_of_an_import_has_its_sentence(status, said):
    assert ledgers.headline(an_import(status, ["a.json"])) == said


def test_several_files_are_counted_rather_than_named():
    record = an_import(ImportStatus.RUNNING, ["a.json", "b.json"])

    assert ledgers.headline(record) == "Importing 2 files"
