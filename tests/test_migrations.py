"""What was there before a new schema is there after it."""

from uuid import uuid4

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, make_url, text
from tests.conftest import forget_all
from tests.listening import counting

from spotify_insights import accounts, jobs, migrations, resources
from spotify_insights.listening import undoing
from spotify_insights.models.job import JobKind
from spotify_insights.resources import transaction
from spotify_insights.worker import FLOWS


@pytest.fixture
def database(addresses, worker_number, monkeypatch, tmp_path):
    """An empty database of its own, as old as it has to be."""
    name = f"insights_older_{worker_number}"
    admin = create_engine(addresses["database_url"], isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"drop database if exists {name} with (force)"))
        connection.execute(text(f"create database {name}"))
        own = make_url(addresses["database_url"]).set(database=name)
        monkeypatch.setenv("DATABASE_URL", own.render_as_string(hide_password=False))
        monkeypatch.setenv("REDIS_URL", addresses["redis_url"])
        monkeypatch.setenv("DATA_DIR", str(tmp_path))
        forget_all()
        yield
        resources.engine().dispose()
        connection.execute(text(f"drop database {name} with (force)"))
    admin.dispose()
    forget_all()


def upgrade_to(revision):
    config = Config()
    config.set_main_option("script_location", "spotify_insights:migrations")
    command.upgrade(config, revision)


def execute(statement, **given):
    with transaction() as session:
        return session.execute(text(statement), given)


def a_former_listener():
    user_id, import_id = uuid4(), uuid4()
    execute("insert into users (id, display_name) values (:id, 'Ada')", id=user_id)
    execute("insert into artists (id, name, name_key) values (1, 'The Painters', 'the painters')")
    execute("insert into tracks (id, artist_id, name, name_key) values (1, 1, 'Blue', 'blue')")
    execute(
        "insert into contents (id, uri, kind, name)"
        " values (1, 'spotify:track:1', 'track', 'Blue - Remastered 2011')"
    )
    execute(
        "insert into imports (id, user_id, status, names, rows, counts, files)"
        " values (:id, :user_id, 'succeeded', '[]', 2, cast(:counts as jsonb),"
        " cast(:files as jsonb))",
        id=import_id,
        user_id=user_id,
        counts='{"imported": 2}',
        files='[{"name": "a.json", "format": "spotify_extended", "sha256": "abc", "rows": 2,'
        ' "counts": {"imported": 2}, "rejected": []}]',
    )
    play = (
        "insert into plays (user_id, started_at, ended_at, content_id, ms_played, track_id,"
        " artist_id, kind, provenance, is_estimated, platform, skipped) values (:user_id,"
        " cast(:start as timestamptz), cast(:start as timestamptz) + interval '200 s', 1, 200000,"
        " 1, 1, 'track', :provenance, :is_estimated, :platform, null)"
    )
    exported = {"provenance": "export", "is_estimated": False}
    polled = {"provenance": "api", "is_estimated": True, "platform": None}
    execute(play, user_id=user_id, start="2024-01-01T10:00Z", platform="ios", **exported)
    execute(play, user_id=user_id, start="2024-01-02T10:00Z", platform=None, **exported)
    execute(play, user_id=user_id, start="2024-02-01T10:00Z", **polled)
    return user_id, import_id


def music(user_id):
    with transaction() as session:
        listener = accounts.get_user(session, user_id)
    return counting.music(listener)


def test_the_first_ledger_is_carried_over_and_its_imports_can_be_undone(database):
    upgrade_to("0001")
    user_id, import_id = a_former_listener()

    migrations.upgrade()

    assert music(user_id).plays == 3
    assert execute("select match_key from contents").scalar_one() == "blue"
    platforms = execute(
        "select c.platform from plays p join circumstances c on c.id = p.circumstances_id"
        " order by 1"
    )
    assert platforms.scalars().all() == ["ios", None, None]
    with transaction() as session:
        job = undoing.submit(session, import_id)
    jobs.run(job.id, FLOWS[JobKind.UNDO])
    assert music(user_id).plays == 1


def test_titles_that_were_merged_before_are_one_track_after(database):
    upgrade_to("0001")
    user_id, _ = a_former_listener()
    upgrade_to("0002")
    execute(
        "insert into tracks (id, artist_id, name, name_key, match_key)"
        " values (2, 1, 'Blue - Live', 'blue - live', 'blue')"
    )
    execute("update plays set track_id = 2 where started_at < '2024-01-02'")
    execute(
        "insert into track_merges (track_id, into_track_id, isrc) values (2, 1, 'GBAYE0601498')"
    )

    migrations.upgrade()

    assert (music(user_id).plays, music(user_id).distinct_tracks) == (3, 1)


def test_a_listener_who_is_deleted_takes_the_ledger_along(database):
    upgrade_to("0001")
    user_id, _ = a_former_listener()
    migrations.upgrade()

    execute("delete from users where id = :id", id=user_id)

    assert execute("select count(*) from plays").scalar_one() == 0
    assert execute("select count(*) from sources").scalar_one() == 0


def test_the_way_back_keeps_what_counts(database):
    upgrade_to("0001")
    a_former_listener()
    migrations.upgrade()

    config = Config()
    config.set_main_option("script_location", "spotify_insights:migrations")
    command.downgrade(config, "0001")

    plays = execute("select platform from plays order by started_at").scalars().all()
    assert plays == ["ios", None, None]
    assert execute("select files->0->>'name' from imports").scalar_one() == "a.json"
