"""What the browser tests share."""

import pytest
from tests.e2e.browser import browser
from tests.stack import Stack

__all__ = ["browser"]


@pytest.fixture(scope="session")
def stack():
    """A first start, before anybody has brought in a listening of their own."""
    with Stack.start() as stack:
        yield stack
