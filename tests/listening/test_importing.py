"""An import, as a worker runs it: every row accounted for, all or nothing, safe to repeat."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import sha256
from io import BytesIO
from uuid import uuid4

import pytest
from sqlalchemy import text
from tests.eventually import eventually
from tests.listening.archives.builders import a_row, as_json, without_track
from tests.listening.builders import (
    a_play,
    files_of,
    import_rows,
    import_uploads,
    ledger,
    look_at,
    zipped,
)

from spotify_insights import jobs
from spotify_insights.errors import Conflict, Invalid, NotFound
from spotify_insights.listening import importing, progress, records, snapshots, uploads
from spotify_insights.models.job import JobKind, JobState
from spotify_insights.models.sources import ImportStatus
from spotify_insights.resources import transaction
from spotify_insights.settings import get_settings
from spotify_insights.worker import FLOWS

NOON = "2024-05-01T12:00:00Z"
NAMELESS = without_track()
BROKEN = a_row(ts="yesterday")


def uploads_left():
    return [*(get_settings().data_dir / "uploads").glob("*")]


def receive(user_id, *given):
    return uploads.receive(user_id, given)


def run(job):
    jobs.run(job.id, FLOWS[JobKind.IMPORT])


def state_of(job):
    with transaction() as session:
        return jobs.get_job(session, job.id)


def counts_of(record):
    return {reason: count for reason, count in record.counts.items() if count}


def at(minute, **changes):
    return a_play(f"2024-05-01T12:{minute:02}:00Z", **changes)


# What an import says of itself


def test_an_import_is_queued_first_with_its_names_and_no_numbers(listener):
    record, job = receive(listener.id, zipped({"history.json": [at(0)]}))

    assert (record.status, record.names) == (ImportStatus.QUEUED, ["my_spotify_data.zip"])
    assert (record.rows, record.counts, files_of(record)) == (0, {}, [])
    assert (record.task_id, job.subject) == (job.id, str(record.id))


def test_every_row_has_a_reason_per_file_and_in_total(listener):
    import_rows(listener.id, at(0))

    files = {"one.json": [at(0), at(1), NAMELESS], "two.json": [at(1), at(2), at(2), BROKEN]}
    record = import_uploads(listener.id, zipped(files))

    one, two = files_of(record)
    assert record.status is ImportStatus.SUCCEEDED
    assert {reason for reason, count in one.counts.items() if count} == {
        *("already_known", "imported", "no_identity")
    }
    assert counts_of(record) == {
        "already_known": 1,
        "duplicate_exact": 2,
        "imported": 2,
        "invalid": 1,
        "no_identity": 1,
    }
    assert [file.rows for file in (one, two)] == [3, 4]
    assert all(file.rows == sum(file.counts.values()) for file in (one, two))
    assert record.rows == sum(record.counts.values()) == 7


def test_the_reasons_are_a_closed_list(listener):
    record = import_rows(listener.id, at(0))

    assert set(record.counts) == set(files_of(record)[0].counts) == set(importing.REASONS)


def test_refused_rows_are_shown_with_their_number_and_why_up_to_a_limit(listener):
    record = import_rows(listener.id, at(0), BROKEN, *[NAMELESS] * 30)

    (file,) = files_of(record)
    with transaction() as session:
        (rejected,) = records.get_record(session, record.id).rejected.values()
    kept = [row.row for _, row in records.rejected_rows(record.id)]
    assert [one.row for one in rejected] == [*range(2, 2 + records.FIRST_REJECTED)]
    assert [one.reason for one in rejected[:2]] == ["invalid", "no_identity"]
    assert all(one.detail for one in rejected)
    assert kept == [*range(2, 33)]
    assert records.refused(file) == 31
    assert counts_of(record) == {"imported": 1, "invalid": 1, "no_identity": 30}


def test_a_file_has_its_name_format_and_checksum(listener):
    content = as_json(at(0))

    record = import_uploads(listener.id, ("C:/me/history.json", BytesIO(content)))

    (file,) = files_of(record)
    assert (file.name, file.format) == ("history.json", "spotify_extended")
    assert file.sha256 == sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/history.json", "history.json"),
        ("a\tb\x00c\x1b[31m.json", "abc[31m.json"),
        ("x" * 300, "x" * 255),
        ("\r\n", "upload"),
        ("", "upload"),
    ],
)
def test_a_file_name_is_shown_without_what_could_do_harm(listener, given, shown):
    record = import_uploads(listener.id, (given, BytesIO(as_json(at(0)))))

    assert record.names == [shown]


def test_several_files_at_once_are_one_import(listener):
    loose = ("more.json", BytesIO(as_json(at(1), at(2))))

    record = import_uploads(listener.id, zipped({"history.json": [at(0), at(1)]}), loose)

    assert [file.name for file in files_of(record)] == ["history.json", "more.json"]
    assert counts_of(record) == {"imported": 3, "duplicate_exact": 1}


def test_the_job_ends_with_the_new_plays_and_a_lifetime_snapshot(listener):
    record, job = receive(listener.id, zipped({"history.json": [at(0), at(0), at(1)]}))

    run(job)

    ended = state_of(job)
    with transaction() as session:
        (snapshot,) = snapshots.find_snapshots(session, listener.id, 10, None)
    assert (ended.state, ended.error_code) == (JobState.SUCCEEDED, None)
    assert ended.result == {
        "import_id": str(record.id),
        "snapshot_id": str(snapshot.id),
        "plays_new": 2,
    }
    assert (snapshot.time_range, snapshot.totals["plays"]) == ("lifetime", 2)
    assert (snapshot.sources, uploads_left()) == (["export"], [])


def test_a_long_import_shows_how_far_it_is(listener, monkeypatch):
    monkeypatch.setattr(progress, "REPORT_EVERY_S", 0)
    _, job = receive(listener.id, zipped({"history.json": [at(0), at(1), NAMELESS]}))

    run(job)

    seen = state_of(job)
    assert (seen.progress_done, seen.progress_total, seen.progress_unit) == (3, 3, "rows")


def test_imports_are_found_by_id_and_by_listener_newest_first(a_listener):
    one, other = a_listener(), a_listener()
    first, second = import_rows(one.id, at(0)), import_rows(one.id, at(1))
    import_rows(other.id, at(0))

    with transaction() as session:
        listed = importing.list_imports(session, one.id, 10)
        newest = importing.list_imports(session, one.id, 1)
        with pytest.raises(NotFound):
            importing.get_import(session, uuid4())

    assert [record.id for record in listed] == [second.id, first.id]
    assert [record.id for record in newest] == [second.id]


# What is refused, and what is left behind


def test_nobody_imports_into_the_demo_listener(a_listener):
    demo = a_listener(is_demo=True)

    with pytest.raises(Conflict) as refused:
        receive(demo.id, zipped({"history.json": [at(0)]}))

    assert refused.value.code == "demo_listener"
    assert uploads_left() == []


def test_an_unknown_listener_leaves_nothing_behind(clean_database):
    with pytest.raises(NotFound):
        receive(uuid4(), zipped({"history.json": [at(0)]}))

    assert uploads_left() == []


def test_an_upload_that_is_too_large_is_refused_and_deleted(listener, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_BYTES", 100)

    with pytest.raises(Invalid) as refused:
        receive(listener.id, ("a.json", BytesIO(b"[" * 60)), ("b.json", BytesIO(b"[" * 60)))

    assert (refused.value.code, refused.value.field) == ("upload_too_large", "files")
    assert uploads_left() == []


def test_more_rows_than_anyone_can_have_are_refused(listener, monkeypatch):
    monkeypatch.setattr(progress, "MOST_ROWS", 2)

    record = import_rows(listener.id, at(0), at(1), at(2))

    assert (record.status, record.error_code) == (ImportStatus.FAILED, "archive_too_large")
    assert ledger(listener.id) == []


GOOD = as_json(at(0), at(1))


@pytest.mark.parametrize(
    ("given", "code", "file"),
    [
        ([zipped({"1.json": GOOD, "2.json": GOOD[:-5], "3.json": GOOD})], "broken_json", "2.json"),
        ([("1.json", BytesIO(GOOD)), ("2.json", BytesIO(b""))], "empty_upload", "2.json"),
        ([("1.json", BytesIO(GOOD)), ("a.zip", BytesIO(b"PK\x03\x04"))], "broken_archive", "a.zip"),
        ([zipped({"x.json": [{"timestamp_utc": 1}]})], "wrong_package", "x.json"),
        ([("holiday.jpg", BytesIO(b"\xff\xd8\xff"))], "not_an_export", "holiday.jpg"),
    ],
    ids=["half a file", "an empty file", "half a zip", "a technical log", "a picture"],
)
def test_what_cannot_be_read_fails_the_whole_import_and_says_why(listener, given, code, file):
    for _, content in given:
        content.seek(0)
    record, job = receive(listener.id, *given)

    run(job)

    failed, ended = look_at(record), state_of(job)
    assert (failed.status, ended.state) == (ImportStatus.FAILED, JobState.FAILED)
    assert failed.error_code == ended.error_code == code
    assert failed.error_message == ended.error_message
    assert failed.error_message.startswith(f"{file}: ")
    assert (failed.rows, failed.counts, files_of(record)) == (0, {}, [])
    assert failed.completed_at is not None
    assert ledger(listener.id) == []
    assert uploads_left() == []


def test_after_a_failed_import_the_next_one_works(listener):
    import_uploads(listener.id, zipped({"1.json": GOOD[:-5]}))

    record = import_uploads(listener.id, zipped({"1.json": GOOD}))

    assert counts_of(record) == {"imported": 2}


def backends(condition):
    """Other connections to this database for which something holds."""
    others = "datname = current_database() and pid <> pg_backend_pid()"
    with transaction() as session:
        return session.scalars(
            text(f"select pid from pg_stat_activity where {others} and {condition}")
        ).all()


def end_backends(condition):
    """Cut the connections for which something holds, once there are any."""
    pids = eventually(partial(backends, condition))
    cut = text("select pg_terminate_backend(pid) from unnest(cast(:pids as int[])) pid")
    with transaction() as session:
        session.execute(cut, {"pids": pids})


def make_due(job):
    with transaction() as session:
        due = text("update background_jobs set run_after = now() where id = :id")
        session.execute(due, {"id": job.id})


def test_an_import_cut_off_while_rows_come_in_starts_again_to_the_same_result(
    listener, monkeypatch
):
    monkeypatch.setattr(progress, "REPORT_EVERY_S", 0)
    record, job = receive(listener.id, zipped({"history.json": [at(0), at(1)]}))

    with ThreadPoolExecutor() as pool, transaction() as keeps_report_waiting:
        with transaction() as keeps_import_waiting:
            keeps_import_waiting.execute(text("select 1 from imports for update"))
            pool.submit(run, job)
            eventually(lambda: state_of(job).state is JobState.RUNNING)
            keeps_report_waiting.execute(text("select 1 from background_jobs for update"))
        end_backends("query like 'copy rejected_rows%'")
    cut_off = state_of(job)
    make_due(job)
    run(job)

    assert (cut_off.state, cut_off.error_code) == (JobState.QUEUED, "database_unavailable")
    assert counts_of(look_at(record)) == {"imported": 2}
    assert len(ledger(listener.id)) == 2


def test_an_import_cut_off_while_plays_are_stored_starts_again_to_the_same_result(listener):
    record, job = receive(listener.id, zipped({"history.json": [at(0), at(1)]}))

    with ThreadPoolExecutor() as pool, transaction() as keeps_ledger_locked:
        keeps_ledger_locked.execute(text("select 1 from users for update"))
        pool.submit(run, job)
        end_backends("wait_event_type = 'Lock'")
    cut_off = state_of(job)
    make_due(job)
    run(job)

    assert (cut_off.state, cut_off.error_code) == (JobState.QUEUED, "database_unavailable")
    assert counts_of(look_at(record)) == {"imported": 2}
    assert len(ledger(listener.id)) == 2


def test_a_page_with_more_plays_than_a_pack_is_imported_whole(listener):
    first, plays = 1_500_000_000, 70_000
    tracks = [
        {"name": "Blue", "artist": "The Painters", "date": {"uts": str(first + 300 * number)}}
        for number in range(plays)
    ]

    record = import_uploads(listener.id, ("page.json", BytesIO(as_json({"track": tracks}))))

    assert (record.rows, record.counts["imported"]) == (plays, plays)
