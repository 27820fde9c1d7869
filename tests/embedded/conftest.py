import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest
from tests.eventually import eventually

from spotify_insights.embedded import running

PARENT = Path(__file__).with_name("parent.py")


@pytest.fixture
def data_dir():
    """A folder like that of `mktemp -d`: open to its owner alone, in a folder open to all."""
    folder = Path(tempfile.mkdtemp(prefix="insights-test-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def open_dir(data_dir):
    """A folder that everybody may pass through, for data folders inside it."""
    data_dir.chmod(0o711)
    return data_dir


class Parent:
    """A started parent.py and everything it started in turn."""

    def __init__(self, mode, data_dir, *names):
        self.data_dir = data_dir
        self.popen = subprocess.Popen(
            [sys.executable, PARENT, mode, data_dir, *names],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PGPORT": "1"},
        )
        self.process = psutil.Process(self.popen.pid)

    def ready(self):
        assert self.popen.stdout.readline() == "ready\n", self.popen.stderr.read()
        return self

    def children(self):
        return self.process.children(recursive=True)

    def child(self, part, *, other_than=None):
        """The direct child that has this in its command line; waits until there is one."""
        return eventually(lambda: self._find_child(part, other_than))

    def _find_child(self, part, other_than):
        for child in self.process.children():
            with suppress(psutil.NoSuchProcess):
                if part in " ".join(child.cmdline()) and child != other_than:
                    return child
        return None

    def engines(self):
        found = running.find_running(self.data_dir)
        assert found is not None
        return found

    def wait(self):
        """Wait for its end; return its exit code and its log."""
        _, log = self.popen.communicate(timeout=20)
        return self.popen.returncode, log


@pytest.fixture
def start_parent():
    started = []

    def start(mode, data_dir, *names):
        parent = Parent(mode, data_dir, *names)
        started.append(parent)
        return parent

    yield start
    for parent in started:
        everybody = parent.children() if parent.process.is_running() else []
        parent.popen.kill()
        parent.popen.communicate(timeout=20)
        assert gone(everybody)


def gone(processes, timeout=15):
    """Whether all of these have ended in time, even if nobody has taken notice."""
    return eventually(lambda: all(has_ended(process) for process in processes), timeout)


def has_ended(process):
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.fixture
def ask():
    """Run one statement and return its first value."""

    def ask(database_url, statement):
        with psycopg.connect(database_url) as connection:
            row = connection.execute(statement)
            return row.fetchone()[0] if row.description else None

    return ask


@pytest.fixture
def script(data_dir):
    """Write the script of a child for parent.py."""

    def write(name, body):
        text = f"cd {data_dir}\n{body}\n"
        (data_dir / f"{name}.sh").write_text(text)

    return write
