"""What listeners call the most played artists, kept for all: asked once, and again if unknown.

An artist whose genres are known already, from an import or from Spotify, is not asked for. Nor is
what was heard in private sessions alone, or was invented by the demo: only what a listener played
openly is named to anyone outside.
"""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, text, update

from spotify_insights import tags
from spotify_insights.errors import Unavailable
from spotify_insights.listening import recordings
from spotify_insights.listening.stats.plays import COUNTED_MS
from spotify_insights.models import Artist
from spotify_insights.resources import transaction
from spotify_insights.tags import Found

# At one a second, and two services at most, half a minute.
ARTISTS_A_RUN = 15

# Names that stand for nobody in particular.
_NOBODY = ("unknown artist", "various artists", "various", "[unknown]")

_UNKNOWN = """
    select a.id, a.name from artists a
    join (
        select p.artist_id, count(*) as plays from plays p
        where p.user_id = :user_id and not (p.is_superseded or p.is_deleted) and p.kind = 'track'
            and p.ms_played >= :counted_ms and not p.is_private and p.provenance <> 'demo'
        group by p.artist_id
    ) played on played.artist_id = a.id
    where coalesce(a.genres, '[]') in ('[]', 'null') and coalesce(a.tags, '[]') in ('[]', 'null')
        and (a.tags_at is null or a.tags_at < now() - interval '90 days')
        and a.name_key <> all(:nobody)
    order by a.tags_at is not null, played.plays desc, a.id limit :limit
"""


class Learned(NamedTuple):
    """How many artists were asked for, and the code of what put an end to it, if anything did."""

    artists: int
    stopped: str | None


class _Due(NamedTuple):
    id: int
    name: str


def learn(user_id: UUID) -> Learned:
    """Ask for the tags of the listener's most played artists without genres, and keep them.

    A service that is away, or a day whose calls are used up, ends this quietly: the next run goes
    on, and nothing else has to wait for it.
    """
    due = _due(user_id) if tags.configured() else []
    for number, artist in enumerate(due):
        try:
            found = tags.find_tags(artist.name)
        except Unavailable as error:
            if error.code == "tags_protocol":
                # One odd answer counts as one, or it would keep all others waiting.
                _save(artist, Found([], None))
            return Learned(number, error.code)
        _save(artist, found)
    return Learned(len(due), None)


def _due(user_id: UUID) -> list[_Due]:
    given = {
        "user_id": user_id,
        "counted_ms": COUNTED_MS,
        "nobody": list(_NOBODY),
        "limit": ARTISTS_A_RUN,
    }
    with transaction() as session:
        return [_Due(*row) for row in session.execute(text(_UNKNOWN), given)]


def _save(artist: _Due, found: Found) -> None:
    """Keep what was found, unless an import has told of the artist meanwhile."""
    learned = {"tags": found.tags, "tags_from": found.source, "tags_at": func.now()}
    one = update(Artist).where(Artist.id == artist.id, Artist.tags_from.is_distinct_from("import"))
    with transaction() as session:
        session.execute(one.values(learned))
        if found.tags:
            recordings.changed(session)
