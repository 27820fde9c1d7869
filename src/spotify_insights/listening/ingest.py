"""Ingest: ask Spotify what the listener played, add it to the ledger, take a snapshot."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from spotify_insights import accounts, jobs
from spotify_insights.errors import ReconnectRequired
from spotify_insights.listening import firsts, polled, snapshots, sources
from spotify_insights.listening.rankings import Tops
from spotify_insights.models import Job, Play, Source
from spotify_insights.models.job import JobKind
from spotify_insights.models.listening import Provenance, TimeRange
from spotify_insights.resources import transaction
from spotify_insights.settings import get_settings
from spotify_insights.spotify.client import SpotifyClient
from spotify_insights.spotify.payloads import PlayHistory

# Plays show up late and out of order, so each poll looks back over the last one.
OVERLAP = timedelta(hours=2)


def submit(session: Session, user_id: UUID, time_range: TimeRange) -> Job:
    """Queue an ingest, or return the one under way; raises when Spotify cannot be asked."""
    accounts.require_connection(session, user_id)
    return jobs.submit(session, JobKind.INGEST, user_id, subject=time_range)


def run(job: Job) -> None:
    """Fetch recent plays and the top lists of a range, store them, take the range's snapshot."""
    user_id, time_range = _listener(job), TimeRange(job.subject)
    after = _newest_play(user_id)
    try:
        with _client(user_id) as spotify:
            recent = spotify.recently_played(after)
            artists = spotify.top_artists(time_range)
            tracks = spotify.top_tracks(time_range)
    except ReconnectRequired as error:
        _note_end_of_consent(user_id, error)
        raise
    tops = Tops(artists.items, tracks.items, _provenance())
    added = _store(job, user_id, recent.items)
    with transaction() as session:
        accounts.mark_polled(session, [user_id])
        accounts.lock_ledger(session, user_id)
        user = accounts.get_user(session, user_id)
        snapshots.take_series(session, user, firsts.settle(session, user_id))
        snapshot = snapshots.take(session, user, time_range, tops=tops)
        jobs.finish(session, job, {"snapshot_id": str(snapshot.id), "plays_added": added})


def poll(job: Job) -> None:
    """Fetch recent plays only, so that none are lost between two ingests."""
    user_id = _listener(job)
    after = _newest_play(user_id)
    try:
        with _client(user_id) as spotify:
            recent = spotify.recently_played(after)
    except ReconnectRequired as error:
        _note_end_of_consent(user_id, error)
        raise
    added = _store(job, user_id, recent.items)
    with transaction() as session:
        accounts.lock_ledger(session, user_id)
        user = accounts.get_user(session, user_id)
        snapshots.take_series(session, user, firsts.settle(session, user_id))
        jobs.finish(session, job, {"plays_added": added})


def refresh_token(job: Job) -> None:
    """Renew a token that ends within the hour, so that pages never wait for it."""
    accounts.fresh_token(_listener(job), force=True)
    with transaction() as session:
        jobs.finish(session, job, {})


def _store(job: Job, user_id: UUID, recent: Sequence[PlayHistory]) -> int:
    """Store new plays, which shows them at once; packing and aggregating them comes after."""
    with transaction() as session:
        added = polled.save(session, user_id, recent, _provenance())
        jobs.beat(session, job)
    return added


def _listener(job: Job) -> UUID:
    assert job.user_id is not None, "ingest jobs are always a listener's"
    return job.user_id


def _client(user_id: UUID) -> SpotifyClient:
    token = accounts.fresh_token(user_id)
    return SpotifyClient(token, refresh=partial(accounts.fresh_token, user_id, force=True))


def _newest_play(user_id: UUID) -> datetime | None:
    """Where to read on: from the data, never from the clock."""
    polling = select(Source.id).where(Source.user_id == user_id, Source.format == sources.POLLED)
    with transaction() as session:
        newest = session.scalar(
            select(func.max(Play.ended_at)).where(
                Play.user_id == user_id, Play.source_id.in_(polling)
            )
        )
    return newest - OVERLAP if newest else None


def _provenance() -> Provenance:
    return Provenance.DEMO if get_settings().is_demo else Provenance.API


def _note_end_of_consent(user_id: UUID, error: ReconnectRequired) -> None:
    with transaction() as session:
        accounts.mark_reconnect_required(session, user_id, error.detail)
