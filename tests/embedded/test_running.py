import pytest

from spotify_insights.embedded import running
from spotify_insights.embedded.running import AlreadyRunning, Running


def refusal(data_dir):
    """What a second start is told."""
    with pytest.raises(AlreadyRunning) as caught, running.hold(data_dir):
        pass
    return caught.value


def test_a_second_start_is_refused_and_says_where_the_first_is(data_dir):
    with running.hold(data_dir):
        running.record(data_dir, Running(7, web_address="http://127.0.0.1:8000"))

        refused = refusal(data_dir)

    assert refused.code == "already_running"
    assert "Already running at http://127.0.0.1:8000 (process 7" in refused.detail


def test_an_import_at_work_refuses_a_start(data_dir):
    with running.hold(data_dir):
        running.record(data_dir, Running(7))

        refused = refusal(data_dir)

    assert "Process 7 is at work" in refused.detail


def test_a_start_that_is_not_ready_yet_refuses_another(data_dir):
    with running.hold(data_dir):
        refused = refusal(data_dir)

    assert "under way" in refused.detail


def test_what_runs_is_found_while_it_runs(data_dir):
    ours = Running(7, database_url="postgresql://x", redis_url="unix:///x", demo_address="http://d")

    with running.hold(data_dir):
        before = running.find_running(data_dir)
        running.record(data_dir, ours)
        during = running.find_running(data_dir)
    after = running.find_running(data_dir)

    assert (before, during, after) == (None, ours, None)


def test_the_record_of_a_killed_start_is_not_believed(data_dir):
    running.record(data_dir, Running(7))
    without_lock = running.find_running(data_dir)
    (data_dir / "start.lock").touch()
    with_free_lock = running.find_running(data_dir)

    with running.hold(data_dir):
        after_the_next_start = running.find_running(data_dir)

    assert (without_lock, with_free_lock, after_the_next_start) == (None, None, None)


def test_a_missing_data_folder_is_made_for_its_owner_alone(data_dir):
    folder = data_dir / "new"

    with running.hold(folder):
        assert folder.stat().st_mode & 0o777 == 0o700
