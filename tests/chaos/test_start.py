"""However a start ends, nothing of it is left but its data."""

import signal

import pytest
from tests.chaos.api import asking
from tests.stack import Stack, outside_engines


@pytest.fixture
def engines(worker_number):
    with outside_engines(worker_number) as settings:
        yield settings


def test_whatever_ends_a_start_leaves_no_process_and_the_next_has_all_data(engines):
    with Stack.start(**engines) as stack:
        with asking(stack) as api:
            insight = api.insight()
        assert stack.stop(signal.SIGKILL) == -signal.SIGKILL
        for number in (signal.SIGTERM, signal.SIGINT):
            with Stack.start(stack.data_dir, **engines) as following:
                with asking(following) as api:
                    assert api.read_insight(insight["insight_id"]) == insight
                assert following.stop(number) == 0
