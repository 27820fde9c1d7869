import csv
import json
import zipfile
from io import BytesIO

import pytest
from sqlalchemy import func, select
from tests.listening.archives.builders import without_track
from tests.listening.builders import a_play, zipped
from tests.web.asking import NOWHERE, imported, problem, run_task, send_import, wrong_fields

from spotify_insights.listening import uploads
from spotify_insights.models import Job, Play
from spotify_insights.models.job import JobState
from spotify_insights.resources import transaction
from spotify_insights.settings import get_settings

REASONS = {
    "imported",
    "already_known",
    "matched",
    "duplicate_exact",
    "duplicate_near",
    "no_identity",
    "invalid",
}
ROW = a_play("2024-05-01T10:00:00Z")


def plays_stored():
    with transaction() as session:
        return session.scalar(select(func.count()).select_from(Play))


def files_kept():
    return [path for path in (get_settings().data_dir / "uploads").rglob("*") if path.is_file()]


def read(client, import_id):
    return client.get(f"/api/imports/{import_id}").json()


def refused_rows(client, import_id):
    answer = client.get(f"/api/imports/{import_id}/rejected")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return [tuple(row.values()) for row in csv.DictReader(answer.text.splitlines())]


def counted(**counts):
    return dict.fromkeys(REASONS, 0) | counts


def truncated():
    name, whole = zipped({"history.json": [ROW] * 1000})
    return name, BytesIO(whole.getvalue()[:-300])


def bomb():
    """A zip of a few megabytes that unpacks to a thousand, more than one file of a history has."""
    row = json.dumps(ROW).encode() + b","
    content = BytesIO()
    with (
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("history.json", "w", force_zip64=True) as entry,
    ):
        entry.write(b"[" + row)
        for _ in range(1030):
            entry.write(b" " * (1 << 20))
    return "bomb.zip", BytesIO(content.getvalue())


BAD_UPLOADS = {
    "a file that is no export": (("shopping.json", b'{"milk": 2}'), "not_an_export"),
    "text": (("notes.txt", b"nothing here"), "not_an_export"),
    "a list of other things": (("history.json", b'[{"a": 1}, 2, null]'), "not_an_export"),
    "a package without a history": (
        zipped({"Identity.json": b'{"displayName": "Ada", "tasteMaker": false}'}),
        "wrong_package",
    ),
    "nothing": (("empty.zip", b""), "empty_upload"),
    "a truncated zip": (truncated(), "broken_archive"),
    "a zip that lies": (("x.zip", b"PK\x03\x04" + b"\xff" * 500), "broken_archive"),
    "a list that breaks off": (("history.json", json.dumps([ROW] * 9)[:-1]), "broken_json"),
    "a path that leads outside": (zipped({"../history.json": [ROW]}), "unsafe_path"),
    "a zip in a zip": (
        zipped({"inner.zip": zipped({"history.json": [ROW]})[1].getvalue()}),
        "nested_archive",
    ),
}


def test_an_upload_is_queued_at_once(client, listener):
    answer = send_import(client, listener.id, zipped({"history.json": [ROW]}))

    queued = answer.json()
    record = client.get(f"/api/imports/{queued['import_id']}").json()
    assert answer.status_code == 202
    assert set(queued) == {"import_id", "task_id"}
    assert (record["status"], record["task_id"]) == ("queued", queued["task_id"])
    assert (record["rows"], record["files"]) == (0, [])
    assert (record["progress"], record["can_undo"]) == (None, False)


def test_every_row_has_a_reason_and_the_reasons_add_up(client, listener):
    rows = [ROW, ROW, a_play("2024-05-02T10:00:00Z"), without_track(), a_play("not a time")]

    record, task = imported(client, listener.id, *rows)

    expected = counted(imported=2, duplicate_exact=1, no_identity=1, invalid=1)
    (file,) = record["files"]
    assert task["status"] == "SUCCESS"
    assert task["result"]["import_id"] == record["import_id"]
    assert (record["status"], record["error"], record["rows"]) == ("succeeded", None, 5)
    assert record["counts"] == file["counts"] == expected
    assert (record["plays_new"], file["rows"], file["name"]) == (2, 5, "history.json")
    assert [(one["row"], one["reason"]) for one in file["rejected"]] == [
        (4, "no_identity"),
        (5, "invalid"),
    ]
    assert file["rejected_count"] == 2
    assert files_kept() == []


def test_a_second_import_adds_nothing(client, listener):
    imported(client, listener.id, ROW)

    record, _ = imported(client, listener.id, ROW)

    assert record["counts"] == counted(already_known=1)
    assert record["plays_new"] == 0
    assert plays_stored() == 1


def test_several_files_are_one_import(client, listener):
    loose = ("loose.json", json.dumps([a_play("2024-05-02T10:00:00Z")]).encode())

    queued = send_import(client, listener.id, zipped({"in/zip.json": [ROW]}), loose).json()
    run_task(client, queued["task_id"])

    record = client.get(f"/api/imports/{queued['import_id']}").json()
    assert record["names"] == ["my_spotify_data.zip", "loose.json"]
    assert [file["name"] for file in record["files"]] == ["in/zip.json", "loose.json"]
    assert record["rows"] == record["plays_new"] == 2


def test_broken_rows_are_counted_with_the_reason_and_the_others_come_in(client, listener):
    rows = [
        json.dumps(ROW),
        '{"ts": 5}',
        "17",
        "null",
        '{"ts": "2024-05-01T10:00:00Z", "ms_played": -1}',
        '{"ts": "2024-05-01T10:00:00Z", "ms_played": 99999999999999999999}',
        json.dumps(a_play("2024-05-02T10:00:00Z", title="nul \0")),
        "{broken}",
    ]
    upload = ("history.json", f"[{','.join(rows)}]".encode())

    queued = send_import(client, listener.id, upload).json()
    run_task(client, queued["task_id"])

    record = client.get(f"/api/imports/{queued['import_id']}").json()
    rejected = record["files"][0]["rejected"]
    assert record["counts"] == counted(imported=1, invalid=7)
    assert [one["row"] for one in rejected] == [2, 3, 4, 5, 6, 7, 8]
    assert all(one["detail"] for one in rejected)


@pytest.mark.parametrize("case", BAD_UPLOADS)
def test_what_cannot_be_read_fails_with_a_reason_and_leaves_nothing(client, listener, case):
    (name, content), code = BAD_UPLOADS[case]
    queued = send_import(client, listener.id, (name, content)).json()

    task = run_task(client, queued["task_id"])

    record = client.get(f"/api/imports/{queued['import_id']}").json()
    assert (task["status"], task["error"]) == ("FAILURE", code)
    assert (record["status"], record["error"]) == ("failed", code)
    assert record["message"] == task["message"]
    assert record["message"].endswith(".")
    assert plays_stored() == 0
    assert files_kept() == []


def test_a_zip_bomb_is_refused_and_leaves_nothing(client, listener):
    queued = send_import(client, listener.id, bomb()).json()

    task = run_task(client, queued["task_id"])

    assert (task["status"], task["error"]) == ("FAILURE", "archive_too_large")
    assert plays_stored() == 0
    assert files_kept() == []


def test_a_good_file_beside_a_bad_one_is_not_half_written(client, listener):
    good, bad = zipped({"history.json": [ROW]}), ("broken.json", json.dumps([ROW] * 2)[:-1])

    queued = send_import(client, listener.id, good, bad).json()
    run_task(client, queued["task_id"])

    record = client.get(f"/api/imports/{queued['import_id']}").json()
    assert (record["status"], record["error"]) == ("failed", "broken_json")
    assert "broken.json" in record["message"]
    assert plays_stored() == 0


def test_an_import_under_way_shows_its_progress(client, listener):
    queued = send_import(client, listener.id, zipped({"history.json": [ROW]})).json()
    with transaction() as session:
        job = session.get(Job, queued["task_id"])
        job.state = JobState.RUNNING
        job.progress_done, job.progress_total, job.progress_unit = 400, 1_000, "rows"

    progress = read(client, queued["import_id"])["progress"]

    assert (progress["done"], progress["total"], progress["unit"]) == (400, 1_000, "rows")
    assert {"rows_per_s", "seconds_left"} <= set(progress)


def test_imports_are_listed_newest_first_and_no_others(client, listener, a_listener):
    first, _ = imported(client, listener.id, ROW)
    second, _ = imported(client, listener.id, ROW)
    imported(client, a_listener().id, ROW)

    everything = client.get("/api/imports", params={"user_id": str(listener.id)}).json()
    newest = client.get("/api/imports", params={"user_id": str(listener.id), "limit": 1}).json()

    assert everything == [second, first]
    assert newest == [second]


def test_only_the_first_refused_rows_are_shown_and_all_can_be_downloaded(client, listener):
    record, _ = imported(client, listener.id, ROW, *[a_play("not a time")] * 30)

    (file,) = record["files"]
    downloaded = refused_rows(client, record["import_id"])
    assert (len(file["rejected"]), file["rejected_count"]) == (20, 30)
    assert [int(row) for _, row, _, _ in downloaded] == [*range(2, 32)]
    first = file["rejected"][0]
    assert downloaded[0] == ("history.json", "2", first["reason"], first["detail"])


def test_refused_rows_of_all_files_are_one_table(client, listener):
    bad = {"a.json": [without_track()], "b.json": [ROW], "c.json": [a_play("not a time")]}

    queued = send_import(client, listener.id, zipped(bad)).json()
    run_task(client, queued["task_id"])

    refused = refused_rows(client, queued["import_id"])
    assert [row[:3] for row in refused] == [
        ("a.json", "1", "no_identity"),
        ("c.json", "1", "invalid"),
    ]


def test_a_table_of_refused_rows_computes_nothing_in_a_spreadsheet(client, listener):
    upload = ("=HYPERLINK(1).json", json.dumps([a_play("not a time")]).encode())

    queued = send_import(client, listener.id, upload).json()
    run_task(client, queued["task_id"])

    ((name, *_),) = refused_rows(client, queued["import_id"])
    assert name == "'=HYPERLINK(1).json"


def test_an_import_without_refused_rows_gives_an_empty_table(client, listener):
    record, _ = imported(client, listener.id, ROW)

    assert refused_rows(client, record["import_id"]) == []


def test_an_import_can_be_undone_once_it_has_succeeded(client, listener):
    record, _ = imported(client, listener.id, ROW)
    assert (record["can_undo"], record["undo_task_id"]) == (True, None)

    answer = client.post(f"/api/imports/{record['import_id']}/undo")
    meanwhile = read(client, record["import_id"])
    task = run_task(client, answer.json()["task_id"])

    after = read(client, record["import_id"])
    assert answer.status_code == 202
    assert answer.json()["import_id"] == record["import_id"]
    assert (meanwhile["status"], meanwhile["can_undo"]) == ("succeeded", False)
    assert meanwhile["undo_task_id"] == task["task_id"]
    assert (task["status"], task["result"]["plays_removed"]) == ("SUCCESS", 1)
    assert (after["status"], after["can_undo"]) == ("undone", False)
    assert (after["undo_task_id"], after["counts"]) == (None, record["counts"])
    assert plays_stored() == 0


def test_two_wishes_to_undo_are_one_task(client, listener):
    record, _ = imported(client, listener.id, ROW)
    undo = f"/api/imports/{record['import_id']}/undo"

    first, second = client.post(undo).json(), client.post(undo).json()

    assert first == second


def test_what_has_not_succeeded_cannot_be_undone(client, listener):
    waiting = send_import(client, listener.id, zipped({"history.json": [ROW]})).json()
    undone, _ = imported(client, listener.id, ROW)
    undo = client.post(f"/api/imports/{undone['import_id']}/undo").json()
    run_task(client, undo["task_id"])

    for record in (waiting, undone):
        answer = client.post(f"/api/imports/{record['import_id']}/undo")
        problem(answer, 409, "not_undoable")


def test_after_an_undo_the_same_file_comes_in_as_if_for_the_first_time(client, listener):
    record, _ = imported(client, listener.id, ROW, a_play("not a time"))
    undo = client.post(f"/api/imports/{record['import_id']}/undo").json()
    run_task(client, undo["task_id"])

    again, _ = imported(client, listener.id, ROW, a_play("not a time"))

    assert again["counts"] == record["counts"]
    assert plays_stored() == 1


def test_an_upload_without_files_is_refused(client, listener):
    empty = send_import(client, listener.id)
    text = client.post("/api/imports", params={"user_id": str(listener.id)}, data={"files": "text"})

    assert set(wrong_fields(empty)) == {"body.files"}
    assert set(wrong_fields(text)) == {"body.files.0"}


def test_a_form_that_cannot_be_read_is_refused(client, listener):
    sent = {
        "params": {"user_id": str(listener.id)},
        "content": b"garbage",
        "headers": {"content-type": "multipart/form-data; boundary=x"},
    }

    problem(client.post("/api/imports", **sent), 400, "bad_request")


def test_too_large_an_upload_is_refused_and_deleted(client, listener, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_BYTES", 1000)

    answer = send_import(client, listener.id, ("history.json", b" " * 1001))

    assert set(wrong_fields(answer, "upload_too_large")) == {"files"}
    assert files_kept() == []


def test_a_file_name_is_shown_without_what_could_do_harm(client, listener):
    answer = send_import(client, listener.id, ("../../etc/pass\nwd\0.zip", b"x"))

    record = client.get(f"/api/imports/{answer.json()['import_id']}").json()
    (name,) = record["names"]
    assert name.endswith(".zip")
    assert name.isprintable()
    assert "/" not in name


def test_nobody_imports_into_the_demo_listener(client, a_listener):
    demo_listener = a_listener(is_demo=True)

    answer = send_import(client, demo_listener.id, zipped({"history.json": [ROW]}))

    problem(answer, 409, "demo_listener")
    assert files_kept() == []


def test_what_does_not_exist_is_not_found(client):
    upload = zipped({"history.json": [ROW]})

    problem(send_import(client, NOWHERE, upload), 404, "unknown_user")
    problem(client.get("/api/imports", params={"user_id": NOWHERE}), 404, "unknown_user")
    problem(client.get(f"/api/imports/{NOWHERE}"), 404, "unknown_import")
    problem(client.get(f"/api/imports/{NOWHERE}/rejected"), 404, "unknown_import")
    problem(client.post(f"/api/imports/{NOWHERE}/undo"), 404, "unknown_import")
    assert files_kept() == []


def test_a_malformed_id_is_named(client):
    upload = zipped({"history.json": [ROW]})

    assert set(wrong_fields(send_import(client, "1", upload))) == {"query.user_id"}
    assert set(wrong_fields(client.get("/api/imports/1"))) == {"path.import_id"}
