"""Single artists, albums and tracks. Without a range they are told over the whole history."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from sqlalchemy.orm import Session

from spotify_insights.listening.stats.entities import entity
from spotify_insights.listening.stats.tops import TopKind
from spotify_insights.web.api.stats import KEPT
from spotify_insights.web.asked import Asked, AskedFor, Look
from spotify_insights.web.schemas.numbers import LARGEST_ID, RowId
from spotify_insights.web.schemas.patterns import EntityOut

router = APIRouter(prefix="/api/stats", tags=["statistics"])


@router.get("/artists/{artist_id}", response_model=EntityOut, responses=KEPT)
def artist(asked: AskedFor, artist_id: RowId) -> Response:
    """An artist: totals, rank, best periods, hours, what is played before and after."""
    return _answered(asked, TopKind.ARTISTS, artist_id)


@router.get("/albums/{album_id}", response_model=EntityOut, responses=KEPT)
def album(asked: AskedFor, album_id: RowId) -> Response:
    """An album, told as an artist is."""
    return _answered(asked, TopKind.ALBUMS, album_id)


@router.get("/tracks/{track_id}", response_model=EntityOut, responses=KEPT)
def track(
    asked: AskedFor, track_id: Annotated[int, Path(ge=-LARGEST_ID, le=LARGEST_ID)]
) -> Response:
    """A track, told as an artist is; a negative id is that of one without an artist."""
    return _answered(asked, TopKind.TRACKS, track_id)


def _answered(asked: Asked, kind: TopKind, number: int) -> Response:
    def make(session: Session, look: Look) -> EntityOut:
        found = entity(session, look.scope, kind, number)
        return EntityOut.of(session, look, kind, found)

    return asked.answered(make)
