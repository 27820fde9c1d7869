"""Insights with facts, verdict, cost and opinion; calls to the model; weekly summaries"""

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

USD = sa.Numeric(12, 6)
JOB_KINDS = (
    *("ingest", "poll", "refresh_token", "import", "undo", "forget", "enrich", "retention"),
    *("insight", "weekly_summary", "cleanup", "rebuild"),
)


def upgrade() -> None:
    _widen_insights()
    op.add_column("users", sa.Column("ai_consent_to", sa.Text))
    op.add_column("users", sa.Column("ai_consent_at", sa.DateTime(timezone=True)))
    op.add_column("users", sa.Column("summarised_until", sa.Date))
    # Consent did not name anybody yet, so it was given to nobody.
    op.execute("update users set ai_consent = false")
    _create_model_calls()
    _create_summaries()
    _allow_job_kinds(*JOB_KINDS, "deliver")


def downgrade() -> None:
    op.execute("delete from background_jobs where job_type = 'deliver'")
    _allow_job_kinds(*JOB_KINDS)
    for table in ("deliveries", "summary_targets", "weekly_summaries", "model_calls"):
        op.drop_table(table)
    for column in ("ai_consent_to", "ai_consent_at", "summarised_until"):
        op.drop_column("users", column)
    op.drop_index("ix_generated_insights_user_id_facts_hash", "generated_insights")
    for column in (
        *("language", "facts", "facts_hash", "verdict", "reused_from", "cost_usd"),
        *("opinion", "opinion_note", "opinion_at"),
    ):
        op.drop_column("generated_insights", column)


def _widen_insights() -> None:
    for column in (
        sa.Column("language", sa.Text, server_default="en", nullable=False),
        sa.Column("facts", postgresql.JSONB),
        sa.Column("facts_hash", sa.Text),
        sa.Column("verdict", postgresql.JSONB),
        sa.Column("reused_from", sa.Uuid),
        sa.Column("cost_usd", USD),
        sa.Column("opinion", sa.String(30)),
        sa.Column("opinion_note", sa.Text),
        sa.Column("opinion_at", sa.DateTime(timezone=True)),
    ):
        op.add_column("generated_insights", column)
    op.create_foreign_key(
        op.f("fk_generated_insights_reused_from"),
        *("generated_insights", "generated_insights", ["reused_from"], ["id"]),
        ondelete="SET NULL",
    )
    op.create_index(
        "ix_generated_insights_user_id_facts_hash",
        "generated_insights",
        ["user_id", "facts_hash"],
    )
    op.create_check_constraint(
        op.f("ck_generated_insights_opinion"),
        "generated_insights",
        "opinion in ('useful', 'not_useful', 'wrong')",
    )


def _create_model_calls() -> None:
    op.create_table(
        "model_calls",
        *_identity(),
        _reference("user_id", "users", ondelete="SET NULL"),
        _reference("insight_id", "generated_insights", ondelete="SET NULL"),
        sa.Column("model", sa.Text, nullable=False),
        _choice("outcome", ("under_way", "answered", "failed", "cancelled"), "calloutcome"),
        sa.Column("error_code", sa.Text),
        sa.Column("input_tokens", sa.Integer),
        sa.Column("output_tokens", sa.Integer),
        sa.Column("cost_usd", USD),
        sa.Column("duration_ms", sa.Integer),
    )
    for column in ("created_at", "user_id", "insight_id"):
        op.create_index(f"ix_model_calls_{column}", "model_calls", [column])


def _create_summaries() -> None:
    op.create_table(
        "weekly_summaries",
        *_identity(),
        _reference("user_id", "users", nullable=False),
        sa.Column("first_on", sa.Date, nullable=False),
        sa.Column("last_on", sa.Date, nullable=False),
        _reference("snapshot_id", "listening_snapshots", nullable=False),
        _reference("insight_id", "generated_insights", nullable=False),
        sa.Column("figures", postgresql.JSONB, nullable=False),
        sa.UniqueConstraint("user_id", "first_on"),
    )
    op.create_table(
        "summary_targets",
        *_identity(),
        _reference("user_id", "users", nullable=False),
        _choice("channel", ("email", "feed", "apprise"), "channel", default=None),
        sa.Column("address", sa.LargeBinary),
        sa.Column("address_hash", sa.LargeBinary),
        sa.Column("hint", sa.Text, server_default="", nullable=False),
        _choice("state", ("unconfirmed", "active", "ended"), "targetstate", default=None),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.Column("secret_hash", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
    )
    op.create_index(
        "uq_summary_targets_address",
        "summary_targets",
        ["user_id", "channel", "address_hash"],
        unique=True,
        postgresql_where=sa.text("state <> 'ended'"),
    )
    op.create_table(
        "deliveries",
        *_identity(),
        _reference("summary_id", "weekly_summaries", nullable=False),
        _reference("target_id", "summary_targets", nullable=False),
        _choice("state", ("pending", "sending", "sent", "failed", "uncertain"), "deliverystate"),
        sa.Column("attempts", sa.Integer, server_default="0", nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("summary_id", "target_id"),
    )
    for table, column in (
        *(("weekly_summaries", "snapshot_id"), ("weekly_summaries", "insight_id")),
        ("deliveries", "target_id"),
    ):
        op.create_index(f"ix_{table}_{column}", table, [column])


def _identity() -> Iterable[sa.Column[object]]:
    yield sa.Column("id", sa.Uuid, primary_key=True)
    yield sa.Column(
        "created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
    )


def _reference(
    name: str, table: str, *, ondelete: str = "CASCADE", nullable: bool = True
) -> sa.Column[object]:
    target = sa.ForeignKey(f"{table}.id", ondelete=ondelete)
    return sa.Column(name, sa.Uuid, target, nullable=nullable)


def _choice(
    name: str, values: tuple[str, ...], constraint: str, *, default: str | None = ""
) -> sa.Column[object]:
    kind = sa.Enum(*values, name=constraint, native_enum=False, create_constraint=True, length=30)
    first = None if default is None else values[0]
    return sa.Column(name, kind, server_default=first, nullable=False)


def _allow_job_kinds(*kinds: str) -> None:
    op.drop_constraint(op.f("ck_background_jobs_jobkind"), "background_jobs")
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(
        op.f("ck_background_jobs_jobkind"), "background_jobs", f"job_type in ({listed})"
    )
