"""What others know of tracks and artists: asked one by one, most played first, a few a day.

Batch endpoints are gone and Spotify's quota is small, so this is a slow, low-priority errand:
nothing waits for it, and whoever never connects goes without artwork, not without numbers. Tags of
artists come from elsewhere (`tagging`), for all listeners.
"""

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import func, text, update
from sqlalchemy.orm import Session

from spotify_insights import accounts, jobs
from spotify_insights.errors import InsightsError, NotFound, Unavailable
from spotify_insights.listening import features, recordings, tagging
from spotify_insights.listening.archives.rows import normalised
from spotify_insights.listening.polled import find_artist
from spotify_insights.listening.stats.plays import COUNTED_MS
from spotify_insights.models import Artist, Content, Job
from spotify_insights.models.account import Connection
from spotify_insights.resources import transaction
from spotify_insights.settings import get_settings
from spotify_insights.spotify import payloads
from spotify_insights.spotify.client import SpotifyClient

# Little enough that an ingest never waits long behind it.
TRACKS_A_RUN = 15
ARTISTS_A_RUN = 5
# Answers about one address and not about Spotify: nothing is known there, or nothing readable.
_SETTLED = frozenset({"not_at_spotify", "spotify_protocol"})
# Wide enough for a card, far from the size of a poster.
ARTWORK_WIDTH = 300
# The oldest sound that can be heard again was recorded then.
_FIRST_YEAR = 1860
_YEAR = re.compile(r"(\d{4})(-\d{2}){0,2}", re.ASCII)

# A track whose audio features were asked for took two calls.
_USED_TODAY = """
    select (select count(*) + count(audio_features) from contents
            where enriched_at >= date_trunc('day', now(), 'UTC'))
        + (select count(*) from artists where enriched_at >= date_trunc('day', now(), 'UTC'))
"""

# Spotify's terms want no metadata kept for ever: after a month it is asked again, behind all new.
_STALE = "(enriched_at is null or enriched_at < now() - interval '30 days')"
_PLAYED = """
    p.user_id = :user_id and not (p.is_superseded or p.is_deleted) and p.kind = 'track'
    and p.ms_played >= :counted_ms
"""
# Only what can be an address: an upload may say anything, and it goes into the path of a request.
_TRACKS = f"""
    select c.id, c.uri from contents c
    join (
        select p.content_id, count(*) as plays from plays p where {_PLAYED} group by p.content_id
    ) played on played.content_id = c.id
    where c.uri ~ '^spotify:track:[0-9A-Za-z]{{22}}$' and {_STALE}
    order by c.enriched_at is not null, played.plays desc, c.id limit :limit
"""  # noqa: S608 - put together from constants
_ARTISTS = f"""
    select a.id, a.spotify_id from artists a
    join (
        select p.artist_id, count(*) as plays from plays p where {_PLAYED} group by p.artist_id
    ) played on played.artist_id = a.id
    where a.spotify_id is not null and {_STALE}
    order by a.enriched_at is not null, played.plays desc, a.id limit :limit
"""  # noqa: S608


T = TypeVar("T")
Row = TypeVar("Row", Content, Artist)


class _Due(NamedTuple):
    id: int
    address: str

    @property
    def spotify_id(self) -> str:
        return self.address.rpartition(":")[2]


class _Errand(NamedTuple):
    tracks: list[_Due]
    artists: list[_Due]


def run(job: Job) -> None:
    """Ask for the listener's most played tracks and artists that nothing is known of yet.

    What was learned before a refusal or a pause is kept. Spotify is asked for connected listeners,
    until the day's calls are used up, which is counted over all listeners. That Spotify does not
    answer is no reason not to ask others.
    """
    assert job.user_id is not None, "enriching is always for a listener"
    errand, refusal = _Errand([], []), None
    try:
        errand = _due(job.user_id)
        _ask_spotify(job.user_id, errand)
    except InsightsError as error:
        refusal = error
    tagged = tagging.learn(job.user_id)
    if refusal:
        raise refusal
    with transaction() as session:
        merged = recordings.merge(session, job.user_id)
        result = {
            "tracks": len(errand.tracks),
            "artists": len(errand.artists),
            "tracks_merged": merged,
            "calls_left_today": calls_left(session),
            "artists_tagged": tagged.artists,
            "tags_stopped": tagged.stopped,
        }
        jobs.finish(session, job, result)


def calls_left(session: Session) -> int:
    """How many calls the rest of this day (UTC) has, over all listeners."""
    used = int(session.execute(text(_USED_TODAY)).scalar_one())
    return max(0, get_settings().enrich_calls_per_day - used)


def _due(user_id: UUID) -> _Errand:
    """What to ask Spotify for; nothing where nobody gave consent, or took it back."""
    calls_a_track = 2 if features.are_asked_for() else 1
    with transaction() as session:
        if accounts.get_user(session, user_id).connection is not Connection.CONNECTED:
            return _Errand([], [])
        left = calls_left(session)
        artists = _asked(session, _ARTISTS, user_id, min(left, ARTISTS_A_RUN))
        for_tracks = (left - len(artists)) // calls_a_track
        tracks = _asked(session, _TRACKS, user_id, min(for_tracks, TRACKS_A_RUN))
    return _Errand(tracks, artists)


def _ask_spotify(user_id: UUID, errand: _Errand) -> None:
    if not (errand.tracks or errand.artists):
        return
    token = accounts.fresh_token(user_id)
    refresh = partial(accounts.fresh_token, user_id, force=True)
    with SpotifyClient(token, refresh=refresh) as spotify:
        sounds = features.Asking(spotify)
        for track in errand.tracks:
            _learn_of_track(spotify, sounds, track)
        for artist in errand.artists:
            _learn_of_artist(spotify, artist)


def _asked(session: Session, query: str, user_id: UUID, limit: int) -> list[_Due]:
    given = {"user_id": user_id, "limit": limit, "counted_ms": COUNTED_MS}
    rows = session.execute(text(query), given)
    return [_Due(*row) for row in rows]


def _learn_of_track(spotify: SpotifyClient, sounds: features.Asking, due: _Due) -> None:
    track = _ask(spotify.track, Content, due)
    if track is None:
        return
    images = track.album.images if track.album else []
    learned: dict[str, object] = {
        "isrc": track.external_ids.isrc,
        "duration_ms": track.duration_ms,
        "artwork_url": _middle_size(images),
        "released_in": _year_of(track.album),
    }
    sound = sounds.find(due.spotify_id)
    if sound is not None:
        learned["audio_features"] = sound
    artist = find_artist(track)
    with transaction() as session:
        if artist:
            unknown = (Artist.name_key == normalised(artist.name), Artist.spotify_id.is_(None))
            session.execute(update(Artist).where(*unknown).values(spotify_id=artist.id))
        _save(session, Content, due, **learned)


def _learn_of_artist(spotify: SpotifyClient, due: _Due) -> None:
    artist = _ask(spotify.artist, Artist, due)
    if artist is None:
        return
    image_url = _middle_size(artist.images)
    with transaction() as session:
        _save(session, Artist, due, genres=artist.genres, image_url=image_url)


def _ask(get: Callable[[str], T], table: type[Row], due: _Due) -> T | None:
    """What Spotify says of one address, or None if it does not know it any more.

    An answer that cannot be read ends the run, as more may follow. It counts as asked all the same,
    so that one odd address never keeps all others waiting.
    """
    try:
        return get(due.spotify_id)
    except (NotFound, Unavailable) as error:
        if error.code in _SETTLED:
            with transaction() as session:
                _save(session, table, due)
        if isinstance(error, Unavailable):
            raise
        return None


def _save(session: Session, table: type[Row], due: _Due, **learned: object) -> None:
    """Keep what was learned; whatever statistics rest on it are told if that is anything new.

    The last step of its transaction: all listeners share what it locks then.
    """
    row = session.get_one(table, due.id)
    for name, value in learned.items():
        setattr(row, name, value)
    is_news = session.is_modified(row)
    session.execute(update(table).where(table.id == due.id).values(enriched_at=func.now()))
    if is_news:
        recordings.changed(session)


def _year_of(album: payloads.Album | None) -> int | None:
    """The year an album came out; None where Spotify does not say, or says what cannot be."""
    told = _YEAR.fullmatch(album.release_date) if album and album.release_date else None
    year = int(told[1]) if told else 0
    return year if year >= _FIRST_YEAR else None


def _middle_size(images: Sequence[payloads.Image]) -> str | None:
    """The address of the image whose width is nearest to that of a card."""
    by_width = sorted(images, key=lambda image: abs((image.width or 0) - ARTWORK_WIDTH))
    return by_width[0].url if by_width else None
