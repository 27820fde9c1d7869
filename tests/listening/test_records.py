"""What is told of imports, read in few queries."""

from sqlalchemy import event
from tests.listening.builders import a_play, import_rows, import_uploads, undo, zipped

from spotify_insights import resources
from spotify_insights.listening import records, undoing
from spotify_insights.models.job import JobState
from spotify_insights.resources import transaction

BAD = a_play("not a time")


def watched(read, *arguments):
    """What was read, and the statements that it took."""
    seen = []

    def note(_connection, _cursor, statement, *_):
        seen.append(statement)

    event.listen(resources.engine(), "before_cursor_execute", note)
    try:
        with transaction() as session:
            return read(session, *arguments), seen
    finally:
        event.remove(resources.engine(), "before_cursor_execute", note)


def many_files(listener, hour):
    """An import of several files, each with a play and refused rows of its own."""
    files = {
        f"{day}.json": [a_play(f"2024-05-0{day}T{hour:02}:00:00Z"), *[BAD] * day]
        for day in range(1, 6)
    }
    return import_uploads(listener.id, zipped(files))


def test_many_imports_take_as_many_queries_as_one(listener):
    many_files(listener, hour=1)
    _, for_one = watched(records.list_records, listener.id, 10)
    many_files(listener, hour=2)
    import_rows(listener.id, a_play("2024-06-01T10:00:00Z"))

    found, for_all = watched(records.list_records, listener.id, 10)

    assert len(found) == 3
    assert len(for_all) == len(for_one)


def test_each_file_has_the_refused_rows_of_its_own(listener):
    record = many_files(listener, hour=1)

    with transaction() as session:
        told = records.get_record(session, record.id)

    refused = [len(told.rejected.get(file.source_id, ())) for file in told.files]
    assert refused == [1, 2, 3, 4, 5]
    assert told.rejected_count == 15


def test_refused_rows_come_page_by_page_in_the_order_of_the_files(listener, monkeypatch):
    monkeypatch.setattr(records, "PAGE_ROWS", 2)
    record = many_files(listener, hour=1)

    rows = [(name, one.row) for name, one in records.rejected_rows(record.id)]

    assert rows == [(f"{day}.json", 1 + row) for day in range(1, 6) for row in range(1, day + 1)]


def test_after_an_undo_nothing_is_left_but_the_counts(listener):
    record = many_files(listener, hour=1)
    undo(record)

    with transaction() as session:
        told = records.get_record(session, record.id)

    assert (told.rejected, told.rejected_count, told.undo) == ({}, 15, None)
    assert [*records.rejected_rows(record.id)] == []
    assert not told.can_undo


def test_the_undo_under_way_is_told_with_its_import_alone(listener):
    undone, other = (many_files(listener, hour) for hour in (1, 2))
    with transaction() as session:
        job = undoing.submit(session, undone.id)

    with transaction() as session:
        first, second = (records.get_record(session, one.id) for one in (undone, other))

    assert first.undo is not None
    assert (first.undo.id, first.undo.state) == (job.id, JobState.QUEUED)
    assert (first.can_undo, second.undo, second.can_undo) == (False, None, True)
