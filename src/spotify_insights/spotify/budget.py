"""One pause and one call rate for all processes that call the Web API, both kept in Redis.

The rate is a GCRA: one number, the time at which the next call is due, moves forward with every
call and may be ahead of the clock by a burst. Only the clock of Redis counts.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from redis import Redis
from redis.exceptions import RedisError

from spotify_insights import resources
from spotify_insights.errors import Unavailable
from spotify_insights.settings import get_settings

CALLS_PER_SECOND = 1.5
DEMO_CALLS_PER_SECOND = 50.0
BURST = 10
PATIENCE_SECONDS = 2.0
REDIS_RETRY_SECONDS = 10.0

PAUSE_KEY = "{spotify}:pause"
DUE_KEY = "{spotify}:due"

_REASONS = {
    "rate_limited": "Spotify asked for fewer requests.",
    "quota_exceeded": "The quota of this Spotify app is used up.",
}

_PAUSE = """
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then
    redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[1])
end
"""

_TAKE = """
local paused = redis.call('PTTL', KEYS[1])
if paused > 0 then return {paused, redis.call('GET', KEYS[1])} end

local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local spacing, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local due = math.max(tonumber(redis.call('GET', KEYS[2]) or now), now) + spacing
local wait = due - burst * spacing - now
if wait > 0 then return {math.ceil(wait / 1000), ''} end

redis.call('SET', KEYS[2], string.format('%.0f', due), 'PX', math.ceil((due - now) / 1000))
return {0, ''}
"""

_log = logging.getLogger(__name__)


def pause(seconds: float, reason: str) -> None:
    """Stop all callers for so long; a pause that lasts longer already stays as it is."""
    _log.warning("calls to Spotify pause for %.0f s: %s", seconds, reason)
    with _reachable_redis() as redis:
        redis.register_script(_PAUSE)(keys=[PAUSE_KEY], args=[int(seconds * 1000), reason])


def check() -> None:
    """Raise Unavailable, with the reason of the pause as its code, while there is one."""
    with _reachable_redis() as redis, redis.pipeline() as both:
        both.pttl(PAUSE_KEY)
        both.get(PAUSE_KEY)
        left_ms, reason = both.execute()
    if reason:
        raise _paused(left_ms, reason)


def take(*, sleep: Callable[[float], None] = time.sleep) -> None:
    """Wait shortly for the right to make one call; Unavailable if it is paused or too busy."""
    waited = 0.0
    while wait := _seconds_until_free():
        if waited + wait > PATIENCE_SECONDS:
            raise Unavailable("rate_limited", "Many requests to Spotify wait.", retry_after=wait)
        sleep(wait)
        waited += wait


def _seconds_until_free() -> float:
    """Take a slot and return 0, or return how long to wait before asking again."""
    rate = DEMO_CALLS_PER_SECOND if get_settings().is_demo else CALLS_PER_SECOND
    spacing_us = int(1_000_000 / rate)
    with _reachable_redis() as redis:
        take_slot = redis.register_script(_TAKE)
        wait_ms, reason = take_slot(keys=[PAUSE_KEY, DUE_KEY], args=[spacing_us, BURST])
    if reason:
        raise _paused(wait_ms, reason)
    return float(wait_ms) / 1000


def _paused(left_ms: int, reason: str) -> Unavailable:
    until = datetime.now(UTC) + timedelta(milliseconds=left_ms)
    why = _REASONS.get(reason, "Calls to Spotify are paused.")
    detail = f"{why} It goes on at {until:%H:%M} UTC on {until:%Y-%m-%d}."
    return Unavailable(reason, detail, retry_after=left_ms / 1000)


@contextmanager
def _reachable_redis() -> Iterator[Redis]:
    """Without Redis nobody knows of a pause, so no call is made."""
    try:
        yield resources.redis()
    except RedisError as error:
        raise Unavailable(
            "redis_unavailable", "Redis does not answer.", retry_after=REDIS_RETRY_SECONDS
        ) from error
