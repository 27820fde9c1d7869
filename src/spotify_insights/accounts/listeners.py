"""Listeners: found, changed, told apart."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from spotify_insights import llm
from spotify_insights.errors import Invalid, NotFound
from spotify_insights.models import Play, User
from spotify_insights.models.account import DATA_VERSIONS, Connection
from spotify_insights.models.listening import Provenance
from spotify_insights.spotify.payloads import Me


def register(
    session: Session, spotify_user_id: str, display_name: str, email: str | None = None
) -> tuple[User, bool]:
    """The listener with this Spotify id and whether it is new; a changed name is taken over."""
    values = {"spotify_user_id": spotify_user_id, "display_name": display_name}
    if email is not None:
        values["email"] = email
    new = session.scalars(
        insert(User).values(values).on_conflict_do_nothing().returning(User)
    ).one_or_none()
    if new is not None:
        return new, True
    return write(session, User.spotify_user_id == spotify_user_id, values), False


def get_user(session: Session, user_id: UUID) -> User:
    user = session.get(User, user_id)
    if user is None:
        raise NotFound("unknown_user", f"There is no listener {user_id}.")
    return user


def list_users(session: Session) -> list[User]:
    """All listeners, those with data of their own first, the demo listener last."""
    return list(session.scalars(select(User).order_by(User.is_demo, User.created_at)))


def change(session: Session, user_id: UUID, values: dict[str, Any]) -> User:
    """Change a listener's settings; absent names stay as they are."""
    user = get_user(session, user_id)
    if not values:
        return user
    newer: dict[str, Any] = {"data_version": DATA_VERSIONS.next_value()}
    if "ai_consent" in values:
        newer |= _consent(is_given=values["ai_consent"])
    return write(session, User.id == user_id, values | newer)


def _consent(*, is_given: bool) -> dict[str, Any]:
    """To whom and since when; consent is to the provider that is asked now, and to no other."""
    model = llm.configured()
    return {
        "ai_consent_to": model.host if is_given and model else None,
        "ai_consent_at": func.now() if is_given else None,
    }


def import_target(session: Session) -> User:
    """Whom an import without a named listener is for: the only real one, else a new one.

    Listeners of the demo do not count, so that an own history never mixes with an invented one.
    """
    demo_play = exists().where(Play.user_id == User.id, Play.provenance == Provenance.DEMO)
    real = session.scalars(select(User).where(~User.is_demo, ~demo_play)).all()
    if len(real) > 1:
        raise Invalid("which_user", "There are several listeners: name one.", field="user_id")
    return real[0] if real else add(session, display_name="You")


def recognise(session: Session, me: Me) -> User:
    """The listener of a Spotify account, found by what never changes, else by the id, else new."""
    user = (
        _find_account(session, me.account_id)
        or session.scalars(select(User).where(User.spotify_user_id == me.id)).one_or_none()
        or add(session, display_name=me.display_name or me.id, spotify_user_id=me.id)
    )
    user.account_id = me.account_id or user.account_id
    return user


def connected_users(session: Session) -> list[UUID]:
    query = select(User.id).where(User.connection == Connection.CONNECTED).order_by(User.id)
    return list(session.scalars(query))


def users_to_poll(session: Session, every: timedelta) -> list[UUID]:
    """Connected listeners whose recently played list was not read for `every`."""
    stale = func.coalesce(User.polled_at, User.created_at) <= func.now() - every
    query = select(User.id).where(User.connection == Connection.CONNECTED, stale)
    return list(session.scalars(query.order_by(User.polled_at)))


def mark_polled(session: Session, user_ids: Sequence[UUID]) -> None:
    session.execute(update(User).where(User.id.in_(user_ids)).values(polled_at=func.now()))


def lock_ledger(session: Session, user_id: UUID) -> None:
    """Let one transaction at a time write a listener's plays; readers are not held up."""
    session.execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))


def _find_account(session: Session, account_id: str | None) -> User | None:
    """Spotify does not always say the account id, and an unsaid one is nobody's."""
    if account_id is None:
        return None
    return session.scalars(select(User).where(User.account_id == account_id)).one_or_none()


def add(session: Session, **values: Any) -> User:
    """A new listener with these values."""
    return session.scalars(insert(User).values(values).returning(User)).one()


def write(session: Session, where: ColumnElement[bool], values: dict[str, Any]) -> User:
    """Change the one listener that `where` holds for."""
    return session.scalars(
        update(User).where(where).values(values).returning(User),
        execution_options={"synchronize_session": False, "populate_existing": True},
    ).one()
