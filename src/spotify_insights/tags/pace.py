"""How fast and how often the services are asked: one pace and one day's number of calls for all.

Kept in Redis over all processes, by the clock of Redis. A service that wants a pause gets it from
all callers.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from redis import Redis
from redis.exceptions import RedisError

from spotify_insights import resources
from spotify_insights.errors import Unavailable
from spotify_insights.settings import get_settings
from spotify_insights.tags.source import LABELS, Source

# What each of them asks for in its terms.
CALLS_PER_SECOND = {Source.MUSICBRAINZ: 1.0, Source.LASTFM: 5.0}
PATIENCE_SECONDS = 3.0
REDIS_RETRY_SECONDS = 10.0

CALLS_KEY = "{tags}:calls"

_PAUSE = """
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then
    redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[1])
end
"""

# Takes a call and answers {0, ''}, or says how many ms to wait, and why where that is long.
_TAKE = """
local paused = redis.call('PTTL', KEYS[1])
if paused > 0 then return {paused, redis.call('GET', KEYS[1])} end

local clock = redis.call('TIME')
local second, now = tonumber(clock[1]), clock[1] * 1000000 + clock[2]
local midnight = (math.floor(second / 86400) + 1) * 86400
if tonumber(redis.call('GET', KEYS[3]) or 0) >= tonumber(ARGV[2]) then
    return {(midnight - second) * 1000, 'tags_used_up'}
end

local due = tonumber(redis.call('GET', KEYS[2]) or now)
if due > now then return {math.ceil((due - now) / 1000), ''} end

local spacing = tonumber(ARGV[1])
redis.call('SET', KEYS[2], string.format('%.0f', now + spacing), 'PX', math.ceil(spacing / 1000))
redis.call('INCR', KEYS[3])
redis.call('EXPIREAT', KEYS[3], midnight)
return {0, ''}
"""

_log = logging.getLogger(__name__)


def pause(source: Source, seconds: float, reason: str) -> None:
    """Stop all callers of a service for so long; a longer pause stays as it is."""
    _log.warning("calls to %s pause for %.0f s: %s", LABELS[source], seconds, reason)
    with _reachable_redis() as redis:
        redis.register_script(_PAUSE)(keys=[pause_key(source)], args=[int(seconds * 1000), reason])


def take(source: Source, *, sleep: Callable[[float], None] = time.sleep) -> None:
    """Wait shortly for the right to make one call; Unavailable if that would take long."""
    waited = 0.0
    while wait := _seconds_until_free(source):
        if waited + wait > PATIENCE_SECONDS:
            raise Unavailable("tags_busy", f"Many calls to {LABELS[source]} wait.")
        sleep(wait)
        waited += wait


def pause_key(source: Source) -> str:
    return f"{{tags}}:{source}:pause"


def due_key(source: Source) -> str:
    return f"{{tags}}:{source}:due"


def _seconds_until_free(source: Source) -> float:
    """Take a call and return 0, or return how long to wait before asking again."""
    keys = [pause_key(source), due_key(source), CALLS_KEY]
    spacing_us = int(1_000_000 / CALLS_PER_SECOND[source])
    with _reachable_redis() as redis:
        take_call = redis.register_script(_TAKE)
        wait_ms, reason = take_call(keys=keys, args=[spacing_us, get_settings().tags_calls_per_day])
    if reason == "tags_used_up":
        raise Unavailable(
            "tags_used_up",
            "The calls for tags of this day are used up.",
            retry_after=wait_ms / 1000,
        )
    if reason:
        raise Unavailable(
            reason, f"Calls to {LABELS[source]} are paused.", retry_after=wait_ms / 1000
        )
    return float(wait_ms) / 1000


@contextmanager
def _reachable_redis() -> Iterator[Redis]:
    """Without Redis nobody knows how often a service was asked, so no call is made."""
    try:
        yield resources.redis()
    except RedisError as error:
        raise Unavailable(
            "redis_unavailable", "Redis does not answer.", retry_after=REDIS_RETRY_SECONDS
        ) from error
