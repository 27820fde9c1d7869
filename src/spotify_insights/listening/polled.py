"""Plays as Spotify's recently played list tells them: a time near the end, and no length.

The length is estimated as the track's own, cut where the play before ended. A play is known again
by its content and its end, since its estimate may change when more of its neighbours are known.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from spotify_insights.listening import staging
from spotify_insights.listening.archives.rows import Kind, Row
from spotify_insights.models import Content, Play
from spotify_insights.models.listening import Provenance
from spotify_insights.spotify.payloads import PlayHistory, Track

UNKNOWN_ARTIST = "Unknown Artist"
# Spotify lists a play once it lasted so long, so this much is certain of a track without a length.
SHORTEST_LISTED_MS = 30_000
_NEVER = datetime.min.replace(tzinfo=UTC)


def save(
    session: Session, user_id: UUID, plays: Sequence[PlayHistory], provenance: Provenance
) -> int:
    """Store the plays that are not in the ledger yet; return how many were new."""
    if not plays:
        return 0
    oldest = _second(min(play.played_at for play in plays))
    known = _known(session, user_id, oldest)
    rows = [
        row
        for row in estimate(plays, after=_end_before(session, user_id, oldest))
        if (row.ended_at, row.uri) not in known
    ]
    with staging.staging(session) as staged:
        staged.add(rows)
    tallies = staging.store(session, user_id, provenance, is_estimated=True)
    return sum(tally.rows for tally in tallies if tally.reason == "imported")


def estimate(plays: Sequence[PlayHistory], *, after: datetime | None) -> list[Row]:
    """Give each play a length: min(track length, time since the play before), in ms.

    `after` is when the play before the oldest one ended, as far as that is known.
    """
    ordered = sorted(plays, key=lambda play: play.played_at)
    ends = [after or _NEVER, *(play.played_at for play in ordered)]
    gaps = [now - before for before, now in pairwise(ends)]
    return [_row(play, gap) for play, gap in zip(ordered, gaps, strict=True)]


def main_artist(track: Track) -> str:
    """The artist a track is counted under: the album's, as in the exports, else its own first."""
    credited = [*(track.album.artists if track.album else ()), *track.artists]
    return credited[0].name if credited else UNKNOWN_ARTIST


def _row(play: PlayHistory, gap: timedelta) -> Row:
    track = play.track
    since_the_one_before = int(gap / timedelta(milliseconds=1))
    ms_played = min(track.duration_ms or SHORTEST_LISTED_MS, since_the_one_before)
    return Row(
        kind=Kind.TRACK,
        uri=track.uri,
        name=track.name,
        artist=main_artist(track),
        album=(track.album.name or None) if track.album else None,
        collection=None,
        started_at=_second(play.played_at - timedelta(milliseconds=ms_played)),
        ended_at=_second(play.played_at),
        ms_played=ms_played,
        platform=None,
        country=None,
        reason_start=None,
        reason_end=None,
        shuffle=None,
        skipped=None,
        offline=None,
        is_private=False,
        is_video=False,
    )


def _known(session: Session, user_id: UUID, oldest: datetime) -> set[tuple[datetime, str]]:
    query = (
        select(Play.ended_at, Content.uri)
        .join(Content, Content.id == Play.content_id)
        .where(Play.user_id == user_id, Play.ended_at >= oldest, Play.is_estimated)
    )
    return {(ended_at, uri) for ended_at, uri in session.execute(query)}


def _end_before(session: Session, user_id: UUID, oldest: datetime) -> datetime | None:
    """When the newest known play before `oldest` ended, in whole seconds."""
    query = select(func.max(Play.ended_at)).where(
        Play.user_id == user_id, Play.ended_at < oldest, Play.is_estimated
    )
    return session.scalar(query)


def _second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
