"""What became of an import, in words."""

import pytest

from spotify_insights.listening.archives.formats import PARSERS
from spotify_insights.listening.importing import REASONS
from spotify_insights.listening.records import Record
from spotify_insights.models import Import, ImportFile, Job, RejectedRow
from spotify_insights.models.job import JobState
from spotify_insights.models.sources import ImportStatus
from spotify_insights.web.pages import ledgers

SUCCEEDED, RUNNING, QUEUED = ImportStatus.SUCCEEDED, ImportStatus.RUNNING, ImportStatus.QUEUED


def a_record(status=SUCCEEDED, names=("my_spotify_data.zip",), files=(), undo=None, **counts):
    upload = Import(status=status, names=list(names), rows=sum(counts.values()), counts=counts)
    return Record(upload, files, rejected={}, job=None, undo=undo and Job(state=undo))


def a_file(format_name="spotify_extended", source_id=1, name="history.json", imported=1):
    counts = {"imported": imported, "no_identity": 0, "invalid": 0}
    return ImportFile(
        name=name, format=format_name, source_id=source_id, rows=imported, counts=counts
    )


def test_every_reason_has_words_and_no_row_is_left_out():
    shown = ledgers.entries(dict.fromkeys(REASONS, 3))

    assert len(shown) == len(REASONS)
    assert sum(entry.rows for entry in shown) == 3 * len(REASONS)


def test_reasons_that_did_not_occur_are_left_out():
    shown = ledgers.entries({"imported": 2, "invalid": 0})

    assert [entry.reason for entry in shown] == ["New plays"]


@pytest.mark.parametrize("format_name", PARSERS)
def test_every_format_has_a_name_for_people(format_name):
    (shown,) = ledgers.files(a_record(files=[a_file(format_name)]))

    assert "_" not in shown.format


def test_a_format_is_named_once_however_many_files_have_it():
    files = [a_file(name) for name in ("lastfm_csv", "spotify_extended", "lastfm_json")]

    assert ledgers.formats(a_record(files=files)) == "Last.fm, Spotify extended history"


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
    assert ledgers.headline(a_record(**counts)) == said


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (QUEUED, "a.json is waiting for its turn"),
        (RUNNING, "Importing a.json"),
        (ImportStatus.FAILED, "a.json could not be imported"),
        (ImportStatus.UNDONE, "The import of a.json was undone"),
    ],
)
def test_every_state_of_an_import_has_its_sentence(status, said):
    assert ledgers.headline(a_record(status, ["a.json"])) == said


def test_an_import_that_is_being_undone_says_so():
    record = a_record(names=["a.json"], undo=JobState.RUNNING, imported=1)

    assert ledgers.headline(record) == "Undoing the import of a.json"


def test_an_import_names_the_one_it_waits_for():
    waiting, running = a_record(QUEUED, ["b.json"]), a_record(RUNNING, ["a.json"])
    imports = [waiting, running]

    assert ledgers.headline(waiting, imports) == "b.json waits until a.json is done"
    assert ledgers.headline(running, imports) == "Importing a.json"


def test_several_files_are_counted_rather_than_named():
    record = a_record(RUNNING, ["a.json", "b.json"])

    assert ledgers.headline(record) == "Importing 2 files"


def test_of_a_long_name_the_beginning_and_the_end_are_told():
    record = a_record(RUNNING, [f"my_spotify_data_{'x' * 200}_(12).zip"])

    shown = ledgers.headline(record)

    assert shown.startswith("Importing my_spotify_data_xxx")
    assert shown.endswith("…xxxxxxx_(12).zip")


def test_the_import_named_and_all_that_go_on_are_shown_in_full():
    named, over = a_record(imported=1), a_record(imported=2)
    named.upload.id, over.upload.id = "named", "over"
    running, undone = a_record(RUNNING), a_record(undo=JobState.QUEUED)

    shown = ledgers.cards([running, over, undone, named], "named")

    assert shown == [named, running, undone]


def test_no_more_than_the_first_refused_rows_are_shown():
    rows = [RejectedRow(source_id=1, row=n, reason="invalid", detail="No.") for n in range(1, 21)]
    files = [a_file(source_id=1, name=name) for name in ("in/a.json", "in/b.json")]
    record = Record(Import(), files, rejected={1: rows}, job=None, undo=None)

    shown = ledgers.first_refused(record)

    assert [(one.file, one.row) for one in shown] == [("a.json", n) for n in range(1, 21)]


def test_only_an_undo_that_failed_is_told_as_a_failure():
    failed, waiting = (a_record(undo=state) for state in (JobState.FAILED, JobState.QUEUED))
    failed.undo.error_message = "The database was away."

    assert ledgers.failure_to_undo(failed) == "The database was away."
    assert ledgers.failure_to_undo(waiting) is None
    assert ledgers.failure_to_undo(a_record()) is None
    assert failed.can_undo
