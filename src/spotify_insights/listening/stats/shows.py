"""Podcast shows and audiobooks: what stands for artist and album of an episode or a chapter."""

import numpy as np
from sqlalchemy import Integer, Text, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from spotify_insights.listening.stats.plays import Ids, factorised
from spotify_insights.models import Content


def numbers(session: Session, contents: Ids) -> Ids:
    """For each content a negative number of its show, 0 where none is known.

    It is the negative id of the first content of that show, so the same in every range.
    """
    distinct, places = factorised(contents)
    if not len(distinct):
        return contents
    is_here = Content.id == any_(literal(distinct.tolist(), ARRAY(Integer)))
    rows = session.execute(
        select(Content.id, Content.kind, Content.collection).where(
            is_here, Content.collection.is_not(None)
        )
    ).all()
    first_of = _first_of(session, {row.collection for row in rows})
    of_content = {row.id: -first_of[row.kind, row.collection] for row in rows}
    by_place = [of_content.get(content, 0) for content in distinct.tolist()]
    return np.array(by_place, np.int32)[places]


def _first_of(session: Session, shows: set[str]) -> dict[tuple[str, str], int]:
    """The first content of each show, by kind and name."""
    query = (
        select(Content.kind, Content.collection, func.min(Content.id))
        .where(Content.collection == any_(literal(list(shows), ARRAY(Text))))
        .group_by(Content.kind, Content.collection)
    )
    return {(kind, show or ""): number for kind, show, number in session.execute(query)}
