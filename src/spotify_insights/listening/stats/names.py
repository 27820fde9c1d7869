"""From the ids in an answer to words, each table asked once."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from spotify_insights.listening.stats.tops import TopKind
from spotify_insights.models import Album, Artist, Content, Track


@dataclass(frozen=True)
class Name:
    """What something is called, and by whom it is (None for an artist, or where it is unknown)."""

    name: str
    artist: str | None = None


def names_of(session: Session, kind: TopKind, ids: Iterable[int]) -> dict[int, Name]:
    """The names of artists, albums or tracks; a negative id is that of a content."""
    wanted = set(ids)
    found = _catalogued(session, kind, wanted)
    contents = [-one for one in wanted if one < 0]
    if contents:
        query = select(Content.id, Content.name, Content.collection)
        rows = session.execute(query.where(Content.id.in_(contents)))
        found |= {-number: _spoken(kind, name, show) for number, name, show in rows}
    return dict(sorted(found.items()))


def _catalogued(session: Session, kind: TopKind, ids: set[int]) -> dict[int, Name]:
    if kind is TopKind.ARTISTS:
        artists = select(Artist.id, Artist.name).where(Artist.id.in_(ids))
        return {number: Name(name) for number, name in session.execute(artists)}
    table = Track if kind is TopKind.TRACKS else Album
    by = select(table.id, table.name, Artist.name).join(Artist, Artist.id == table.artist_id)
    rows = session.execute(by.where(table.id.in_(ids)))
    return {number: Name(name, artist) for number, name, artist in rows}


def _spoken(kind: TopKind, name: str, show: str | None) -> Name:
    """An episode or chapter with its show; as an artist or album, the show itself."""
    return Name(name, show) if kind is TopKind.TRACKS else Name(show or name)
