"""The consent that listeners gave at Spotify: kept sealed, renewed, ended.

A lent token comes without a grant: its refresh token is empty, and nobody tries to renew it.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from redis.exceptions import LockError, RedisError
from sqlalchemy import ColumnElement, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from spotify_insights import crypto, resources
from spotify_insights.accounts import listeners
from spotify_insights.errors import Conflict, Invalid, ReconnectRequired, Unavailable
from spotify_insights.models import SpotifyToken, User
from spotify_insights.models.account import Connection
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
# In the place of the refresh token. No key opens it, so a renewal ends before Spotify is asked.
LENT = b""


def add_demo_listener(session: Session) -> User | None:
    """Connect the demo listener to the demo Spotify, once; None when that was done before."""
    if session.scalar(select(exists().where(User.is_demo))):
        return None
    user = listeners.add(
        session, display_name="Demo listener", spotify_user_id=DEMO_LISTENER, is_demo=True
    )
    access, refresh = DEMO_TOKENS
    save_token(session, user.id, Token(access_token=access, refresh_token=refresh))
    return user


def sign_in(session: Session, me: Me, token: Token) -> User:
    """The listener who gave consent."""
    user = listeners.recognise(session, me)
    save_token(session, user.id, token)
    return user


def save_token(session: Session, user_id: UUID, token: Token) -> SpotifyToken:
    """Keep a new grant, sealed; the listener counts as connected from here on."""
    if token.refresh_token is None:
        raise Invalid("no_refresh_token", "A refresh token is needed.", field="refresh_token")
    now = datetime.now(UTC)
    saved = _keep(session, _sealed(user_id, token, now) | {"authorized_at": now})
    assert saved is not None, "a grant takes the place of whatever was there"
    return saved


def lend_token(session: Session, user_id: UUID, access_token: str) -> None:
    """Keep an access token that came alone, for its hour; a stored grant stays as it is."""
    now = datetime.now(UTC)
    values = _sealed(user_id, Token(access_token=access_token), now)
    lent = values | {"refresh_token": LENT, "authorized_at": now}
    _keep(session, lent, SpotifyToken.refresh_token == LENT)


def _keep(
    session: Session, values: dict[str, Any], *replaces: ColumnElement[bool]
) -> SpotifyToken | None:
    """Store it in the place of none or of one that `replaces` holds for; None where there is other.

    Whoever's it is counts as connected then.
    """
    changed = values | {"updated_at": values["authorized_at"]}
    where = replaces[0] if replaces else None
    new = insert(SpotifyToken).values(values)
    saved = session.scalars(
        new.on_conflict_do_update(index_elements=["user_id"], set_=changed, where=where).returning(
            SpotifyToken
        ),
        execution_options={"populate_existing": True},
    ).one_or_none()
    if saved:
        connected = {"connection": Connection.CONNECTED, "disconnected_at": None}
        listeners.write(session, User.id == saved.user_id, connected | {"connection_reason": None})
    return saved


def disconnect(session: Session, user_id: UUID) -> User:
    """End a listener's connection: the grant goes at once, what it brought within `API_DATA_KEPT`.

    Safe to repeat. Raises Conflict for a listener who never connected Spotify.
    """
    user = listeners.get_user(session, user_id)
    if user.connection is Connection.NONE:
        if user.disconnected_at is None:
            raise _not_connected()
        return user
    session.execute(delete(SpotifyToken).where(SpotifyToken.user_id == user_id))
    ended = {"connection": Connection.NONE, "disconnected_at": func.now()}
    return listeners.write(session, User.id == user_id, ended | {"connection_reason": None})


def require_connection(session: Session, user_id: UUID) -> None:
    """Raise unless Spotify can be asked for this listener."""
    user = listeners.get_user(session, user_id)
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


def users_with_ending_tokens(session: Session) -> list[UUID]:
    """Connected listeners whose access token ends within the hour; a lent one just ends."""
    query = select(User.id).join(SpotifyToken, SpotifyToken.user_id == User.id)
    ending = SpotifyToken.expires_at < func.now() + SWEEP_BEFORE
    due = (User.connection == Connection.CONNECTED, ending, SpotifyToken.refresh_token != LENT)
    return list(session.scalars(query.where(*due)))


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
        "user_id": user_id,
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
