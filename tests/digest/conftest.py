import pytest
from tests.mail_server import listening, mailing

from spotify_insights import settings


@pytest.fixture
def mail_server(clean_database):
    """A mail server that the settings name; no transaction may be open while it is talked to."""
    with mailing(is_watched=True) as server:
        clean_database.setenv("SMTP_URL", server.url)
        clean_database.setenv("MAIL_FROM", "Insights <insights@example.org>")
        clean_database.setenv("PUBLIC_URL", "https://insights.example.org")
        settings.get_settings.cache_clear()
        yield server


@pytest.fixture
def service(clean_database):
    with listening(is_watched=True) as service:
        yield service
