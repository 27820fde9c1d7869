"""Versions of what statistics are taken from: another one after every change."""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from spotify_insights.errors import NotFound
from spotify_insights.models import CatalogueVersion, User
from spotify_insights.models.account import DATA_VERSIONS


def of(session: Session, user_id: UUID) -> str:
    """What an answer about a listener depends on: their own data, and what all listeners share.

    Raises NotFound for an unknown listener.
    """
    catalogue = select(CatalogueVersion.token).scalar_subquery()
    query = select(User.data_version, catalogue).where(User.id == user_id)
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound("unknown_user", f"There is no listener {user_id}.")
    return ".".join(str(part) for part in found)


def listener_changed(session: Session, user_id: UUID) -> None:
    """Say that a listener's statistics are not what they were."""
    newer = update(User).where(User.id == user_id).values(data_version=DATA_VERSIONS.next_value())
    session.execute(newer, execution_options={"synchronize_session": False})
