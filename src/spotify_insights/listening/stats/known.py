"""What Spotify told of contents, all of it at hand in this process while nothing new is told.

A lifetime is of tens of thousands of contents, and asking for each would cost more than all of its
statistics. What is known of them is a number each, and grows by some hundred a day.
"""

from enum import StrEnum
from uuid import UUID

import numpy as np
from sqlalchemy.orm import Session

from spotify_insights.listening import recordings
from spotify_insights.listening.packed import binary_cursor
from spotify_insights.listening.stats.plays import Ids


class Fact(StrEnum):
    """A column of `contents`: the full length in ms, the year of release."""

    LENGTH = "duration_ms"
    YEAR = "released_in"


_PACKED = """
    select string_agg(int4send(id), '' order by id), string_agg(int4send({fact}), '' order by id)
    from contents where {fact} is not null
"""

_kept: dict[Fact, tuple[UUID, Ids]] = {}


def known(session: Session, fact: Fact, contents: Ids) -> Ids:
    """What is known of each content; 0 where nothing is."""
    values = _all(session, fact)
    beyond = contents >= len(values)
    found = values[np.where(beyond, 0, contents)]
    return np.where(beyond, 0, found) if beyond.any() else found


def _all(session: Session, fact: Fact) -> Ids:
    """By content, from id 0 on to the last one that something is known of."""
    version = recordings.version(session)
    kept = _kept.get(fact)
    if kept and kept[0] == version:
        return kept[1]
    row = binary_cursor(session).execute(_PACKED.format(fact=fact.value)).fetchone()
    ids, told = (np.frombuffer(column or b"", ">i4") for column in row or ())
    values = np.zeros(int(ids[-1]) + 1 if len(ids) else 1, np.int32)
    values[ids] = told
    if version is not None:
        _kept[fact] = version, values
    return values
