import pytest
from tests.chaos.workers import Worker


@pytest.fixture
def start_worker(clean_database, tmp_path):
    """Start a worker with the settings of the test; what still runs at its end is killed."""
    started = []

    def start(concurrency=2):
        worker = Worker(tmp_path, concurrency)
        started.append(worker)
        return worker

    yield start
    for worker in started:
        worker.kill()
