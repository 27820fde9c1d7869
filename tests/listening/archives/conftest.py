from pathlib import Path

import pytest

_EXPORTS = Path(__file__).resolve().parents[4] / "shared" / "exports"


@pytest.fixture
def exports():
    """Real exports, which only their owners may hand on."""
    if not _EXPORTS.is_dir():
        pytest.skip("the folder with real exports is not beside the project")
    return _EXPORTS
