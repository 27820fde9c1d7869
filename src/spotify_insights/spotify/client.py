"""The Web API of one listener. What its refusals become stands in `faults`."""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from types import TracebackType
from typing import Self, TypeVar

import httpx2

from spotify_insights.errors import InsightsError, Unavailable
from spotify_insights.settings import get_settings
from spotify_insights.spotify import budget, faults
from spotify_insights.spotify.payloads import (
    Artist,
    AudioFeatures,
    Me,
    PlayHistory,
    RecentlyPlayed,
    TopArtists,
    TopTracks,
    Track,
    page,
)

TIMEOUT = httpx2.Timeout(connect=5, read=20, write=10, pool=5)
PAGE_LIMIT = 50
BACKOFF_SECONDS = (0.5, 1.5)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PAUSING = frozenset({"rate_limited", "quota_exceeded"})
_jitter = random.SystemRandom()

T = TypeVar("T")


class SpotifyClient:
    """Reads with one access token. `refresh` gives a new one, and is asked at most once."""

    def __init__(
        self,
        access_token: str,
        *,
        refresh: Callable[[], str] | None = None,
        base_url: str | None = None,
        transport: httpx2.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._refresh = refresh
        self._sleep = sleep
        self._http = httpx2.Client(
            base_url=base_url or get_settings().spotify_base_url,
            timeout=TIMEOUT,
            transport=transport,
        )
        self._use(access_token)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def me(self) -> Me:
        return self._get("/me", Me.model_validate)

    def top_artists(self, time_range: str, total: int = PAGE_LIMIT) -> TopArtists:
        """The favourites in order, at most 50. `time_range` is one of Spotify's three `*_term`."""
        return self._get(
            "/me/top/artists", partial(page, Artist), time_range=time_range, limit=total
        )

    def top_tracks(self, time_range: str, total: int = PAGE_LIMIT) -> TopTracks:
        """The favourites in order, at most 50. `time_range` is one of Spotify's three `*_term`."""
        return self._get("/me/top/tracks", partial(page, Track), time_range=time_range, limit=total)

    def recently_played(
        self, after: datetime | None = None, limit: int = PAGE_LIMIT
    ) -> RecentlyPlayed:
        """The newest plays first, at most 50; Spotify keeps no more than those."""
        params: dict[str, int] = {"limit": limit}
        if after is not None:
            params["after"] = (after - _EPOCH) // timedelta(milliseconds=1)
        return self._get("/me/player/recently-played", partial(page, PlayHistory), **params)

    def track(self, track_id: str) -> Track:
        """One track; raises NotFound for an id that Spotify does not know (any more)."""
        return self._get(f"/tracks/{track_id}", Track.model_validate)

    def artist(self, artist_id: str) -> Artist:
        """One artist; raises NotFound for an id that Spotify does not know (any more)."""
        return self._get(f"/artists/{artist_id}", Artist.model_validate)

    def audio_features(self, track_id: str) -> AudioFeatures:
        """How a track sounds; most apps are refused this (Forbidden or NotFound)."""
        return self._get(f"/audio-features/{track_id}", AudioFeatures.model_validate)

    def _use(self, access_token: str) -> None:
        self._http.headers["authorization"] = f"Bearer {access_token}"

    def _get(self, path: str, read: Callable[[dict[str, object]], T], **params: str | int) -> T:
        try:
            return self._persist(path, read, params)
        except faults.AccessExpired:
            if self._refresh is None:
                raise
        refresh, self._refresh = self._refresh, None
        self._use(refresh())
        # Spotify has refused good tokens for a moment before, so the second try comes a bit later.
        self._sleep(BACKOFF_SECONDS[0])
        return self._persist(path, read, params)

    def _persist(
        self, path: str, read: Callable[[dict[str, object]], T], params: dict[str, str | int]
    ) -> T:
        for longest_wait in BACKOFF_SECONDS:
            try:
                return self._once(path, read, params)
            except faults.Temporary:
                self._sleep(_jitter.uniform(0, longest_wait))
        return self._once(path, read, params)

    def _once(
        self, path: str, read: Callable[[dict[str, object]], T], params: dict[str, str | int]
    ) -> T:
        budget.take(sleep=self._sleep)
        try:
            response = self._http.get(path, params=params)
        except httpx2.RequestError as error:
            raise faults.unreachable() from error
        if response.status_code != HTTPStatus.OK:
            raise _noted(faults.refusal(response))
        try:
            return read(faults.body_of(response))
        except ValueError as error:
            raise faults.unreadable() from error


def _noted(error: InsightsError) -> InsightsError:
    """Let all callers know when Spotify wants a pause."""
    if isinstance(error, Unavailable) and error.code in _PAUSING and error.retry_after:
        budget.pause(error.retry_after, error.code)
    return error
