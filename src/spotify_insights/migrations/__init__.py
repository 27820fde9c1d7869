"""The schema's history, inside the package so that an installed wheel can migrate."""

from alembic import command
from alembic.config import Config


def upgrade() -> None:
    """Bring the database of this process to the newest schema. Safe to repeat and to race."""
    config = Config()
    config.set_main_option("script_location", "spotify_insights:migrations")
    command.upgrade(config, "head")
