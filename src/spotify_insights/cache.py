"""Answers that were worked out before: kept in this process, and in Redis for all others.

A key names everything an answer depends on, a version of the data included, so nothing is ever
taken out: what is out of date is not asked for again and makes room in time. Without Redis every
process works its answers out for itself.
"""

import hashlib
import logging
import time
from collections.abc import Callable
from threading import Lock

from cachetools import LRUCache
from redis.exceptions import RedisError

from spotify_insights.resources import redis

log = logging.getLogger(__name__)

KEPT_BYTES = 32 << 20
KEPT_IN_REDIS_S = 3_600
REST_S = 10.0
_PREFIX = "insights:answer:"

_kept: LRUCache[str, bytes] = LRUCache(KEPT_BYTES, getsizeof=len)
_keeping = Lock()
# One answer is worked out once, however many ask for it at the same moment.
_making = tuple(Lock() for _ in range(64))


class _Rest:
    """Until when (monotonic seconds) Redis is not asked."""

    until = 0.0


_rest = _Rest()


def remember(key: str, make: Callable[[], bytes]) -> bytes:
    """The answer under a key, made now if it is nowhere at hand."""
    key = _name(key)
    found = _find(key)
    if found is not None:
        return found
    with _making[hash(key) % len(_making)]:
        found = _find(key)
        if found is None:
            found = _from_redis(key)
            if found is None:
                found = make()
                _to_redis(key, found)
            _keep(key, found)
    return found


def find(key: str) -> bytes | None:
    """The answer under a key if this process has it."""
    return _find(_name(key))


def forget_all() -> None:
    """Forget what this process keeps, and that Redis did not answer."""
    with _keeping:
        _kept.clear()
    _rest.until = 0.0


def _name(key: str) -> str:
    """Keys hold what people ask, which may be long; their names are all of one length."""
    return _PREFIX + hashlib.blake2b(key.encode(), digest_size=16).hexdigest()


def _find(key: str) -> bytes | None:
    with _keeping:
        return _kept.get(key)


def _keep(key: str, answer: bytes) -> None:
    if len(answer) <= KEPT_BYTES:
        with _keeping:
            _kept[key] = answer


def _from_redis(key: str) -> bytes | None:
    found = _ask(lambda: redis().get(key))
    return None if found is None else str(found).encode()


def _to_redis(key: str, answer: bytes) -> None:
    _ask(lambda: redis().set(key, answer.decode(), ex=KEPT_IN_REDIS_S))


def _ask(redis_for: Callable[[], object]) -> object:
    """What Redis says; None while it is away. One that hangs is left alone for a while."""
    if time.monotonic() < _rest.until:
        return None
    try:
        return redis_for()
    except RedisError as error:
        log.warning("cache: %s; Redis is left alone for %d s", error, REST_S)
        _rest.until = time.monotonic() + REST_S
        return None
