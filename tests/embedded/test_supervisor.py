import signal

import psycopg
import pytest
from tests.embedded.conftest import gone
from tests.eventually import eventually

QUIET = 'touch "$NAME.ready"; exec sleep 1000'
STUBBORN = 'trap "" TERM; touch "$NAME.ready"; while :; do sleep 0.1; done'
TELLING = """
trap 'echo stop $NAME >> told; exit 0' TERM
echo start $NAME >> told; touch "$NAME.ready"
while :; do sleep 0.02; done
"""


def told(data_dir):
    return (data_dir / "told").read_text().splitlines()


def test_children_start_in_order_and_stop_in_reverse(data_dir, script, start_parent):
    for name in "web", "worker":
        script(name, TELLING)
    parent = start_parent("children", data_dir, "web", "worker").ready()
    everybody = parent.children()

    parent.popen.terminate()

    assert parent.wait()[0] == 0
    assert told(data_dir) == ["start web", "start worker", "stop worker", "stop web"]
    assert gone(everybody)


def test_a_child_that_ends_is_started_again_and_the_log_says_why(data_dir, script, start_parent):
    script("web", QUIET)
    parent = start_parent("children", data_dir, "web").ready()
    first = parent.child("sleep")

    first.kill()
    second = parent.child("sleep", other_than=first)
    parent.popen.terminate()

    assert second.pid != first.pid
    assert "web was ended by signal 9: starting it again in 0.2 s" in parent.wait()[1]


def test_a_child_that_keeps_ending_is_started_more_and_more_slowly(data_dir, script, start_parent):
    script("web", 'echo run >> told; touch "$NAME.ready"; sleep 0.2; exit 3')
    parent = start_parent("children", data_dir, "web").ready()

    eventually(lambda: len(told(data_dir)) == 3)
    parent.popen.terminate()
    log = parent.wait()[1]

    assert "web ended with code 3: starting it again in 0.2 s" in log
    assert "web ended with code 3: starting it again in 0.5 s" in log


def test_what_a_dead_child_left_behind_is_killed_before_it_starts_again(
    data_dir, script, start_parent
):
    script("web", 'sleep 1001 & touch "$NAME.ready"; wait')
    parent = start_parent("children", data_dir, "web").ready()
    first = parent.child("web.sh")
    (lost,) = first.children()

    first.kill()

    assert gone([lost])
    assert parent.child("web.sh", other_than=first)


def test_a_child_that_does_not_stop_is_killed(data_dir, script, start_parent):
    script("web", STUBBORN)
    parent = start_parent("children", data_dir, "web").ready()
    everybody = parent.children()

    parent.popen.terminate()
    code, log = parent.wait()

    assert code == 0
    assert "web did not stop in time: killing it" in log
    assert gone(everybody)


def test_a_second_interrupt_kills_at_once(data_dir, script, start_parent):
    script("web", STUBBORN)
    script("worker", TELLING.replace("exit 0", ""))
    parent = start_parent("children", data_dir, "web", "worker").ready()
    everybody = parent.children()

    parent.popen.send_signal(signal.SIGINT)
    eventually(lambda: "stop worker" in told(data_dir))
    parent.popen.send_signal(signal.SIGINT)
    code, log = parent.wait()

    assert code == 0
    assert "did not stop in time" not in log
    assert gone(everybody)


def test_a_step_has_ended_before_the_next_child_starts(data_dir, script, start_parent):
    script("step", "sleep 0.1; echo step >> told")
    script("web", TELLING)

    start_parent("children", data_dir, "step", "web").ready()

    assert told(data_dir) == ["step", "start web"]


def test_a_step_that_fails_ends_the_start(data_dir, script, start_parent):
    script("web", QUIET)
    script("step", "exit 4")
    parent = start_parent("children", data_dir, "web", "step")

    code, log = parent.wait()

    assert code == 1
    assert log.endswith("step ended with code 4\n")


def test_a_child_that_ends_before_it_is_ready_ends_the_start(data_dir, script, start_parent):
    script("web", "exit 5")

    code, log = start_parent("children", data_dir, "web").wait()

    assert code == 1
    assert log.endswith("web ended with code 5\n")


def test_a_child_that_does_not_get_ready_ends_the_start(data_dir, script, start_parent):
    script("late", "exec sleep 1004")
    parent = start_parent("children", data_dir, "late")

    code, log = parent.wait()

    assert code == 1
    assert log.endswith("late was not ready within 1 s\n")


def test_a_start_can_be_stopped_before_everything_is_ready(data_dir, script, start_parent):
    script("web", TELLING.replace("touch", ": touch"))
    parent = start_parent("children", data_dir, "web")
    eventually(lambda: (data_dir / "told").exists() and told(data_dir))

    parent.popen.terminate()

    assert parent.wait()[0] == 0
    assert told(data_dir) == ["start web", "stop web"]


def test_a_killed_postgresql_comes_back_and_the_others_carry_on(
    data_dir, script, start_parent, ask
):
    script("web", QUIET)
    parent = start_parent("run", data_dir, "web").ready()
    url = parent.engines().database_url
    ask(url, "CREATE TABLE kept AS SELECT 41 AS answer")
    web, postgres = parent.child("sleep"), parent.child("postgres")

    postgres.kill()
    postgres.wait()
    kept = eventually(lambda: answer(ask, url, "SELECT answer FROM kept"))

    assert kept == 41
    assert web.is_running()


def answer(ask, url, statement):
    try:
        return ask(url, statement)
    except psycopg.OperationalError:
        return None


def test_a_killed_redis_comes_back(data_dir, start_parent):
    parent = start_parent("run", data_dir).ready()
    first = parent.child("redis-server")

    first.kill()

    assert parent.child("redis-server", other_than=first).is_running()


def test_an_orderly_stop_leaves_nothing_behind(data_dir, start_parent):
    parent = start_parent("run", data_dir).ready()
    everybody = parent.children()

    parent.popen.send_signal(signal.SIGINT)
    code, _ = parent.wait()

    assert code == 0
    assert gone(everybody)
    assert "database system is shut down" in (data_dir / "postgres.log").read_text()
    assert not (data_dir / "running.json").exists()
    assert not (data_dir / "engines/postgresql18/postmaster.pid").exists()


@pytest.mark.parametrize("mode", ["engines", "children"])
def test_a_second_start_is_refused_while_the_first_runs(mode, data_dir, script, start_parent):
    script("web", QUIET)
    start_parent("run", data_dir, "web").ready()

    code, log = start_parent(mode, data_dir).wait()

    assert code == 1
    assert "Already running at http://127.0.0.1:8000" in log
