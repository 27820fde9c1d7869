"""Real engines for every test process: private ones, or those that TEST_* variables name."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, make_url, text

from spotify_insights import accounts, crypto, migrations, queue, resources, settings
from spotify_insights.embedded import engines
from spotify_insights.embedded.engines import Wanted
from spotify_insights.models import Base, User
from spotify_insights.web.app import app

pytest_plugins = ("tests.demo_server", "tests.model_server")

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(scope="session")
def addresses(worker_number: int) -> Iterator[dict[str, str]]:
    """A PostgreSQL database and a Redis that no other test process uses."""
    outside = os.environ.get("TEST_DATABASE_URL")
    if outside:
        redis = os.environ["TEST_REDIS_URL"].rstrip("/")
        with _own_database(outside, worker_number) as database:
            yield {"database_url": database, "redis_url": f"{redis}/{worker_number}"}
        return
    folder = Path(tempfile.mkdtemp(prefix="insights-test-", dir="/tmp"))
    try:
        with engines.started(folder, Wanted(is_durable=False)) as ours:
            yield {"database_url": ours.database_url, "redis_url": ours.redis_url}
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def worker_number(request: pytest.FixtureRequest) -> int:
    """1, 2, … for the processes of pytest-xdist; 0 when the tests run in one process."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "gw-1")
    return int(worker.removeprefix("gw")) + 1


@pytest.fixture(scope="session")
def migrated(addresses: dict[str, str]) -> dict[str, str]:
    with pytest.MonkeyPatch.context() as patch:
        _use(patch, addresses)
        migrations.upgrade()
        resources.engine().dispose()
    forget_all()
    return addresses


@pytest.fixture
def clean_database(
    migrated: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[pytest.MonkeyPatch]:
    """Engines running, tables and Redis empty; change settings with `setenv` before first use."""
    forget_all()
    _use(monkeypatch, migrated | {"data_dir": str(tmp_path)})
    _empty()
    yield monkeypatch
    resources.engine().dispose()
    resources.redis().close()
    forget_all()


@pytest.fixture
def client(clean_database: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The app as a program on this machine sees it."""
    address = ("127.0.0.1", 50_000)
    with TestClient(
        app, "http://127.0.0.1:8000", client=address, raise_server_exceptions=False
    ) as client:
        yield client


@pytest.fixture
def a_listener(clean_database: pytest.MonkeyPatch) -> Callable[..., User]:
    """Register a listener; `a_listener(timezone="Asia/Tokyo")` changes what matters."""

    def build(**changes: object) -> User:
        with resources.transaction() as session:
            user, _ = accounts.register(session, f"listener_{uuid4().hex}", "Ada")
            return accounts.change(session, user.id, changes)

    return build


@pytest.fixture
def listener(a_listener: Callable[..., User]) -> User:
    return a_listener()


@pytest.fixture
def exports() -> Path:
    """The real exports, where they are at hand."""
    folder = SHARED / "exports"
    if not folder.is_dir():
        pytest.skip("the real exports are not part of a checkout")
    return folder


def forget_all() -> None:
    """Forget what was read from the environment and made from it."""
    resources.engine.cache_clear()
    resources.redis.cache_clear()
    settings.get_settings.cache_clear()
    crypto._keys.cache_clear()
    queue.app.cache_clear()


def _use(patch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name in list(os.environ):
        if name.lower() in settings.Settings.model_fields:
            patch.delenv(name)
    for name, value in values.items():
        patch.setenv(name.upper(), value)
    forget_all()


def _empty() -> None:
    with resources.transaction() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(text(f"delete from {table.name}"))
    resources.redis().flushdb()


@contextmanager
def _own_database(server: str, number: int) -> Iterator[str]:
    """A fresh database on a server of the outside, dropped at the end."""
    name = f"insights_test_{number}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    drop = text(f"drop database if exists {name} with (force)")
    with admin.connect() as connection:
        connection.execute(drop)
        connection.execute(text(f"create database {name}"))
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        connection.execute(drop)
    admin.dispose()
