"""`import` and `doctor`: beside a running start, before it and after it."""

import json
import shutil
import tempfile
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from tests.e2e import commands
from tests.listening.archives.builders import FOLDER, a_row, a_zip, as_json
from tests.reference import amounts, clocks
from tests.reference import exports as reference
from tests.stack import Stack

REAL_EXPORTS = (
    ("extended_2013-2024_21_keys.zip", 41_418, 41_183),
    ("extended_2015-2025_23_keys.zip", 31_053, 30_744),
)
SPOKEN = {"podcasts": "episode", "audiobooks": "chapter"}


@pytest.fixture
def data_dir():
    """Outside of pytest's folder, where the engines' own account could not pass."""
    folder = Path(tempfile.mkdtemp(prefix="insights-cli-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder / "data"
    shutil.rmtree(folder)


@pytest.fixture
def export(tmp_path):
    """Two plays of two tracks."""
    rows = a_row(), a_row(ts="2024-05-02T10:00:00Z", master_metadata_track_name="Red")
    return a_zip(
        tmp_path / "history.zip", {f"{FOLDER}Streaming_History_Audio.json": as_json(*rows)}
    )


def test_an_import_finds_its_listener_with_and_without_a_running_start(data_dir, export):
    before = imported(export, data_dir)
    with Stack.start(data_dir) as stack:
        again = imported(export, data_dir)
        other = register(stack, "Grace")
        unnamed = commands.run("import", export, "--data-dir", data_dir)
        unknown = commands.run("import", export, "--data-dir", data_dir, "--user", uuid4())
        running = commands.run("doctor", "--json", data_dir=data_dir)
    later = imported(export, data_dir, "--user", other)
    stopped = commands.run("doctor", "--json", data_dir=data_dir)

    assert (before["plays_new"], again["counts"]["already_known"]) == (2, 2)
    assert before["user_id"] == again["user_id"]
    assert (unnamed.returncode, unnamed.stderr.count("several listeners")) == (2, 1)
    assert (unknown.returncode, unknown.stderr.count("There is no listener")) == (1, 1)
    assert (later["user_id"], later["plays_new"]) == (other, 2)
    assert (again["files"][0]["format"], again["can_undo"]) == ("spotify_extended", True)
    assert (running.returncode, faults_in(running)) == (0, {})
    assert (stopped.returncode, [*faults_in(stopped)]) == (1, ["engines"])


def test_what_is_no_export_fails_with_the_reason(data_dir, tmp_path):
    notes = tmp_path / "notes.json"
    notes.write_text("[]")

    done = commands.run("import", notes, "--json", "--data-dir", data_dir)

    record = json.loads(done.stdout)
    assert done.returncode == 1
    assert (record["status"], record["rows"]) == ("failed", 0)
    assert record["message"].startswith("notes.json: ")


def test_what_became_of_each_row_is_told_in_words(data_dir, export):
    done = commands.run("import", export, export, "--data-dir", data_dir)

    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert lines[0] == "4 rows in, 2 new plays, every row accounted for:"
    assert lines[1] == "2 New plays: Added to your history"
    assert lines[2].startswith("2 Exact duplicates: Same start, end, content and length")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["import"], "Missing argument"),
        (["import", "no-such-file.zip"], "does not exist"),
        (["import", "/tmp", "--user", "me"], "is not a valid UUID"),
        (["imports"], "No such command"),
    ],
)
def test_wrong_usage_is_told_apart_from_failure(arguments, reason):
    done = commands.run(*arguments)

    assert done.returncode == 2
    assert reason in done.stderr
    assert done.stdout == ""


def test_a_real_export_counts_as_it_does_by_hand(data_dir, exports):
    with Stack.start(data_dir) as stack:
        for name, rows, plays in REAL_EXPORTS:
            told = reference.plays_of(reference.rows_of(exports / name))
            expected = reference.listens_of(told)
            user_id = register(stack, name)

            record = imported(exports / name, data_dir, "--user", user_id)

            assert (record["rows"], sum(record["counts"].values())) == (rows, rows)
            assert record["counts"]["imported"] == record["plays_new"] == len(expected) == plays
            assert summary_of(stack, user_id) == counted_by_hand(expected)


def imported(export, data_dir, *options):
    done = commands.run("import", export, "--json", "--data-dir", data_dir, *options)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def faults_in(done):
    return {one["name"]: one["detail"] for one in json.loads(done.stdout) if not one["is_fine"]}


def register(stack, name):
    wanted = {"spotify_user_id": name.lower(), "display_name": name}
    return httpx2.post(f"{stack.url}/api/users/register", json=wanted).json()["user_id"]


def summary_of(stack, user_id):
    """All that is summed up of a lifetime; what was skipped, nobody has counted by hand."""
    told = httpx2.get(f"{stack.url}/api/stats/summary", params={"user_id": user_id}).json()
    period, before = told.pop("period"), told.pop("before")
    assert (period["first"], period["last"], before) == (None, None, None)
    return {name: value for name, value in told.items() if name != "skips"}


def counted_by_hand(plays):
    totals = {
        kind: _as_answered(amounts.totals(clocks.heard_on(plays, clocks.Clock(), kind)))
        for kind in ("track", *SPOKEN.values())
    }
    return totals["track"] | {name: totals[kind] for name, kind in SPOKEN.items()}


def _as_answered(totals):
    """With times as JSON has them; an export tells how long a play really was."""
    times = {"first_play_at": totals.first_play_at, "last_play_at": totals.last_play_at}
    written = {name: at and at.isoformat().replace("+00:00", "Z") for name, at in times.items()}
    return totals._asdict() | written | {"is_estimated": False}
