"""Listeners, and the consent they gave at Spotify."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from redis.exceptions import LockError, RedisError
from sqlalchemy import ColumnElement, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from spotify_insights import crypto, resources
from spotify_insights.errors import (
    Conflict,
    Invalid,
    NotFound,
    ReconnectRequired,
    Unavailable,
)
from spotify_insights.models import Play, SpotifyToken, User
from spotify_insights.models.account import DATA_VERSIONS, Connection
from spotify_insights.models.listening import Provenance
from spotify_insights.resources import transaction
from spotify_insights.spotify import oauth
from spotify_insights.spotify.payloads import Me, Token

# A token that ends during a job would cost a refused call and a second try.
REFRESH_BEFORE = timedelta(minutes=2)
SWEEP_BEFORE = timedelta(hours=1)
# Spotify's terms: what was asked from it goes within so long after the end of a connection.
API_DATA_KEPT = timedelta(days=5)
DEMO_LISTENER = "demo_listener"
DEMO_TOKENS = ("BQD...", "AQC...")


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
    return _update(session, User.spotify_user_id == spotify_user_id, values), False


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
    newer = {"data_version": DATA_VERSIONS.next_value()}
    return _update(session, User.id == user_id, values | newer)


def import_target(session: Session) -> User:
    """Whom an import without a named listener is for: the only real one, else a new one.

    Listeners of the demo do not count, so that an own history never mixes with an invented one.
    """
    demo_play = exists().where(Play.user_id == User.id, Play.provenance == Provenance.DEMO)
    real = session.scalars(select(User).where(~User.is_demo, ~demo_play)).all()
    if len(real) > 1:
        raise Invalid("which_user", "There are several listeners: name one.", field="user_id")
    return real[0] if real else _add(session, display_name="You")


def add_demo_listener(session: Session) -> User | None:
    """Connect the demo listener to the demo Spotify, once; None when that was done before."""
    if session.scalar(select(exists().where(User.is_demo))):
        return None
    user = _add(session, display_name="Demo listener", spotify_user_id=DEMO_LISTENER, is_demo=True)
    access, refresh = DEMO_TOKENS
    save_token(session, user.id, Token(access_token=access, refresh_token=refresh))
    return user


def sign_in(session: Session, me: Me, token: Token) -> User:
    """The listener who gave consent, found by what Spotify never changes, else by the id."""
    user = (
        _find_account(session, me.account_id)
        or session.scalars(select(User).where(User.spotify_user_id == me.id)).one_or_none()
        or _add(session, display_name=me.display_name or me.id, spotify_user_id=me.id)
    )
    user.account_id = me.account_id or user.account_id
    save_token(session, user.id, token)
    return user


def save_token(session: Session, user_id: UUID, token: Token) -> SpotifyToken:
    """Keep a new grant, sealed; the listener counts as connected from here on."""
    if token.refresh_token is None:
        raise Invalid("no_refresh_token", "A refresh token is needed.", field="refresh_token")
    now = datetime.now(UTC)
    values = _sealed(user_id, token, now) | {"user_id": user_id, "authorized_at": now}
    saved = session.scalars(
        insert(SpotifyToken)
        .values(values)
        .on_conflict_do_update(index_elements=["user_id"], set_=values | {"updated_at": now})
        .returning(SpotifyToken),
        execution_options={"populate_existing": True},
    ).one()
    connected = {"connection": Connection.CONNECTED, "disconnected_at": None}
    _update(session, User.id == user_id, connected | {"connection_reason": None})
    return saved


def disconnect(session: Session, user_id: UUID) -> User:
    """End a listener's connection: the grant goes at once, what it brought within `API_DATA_KEPT`.

    Safe to repeat. Raises Conflict for a listener who never connected Spotify.
    """
    user = get_user(session, user_id)
    if user.connection is Connection.NONE:
        if user.disconnected_at is None:
            raise _not_connected()
        return user
    session.execute(delete(SpotifyToken).where(SpotifyToken.user_id == user_id))
    ended = {"connection": Connection.NONE, "disconnected_at": func.now()}
    return _update(session, User.id == user_id, ended | {"connection_reason": None})


def require_connection(session: Session, user_id: UUID) -> None:
    """Raise unless Spotify can be asked for this listener."""
    user = get_user(session, user_id)
    if user.connection is Connection.RECONNECT_REQUIRED:
        raise _reconnect()
    if user.connection is Connection.NONE:
        raise _not_connected()


def fresh_token(user_id: UUID, *, force: bool = False) -> str:
    """An access token that lasts for a job, refreshed if need be, one refresh at a time.

    `force` is for a token that Spotify refused although its time was not over. Raises
    ReconnectRequired when the grant has ended; the listener's state says so from then on.
    """
    refused = stored = _stored_token(user_id)
    if not force and stored.expires_at > datetime.now(UTC) + REFRESH_BEFORE:
        return _access_token(stored)
    one_at_a_time = f"insights:refresh:{user_id}"
    try:
        with resources.redis().lock(one_at_a_time, timeout=60, blocking_timeout=30):
            stored = _stored_token(user_id)
            if stored.access_token != refused.access_token:
                return _access_token(stored)
            return _refresh(stored)
    except LockError as error:
        raise Unavailable(
            "refresh_busy", "Another refresh is under way.", retry_after=10
        ) from error
    except RedisError as error:
        raise Unavailable("redis_unavailable", "Redis is away.", retry_after=10) from error


def mark_reconnect_required(session: Session, user_id: UUID, reason: str) -> None:
    """Note that the grant has ended, unless the listener ended the connection meanwhile."""
    ended = {"connection": Connection.RECONNECT_REQUIRED, "connection_reason": reason}
    is_open = User.connection != Connection.NONE
    session.execute(
        update(User).where(User.id == user_id, is_open).values(ended),
        execution_options={"synchronize_session": False},
    )


def connected_users(session: Session) -> list[UUID]:
    query = select(User.id).where(User.connection == Connection.CONNECTED).order_by(User.id)
    return list(session.scalars(query))


def users_to_poll(session: Session, every: timedelta) -> list[UUID]:
    """Connected listeners whose recently played list was not read for `every`."""
    stale = func.coalesce(User.polled_at, User.created_at) <= func.now() - every
    query = select(User.id).where(User.connection == Connection.CONNECTED, stale)
    return list(session.scalars(query.order_by(User.polled_at)))


def users_with_ending_tokens(session: Session) -> list[UUID]:
    """Connected listeners whose access token ends within the hour."""
    query = select(User.id).join(SpotifyToken, SpotifyToken.user_id == User.id)
    ending = SpotifyToken.expires_at < func.now() + SWEEP_BEFORE
    return list(session.scalars(query.where(User.connection == Connection.CONNECTED, ending)))


def mark_polled(session: Session, user_ids: Sequence[UUID]) -> None:
    session.execute(update(User).where(User.id.in_(user_ids)).values(polled_at=func.now()))


def lock_ledger(session: Session, user_id: UUID) -> None:
    """Let one transaction at a time write a listener's plays; readers are not held up."""
    session.execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))


def _refresh(stored: SpotifyToken) -> str:
    try:
        token = oauth.refresh(_open(stored, "refresh_token"))
    except ReconnectRequired as error:
        with transaction() as session:
            mark_reconnect_required(session, stored.user_id, error.detail)
        raise
    kept = token.refresh_token or _open(stored, "refresh_token")
    token = token.model_copy(update={"refresh_token": kept})
    with transaction() as session:
        session.execute(
            update(SpotifyToken)
            .where(SpotifyToken.user_id == stored.user_id)
            .values(_sealed(stored.user_id, token, datetime.now(UTC)))
        )
    return token.access_token


def _stored_token(user_id: UUID) -> SpotifyToken:
    with transaction() as session:
        require_connection(session, user_id)
        query = select(SpotifyToken).where(SpotifyToken.user_id == user_id)
        return session.scalars(query).one()


def _access_token(stored: SpotifyToken) -> str:
    return _open(stored, "access_token")


def _open(stored: SpotifyToken, column: str) -> str:
    try:
        return crypto.decrypt(getattr(stored, column), owner=_owner(stored.user_id, column))
    except crypto.Undecryptable as error:
        raise _reconnect() from error


def _sealed(user_id: UUID, token: Token, now: datetime) -> dict[str, Any]:
    refresh = token.refresh_token or ""
    return {
        "access_token": crypto.encrypt(token.access_token, owner=_owner(user_id, "access_token")),
        "refresh_token": crypto.encrypt(refresh, owner=_owner(user_id, "refresh_token")),
        "expires_at": now + timedelta(seconds=token.expires_in),
        "scope": token.scope or "",
        "token_type": token.token_type,
    }


def _owner(user_id: UUID, column: str) -> str:
    return f"spotify_tokens.{column}:{user_id}"


def _reconnect() -> ReconnectRequired:
    return ReconnectRequired(
        "reconnect_required", "Spotify no longer accepts the stored consent: connect again."
    )


def _not_connected() -> Conflict:
    return Conflict("not_connected", "This listener has not connected Spotify yet.")


def _find_account(session: Session, account_id: str | None) -> User | None:
    """Spotify does not always say the account id, and an unsaid one is nobody's."""
    if account_id is None:
        return None
    return session.scalars(select(User).where(User.account_id == account_id)).one_or_none()


def _add(session: Session, **values: Any) -> User:
    return session.scalars(insert(User).values(values).returning(User)).one()


def _update(session: Session, where: ColumnElement[bool], values: dict[str, Any]) -> User:
    return session.scalars(
        update(User).where(where).values(values).returning(User),
        execution_options={"synchronize_session": False, "populate_existing": True},
    ).one()
