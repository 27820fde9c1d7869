"""The five tables, the ledger under them, and the schedule"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

PLAY_KIND = postgresql.ENUM("track", "episode", "chapter", name="play_kind", create_type=False)
PROVENANCE = postgresql.ENUM("export", "api", "demo", name="provenance", create_type=False)

# Fixed for good: rows do not move between hash partitions. Sixteen let a site grow.
PARTITIONS = 16


def upgrade() -> None:
    PLAY_KIND.create(op.get_bind())
    PROVENANCE.create(op.get_bind())
    op.create_table(
        "artists",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_artists"),
        sa.UniqueConstraint("name_key", name="uq_artists_name_key"),
    )
    op.create_table(
        "contents",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("kind", PLAY_KIND, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("collection", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_contents"),
        sa.UniqueConstraint("uri", name="uq_contents_uri"),
    )
    op.create_table(
        "schedule_runs",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("period", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("kind", "period", name="pk_schedule_runs"),
    )
    op.create_table(
        "users",
        sa.Column("spotify_user_id", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("timezone", sa.Text(), server_default="UTC", nullable=False),
        sa.Column("week_starts_on", sa.Integer(), server_default="1", nullable=False),
        sa.Column("day_starts_at", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locale", sa.Text(), server_default="en", nullable=False),
        sa.Column("ai_consent", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "connection",
            sa.Enum(
                "none",
                "connected",
                "reconnect_required",
                name="connection",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            server_default="none",
            nullable=False,
        ),
        sa.Column("connection_reason", sa.Text(), nullable=True),
        sa.Column("polled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("day_starts_at between 0 and 6", name="ck_users_day_starts_at"),
        sa.CheckConstraint("week_starts_on between 1 and 7", name="ck_users_week_starts_on"),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("account_id", name="uq_users_account_id"),
        sa.UniqueConstraint("spotify_user_id", name="uq_users_spotify_user_id"),
    )
    op.create_table(
        "albums",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("artist_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["artist_id"], ["artists.id"], name="fk_albums_artist_id"),
        sa.PrimaryKeyConstraint("id", name="pk_albums"),
        sa.UniqueConstraint("artist_id", "name_key", name="uq_albums_artist_id_name_key"),
    )
    op.create_table(
        "background_jobs",
        sa.Column(
            "job_type",
            sa.Enum(
                "ingest",
                "poll",
                "refresh_token",
                "import",
                "insight",
                "weekly_summary",
                "cleanup",
                name="jobkind",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "queue",
            sa.Enum(
                "spotify",
                "insights",
                "scheduled",
                name="queue",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("celery_task_id", sa.Text(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "queued",
                "running",
                "paused",
                "succeeded",
                "failed",
                "cancelled",
                name="jobstate",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            server_default="queued",
            nullable=False,
        ),
        sa.Column("params", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("result", postgresql.JSONB(), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("progress_done", sa.Integer(), nullable=True),
        sa.Column("progress_total", sa.Integer(), nullable=True),
        sa.Column("progress_unit", sa.Text(), nullable=True),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("fence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "run_after", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_background_jobs_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_background_jobs"),
    )
    op.create_index(
        "ix_background_jobs_due",
        "background_jobs",
        ["run_after"],
        unique=False,
        postgresql_where=sa.text("status in ('queued', 'running', 'paused')"),
    )
    op.create_index(
        "ix_background_jobs_user_id_created_at",
        "background_jobs",
        ["user_id", "created_at"],
        unique=False,
    )
    op.create_index(
        "uq_background_jobs_unfinished",
        "background_jobs",
        ["user_id", "job_type", "subject"],
        unique=True,
        postgresql_where=sa.text("status in ('queued', 'running', 'paused')"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "imports",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "queued",
                "running",
                "succeeded",
                "failed",
                "undone",
                name="importstatus",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            server_default="queued",
            nullable=False,
        ),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("names", postgresql.JSONB(), nullable=False),
        sa.Column("rows", sa.Integer(), server_default="0", nullable=False),
        sa.Column("counts", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("files", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_imports_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_imports"),
    )
    op.create_index(
        "ix_imports_user_id_created_at", "imports", ["user_id", "created_at"], unique=False
    )
    op.create_table(
        "listening_snapshots",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("snapshot_date", sa.Date(), nullable=False),
        sa.Column(
            "time_range",
            sa.Enum(
                "short_term",
                "medium_term",
                "long_term",
                "lifetime",
                "week",
                "month",
                name="timerange",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("period_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("period_end", sa.DateTime(timezone=True), nullable=False),
        sa.Column("total_tracks_analyzed", sa.Integer(), nullable=False),
        sa.Column("totals", postgresql.JSONB(), nullable=False),
        sa.Column("top_artists", postgresql.JSONB(), nullable=False),
        sa.Column("top_tracks", postgresql.JSONB(), nullable=False),
        sa.Column("audio_features", postgresql.JSONB(), nullable=False),
        sa.Column("genre_distribution", postgresql.JSONB(), nullable=False),
        sa.Column("mood_patterns", postgresql.JSONB(), nullable=False),
        sa.Column("artist_diversity_score", sa.Double(), nullable=True),
        sa.Column("mood_diversity_score", sa.Double(), nullable=True),
        sa.Column("listening_hours", postgresql.JSONB(), nullable=False),
        sa.Column("coverage", postgresql.JSONB(), nullable=False),
        sa.Column("sources", postgresql.JSONB(), nullable=False),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_listening_snapshots_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_listening_snapshots"),
        sa.UniqueConstraint(
            "user_id",
            "time_range",
            "snapshot_date",
            name="uq_listening_snapshots_user_id_time_range_snapshot_date",
        ),
    )
    op.create_table(
        "plays",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_id", sa.Integer(), nullable=False),
        sa.Column("ms_played", sa.Integer(), nullable=False),
        sa.Column("track_id", sa.Integer(), nullable=True),
        sa.Column("artist_id", sa.Integer(), nullable=True),
        sa.Column("album_id", sa.Integer(), nullable=True),
        sa.Column("kind", PLAY_KIND, nullable=False),
        sa.Column("provenance", PROVENANCE, nullable=False),
        sa.Column("is_estimated", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_private", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_video", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("shuffle", sa.Boolean(), nullable=True),
        sa.Column("skipped", sa.Boolean(), nullable=True),
        sa.Column("offline", sa.Boolean(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("platform", sa.Text(), nullable=True),
        sa.Column("reason_start", sa.Text(), nullable=True),
        sa.Column("reason_end", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_plays_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(
            "user_id", "started_at", "ended_at", "content_id", "ms_played", name="pk_plays"
        ),
        postgresql_partition_by="HASH (user_id)",
    )
    for part in range(PARTITIONS):
        op.execute(
            f"create table plays_p{part:02} partition of plays "
            f"for values with (modulus {PARTITIONS}, remainder {part}) "
            # Imports arrive in bulk; index-only scans need the visibility map soon after.
            "with (autovacuum_vacuum_insert_scale_factor = 0.02)"
        )
    op.create_table(
        "spotify_tokens",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("access_token", sa.LargeBinary(), nullable=False),
        sa.Column("refresh_token", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("scope", sa.Text(), server_default="", nullable=False),
        sa.Column("token_type", sa.Text(), server_default="Bearer", nullable=False),
        sa.Column("authorized_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_spotify_tokens_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_spotify_tokens"),
        sa.UniqueConstraint("user_id", name="uq_spotify_tokens_user_id"),
    )
    op.create_index("ix_spotify_tokens_expires_at", "spotify_tokens", ["expires_at"], unique=False)
    op.create_table(
        "tracks",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("artist_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["artist_id"], ["artists.id"], name="fk_tracks_artist_id"),
        sa.PrimaryKeyConstraint("id", name="pk_tracks"),
        sa.UniqueConstraint("artist_id", "name_key", name="uq_tracks_artist_id_name_key"),
    )
    op.create_table(
        "generated_insights",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("snapshot_id", sa.Uuid(), nullable=False),
        sa.Column(
            "insight_type",
            sa.Enum(
                "wellness",
                "roast",
                "productivity",
                name="insighttype",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column(
            "tone_mode",
            sa.Enum(
                "neutral",
                "supportive",
                "encouraging",
                "roast",
                name="tone",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "ready",
                "failed",
                name="insightstatus",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            server_default="pending",
            nullable=False,
        ),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("structured_output", postgresql.JSONB(), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("llm_model", sa.Text(), nullable=True),
        sa.Column("prompt_version", sa.Text(), nullable=True),
        sa.Column("tokens_used", sa.Integer(), nullable=True),
        sa.Column("generation_time_ms", sa.Integer(), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"],
            ["listening_snapshots.id"],
            name="fk_generated_insights_snapshot_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_generated_insights_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_generated_insights"),
    )
    op.create_index(
        "ix_generated_insights_snapshot_id", "generated_insights", ["snapshot_id"], unique=False
    )
    op.create_index(
        "ix_generated_insights_user_id_created_at",
        "generated_insights",
        ["user_id", "created_at"],
        unique=False,
    )


def downgrade() -> None:
    for table in (
        "generated_insights",
        "listening_snapshots",
        "spotify_tokens",
        "imports",
        "background_jobs",
        "schedule_runs",
        "plays",
        "contents",
        "tracks",
        "albums",
        "artists",
        "users",
    ):
        op.drop_table(table)
    PROVENANCE.drop(op.get_bind())
    PLAY_KIND.drop(op.get_bind())
