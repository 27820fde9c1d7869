"""`export`: as people call it, after an import and without a running start."""

import json
import shutil
import tempfile
from pathlib import Path
from uuid import uuid4

import pytest
from tests.e2e import commands
from tests.listening.archives.builders import a_row, a_zip, as_json


@pytest.fixture
def data_dir():
    """Outside of pytest's folder, where the engines' own account could not pass."""
    folder = Path(tempfile.mkdtemp(prefix="insights-cli-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder / "data"
    shutil.rmtree(folder)


def test_a_listener_s_plays_go_to_a_file_or_down_a_pipe(data_dir, tmp_path):
    history = a_zip(tmp_path / "history.zip", {"history.json": as_json(a_row())})
    output = tmp_path / "plays.jsonl"

    nobody = commands.run("export", "--data-dir", data_dir)
    commands.run("import", history, "--data-dir", data_dir)
    piped = commands.run("export", "--data-dir", data_dir)
    filed = commands.run("export", "--data-dir", data_dir, "--output", output)
    stranger = commands.run("export", "--data-dir", data_dir, "--output", output, "--user", uuid4())
    again = commands.run("import", output, "--json", "--data-dir", data_dir)

    assert (nobody.returncode, nobody.stdout) == (1, "")
    assert (piped.returncode, len(piped.stdout.splitlines())) == (0, 2)
    assert piped.stderr.startswith("1 plays of listener ")
    assert (filed.returncode, filed.stdout, stranger.returncode) == (0, "", 1)
    assert output.read_text() == piped.stdout
    assert json.loads(again.stdout)["counts"]["already_known"] == 1


def test_what_cannot_be_written_is_said_and_leaves_nothing_behind(data_dir, tmp_path):
    history = a_zip(tmp_path / "history.zip", {"history.json": as_json(a_row())})
    commands.run("import", history, "--data-dir", data_dir)
    nowhere = tmp_path / "nowhere" / "plays.csv"

    refused = commands.run("export", "--data-dir", data_dir, "--output", nowhere)
    device = commands.run("export", "--data-dir", data_dir, "--output", "/dev/null")
    wrong = commands.run("export", "--data-dir", data_dir, "--format", "xlsx")

    assert (refused.returncode, "No such file" in refused.stderr) == (1, True)
    assert (device.returncode, Path("/dev/null").is_char_device()) == (0, True)
    assert wrong.returncode == 2
    assert [path.name for path in tmp_path.iterdir()] == ["history.zip"]
