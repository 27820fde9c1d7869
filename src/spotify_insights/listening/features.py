"""Audio features of tracks, for the few apps that Spotify still gives them to.

Off unless `SPOTIFY_AUDIO_FEATURES` is `auto`. An app that is refused is not refused every time: for
a week nothing is asked.
"""

from redis.exceptions import RedisError

from spotify_insights import resources
from spotify_insights.errors import Forbidden, NotFound, Unavailable
from spotify_insights.settings import AudioFeatures, get_settings
from spotify_insights.spotify.client import SpotifyClient

REFUSED_KEY = "{spotify}:no_audio_features"
REFUSED_FOR_S = 7 * 86_400
# One track may have none. So many in a row, all known as tracks, tell of the endpoint itself.
MISSES = 3


class Asking:
    """The questions of one run."""

    def __init__(self, spotify: SpotifyClient) -> None:
        self._spotify = spotify
        self._misses = 0
        self._is_over = not are_asked_for()

    def find(self, track_id: str) -> dict[str, float] | None:
        """The features of a track, empty if it has none; None when they are not asked for."""
        if self._is_over:
            return None
        try:
            found = self._spotify.audio_features(track_id)
        except NotFound:
            return self._miss()
        except (Forbidden, Unavailable) as error:
            if error.code == "spotify_protocol":
                return self._miss()
            if error.code != "spotify_refused":
                raise
            self._give_up()
            return None
        self._misses = 0
        return found.model_dump(exclude_none=True)

    def _miss(self) -> dict[str, float]:
        self._misses += 1
        if self._misses == MISSES:
            self._give_up()
        return {}

    def _give_up(self) -> None:
        self._is_over = True
        try:
            resources.redis().set(REFUSED_KEY, "1", ex=REFUSED_FOR_S)
        except RedisError as error:
            raise _no_redis() from error


def are_asked_for() -> bool:
    """Whether the operator wants audio features and this app was not refused them lately."""
    if get_settings().spotify_audio_features is AudioFeatures.OFF:
        return False
    try:
        return not resources.redis().exists(REFUSED_KEY)
    except RedisError as error:
        raise _no_redis() from error


def _no_redis() -> Unavailable:
    return Unavailable("redis_unavailable", "Redis does not answer.", retry_after=10)
