import signal
import subprocess
import sys

import psutil
import pytest
from tests.embedded.conftest import gone
from tests.eventually import eventually

from spotify_insights.embedded import engines, guard, home, leftovers, postgresql, redis
from spotify_insights.embedded.account import identity
from spotify_insights.embedded.engines import Wanted

WITH_GRANDCHILD = 'sleep 1002 & touch "$NAME.ready"; wait'


@pytest.mark.parametrize("mode", ["engines", "run"])
def test_nothing_outlives_a_killed_parent(mode, data_dir, script, start_parent):
    script("worker", WITH_GRANDCHILD)
    parent = start_parent(mode, data_dir, "worker").ready()
    everybody = parent.children()
    names = {process.name() for process in everybody}

    parent.popen.kill()

    assert {"postgres", "redis-server"} <= names
    assert gone(everybody, timeout=5)


def test_data_survives_a_killed_parent(data_dir, start_parent, ask):
    parent = start_parent("engines", data_dir).ready()
    ask(parent.engines().database_url, "CREATE TABLE kept AS SELECT 41 AS answer")

    parent.popen.kill()

    with engines.started(data_dir, Wanted(is_durable=False)) as started:
        assert ask(started.database_url, "SELECT answer FROM kept") == 41


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel tells children of the death")
def test_the_kernel_ends_the_children_where_the_guard_cannot(data_dir, script, start_parent):
    script("web", 'touch "$NAME.ready"; exec sleep 1003')
    parent = start_parent("run", data_dir, "web").ready()
    frozen = parent.child("guard.py")
    others = [process for process in parent.children() if process != frozen]

    frozen.suspend()
    parent.popen.kill()

    assert gone(others, timeout=5)
    frozen.kill()


def test_a_lost_guard_is_replaced_by_one_that_knows_the_same(data_dir, script, start_parent):
    script("worker", WITH_GRANDCHILD)
    parent = start_parent("children", data_dir, "worker").ready()
    first = parent.child("guard.py")

    first.kill()
    second = parent.child("guard.py", other_than=first)
    everybody = parent.children()
    parent.popen.kill()

    assert second.pid != first.pid
    assert gone(everybody, timeout=5)


def test_engines_that_were_left_running_are_stopped_by_the_next_start(data_dir, ask):
    with engines.started(data_dir, Wanted(is_durable=False)) as started:
        ask(started.database_url, "CREATE TABLE kept AS SELECT 41 AS answer")
    with home.prepare(data_dir) as place:
        orphans = [leave_running(engine, place) for engine in (postgresql, redis)]

    with engines.started(data_dir, Wanted(is_durable=False)) as started:
        kept = ask(started.database_url, "SELECT answer FROM kept")

    assert kept == 41
    assert [orphan.wait() for orphan in orphans] == [0, 0]


def leave_running(engine, place):
    child = engine.child(place, is_durable=False)
    with child.engine.log.open("ab") as log:
        popen = subprocess.Popen(
            child.command, stdout=log, stderr=log, cwd="/", **identity(place.account)
        )
    eventually(child.ready)
    return popen


def test_what_does_not_stop_in_our_folder_is_killed_and_nothing_else(data_dir):
    inside, outside = (
        subprocess.Popen(["sleep", "1005"], cwd=folder) for folder in (data_dir, "/")
    )

    leftovers.end("sleep", data_dir, None, signal.SIGCONT, patience=0.1)

    assert inside.wait() == -9
    assert outside.poll() is None
    outside.kill()
    outside.wait()


def test_the_guard_knows_what_was_not_forgotten():
    assert guard.read(["+ 11 15\n", "+ 12 2\n", "- 11\n", "- 13\n"]) == {12: 2}


def test_the_guard_kills_what_does_not_stop():
    stubborn = a_group('trap "" TERM; echo; while :; do sleep 0.1; done')
    everybody = [psutil.Process(stubborn.pid), *psutil.Process(stubborn.pid).children()]

    guard.end({stubborn.pid: 15}, grace=0.2)

    assert stubborn.wait() == -9
    assert gone(everybody)
    stubborn.stdout.close()


def test_the_guard_minds_neither_the_dead_nor_an_empty_list():
    dead = a_group("echo")
    dead.wait()
    dead.stdout.close()

    guard.end({dead.pid: 15}, grace=0.2)
    guard.end({})


def a_group(script):
    popen = subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE, start_new_session=True)
    popen.stdout.readline()
    return popen
