"""Settings of an operator who lets both services be asked, over a Redis of our own."""

import pytest

from spotify_insights.settings import get_settings


@pytest.fixture
def allowed(clean_database: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    clean_database.setenv("MUSICBRAINZ_CONTACT", "ada@example.org")
    clean_database.setenv("LASTFM_API_KEY", "a-secret-key")
    get_settings.cache_clear()
    return clean_database
