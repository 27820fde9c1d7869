"""Plays in columns for statistics, exclusions, deleted plays, richer snapshots and catalogue"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

PLAY_KIND = postgresql.ENUM("track", "episode", "chapter", name="play_kind", create_type=False)
KINDS = ("artist", "album", "track", "show", "hours", "dates", "session")
KNOWN = ("duration_ms", "released_in")
COLUMNS = ("started", "ms_played", "contents", "tracks", "artists", "albums", "circumstances")
JOB_KINDS = (
    *("ingest", "poll", "refresh_token", "import", "undo", "forget", "enrich", "retention"),
    *("insight", "weekly_summary", "cleanup"),
)

# Every week in which something was played; the plays are packed when they are read or changed next.
STALE_WEEKS = """
    insert into packed_weeks (user_id, kind, week)
    select distinct user_id, kind, floor(extract(epoch from started_at) / 604800)::int from plays
"""


def upgrade() -> None:
    op.add_column(
        "users", sa.Column("data_version", sa.BigInteger, server_default="0", nullable=False)
    )
    op.add_column(
        "plays", sa.Column("is_deleted", sa.Boolean, server_default="false", nullable=False)
    )
    for name, kind in (("tags", postgresql.JSONB), ("tags_from", sa.Text)):
        op.add_column("artists", sa.Column(name, kind))
    op.add_column("artists", sa.Column("tags_at", sa.DateTime(timezone=True)))
    op.add_column("contents", sa.Column("released_in", sa.Integer))
    op.add_column("contents", sa.Column("audio_features", postgresql.JSONB))
    _index_what_is_known()
    op.add_column(
        "listening_snapshots",
        sa.Column("statistics", postgresql.JSONB, server_default="{}", nullable=False),
    )
    op.add_column("listening_snapshots", sa.Column("export_basis", postgresql.JSONB))
    _create_packed()
    _create_exclusions()
    op.create_table(
        "catalogue_version",
        sa.Column("id", sa.Integer, primary_key=True, server_default="1"),
        sa.Column("token", sa.Uuid, nullable=False),
        sa.CheckConstraint("id = 1", name="one_row"),
    )
    op.execute("insert into catalogue_version (token) values (gen_random_uuid())")
    op.execute(STALE_WEEKS)
    _allow_job_kinds(*JOB_KINDS, "rebuild")


def downgrade() -> None:
    op.execute("delete from background_jobs where job_type = 'rebuild'")
    _allow_job_kinds(*JOB_KINDS)
    for table in ("catalogue_version", "exclusions", "first_heard", "packed_weeks"):
        op.drop_table(table)
    op.drop_column("listening_snapshots", "export_basis")
    op.drop_column("listening_snapshots", "statistics")
    op.drop_index("ix_artists_told_of", "artists")
    op.drop_index("ix_contents_collection", "contents")
    for name in (*KNOWN, "audio_features"):
        op.drop_index(f"ix_contents_{name}", "contents")
    op.drop_column("contents", "audio_features")
    op.drop_column("contents", "released_in")
    for name in ("tags_at", "tags_from", "tags"):
        op.drop_column("artists", name)
    op.drop_column("plays", "is_deleted")
    op.drop_column("users", "data_version")


def _index_what_is_known() -> None:
    """Of a large catalogue little is known, and statistics ask for nothing else."""
    for name in (*KNOWN, "audio_features"):
        op.create_index(
            f"ix_contents_{name}",
            "contents",
            ["id"],
            postgresql_include=[name] if name in KNOWN else None,
            postgresql_where=sa.text(f"{name} is not null"),
        )
    op.create_index(
        "ix_contents_collection",
        "contents",
        ["collection"],
        postgresql_where=sa.text("collection is not null"),
    )
    op.create_index(
        "ix_artists_told_of",
        "artists",
        ["id"],
        postgresql_where=sa.text("genres is not null or tags is not null"),
    )


def _create_packed() -> None:
    op.create_table(
        "packed_weeks",
        _listener(primary_key=True),
        sa.Column("kind", PLAY_KIND, primary_key=True),
        sa.Column("week", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("is_stale", sa.Boolean, server_default="true", nullable=False),
        sa.Column("plays", sa.Integer, server_default="0", nullable=False),
        *(
            sa.Column(name, sa.LargeBinary, server_default="", nullable=False)
            for name in (*COLUMNS, "flags")
        ),
    )
    op.create_table(
        "first_heard",
        _listener(primary_key=True),
        sa.Column("subject", sa.Text, primary_key=True),
        *(
            sa.Column(name, sa.LargeBinary, nullable=False)
            for name in ("ids", "heard_at", "heard_openly_at")
        ),
    )
    # Numbers as these do not get smaller; what is not compressed is read straight away.
    for table, columns in (
        ("packed_weeks", (*COLUMNS, "flags")),
        ("first_heard", ("ids", "heard_at", "heard_openly_at")),
    ):
        for column in columns:
            op.execute(f'alter table {table} alter column "{column}" set storage external')


def _create_exclusions() -> None:
    op.create_table(
        "exclusions",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        _listener(),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("artist_id", sa.Integer, sa.ForeignKey("artists.id")),
        sa.Column("album_id", sa.Integer, sa.ForeignKey("albums.id")),
        sa.Column("track_id", sa.Integer, sa.ForeignKey("tracks.id")),
        sa.Column("show", sa.Text),
        sa.Column("first_hour", sa.SmallInteger),
        sa.Column("last_hour", sa.SmallInteger),
        sa.Column("first_on", sa.Date),
        sa.Column("last_on", sa.Date),
        sa.Column("first_at", sa.DateTime(timezone=True)),
        sa.Column("last_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("first_hour between 0 and 23", name="first_hour"),
        sa.CheckConstraint("last_hour between 0 and 24", name="last_hour"),
        sa.CheckConstraint(
            f"kind in ({', '.join(repr(kind) for kind in KINDS)})", name="exclusionkind"
        ),
    )
    op.create_index("ix_exclusions_user_id", "exclusions", ["user_id"])


def _listener(*, primary_key: bool = False) -> sa.Column[object]:
    return sa.Column(
        "user_id",
        sa.Uuid,
        sa.ForeignKey("users.id", ondelete="CASCADE"),
        primary_key=primary_key,
        nullable=False,
    )


def _allow_job_kinds(*kinds: str) -> None:
    op.drop_constraint(op.f("ck_background_jobs_jobkind"), "background_jobs")
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(
        op.f("ck_background_jobs_jobkind"), "background_jobs", f"job_type in ({listed})"
    )
