"""Plays that their sources claim, accounts of one listen that stand for each other"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from spotify_insights.listening.archives.rows import title_key

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ORIGINS = (
    *("spotify_extended", "spotify_account", "listenbrainz", "maloja", "koito"),
    *("lastfm", "lastfm_minute", "spotify_polled"),
)
ORIGIN = postgresql.ENUM(*ORIGINS, name="origin", create_type=False)
PLAY_KIND = postgresql.ENUM("track", "episode", "chapter", name="play_kind", create_type=False)
PROVENANCE = postgresql.ENUM("export", "api", "demo", name="provenance", create_type=False)
JOB_KINDS = ("ingest", "poll", "refresh_token", "import", "insight", "weekly_summary", "cleanup")
NEW_JOB_KINDS = ("undo", "forget", "enrich", "retention")

# Fixed for good: rows do not move between hash partitions. Sixteen let a site grow.
PARTITIONS = 16

DELETE_WITH_LISTENER = """
    create function delete_ledger() returns trigger language plpgsql as $$
    begin
        delete from plays where user_id = old.id;
        delete from claims where user_id = old.id;
        delete from matches where user_id = old.id;
        return old;
    end $$
"""

# What is there came from extended exports and from polling, the only formats until now. One source
# for each, held by every import so far, since nobody noted which import brought which play.
CARRY_OVER = (
    """
    insert into circumstances (
        platform, country, reason_start, reason_end, shuffle, skipped, offline, is_video
    )
    select distinct platform, country, reason_start, reason_end, shuffle, skipped, offline, is_video
    from former_plays
    """,
    """
    insert into sources (user_id, format)
    select distinct user_id,
        case when is_estimated then 'spotify_polled' else 'spotify_extended' end
    from former_plays
    """,
    """
    insert into plays (
        user_id, started_at, ended_at, id, content_id, ms_played, origin, source_id, track_id,
        artist_id, album_id, circumstances_id, kind, provenance, is_estimated, is_private,
        is_superseded
    )
    select p.user_id, p.started_at, p.ended_at, nextval('play_id_blocks') << 16, p.content_id,
        p.ms_played, cast(s.format as origin), s.id, p.track_id, p.artist_id, p.album_id, c.id,
        p.kind, p.provenance, p.is_estimated, p.is_private, false
    from former_plays p
    join sources s on s.user_id = p.user_id
        and s.format = case when p.is_estimated then 'spotify_polled' else 'spotify_extended' end
    join circumstances c on
        (c.platform, c.country, c.reason_start, c.reason_end)
            is not distinct from (p.platform, p.country, p.reason_start, p.reason_end)
        and (c.shuffle, c.skipped, c.offline, c.is_video)
            is not distinct from (p.shuffle, p.skipped, p.offline, p.is_video)
    """,
    """
    insert into import_files (import_id, no, source_id, name, format, sha256, rows, counts)
    select i.id, f.no - 1, s.id, f.file->>'name', f.file->>'format', f.file->>'sha256',
        (f.file->>'rows')::int, f.file->'counts'
    from imports i
    cross join jsonb_array_elements(i.files) with ordinality as f (file, no)
    left join sources s on s.user_id = i.user_id and s.format = 'spotify_extended'
    """,
)


CARRY_BACK = (
    """
    insert into plays (
        user_id, started_at, ended_at, content_id, ms_played, track_id, artist_id, album_id, kind,
        provenance, is_estimated, is_private, is_video, shuffle, skipped, offline, country,
        platform, reason_start, reason_end
    )
    select p.user_id, p.started_at, p.ended_at, p.content_id, p.ms_played, p.track_id, p.artist_id,
        p.album_id, p.kind, p.provenance, p.is_estimated, p.is_private, c.is_video, c.shuffle,
        c.skipped, c.offline, c.country, c.platform, c.reason_start, c.reason_end
    from former_plays p join circumstances c on c.id = p.circumstances_id
    where not p.is_superseded
    on conflict do nothing
    """,
    """
    update imports i set files = f.files from (
        select import_id, jsonb_agg(jsonb_build_object(
            'name', name, 'format', format, 'sha256', sha256, 'rows', rows, 'counts', counts,
            'rejected', '[]'::jsonb
        ) order by no) as files
        from import_files group by import_id
    ) f
    where f.import_id = i.id
    """,
    "delete from background_jobs where job_type in ('undo', 'forget', 'enrich', 'retention')",
)


def upgrade() -> None:
    ORIGIN.create(op.get_bind())
    op.execute("create sequence play_id_blocks as bigint")
    _extend_catalogue()
    _create_sources()
    _set_plays_aside()
    _create_plays()
    for statement in CARRY_OVER:
        op.execute(statement)
    op.drop_table("former_plays")
    op.drop_column("imports", "files")
    op.execute(DELETE_WITH_LISTENER)
    op.execute(
        "create trigger delete_ledger after delete on users"
        " for each row execute function delete_ledger()"
    )
    op.add_column("users", sa.Column("disconnected_at", sa.DateTime(timezone=True)))
    op.add_column("background_jobs", sa.Column("claimed_at", sa.DateTime(timezone=True)))
    _allow_job_kinds(*JOB_KINDS, *NEW_JOB_KINDS)


def _extend_catalogue() -> None:
    op.add_column("artists", sa.Column("spotify_id", sa.Text()))
    op.add_column("artists", sa.Column("genres", postgresql.JSONB()))
    op.add_column("artists", sa.Column("image_url", sa.Text()))
    op.add_column("artists", sa.Column("enriched_at", sa.DateTime(timezone=True)))
    op.add_column("contents", sa.Column("match_key", sa.Text()))
    op.add_column("tracks", sa.Column("match_key", sa.Text()))
    op.add_column("contents", sa.Column("isrc", sa.Text()))
    op.add_column("contents", sa.Column("duration_ms", sa.Integer()))
    op.add_column("contents", sa.Column("artwork_url", sa.Text()))
    op.add_column("contents", sa.Column("enriched_at", sa.DateTime(timezone=True)))
    for table in ("contents", "tracks"):
        _fill_match_keys(table)
        op.alter_column(table, "match_key", nullable=False)
        op.create_index(f"ix_{table}_match_key", table, ["match_key"])
    op.create_index(
        "ix_contents_isrc", "contents", ["isrc"], postgresql_where=sa.text("isrc is not null")
    )
    op.create_table(
        "track_merges",
        sa.Column("track_id", sa.Integer(), sa.ForeignKey("tracks.id"), nullable=False),
        sa.Column("into_track_id", sa.Integer(), sa.ForeignKey("tracks.id"), nullable=False),
        sa.Column("isrc", sa.Text(), nullable=False),
        sa.Column("is_undone", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        _created_at(),
        sa.PrimaryKeyConstraint("track_id", name="pk_track_merges"),
    )
    op.create_table(
        "circumstances",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        *(sa.Column(name, sa.Text()) for name in ("platform", "country")),
        *(sa.Column(name, sa.Text()) for name in ("reason_start", "reason_end")),
        *(sa.Column(name, sa.Boolean()) for name in ("shuffle", "skipped", "offline")),
        sa.Column("is_video", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_circumstances"),
        sa.UniqueConstraint(
            *("platform", "country", "reason_start", "reason_end"),
            *("shuffle", "skipped", "offline", "is_video"),
            name="uq_circumstances_all",
            postgresql_nulls_not_distinct=True,
        ),
    )


def _fill_match_keys(table: str) -> None:
    listed = f"select id, name from {table}"  # noqa: S608 - one of our own tables
    named = op.get_bind().execute(sa.text(listed)).all()
    keys = {"ids": [row.id for row in named], "keys": [title_key(row.name) for row in named]}
    op.get_bind().execute(
        sa.text(
            f"update {table} set match_key = given.key"  # noqa: S608
            " from unnest(cast(:ids as int[]), cast(:keys as text[])) as given (id, key)"
            f" where {table}.id = given.id"
        ),
        keys,
    )


def _create_sources() -> None:
    op.create_table(
        "sources",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "user_id", sa.Uuid(), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), server_default="", nullable=False),
        sa.Column("size", sa.BigInteger(), server_default="0", nullable=False),
        *(
            sa.Column(name, sa.Integer(), server_default="0", nullable=False)
            for name in ("rows", "plays", "no_identity", "invalid")
        ),
        _created_at(),
        sa.PrimaryKeyConstraint("id", name="pk_sources"),
        sa.UniqueConstraint("user_id", "format", "sha256", name="uq_sources_user_id_format_sha256"),
    )
    op.create_table(
        "rejected_rows",
        sa.Column(
            "source_id",
            sa.Integer(),
            sa.ForeignKey("sources.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", "row", name="pk_rejected_rows"),
    )
    op.create_table(
        "claims",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("play_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "source_id", "play_id", name="pk_claims"),
    )
    op.create_table(
        "matches",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("play_id", sa.BigInteger(), nullable=False),
        sa.Column("by_play_id", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "play_id", name="pk_matches"),
    )
    op.create_table(
        "import_files",
        sa.Column(
            "import_id", sa.Uuid(), sa.ForeignKey("imports.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), sa.ForeignKey("sources.id", ondelete="SET NULL")),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("counts", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("import_id", "no", name="pk_import_files"),
    )


def _create_plays() -> None:
    """Wide columns first: the order saves eight bytes of padding a row."""
    op.create_table(
        "plays",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("content_id", sa.Integer(), nullable=False),
        sa.Column("ms_played", sa.Integer(), nullable=False),
        sa.Column("origin", ORIGIN, nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("track_id", sa.Integer(), nullable=True),
        sa.Column("artist_id", sa.Integer(), nullable=True),
        sa.Column("album_id", sa.Integer(), nullable=True),
        sa.Column("circumstances_id", sa.Integer(), nullable=False),
        sa.Column("kind", PLAY_KIND, nullable=False),
        sa.Column("provenance", PROVENANCE, nullable=False),
        *(
            sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False)
            for name in ("is_estimated", "is_private", "is_superseded")
        ),
        sa.PrimaryKeyConstraint(
            *("user_id", "started_at", "ended_at", "content_id", "ms_played", "origin"),
            name="pk_plays",
        ),
        postgresql_partition_by="HASH (user_id)",
    )
    _create_partitions()


def _create_partitions() -> None:
    for part in range(PARTITIONS):
        op.execute(
            f"create table plays_p{part:02} partition of plays "
            f"for values with (modulus {PARTITIONS}, remainder {part}) "
            # Imports arrive in bulk; index-only scans need the visibility map soon after.
            "with (autovacuum_vacuum_insert_scale_factor = 0.02)"
        )


def _allow_job_kinds(*kinds: str) -> None:
    op.drop_constraint(op.f("ck_background_jobs_jobkind"), "background_jobs")
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(
        op.f("ck_background_jobs_jobkind"), "background_jobs", f"job_type in ({listed})"
    )


def _created_at() -> sa.Column[object]:
    return sa.Column(
        "created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
    )


def downgrade() -> None:
    """Back to plays without claims: those that count stay, imports cannot be undone any more."""
    op.drop_column("background_jobs", "claimed_at")
    op.drop_column("users", "disconnected_at")
    op.execute("drop trigger delete_ledger on users")
    op.execute("drop function delete_ledger")
    op.add_column(
        "imports", sa.Column("files", postgresql.JSONB(), server_default="[]", nullable=False)
    )
    _set_plays_aside()
    _create_former_plays()
    for statement in CARRY_BACK:
        op.execute(statement)
    _allow_job_kinds(*JOB_KINDS)
    op.execute("drop sequence play_id_blocks")
    for table in (
        *("former_plays", "import_files", "rejected_rows", "matches", "claims", "sources"),
        *("circumstances", "track_merges"),
    ):
        op.drop_table(table)
    op.drop_index("ix_contents_isrc", "contents")
    op.drop_index("ix_contents_match_key", "contents")
    op.drop_index("ix_tracks_match_key", "tracks")
    op.drop_column("tracks", "match_key")
    for column in ("match_key", "isrc", "duration_ms", "artwork_url", "enriched_at"):
        op.drop_column("contents", column)
    for column in ("spotify_id", "genres", "image_url", "enriched_at"):
        op.drop_column("artists", column)
    ORIGIN.drop(op.get_bind())


def _set_plays_aside() -> None:
    op.execute("alter table plays rename to former_plays")
    op.execute("alter table former_plays rename constraint pk_plays to pk_former_plays")
    for part in range(PARTITIONS):
        op.execute(f"alter table plays_p{part:02} rename to former_plays_p{part:02}")


def _create_former_plays() -> None:
    op.create_table(
        "plays",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=is_nullable)
            for name, is_nullable in (
                *(("content_id", False), ("ms_played", False)),
                *(("track_id", True), ("artist_id", True), ("album_id", True)),
            )
        ),
        sa.Column("kind", PLAY_KIND, nullable=False),
        sa.Column("provenance", PROVENANCE, nullable=False),
        *(
            sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False)
            for name in ("is_estimated", "is_private", "is_video")
        ),
        *(sa.Column(name, sa.Boolean()) for name in ("shuffle", "skipped", "offline")),
        *(sa.Column(name, sa.Text()) for name in ("country", "platform")),
        *(sa.Column(name, sa.Text()) for name in ("reason_start", "reason_end")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_plays_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(
            "user_id", "started_at", "ended_at", "content_id", "ms_played", name="pk_plays"
        ),
        postgresql_partition_by="HASH (user_id)",
    )
    _create_partitions()
