from alembic import context
from sqlalchemy import text

from spotify_insights import models, resources

# Any number, as long as every starting process uses the same one.
MIGRATION_LOCK = 7_240_191

with resources.engine().connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=models.Base.metadata,
        compare_server_default=True,
        include_object=lambda _object, name, *_: not str(name).startswith("plays_p"),
    )
    with context.begin_transaction():
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        connection.execute(text("set local lock_timeout = '5s'"))
        context.run_migrations()
