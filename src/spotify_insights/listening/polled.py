"""Plays as Spotify's recently played list tells them: a time near the end, and no length.

The length is estimated as the track's own, cut where the play before ended. A play is known again
by its content and its end, since its estimate may change when more of its neighbours are known.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain, pairwise
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from spotify_insights import accounts, models
from spotify_insights.listening import ledger, matching, packed, sources
from spotify_insights.listening.archives.rows import Circumstances, Content, Row
from spotify_insights.listening.staging import Packer
from spotify_insights.models import Play
from spotify_insights.models.listening import Origin, PlayKind, Provenance
from spotify_insights.spotify.payloads import PlayHistory, SimplifiedArtist, Track

UNKNOWN_ARTIST = "Unknown Artist"
# Spotify lists a play once it lasted so long, so this much is certain of a track without a length.
SHORTEST_LISTED_MS = 30_000
# Longer than any track, so that the starts of all plays since an instant lie after it less this.
LONGEST_TRACK = timedelta(days=1)
_POLLED = Circumstances(origin=Origin.SPOTIFY_POLLED, is_estimated=True)
_is_polled = Play.origin == Origin.SPOTIFY_POLLED
_NEVER = datetime.min.replace(tzinfo=UTC)


def save(
    session: Session, user_id: UUID, plays: Sequence[PlayHistory], provenance: Provenance
) -> int:
    """Store the plays that are not in the ledger yet; return how many were new."""
    if not plays:
        return 0
    accounts.lock_ledger(session, user_id)
    oldest = _second(min(play.played_at for play in plays))
    known = _known(session, user_id, oldest)
    packer = Packer()
    packer.add(
        row
        for row in estimate(plays, after=_end_before(session, user_id, oldest))
        if (row.ended_at, row.content.uri) not in known
    )
    source_id = sources.polling(session, user_id)
    ledger.begin(session)
    ledger.add_source(session, 0, source_id)
    pack = packer.take()
    tally = ledger.store(session, user_id, pack, provenance, new_sources=[])
    ledger.touch(session, user_id, [source_id], since=oldest - LONGEST_TRACK)
    matching.resolve(session, user_id)
    if pack.earliest and pack.latest:
        packed.mark(session, user_id, pack.earliest, pack.latest)
    return tally[0, "imported"]


def estimate(plays: Sequence[PlayHistory], *, after: datetime | None) -> list[Row]:
    """Give each play a length: min(track length, time since the play before), in ms.

    `after` is when the play before the oldest one ended, as far as that is known.
    """
    ordered = sorted(plays, key=lambda play: play.played_at)
    ends = [after or _NEVER, *(play.played_at for play in ordered)]
    gaps = [now - before for before, now in pairwise(ends)]
    return [_row(play, gap) for play, gap in zip(ordered, gaps, strict=True)]


def find_artist(track: Track) -> SimplifiedArtist | None:
    """The artist a track is counted under: the album's, as in the exports, else its own first."""
    return next(chain(track.album.artists if track.album else (), track.artists), None)


def main_artist(track: Track) -> str:
    """The name of the artist a track is counted under."""
    artist = find_artist(track)
    return artist.name if artist else UNKNOWN_ARTIST


def _row(play: PlayHistory, gap: timedelta) -> Row:
    track = play.track
    since_the_one_before = int(gap / timedelta(milliseconds=1))
    ms_played = min(track.duration_ms or SHORTEST_LISTED_MS, since_the_one_before)
    content = Content(
        kind=PlayKind.TRACK,
        uri=track.uri,
        name=track.name,
        artist=main_artist(track),
        album=(track.album.name or None) if track.album else None,
        collection=None,
    )
    return Row(
        content,
        started_at=_second(play.played_at - timedelta(milliseconds=ms_played)),
        ended_at=_second(play.played_at),
        ms_played=ms_played,
        circumstances=_POLLED,
    )


def _known(session: Session, user_id: UUID, oldest: datetime) -> set[tuple[datetime, str]]:
    query = (
        select(Play.ended_at, models.Content.uri)
        .join(models.Content, models.Content.id == Play.content_id)
        .where(Play.user_id == user_id, Play.ended_at >= oldest, _is_polled)
    )
    return {(ended_at, uri) for ended_at, uri in session.execute(query)}


def _end_before(session: Session, user_id: UUID, oldest: datetime) -> datetime | None:
    """When the newest known play before `oldest` ended, in whole seconds."""
    query = select(func.max(Play.ended_at)).where(
        Play.user_id == user_id, Play.ended_at < oldest, _is_polled
    )
    return session.scalar(query)


def _second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
