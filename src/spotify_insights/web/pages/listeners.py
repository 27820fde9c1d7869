"""Whose listening a page shows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from spotify_insights import accounts
from spotify_insights.models import Import, Play, User
from spotify_insights.models.account import Connection
from spotify_insights.models.listening import Provenance
from spotify_insights.models.sources import ImportStatus

_WITHOUT_PLAYS = (ImportStatus.FAILED, ImportStatus.UNDONE)


@dataclass(frozen=True)
class Audience:
    """The listener shown (None before the first one exists) among all of them."""

    listener: User | None
    listeners: Sequence[User]
    has_demo_plays: bool = False

    @property
    def recipients(self) -> Sequence[User]:
        """Who an import from this page may be for; nobody named where there is no choice.

        Next to invented plays an own history is always somebody else's.
        """
        if self.listener is not None and not self.has_demo_plays:
            return [self.listener]
        own = [user for user in self.listeners if not user.is_demo and user is not self.listener]
        return own if len(own) > 1 else []


def choose(listeners: Sequence[User], importers: Collection[UUID]) -> User | None:
    """The newest listener with an import or a connection of their own, else the demo listener.

    Where there is no demo listener either, the newest one.
    """
    newest_first = sorted(listeners, key=lambda user: user.created_at, reverse=True)
    own = (user for user in newest_first if not user.is_demo and _has_source(user, importers))
    demo = (user for user in newest_first if user.is_demo)
    return next(own, None) or next(demo, None) or next(iter(newest_first), None)


def find_audience(session: Session, named: UUID | None) -> Audience:
    """Raises NotFound for a named listener who does not exist."""
    listeners = accounts.list_users(session)
    if named is not None:
        listener: User | None = accounts.get_user(session, named)
    else:
        listener = choose(listeners, _importers(session))
    has_demo_plays = listener is not None and _has_demo_plays(session, listener)
    return Audience(listener, listeners, has_demo_plays)


def _has_source(user: User, importers: Collection[UUID]) -> bool:
    return user.connection is not Connection.NONE or user.id in importers


def _importers(session: Session) -> set[UUID]:
    query = select(Import.user_id).where(Import.status.not_in(_WITHOUT_PLAYS)).distinct()
    return set(session.scalars(query))


def _has_demo_plays(session: Session, listener: User) -> bool:
    has_demo = exists().where(
        Play.user_id == listener.id, Play.provenance == Provenance.DEMO, ~Play.is_superseded
    )
    return listener.is_demo or bool(session.scalar(select(has_demo)))
