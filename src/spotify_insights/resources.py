"""Connections to PostgreSQL and Redis: the only place where they are made.

Nothing connects on import, and `forget()` lets a forked process start with connections of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import msgspec
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from spotify_insights.settings import SettingsError, get_settings

POOL_SIZE = 10


@cache
def engine() -> Engine:
    """The pool of this process. No prepared statements, so that pgbouncer may stand between."""
    url = get_settings().database_url
    if url is None:
        raise SettingsError(
            "DATABASE_URL: missing; only `spotify-insights start` brings its own PostgreSQL"
        )
    address = url.get_secret_value().replace("postgres://", "postgresql://", 1)
    return create_engine(
        address,
        pool_size=POOL_SIZE,
        max_overflow=POOL_SIZE,
        pool_timeout=10,
        pool_pre_ping=True,
        json_serializer=_to_json,
        json_deserializer=msgspec.json.decode,
        connect_args={"connect_timeout": 10, "prepare_threshold": None},
    )


def _to_json(value: object) -> str:
    return msgspec.json.encode(value).decode()


@contextmanager
def transaction() -> Iterator[Session]:
    """One transaction: committed at the end of the block, rolled back by any error."""
    with Session(engine(), expire_on_commit=False) as session, session.begin():
        yield session


@cache
def redis() -> "Redis":
    url = get_settings().effective_redis_url
    if url is None:
        raise SettingsError(
            "REDIS_URL: missing (or REDIS_HOST); only `spotify-insights start` brings its own Redis"
        )
    return Redis.from_url(
        url,
        decode_responses=True,
        socket_timeout=5,
        socket_connect_timeout=5,
        retry=Retry(NoBackoff(), 1),
    )


def forget() -> None:
    """Drop the connections without closing them: after a fork they belong to the parent."""
    if engine.cache_info().currsize:
        engine().dispose(close=False)
    engine.cache_clear()
    redis.cache_clear()


def is_database_up() -> bool:
    try:
        with engine().connect() as connection:
            connection.execute(text("select 1"))
    except SQLAlchemyError:
        return False
    return True


def is_redis_up() -> bool:
    try:
        return bool(redis().ping())
    except RedisError:
        return False
